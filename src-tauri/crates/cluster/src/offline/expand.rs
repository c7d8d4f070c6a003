//! A JSON value → the objects in it: one object, or the items of a `List`.

use model::{Object, ObjectError};
use serde_json::Value;

use super::split::Whole;
use crate::{secret, yaml};

/// Lists may hold lists; nobody nests them deeper.
const DEPTH_LIMIT: usize = 8;

/// Calls `take` with every object of the value, or with why there is none.
pub(super) fn expand(Whole { mut value, items }: Whole, take: &mut dyn FnMut(Result<Object, String>)) {
    if items.is_empty() {
        return expand_at(value, 0, take);
    }
    let items = items.into_iter();
    let unpacked = items.map(|item| item.unpack().map_err(|error| format!("an item cannot be read: {error}")));
    if value.is_array() {
        return unpacked.for_each(|item| match item {
            Ok(item) => expand_item(item, 0, take),
            Err(message) => take(Err(message)),
        });
    }
    let item_kind = value.get("kind").and_then(Value::as_str).and_then(|kind| kind.strip_suffix("List"));
    match item_kind.map(str::to_owned) {
        Some(item_kind) => {
            let api_version = value.get("apiVersion").cloned().unwrap_or(Value::Null);
            for item in unpacked {
                match item {
                    Ok(item) => expand_item(typed(item, &item_kind, &api_version), 0, take),
                    Err(message) => take(Err(message)),
                }
            }
        }
        // Some other thing that has items.
        None => match unpacked.collect::<Result<Vec<Value>, String>>() {
            Ok(items) => {
                if let Some(fields) = value.as_object_mut() {
                    fields.insert("items".to_owned(), Value::Array(items));
                }
                expand_at(value, 0, take);
            }
            Err(message) => take(Err(message)),
        },
    }
}

/// Items of a typed list (`PodList`, as a dump prints it) do not repeat their kind.
fn typed(mut item: Value, item_kind: &str, api_version: &Value) -> Value {
    if let (false, Some(fields)) = (item_kind.is_empty(), item.as_object_mut()) {
        fields.entry("kind").or_insert_with(|| Value::String(item_kind.to_owned()));
        fields.entry("apiVersion").or_insert_with(|| api_version.clone());
    }
    item
}

fn expand_at(mut value: Value, depth: usize, take: &mut dyn FnMut(Result<Object, String>)) {
    if let Value::Array(items) = value {
        // `kubectl` reads no bare arrays, but `jq .items` prints them.
        return items.into_iter().for_each(|item| expand_item(item, depth, take));
    }
    let Some(kind) = value.get("kind").and_then(Value::as_str).map(str::to_owned) else {
        return take(Err(absent(&value)));
    };
    let item_kind = kind.strip_suffix("List");
    let items = item_kind.and_then(|_| value.get_mut("items")).map(Value::take);
    match (item_kind, items) {
        (Some(_), Some(Value::Null)) => {}
        (Some(item_kind), Some(Value::Array(items))) => {
            let api_version = value.get("apiVersion").cloned().unwrap_or(Value::Null);
            items.into_iter().for_each(|item| expand_item(typed(item, item_kind, &api_version), depth, take));
        }
        // What stands there stays out of the message: it may be a Secret.
        (Some(_), Some(items)) => {
            take(Err(format!("the items of this {kind} are {}, where a list belongs", yaml::what(&items))));
        }
        (Some(_), None) if value.pointer("/metadata/name").is_none() => take(Err(format!(
            "this {kind} has no items; `kubectl get -o yaml` and -o json print them, so that it was probably cut off"
        ))),
        _ => take(object(value)),
    }
}

fn expand_item(item: Value, depth: usize, take: &mut dyn FnMut(Result<Object, String>)) {
    if depth < DEPTH_LIMIT {
        expand_at(item, depth + 1, take);
    } else {
        take(Err(format!("lists nested deeper than {DEPTH_LIMIT}")));
    }
}

fn object(mut value: Value) -> Result<Object, String> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let hint = match (text("/kind"), text("/metadata/generateName")) {
        ("Status", _) => " (this Status is what a server says instead of an object)".to_owned(),
        ("Table", _) => " (this Table is what kubectl prints for people; take -o yaml or -o json)".to_owned(),
        (_, "") => String::new(),
        (kind, prefix) => format!(" (this {kind} has generateName {prefix} only: a cluster would name it)"),
    };
    if secret::is_secret(text("/apiVersion"), text("/kind")) {
        secret::strip(&mut value);
    }
    Object::from_json(value).map_err(|error| format!("{error}{hint}"))
}

/// Which of the fields that make a Kubernetes object is missing.
fn absent(value: &Value) -> String {
    match value.get("kind") {
        Some(kind) => format!("kind is {}, where a text belongs", yaml::what(kind)),
        None if value.is_object() => ObjectError::Absent("kind").to_string(),
        None if value.is_string() => "this is no Kubernetes object but plain text".to_owned(),
        None => format!("this is no Kubernetes object but {}", yaml::what(value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: Value, expected: &[&str]) {
        let mut found = Vec::new();
        expand(value.into(), &mut |object| {
            found.push(object.map_or_else(|error| error, |object| object.key.to_string()))
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn lists_typed_lists_and_single_objects() {
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "n"}});
        check(pod.clone(), &["core/Pod/n/a"]);
        check(
            json!({"apiVersion": "v1", "kind": "List", "items": [pod, {"kind": "List", "items": null}]}),
            &["core/Pod/n/a"],
        );
        check(
            json!({"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [{"metadata": {"name": "d", "namespace": "n"}}]}),
            &["apps/Deployment/n/d"],
        );
        check(
            json!({"apiVersion": "example.com/v1", "kind": "AllowList", "metadata": {"name": "a"}, "spec": {}}),
            &["example.com/AllowList//a"],
        );
    }

    #[test]
    fn what_is_no_object_is_said() {
        check(json!("hello"), &["this is no Kubernetes object but plain text"]);
        check(json!({"a": 1}), &["no kind: every Kubernetes object has apiVersion, kind and metadata.name"]);
        check(
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "job-"}}),
            &[
                "no metadata.name: every Kubernetes object has apiVersion, kind and metadata.name (this Pod has generateName job- only: a cluster would name it)",
            ],
        );
    }

    #[test]
    fn lists_without_items_and_answers_of_servers_are_named() {
        check(
            json!({"apiVersion": "v1", "kind": "PodList", "metadata": {}}),
            &[
                "this PodList has no items; `kubectl get -o yaml` and -o json print them, so that it was probably cut off",
            ],
        );
        check(json!({"kind": 7}), &["kind is a number, where a text belongs"]);
        check(
            json!({"apiVersion": "v1", "kind": "Status", "metadata": {}, "message": "forbidden"}),
            &[
                "no metadata.name: every Kubernetes object has apiVersion, kind and metadata.name (this Status is what a server says instead of an object)",
            ],
        );
    }

    #[test]
    fn messages_never_repeat_what_may_be_a_secret() {
        check(
            json!({"apiVersion": "v1", "kind": "SecretList", "items": {"a": {"stringData": {"q": "CANARY"}}}}),
            &["the items of this SecretList are a mapping, where a list belongs"],
        );
    }

    #[test]
    fn secrets_lose_their_values() {
        let secret = json!({"apiVersion": "v1", "kind": "SecretList", "items": [{"metadata": {"name": "s"}, "data": {"k": "dg=="}}]});
        expand(secret.into(), &mut |object| {
            assert_eq!(object.ok().and_then(|object| object.body.pointer("/data/k").cloned()), Some(Value::Null));
        });
    }
}
