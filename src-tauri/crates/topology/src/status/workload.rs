//! Deployments, ReplicaSets, StatefulSets and DaemonSets: ready of wanted, and why a rollout does not move.

use model::Health;
use serde_json::Value;

use super::{Appraisal, condition, is_terminating, number};
use crate::facts::{Source, field};

pub(super) fn deployment(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    let wanted = body.pointer("/spec/replicas").and_then(Value::as_u64).unwrap_or(1);
    let Some(status) = body.get("status").filter(|status| status.as_object().is_some_and(|map| !map.is_empty())) else {
        return declared(wanted);
    };
    let ready = number(status, "/readyReplicas");
    let updated = number(status, "/updatedReplicas");
    let progressing = condition(body, "Progressing");
    let stuck = progressing.is_some_and(|condition| field(condition, "status") == Some("False"));
    let paused = source.spec.get("paused").and_then(Value::as_bool) == Some(true);
    let status_word = format!("{ready}/{wanted}");
    let of = format!("{ready} of {wanted}");
    let appraisal = if stuck {
        let health = if ready == 0 && wanted > 0 { Health::Failing } else { Health::Degraded };
        Appraisal::new(health, status_word, format!("rollout stuck · {of}"))
    } else if is_terminating(body) {
        Appraisal::new(Health::Pending, status_word, "terminating")
    } else if wanted == 0 && ready == 0 {
        Appraisal::new(Health::Neutral, status_word, "scaled to zero")
    } else if ready >= wanted && updated >= wanted {
        Appraisal::new(Health::Ok, status_word, format!("{of} ready"))
    } else if paused {
        Appraisal::new(Health::Pending, status_word, format!("paused · {of} ready"))
    } else if ready == 0 && unavailable(body) {
        Appraisal::new(Health::Failing, status_word, format!("{of} ready"))
    } else if updated < wanted {
        Appraisal::new(Health::Pending, status_word, format!("rolling out · {of} ready"))
    } else {
        Appraisal::new(Health::Degraded, status_word, format!("{of} ready"))
    };
    appraisal.ready(ready, wanted)
}

/// A manifest: nothing runs, so nothing is unwell.
pub(super) fn declared(wanted: u64) -> Appraisal {
    let caption = if wanted == 1 { "1 replica".to_owned() } else { format!("{wanted} replicas") };
    Appraisal::new(Health::Neutral, "", caption)
}

fn unavailable(body: &Value) -> bool {
    super::condition_is(body, "Available", "False")
}
