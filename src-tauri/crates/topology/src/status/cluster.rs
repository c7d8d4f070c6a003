//! Nodes, namespaces, quotas, definitions and aggregated APIs.

use model::Health;
use serde_json::Value;

use super::{Appraisal, condition, condition_is, counted, is_terminating};
use crate::json::{At, field};
use crate::source::Source;

const PRESSURES: [&str; 4] = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

pub(super) fn node(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    let cordoned = source.spec.get("unschedulable").and_then(Value::as_bool) == Some(true);
    let Some(ready) = condition(body, "Ready").and_then(|condition| field(condition, "status")) else {
        // As kubectl prints it; a manifest of a node has nothing to say yet.
        return match source.object.uid {
            Some(_) => Appraisal::new(Health::Unknown, "Unknown", "has not reported yet"),
            None => Appraisal::new(Health::Neutral, "", ""),
        };
    };
    let word = if ready == "True" { "Ready" } else { "NotReady" };
    let status = if cordoned { format!("{word},SchedulingDisabled") } else { word.to_owned() };
    // Only the conditions that Kubernetes defines: others may mean well or ill by True.
    let pressure = PRESSURES.iter().find(|kind| condition_is(body, kind, "True"));
    let (health, caption) = match (ready, pressure) {
        ("True", Some(pressure)) => (Health::Degraded, (*pressure).to_owned()),
        ("True", None) if cordoned => (Health::Neutral, "cordoned".to_owned()),
        ("True", None) => (Health::Ok, "Ready".to_owned()),
        _ => (Health::Failing, "NotReady".to_owned()),
    };
    Appraisal::new(health, status, caption)
}

pub(super) fn namespace(source: &Source<'_>) -> Appraisal {
    let phase = source.text("/status/phase").unwrap_or_default();
    let health = if is_terminating(source.body) || phase == "Terminating" { Health::Pending } else { Health::Neutral };
    Appraisal::new(health, phase, phase.to_lowercase())
}

pub(super) fn quota(source: &Source<'_>) -> Appraisal {
    let map = |pointer: &str| source.body.at(pointer).and_then(Value::as_object);
    let (Some(hard), Some(used)) = (map("/status/hard"), map("/status/used")) else {
        let limits = map("/spec/hard").map_or(0, serde_json::Map::len);
        return Appraisal::new(Health::Neutral, "", counted(limits as u64, "limit", "limits"));
    };
    // Quantities are written the same way on both sides, so that a quota that is used up reads the same.
    let full: Vec<&str> =
        hard.iter().filter(|(name, limit)| used.get(*name) == Some(limit)).map(|(name, _)| name.as_str()).collect();
    match full.first() {
        Some(name) if hard.get(*name).and_then(Value::as_str) != Some("0") => {
            Appraisal::new(Health::Degraded, "", format!("{name} used up"))
        }
        _ => Appraisal::new(Health::Neutral, "", counted(hard.len() as u64, "limit", "limits")),
    }
}

pub(super) fn definition(source: &Source<'_>) -> Appraisal {
    if condition_is(source.body, "Established", "False") || condition_is(source.body, "NamesAccepted", "False") {
        return Appraisal::new(Health::Failing, "", "not established");
    }
    Appraisal::new(Health::Neutral, "", "")
}

pub(super) fn api_service(source: &Source<'_>) -> Appraisal {
    let Some(available) = condition(source.body, "Available") else { return Appraisal::default() };
    match field(available, "status") {
        Some("True") => Appraisal::new(Health::Ok, "True", "available"),
        _ => {
            let reason = field(available, "reason").unwrap_or("unavailable");
            Appraisal::new(Health::Failing, format!("False ({reason})"), reason)
        }
    }
}
