//! The columns that tables have, kind by kind, as the printers of Kubernetes define them
//! (`pkg/printers/internalversion/printers.go`).

mod cluster;
mod custom;
mod network;
mod pod;
mod storage;
mod workload;

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::time::{Time, human_duration};

/// How one kind is printed.
struct Printer {
    group: &'static str,
    kind: &'static str,
    columns: &'static [Column],
    cells: fn(&Row<'_>) -> Vec<Value>,
}

/// Name, type, and the priority above which only `-o wide` shows it.
type Column = (&'static str, &'static str, u8);

const PRINTERS: &[&[Printer]] =
    &[pod::PRINTERS, workload::PRINTERS, network::PRINTERS, storage::PRINTERS, cluster::PRINTERS];

/// What the API server prints where a kind has no printer of its own.
const CREATED_AT: &[(&str, &str)] = &[
    ("", "LimitRange"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
];

/// `columnDefinitions` of a table of this kind.
pub(crate) fn definitions(kind: &Kind) -> Value {
    if let Some(printer) = printer(kind) {
        return printer.columns.iter().map(definition).collect();
    }
    let name = definition(&("Name", "string", 0));
    if CREATED_AT.contains(&(&kind.group, &kind.kind)) {
        return json!([name, definition(&("Created At", "date", 0))]);
    }
    let mut columns = vec![name];
    columns.extend(custom::definitions(&kind.printer_columns));
    Value::Array(columns)
}

fn definition(column: &Column) -> Value {
    let (name, kind, priority) = *column;
    json!({
        "name": name,
        "type": kind,
        // The attacher of a volume attachment is marked as a name by the real printer, too.
        "format": if matches!(name, "Name" | "Attacher") { "name" } else { "" },
        "description": match name {
            "Name" => NAME,
            "Age" | "Created At" => AGE,
            _ => "",
        },
        "priority": priority,
    })
}

/// The cells of an object's row.
pub(crate) fn row(kind: &Kind, object: &Value, now: Time) -> Vec<Value> {
    let row = Row { object, now };
    if let Some(printer) = printer(kind) {
        return (printer.cells)(&row);
    }
    let mut cells = vec![row.name()];
    if CREATED_AT.contains(&(&kind.group, &kind.kind)) {
        cells.push(object["metadata"]["creationTimestamp"].clone());
    } else {
        cells.extend(custom::cells(&kind.printer_columns, object, now));
    }
    cells
}

fn printer(kind: &Kind) -> Option<&'static Printer> {
    PRINTERS.iter().flat_map(|printers| printers.iter()).find(|printer| {
        // The two groups of events are printed alike.
        let group = if kind.kind == "Event" { "" } else { &kind.group };
        printer.group == group && printer.kind == kind.kind
    })
}

const NAME: &str = "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";
const AGE: &str = "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

const NONE: &str = "<none>";

/// An object about to be printed.
struct Row<'a> {
    object: &'a Value,
    now: Time,
}

impl Row<'_> {
    fn name(&self) -> Value {
        self.object["metadata"]["name"].clone()
    }

    fn spec(&self) -> &Value {
        &self.object["spec"]
    }

    fn status(&self) -> &Value {
        &self.object["status"]
    }

    fn age(&self) -> Value {
        self.since(&self.object["metadata"]["creationTimestamp"])
    }

    fn since(&self, timestamp: &Value) -> Value {
        age(timestamp, self.now).into()
    }
}

/// The age of a timestamp as kubectl prints it.
fn age(timestamp: &Value, now: Time) -> String {
    match timestamp.as_str().and_then(Time::parse) {
        Some(time) => human_duration(now.since(time)),
        None => "<unknown>".to_owned(),
    }
}

/// The entries of an array, none where it is absent.
fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A text, or something else where it is absent.
fn text_or<'a>(value: &'a Value, other: &'a str) -> &'a str {
    value.as_str().filter(|text| !text.is_empty()).unwrap_or(other)
}

/// `a=1,b=2` of a map of labels.
fn labels(value: &Value) -> String {
    let pairs: Vec<String> =
        value.as_object().into_iter().flatten().map(|(name, value)| format!("{name}={}", text(value))).collect();
    if pairs.is_empty() { NONE.to_owned() } else { pairs.join(",") }
}

/// A label selector as `kubectl` writes it.
fn selector(value: &Value) -> String {
    let mut terms: Vec<String> = value["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", text(value)))
        .collect();
    for expression in items(&value["matchExpressions"]) {
        let key = text(&expression["key"]);
        let values: Vec<&str> = items(&expression["values"]).iter().map(text).collect();
        terms.push(match text(&expression["operator"]) {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        });
    }
    if terms.is_empty() { NONE.to_owned() } else { terms.join(",") }
}

/// The names and the images of the containers of a template.
fn containers(spec: &Value) -> [Value; 2] {
    let join = |field: &str| {
        let all: Vec<&str> = items(&spec["containers"]).iter().map(|container| text(&container[field])).collect();
        Value::from(all.join(","))
    };
    [join("name"), join("image")]
}

/// At most three entries, and how many more there are.
fn at_most_three(list: &[String]) -> String {
    match list.len() {
        0 => "<unset>".to_owned(),
        1..=3 => list.join(","),
        count => format!("{} + {} more...", list[..3].join(","), count - 3),
    }
}

/// The addresses that a load balancer reports.
fn load_balancer(status: &Value) -> String {
    let addresses: std::collections::BTreeSet<&str> = items(&status["loadBalancer"]["ingress"])
        .iter()
        .map(|entry| text_or(&entry["ip"], text(&entry["hostname"])))
        .filter(|address| !address.is_empty())
        .collect();
    addresses.into_iter().collect::<Vec<_>>().join(",")
}
