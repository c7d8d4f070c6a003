//! Deployments, ReplicaSets, StatefulSets and DaemonSets: ready of wanted, and why a rollout does not move.

use model::Health;
use serde_json::Value;

use super::{Appraisal, condition, condition_is, counted, has_status, is_terminating, number};
use crate::json::{At, field};
use crate::source::Source;

/// What the four kinds have in common.
struct Progress {
    wanted: u64,
    ready: u64,
    updated: u64,
    /// The controller gave up waiting.
    stuck: bool,
    paused: bool,
    /// The controller itself says that too few are available.
    unavailable: bool,
}

pub(super) fn deployment(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    let progressing = condition(body, "Progressing");
    appraise(
        source,
        &Progress {
            wanted: wanted(body),
            ready: number(body, "/status/readyReplicas"),
            updated: number(body, "/status/updatedReplicas"),
            stuck: progressing.is_some_and(|condition| field(condition, "status") == Some("False")),
            paused: source.spec.get("paused").and_then(Value::as_bool) == Some(true),
            unavailable: condition_is(body, "Available", "False"),
        },
    )
}

pub(super) fn stateful_set(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    let wanted = wanted(body);
    let revisions = (source.text("/status/currentRevision"), source.text("/status/updateRevision"));
    let on_delete = source.text("/spec/updateStrategy/type") == Some("OnDelete");
    let rolling = matches!(revisions, (Some(current), Some(update)) if current != update) && !on_delete;
    appraise(
        source,
        &Progress {
            wanted,
            ready: number(body, "/status/readyReplicas"),
            updated: if rolling { number(body, "/status/updatedReplicas") } else { wanted },
            stuck: false,
            paused: false,
            unavailable: false,
        },
    )
}

pub(super) fn daemon_set(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    if !has_status(body) {
        return Appraisal::new(Health::Neutral, "", "on every node");
    }
    let wanted = number(body, "/status/desiredNumberScheduled");
    let on_delete = source.text("/spec/updateStrategy/type") == Some("OnDelete");
    let updated = if on_delete { wanted } else { number(body, "/status/updatedNumberScheduled") };
    if wanted == 0 {
        return Appraisal::new(Health::Neutral, "0/0", "no node matches").ready(0, 0);
    }
    appraise(
        source,
        &Progress {
            wanted,
            ready: number(body, "/status/numberReady"),
            updated,
            stuck: false,
            paused: false,
            unavailable: false,
        },
    )
}

pub(super) fn replica_set(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    let wanted = wanted(body);
    if wanted == 0 && number(body, "/status/replicas") == 0 && source.controlled {
        return Appraisal::new(Health::Neutral, "0/0", "old revision").ready(0, 0);
    }
    let mut appraisal = appraise(
        source,
        &Progress {
            wanted,
            ready: number(body, "/status/readyReplicas"),
            updated: wanted,
            stuck: false,
            paused: false,
            unavailable: false,
        },
    );
    if let Some(failure) = condition(body, "ReplicaFailure").filter(|failure| field(failure, "status") == Some("True"))
    {
        let reason = field(failure, "reason").unwrap_or("ReplicaFailure");
        appraisal.caption = format!("{reason} · {}", appraisal.caption).into();
        appraisal.health = Health::Failing;
        appraisal.trouble = Some(reason.into());
    }
    appraisal
}

fn wanted(body: &Value) -> u64 {
    body.at("/spec/replicas").and_then(Value::as_u64).unwrap_or(1)
}

/// What does not move, where the controller gave up waiting.
fn stuck(source: &Source<'_>, progress: &Progress) -> String {
    let Progress { wanted, ready, updated, .. } = *progress;
    // All of the old revision may be ready while the new one does not come up: that is what is stuck.
    if updated < wanted {
        return format!("rollout stuck · {updated} of {wanted} updated, {ready} ready");
    }
    let left = number(source.body, "/status/replicas").saturating_sub(wanted);
    let available = number(source.body, "/status/availableReplicas");
    if ready < wanted {
        format!("rollout stuck · {ready} of {wanted} ready")
    } else if left > 0 {
        let left = counted(left, "old pod", "old pods");
        format!("rollout stuck · {ready} of {wanted} ready, {left} still there")
    } else {
        format!("rollout stuck · {ready} of {wanted} ready, {available} for long enough")
    }
}

fn appraise(source: &Source<'_>, progress: &Progress) -> Appraisal {
    let Progress { wanted, ready, updated, .. } = *progress;
    if !has_status(source.body) {
        // A manifest: nothing runs, so nothing is unwell.
        return Appraisal::new(Health::Neutral, "", counted(wanted, "replica", "replicas"));
    }
    let (health, caption) = if progress.stuck {
        (if ready == 0 && wanted > 0 { Health::Failing } else { Health::Degraded }, stuck(source, progress))
    } else if is_terminating(source.body) {
        (Health::Pending, "terminating".to_owned())
    } else if wanted == 0 {
        let caption = if ready == 0 { "scaled to zero".to_owned() } else { format!("scaling down · {ready} left") };
        (Health::Neutral, caption)
    } else if ready >= wanted && updated >= wanted {
        (Health::Ok, format!("{ready} of {wanted} ready"))
    } else if progress.paused {
        (Health::Pending, format!("paused · {ready} of {wanted} ready"))
    } else if ready == 0 && progress.unavailable {
        (Health::Failing, format!("{ready} of {wanted} ready"))
    } else if updated < wanted {
        (Health::Pending, format!("rolling out · {ready} of {wanted} ready"))
    } else if ready == 0 {
        (Health::Pending, format!("{ready} of {wanted} ready"))
    } else {
        (Health::Degraded, format!("{ready} of {wanted} ready"))
    };
    Appraisal::new(health, format!("{ready}/{wanted}"), caption).ready(ready, wanted)
}
