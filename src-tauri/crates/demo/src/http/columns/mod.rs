//! The columns that tables have, kind by kind, as the printers of Kubernetes define them.

mod custom;

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::time::{Time, human_duration};

/// `columnDefinitions` of a table of this kind.
pub(crate) fn definitions(kind: &Kind) -> Value {
    let name = json!({"name": "Name", "type": "string", "format": "name", "description": NAME, "priority": 0});
    let mut columns = vec![name];
    columns.extend(custom::definitions(&kind.printer_columns));
    Value::Array(columns)
}

/// The cells of an object's row.
pub(crate) fn row(kind: &Kind, object: &Value, now: Time) -> Vec<Value> {
    let mut cells = vec![object["metadata"]["name"].clone()];
    cells.extend(custom::cells(&kind.printer_columns, object, now));
    cells
}

const NAME: &str = "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";
const AGE: &str = "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/// The age of a timestamp as kubectl prints it.
fn age(timestamp: &Value, now: Time) -> String {
    match timestamp.as_str().and_then(Time::parse) {
        Some(time) => human_duration(now.since(time)),
        None => "<unknown>".to_owned(),
    }
}
