//! What a scenario's document may leave out, filled in.

use serde_json::{Map, Value, json};

use super::{Manifest, Notes, ScenarioError};
use crate::kinds::Registry;

/// Kinds whose objects carry a pod template.
const WORKLOADS: [&str; 3] = ["Deployment", "StatefulSet", "DaemonSet"];

/// Turns a document as written into an object and its notes.
pub(super) fn expand(mut document: Value, namespace: &str) -> Result<Manifest, ScenarioError> {
    let fields = document.as_object_mut();
    let (mut notes, app, part, labels) = match fields {
        Some(fields) => (
            fields.remove("demo").unwrap_or_else(|| json!({})),
            fields.remove("app"),
            fields.remove("partOf"),
            fields.remove("podLabels"),
        ),
        None => (json!({}), None, None, None),
    };
    let kind = document["kind"].as_str().unwrap_or_default().to_owned();
    let registry = Registry::new([]);
    let known = registry.iter().map(|(_, known)| known).find(|known| known.kind == kind);
    if let Some(known) = known {
        if document["apiVersion"].is_null() {
            document["apiVersion"] = known.api_version().into();
        }
        if known.namespaced && document["metadata"]["namespace"].is_null() {
            document["metadata"]["namespace"] = namespace.into();
        }
    }
    if let Some(app) = app {
        label(&mut document, &kind, &app, part.as_ref(), labels);
    }
    let name = document["metadata"]["name"].as_str().unwrap_or_default();
    let space = document["metadata"]["namespace"].as_str().unwrap_or_default();
    let object = format!("{kind} {space}/{name}");
    if notes["incident"].is_object() {
        notes["incident"]["object"] = object.clone().into();
    }
    let notes: Notes = serde_json::from_value(notes).map_err(|source| ScenarioError::Notes { object, source })?;
    Ok(Manifest { object: document, notes })
}

/// Labels as charts set them: name and instance on everything, and the two as selector.
fn label(document: &mut Value, kind: &str, app: &Value, part: Option<&Value>, pod_labels: Option<Value>) {
    let selector = json!({
        "app.kubernetes.io/instance": app,
        "app.kubernetes.io/name": app,
    });
    let mut labels = selector.clone();
    labels["app.kubernetes.io/managed-by"] = "Helm".into();
    if let Some(part) = part {
        labels["app.kubernetes.io/part-of"] = part.clone();
    }
    merge(&mut document["metadata"]["labels"], &labels);
    let mut on_pods = selector.clone();
    if let Some(part) = part {
        on_pods["app.kubernetes.io/part-of"] = part.clone();
    }
    if let Some(more) = pod_labels {
        merge(&mut on_pods, &more);
    }
    let spec = &mut document["spec"];
    if WORKLOADS.contains(&kind) {
        if spec["selector"].is_null() {
            spec["selector"] = json!({"matchLabels": selector});
        }
        let own = spec["selector"]["matchLabels"].clone();
        merge(&mut spec["template"]["metadata"]["labels"], &on_pods);
        merge(&mut spec["template"]["metadata"]["labels"], &own);
    }
    let in_spec = |spec: &Value, field: &str| spec.is_object() && spec[field].is_null();
    match kind {
        "Service" if in_spec(spec, "selector") && spec["type"] != "ExternalName" => {
            spec["selector"] = selector;
        }
        "PodDisruptionBudget" if in_spec(spec, "selector") => {
            spec["selector"] = json!({"matchLabels": selector});
        }
        "CronJob" => {
            // Named after themselves: with the name of their application its Service would send requests to them.
            on_pods["app.kubernetes.io/name"] = document["metadata"]["name"].clone();
            let spec = &mut document["spec"];
            merge(&mut spec["jobTemplate"]["spec"]["template"]["metadata"]["labels"], &on_pods);
            merge(&mut spec["jobTemplate"]["metadata"]["labels"], &on_pods);
        }
        _ => {}
    }
}

/// Adds the entries that are not there.
fn merge(into: &mut Value, entries: &Value) {
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    if let (Some(into), Some(entries)) = (into.as_object_mut(), entries.as_object()) {
        for (name, value) in entries {
            into.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}
