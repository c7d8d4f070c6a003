//! Why an object is not well, read from its own status, from warnings about it, and from its broken relations.
//! It repeats what Kubernetes says and the graph knows; it concludes nothing.

use inventory::Snapshot;
use model::{EdgeState, GroupKind, Health, RelationClass, ResourceKey};
use serde_json::Value;
use topology::{Graph, Node, NodeId};

use crate::types::{WireEvidence, WireFinding};

/// More of one sort is noise.
const AT_MOST: usize = 6;

/// Worst first; nothing for what is well.
pub(super) fn findings(graph: &Graph, snapshot: &Snapshot, id: NodeId) -> Vec<WireFinding> {
    let node = graph.node(id);
    let mut findings = broken_relations(graph, id, node);
    if node.health.is_problem() {
        if let Some(object) = snapshot.get(&node.key) {
            findings.extend(conditions(node, &object.body));
            findings.extend(containers(node, &object.body));
        }
        findings.extend(parts(graph, id));
        findings.extend(warnings(snapshot, &node.key));
        if findings.is_empty() {
            findings.push(in_a_word(node));
        }
    }
    let rank = |word: &str| Health::ALL.iter().position(|health| health.word() == word);
    findings.sort_by_key(|finding| rank(&finding.health));
    findings
}

fn finding(subject: &ResourceKey, health: Health, sentence: String, evidence: WireEvidence) -> WireFinding {
    WireFinding { subject: subject.to_string(), health: health.word().to_owned(), sentence, evidence: vec![evidence] }
}

fn evidence(source: &str, object: &ResourceKey, at: &str, text: &str) -> WireEvidence {
    WireEvidence { source: source.to_owned(), object: object.to_string(), at: at.to_owned(), text: text.to_owned() }
}

fn broken_relations(graph: &Graph, id: NodeId, node: &Node) -> Vec<WireFinding> {
    let broken = graph.outgoing(id).filter(|edge| edge.state == EdgeState::Missing && !edge.optional);
    let tell = |edge: &topology::Edge| {
        let rule = graph.rule(edge);
        let target = &graph.node(edge.to).key;
        let health = rule.broken.as_ref().map_or(Health::Degraded, |broken| broken.health);
        let sentence = format!("{} {} is referred to and not there", target.kind(), target.name());
        let fields: Vec<&str> = edge.fields.iter().map(|field| &**field).collect();
        finding(&node.key, health, sentence, evidence("relation", &node.key, &rule.id, &fields.join(", ")))
    };
    broken.take(AT_MOST).map(tell).collect()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn items<'a>(body: &'a Value, pointer: &str) -> &'a [Value] {
    body.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Conditions that say why, whichever way round they are meant: those with a reason and a message that are not the
/// good news of a healthy object.
fn conditions(node: &Node, body: &Value) -> Vec<WireFinding> {
    let bad_when_true = ["ReplicaFailure", "Failed", "MemoryPressure", "DiskPressure", "PIDPressure", "ScalingLimited"];
    let is_bad = |condition: &&Value| {
        let (kind, state) = (text(condition, "type"), text(condition, "status"));
        !text(condition, "message").is_empty()
            && if bad_when_true.contains(&kind) { state == "True" } else { state == "False" }
    };
    let tell = |condition: &Value| {
        let (kind, message) = (text(condition, "type"), text(condition, "message"));
        let at = format!("status.conditions[{kind}]");
        finding(
            &node.key,
            node.health,
            message.to_owned(),
            evidence("field", &node.key, &at, text(condition, "reason")),
        )
    };
    items(body, "/status/conditions").iter().filter(is_bad).take(AT_MOST).map(tell).collect()
}

fn containers(node: &Node, body: &Value) -> Vec<WireFinding> {
    let mut findings = Vec::new();
    for list in ["initContainerStatuses", "containerStatuses"] {
        for status in items(body, &format!("/status/{list}")) {
            let name = text(status, "name");
            for (at, state) in [
                ("state.waiting", "/state/waiting"),
                ("state.terminated", "/state/terminated"),
                ("lastState.terminated", "/lastState/terminated"),
            ] {
                let Some(state) = status.pointer(state) else { continue };
                let reason = text(state, "reason");
                let code = state.get("exitCode").and_then(Value::as_i64);
                if code == Some(0) || ["", "ContainerCreating", "PodInitializing", "Completed"].contains(&reason) {
                    continue;
                }
                let code = code.map(|code| format!(" with exit code {code}")).unwrap_or_default();
                let said = text(state, "message");
                let sentence = if said.is_empty() {
                    format!("container {name}: {reason}{code}")
                } else {
                    format!("container {name}: {reason}{code}: {said}")
                };
                let at = format!("status.{list}[{name}].{at}");
                findings.push(finding(&node.key, node.health, sentence, evidence("field", &node.key, &at, reason)));
            }
        }
    }
    findings.truncate(AT_MOST);
    findings
}

/// What it owns and is not well either.
fn parts(graph: &Graph, id: NodeId) -> Vec<WireFinding> {
    let owned = graph.outgoing(id).filter(|edge| edge.class == RelationClass::Owns).map(|edge| graph.node(edge.to));
    let tell = |part: &Node| {
        let said = part.note.as_deref().unwrap_or(&part.status);
        let sentence = format!("{} {}: {said}", part.key.kind(), part.key.name());
        finding(&part.key, part.health, sentence, evidence("field", &part.key, "status", &part.caption))
    };
    owned.filter(|part| part.health.is_problem()).take(AT_MOST).map(tell).collect()
}

/// Warnings about it, the latest of each reason.
fn warnings(snapshot: &Snapshot, key: &ResourceKey) -> Vec<WireFinding> {
    let mut latest: std::collections::BTreeMap<String, (String, WireFinding)> = std::collections::BTreeMap::new();
    let namespace = (!key.namespace().is_empty()).then(|| key.namespace());
    for event in snapshot.objects_of(&GroupKind::new("", "Event"), namespace) {
        let about = event.body.get("involvedObject").unwrap_or(&Value::Null);
        let is_about = text(about, "kind") == key.kind() && text(about, "name") == key.name();
        if !is_about || text(&event.body, "type") != "Warning" {
            continue;
        }
        let (reason, message) = (text(&event.body, "reason"), text(&event.body, "message"));
        let time = [text(&event.body, "lastTimestamp"), text(&event.body, "eventTime")].concat();
        let told = finding(key, Health::Degraded, message.to_owned(), evidence("event", &event.key, reason, message));
        let entry = latest.entry(reason.to_owned()).or_insert_with(|| (String::new(), told.clone()));
        if entry.0 <= time {
            *entry = (time, told);
        }
    }
    latest.into_values().map(|(_, finding)| finding).take(AT_MOST).collect()
}

fn in_a_word(node: &Node) -> WireFinding {
    let said = node.note.as_deref().unwrap_or(if node.caption.is_empty() { &node.status } else { &node.caption });
    let sentence = format!("{} {}: {said}", node.key.kind(), node.key.name());
    finding(&node.key, node.health, sentence, evidence("field", &node.key, "status", &node.status))
}
