//! Autoscalers and disruption budgets.

use model::Health;

use super::{Appraisal, condition, counted, has_status, number};
use crate::json::{At, field};
use crate::source::Source;

pub(super) fn autoscaler(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    let minimum = body.at("/spec/minReplicas").and_then(serde_json::Value::as_u64).unwrap_or(1);
    let maximum = number(body, "/spec/maxReplicas");
    if !has_status(body) {
        return Appraisal::new(Health::Neutral, "", format!("{minimum} to {maximum} replicas"));
    }
    let current = number(body, "/status/currentReplicas");
    let reason = |kind: &str, status: &str| {
        condition(body, kind)
            .filter(|condition| field(condition, "status") == Some(status))
            .map(|condition| field(condition, "reason").unwrap_or(kind).to_owned())
    };
    let status = format!("{current}");
    // A target scaled to zero by hand switches the autoscaler off; that is meant.
    let inactive = reason("ScalingActive", "False").filter(|reason| reason != "ScalingDisabled");
    if let Some(reason) = reason("AbleToScale", "False").or(inactive) {
        let health = if reason == "FailedGetScale" { Health::Failing } else { Health::Degraded };
        return Appraisal::new(health, status, reason);
    }
    if current >= maximum && reason("ScalingLimited", "True").is_some_and(|reason| reason == "TooManyReplicas") {
        return Appraisal::new(Health::Degraded, status, format!("at its maximum of {maximum}"));
    }
    Appraisal::new(Health::Ok, status, format!("{current} of {minimum} to {maximum}"))
}

pub(super) fn budget(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    if !has_status(body) {
        return Appraisal::new(Health::Neutral, "", "");
    }
    let left = number(body, "/status/disruptionsAllowed");
    let (healthy, desired) = (number(body, "/status/currentHealthy"), number(body, "/status/desiredHealthy"));
    let status = left.to_string();
    if number(body, "/status/expectedPods") == 0 {
        return Appraisal::new(Health::Neutral, status, "no pods");
    }
    if healthy < desired {
        return Appraisal::new(Health::Degraded, status, format!("{healthy} of {desired} healthy"));
    }
    match left {
        0 => Appraisal::new(
            Health::Degraded,
            status,
            format!("blocks every eviction · {healthy} healthy, {desired} needed"),
        ),
        left => Appraisal::new(Health::Ok, status, counted(left, "disruption left", "disruptions left")),
    }
}
