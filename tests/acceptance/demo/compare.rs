//! What must be alike in two answers to one request: the code, a Status' reason, the form of the body.

use std::collections::BTreeSet;

use serde_json::Value;
use support::Answer;

/// How the demo's answer differs from the real server's.
pub(super) fn differences(real: &Answer, ours: &Answer) -> Vec<String> {
    if real.status != ours.status {
        let (wanted, given) = (start(&real.text), start(&ours.text));
        return vec![format!("answered {} but {}: {wanted} | {given}", real.status, ours.status)];
    }
    let mut differences = Vec::new();
    if real.media_type != ours.media_type {
        differences.push(format!("{} but {}", real.media_type, ours.media_type));
    }
    if real.media_type == "text/plain" {
        if form(&real.text) != form(&ours.text) {
            differences.push(format!("{} but {}", start(&real.text), start(&ours.text)));
        }
        return differences;
    }
    let (wanted, given) = (documents(&real.text), documents(&ours.text));
    if wanted.is_empty() != given.is_empty() || real.text.is_empty() != ours.text.is_empty() {
        differences.push(format!("{} but {}", start(&real.text), start(&ours.text)));
    }
    let told = |documents: &[Value]| -> BTreeSet<String> {
        let reason = |document: &Value| format!("{} {} {}", document["kind"], document["type"], document["reason"]);
        documents.iter().filter(|document| document["type"] != "BOOKMARK").map(reason).collect()
    };
    if told(&wanted) != told(&given) {
        differences.push(format!("{:?} but {:?}", told(&wanted), told(&given)));
    }
    if wanted.len() == 1 && wanted[0]["kind"] == "Table" {
        let columns = |table: &Value| -> Vec<String> {
            let all = table["columnDefinitions"].as_array().into_iter().flatten();
            all.map(|it| format!("{} {} {} {}", it["name"], it["type"], it["format"], it["priority"])).collect()
        };
        if columns(&wanted[0]) != columns(&given[0]) {
            differences.push(format!("columns {:?} but {:?}", columns(&wanted[0]), columns(&given[0])));
        }
    }
    let (wanted, given) = (shape(&wanted), shape(&given));
    // The demo may say less of an object than the real server, but nothing that it would not say.
    differences.extend(given.difference(&wanted).map(|field| format!("the demo invents {field}")));
    let left_out = wanted.difference(&given).filter(|field| is_envelope(field));
    differences.extend(left_out.map(|field| format!("the demo leaves out {field}")));
    differences
}

/// Of a log: whether it says anything, and whether every line begins with its time. What it says is the program's.
fn form(text: &str) -> (bool, bool) {
    let has_time = |line: &str| line.split(' ').next().is_some_and(|word| word.parse::<jiff::Timestamp>().is_ok());
    (text.is_empty(), text.lines().all(has_time))
}

fn start(text: &str) -> String {
    text.chars().take(300).collect()
}

/// The JSON documents of an answer: one, or an event a line.
fn documents(text: &str) -> Vec<Value> {
    serde_json::Deserializer::from_str(text).into_iter().map_while(Result::ok).collect()
}

/// Maps whose keys are of the user's choice, and so no part of the form.
const FREE: [&str; 10] = [
    "labels",
    "annotations",
    "data",
    "matchLabels",
    "selector",
    "capacity",
    "allocatable",
    "limits",
    "requests",
    "nodeSelector",
];

/// Nothing of their contents is the API's: cells are text for people, schemas and resource lists differ by release.
const OPAQUE: [&str; 4] = ["cells", "schema", "resources", "groups"];

/// The paths of the fields of some documents with the types of their values; entries of lists are one.
fn shape(documents: &[Value]) -> BTreeSet<String> {
    fn walk(value: &Value, path: &str, into: &mut BTreeSet<String>) {
        let last = path.rsplit('.').next().unwrap_or_default();
        if FREE.contains(&last) || OPAQUE.contains(&last) {
            return;
        }
        let kind = match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| walk(value, &format!("{path}.{name}"), into));
                "object"
            }
            Value::Array(items) => {
                items.iter().for_each(|item| walk(item, &format!("{path}[]"), into));
                "array"
            }
            Value::String(_) => "string",
            Value::Number(_) => "number",
            Value::Bool(_) => "bool",
            Value::Null => return,
        };
        into.insert(format!("{path}: {kind}"));
    }
    let mut shape = BTreeSet::new();
    documents.iter().for_each(|document| walk(document, "", &mut shape));
    shape
}

/// What every answer must have: the frame around objects, not the whole of each object.
fn is_envelope(field: &str) -> bool {
    let frames = [".kind", ".apiVersion", ".metadata:", ".metadata.", ".items:", ".rows:", ".status", ".message"];
    let more = [".reason", ".details", ".code", ".type", ".object:", ".columnDefinitions", ".rows[].object:"];
    !field.contains("managedFields") && frames.iter().chain(&more).any(|frame| field.starts_with(frame))
}
