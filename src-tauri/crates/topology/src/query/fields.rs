//! What stands in the fields that declare an edge.

use inventory::Snapshot;
use serde_json::Value;

use crate::graph::{Edge, Graph};

/// A longer value says nothing in one line.
const SHORT: usize = 80;

impl Graph {
    /// The field paths of an edge, each with its value where that is short: `spec.nodeName: node-a`. Credentials
    /// in URLs are masked.
    pub fn fields_with_values(&self, snapshot: &Snapshot, edge: &Edge) -> Vec<String> {
        // A rule reads its fields from the object that declares the edge: nearly always `from`, else the other end.
        let bodies = [edge.from, edge.to].map(|id| snapshot.get(&self.node(id).key).map(|object| object.body));
        let field = |path: &std::sync::Arc<str>| {
            let found = bodies.iter().flatten().find_map(|body| value_at(body, path));
            match found.and_then(short) {
                Some(value) => format!("{path}: {}", model::mask_credentials(&value)),
                None => path.to_string(),
            }
        };
        edge.fields.iter().map(field).collect()
    }
}

/// The value at `spec.containers[api].env[KEY].valueFrom`: a bracket holds an index or the `name` of an item.
fn value_at<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    let mut here = body;
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (item, after) = inside.split_once(']')?;
            here = match here {
                Value::Array(items) => {
                    let by_name = items.iter().find(|each| each.get("name").and_then(Value::as_str) == Some(item));
                    by_name.or_else(|| items.get(item.parse::<usize>().ok()?))?
                }
                other => other.get(item)?,
            };
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            here = here.get(rest.get(..end)?)?;
            rest = rest.get(end..)?;
        }
    }
    Some(here)
}

fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => return None,
        other => other.to_string(),
    };
    (text.len() <= SHORT && !text.contains('\n')).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn field_paths_find_items_by_name_and_by_number() {
        let body =
            json!({"spec": {"containers": [{"name": "api", "env": [{"name": "KEY", "value": "x"}]}], "n": [1, 2]}});
        assert_eq!(value_at(&body, "spec.containers[api].env[KEY].value"), Some(&json!("x")));
        assert_eq!(value_at(&body, "spec.n[1]"), Some(&json!(2)));
        assert_eq!(value_at(&body, "spec.containers[web].env"), None);
        assert_eq!(value_at(&body, "spec.containers[api"), None);
    }
}
