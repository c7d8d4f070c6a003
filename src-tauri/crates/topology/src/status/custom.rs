//! Custom resources: the conditions and phases that most of them have in common.

use model::Health;

use super::{Appraisal, condition};
use crate::json::field;
use crate::source::Source;

/// Conditions that mean well by True, the most telling first.
const GOOD: [&str; 7] = ["Ready", "Available", "Healthy", "Programmed", "Accepted", "Synced", "Succeeded"];

/// Reasons of a condition that is False for a while only.
const UNDER_WAY: [&str; 7] =
    ["Progressing", "Reconciling", "InProgress", "Pending", "Creating", "DependencyNotReady", "Issuing"];

pub(super) fn appraise(source: &Source<'_>) -> Appraisal {
    if let Some((kind, told)) = GOOD.iter().find_map(|kind| Some((*kind, condition(source.body, kind)?))) {
        let reason = field(told, "reason").unwrap_or_default();
        return match field(told, "status") {
            Some("True") => Appraisal::new(Health::Ok, kind, kind.to_lowercase()),
            Some("False") if UNDER_WAY.contains(&reason) => {
                Appraisal::new(Health::Pending, format!("Not{kind}"), reason)
            }
            Some("False") => {
                let caption =
                    if reason.is_empty() { format!("not {}", kind.to_lowercase()) } else { reason.to_owned() };
                Appraisal::new(Health::Degraded, format!("Not{kind}"), caption)
            }
            _ => Appraisal::new(Health::Pending, "Unknown", reason),
        };
    }
    let phase = source.text("/status/phase").or_else(|| source.text("/status/state")).unwrap_or_default();
    let health = match phase {
        "Failed" | "Error" | "Degraded" | "CrashLoopBackOff" => Health::Failing,
        "Pending" | "Provisioning" | "Creating" | "Deleting" | "Progressing" => Health::Pending,
        "Ready" | "Running" | "Active" | "Bound" | "Healthy" | "Available" => Health::Ok,
        "Succeeded" | "Completed" | "Complete" => Health::Completed,
        _ => Health::Neutral,
    };
    Appraisal::new(health, phase, phase.to_lowercase())
}

/// An Argo CD application says how well its objects are and whether they are as the repository has them.
pub(super) fn application(source: &Source<'_>) -> Appraisal {
    let health = source.text("/status/health/status").unwrap_or_default();
    let sync = source.text("/status/sync/status").unwrap_or_default();
    let felt = match health {
        "Degraded" => Health::Failing,
        "Missing" => Health::Degraded,
        "Progressing" => Health::Pending,
        "Healthy" if sync == "OutOfSync" => Health::Degraded,
        "Healthy" => Health::Ok,
        _ => Health::Neutral,
    };
    let caption = [health, sync].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ");
    Appraisal::new(felt, health, caption)
}
