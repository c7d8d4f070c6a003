//! Label and field selectors of a list or a watch.

use serde_json::Value;

use super::refusal::Refusal;
use crate::kinds::Kind;
use crate::store::Object;

/// What a list or a watch is narrowed to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    labels: Vec<LabelTerm>,
    fields: Vec<FieldTerm>,
}

#[derive(Clone, Debug)]
enum LabelTerm {
    Exists(String),
    Absent(String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Greater(String, i64),
    Less(String, i64),
}

#[derive(Clone, Debug)]
struct FieldTerm {
    path: String,
    value: String,
    equal: bool,
}

/// The fields by which each kind can be selected, beside its name and namespace.
const FIELDS: &[(&str, &str, &[&str])] = &[
    (
        "",
        "Pod",
        &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
    ),
    (
        "",
        "Event",
        &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
    ),
    ("", "Node", &["spec.unschedulable"]),
    ("", "Namespace", &["status.phase"]),
    ("", "Secret", &["type"]),
    ("", "Service", &["spec.clusterIP", "spec.type"]),
    ("apps", "ReplicaSet", &["status.replicas"]),
    ("batch", "Job", &["status.successful"]),
];

impl Selector {
    /// Reads the two query parameters as they come, empty where absent.
    pub(crate) fn parse(kind: &Kind, labels: &str, fields: &str) -> Result<Self, Refusal> {
        let labels = split_outside_parentheses(labels)
            .into_iter()
            .map(parse_label)
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Refusal::bad_request(format!("unable to parse requirement: {labels}")))?;
        let fields = fields
            .split(',')
            .filter(|term| !term.is_empty())
            .map(|term| parse_field(kind, term))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { labels, fields })
    }

    /// Everything matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    pub(crate) fn matches(&self, object: &Object) -> bool {
        self.labels.iter().all(|term| term.matches(object)) && self.fields_match(object)
    }

    fn fields_match(&self, object: &Object) -> bool {
        // Only a selector on the body has it parsed, and once.
        let mut body: Option<Value> = None;
        self.fields.iter().all(|term| {
            let equal = match term.path.as_str() {
                "metadata.name" => object.name() == term.value,
                "metadata.namespace" => object.namespace() == term.value,
                path => {
                    let body = body.get_or_insert_with(|| object.value());
                    field_text(body, path) == term.value
                }
            };
            equal == term.equal
        })
    }
}

impl LabelTerm {
    fn matches(&self, object: &Object) -> bool {
        let number = |name: &str| object.label(name)?.parse::<i64>().ok();
        match self {
            Self::Exists(name) => object.label(name).is_some(),
            Self::Absent(name) => object.label(name).is_none(),
            Self::In(name, values) => object.label(name).is_some_and(|label| values.iter().any(|value| value == label)),
            Self::NotIn(name, values) => {
                !object.label(name).is_some_and(|label| values.iter().any(|value| value == label))
            }
            Self::Greater(name, bound) => number(name).is_some_and(|number| number > *bound),
            Self::Less(name, bound) => number(name).is_some_and(|number| number < *bound),
        }
    }
}

/// A field as selectors compare it; absent fields have the value of the type's zero.
fn field_text(body: &Value, path: &str) -> String {
    let path = match path {
        // The names that selectors use where they differ from the path in the object.
        "source" => "source.component",
        "status.successful" => "status.succeeded",
        path => path,
    };
    let value = path.split('.').fold(body, |value, part| &value[part]);
    match value {
        Value::String(text) => text.clone(),
        Value::Null if path == "spec.unschedulable" || path == "spec.hostNetwork" => "false".to_owned(),
        Value::Null if path.starts_with("status.succeeded") => "0".to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn split_outside_parentheses(text: &str) -> Vec<&str> {
    let (mut terms, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    for (place, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                terms.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    terms.push(&text[start..]);
    terms.retain(|term| !term.trim().is_empty());
    terms
}

fn parse_label(term: &str) -> Option<LabelTerm> {
    let term = term.trim();
    let one = |value: &str| vec![value.trim().to_owned()];
    let name = |text: &str| {
        let text = text.trim();
        let fits = !text.is_empty() && !text.contains(|letter: char| " ()!=<>".contains(letter));
        fits.then(|| text.to_owned())
    };
    if let Some((left, right)) = term.split_once("!=") {
        return Some(LabelTerm::NotIn(name(left)?, one(right)));
    }
    if let Some((left, right)) = term.split_once('=') {
        return Some(LabelTerm::In(name(left)?, one(right.trim_start_matches('='))));
    }
    if let Some((left, right)) = term.split_once('>') {
        return Some(LabelTerm::Greater(name(left)?, right.trim().parse().ok()?));
    }
    if let Some((left, right)) = term.split_once('<') {
        return Some(LabelTerm::Less(name(left)?, right.trim().parse().ok()?));
    }
    if let Some((left, set)) = term.split_once('(') {
        let values = set.strip_suffix(')')?.split(',').map(|value| value.trim().to_owned()).collect();
        let (left, operator) = left.trim().rsplit_once(char::is_whitespace)?;
        return match operator {
            "in" => Some(LabelTerm::In(name(left)?, values)),
            "notin" => Some(LabelTerm::NotIn(name(left)?, values)),
            _ => None,
        };
    }
    match term.strip_prefix('!') {
        Some(absent) => Some(LabelTerm::Absent(name(absent)?)),
        None => Some(LabelTerm::Exists(name(term)?)),
    }
}

fn parse_field(kind: &Kind, term: &str) -> Result<FieldTerm, Refusal> {
    let (path, value, equal) = if let Some((path, value)) = term.split_once("!=") {
        (path, value, false)
    } else if let Some((path, value)) = term.split_once('=') {
        (path, value.trim_start_matches('='), true)
    } else {
        return Err(Refusal::bad_request(format!("invalid field selector: {term}; can't understand '{term}'")));
    };
    let known = FIELDS
        .iter()
        .filter(|(group, name, _)| *group == kind.group && *name == kind.kind)
        .any(|(_, _, fields)| fields.contains(&path));
    if !known && path != "metadata.name" && path != "metadata.namespace" {
        return Err(Refusal::bad_request(format!(
            "Unable to find \"{}, Resource={}\" that match label selector \"\", field selector \"{term}\": \
             field label not supported: {path}",
            if kind.group.is_empty() { "/v1".to_owned() } else { kind.api_version() },
            kind.plural,
        )));
    }
    Ok(FieldTerm { path: path.to_owned(), value: value.to_owned(), equal })
}
