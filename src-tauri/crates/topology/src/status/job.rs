//! Jobs and CronJobs: done, failed, under way, suspended.

use model::Health;
use serde_json::Value;

use super::{Appraisal, condition, condition_is, counted, has_status, number};
use crate::json::{At, field, list};
use crate::source::Source;

pub(super) fn job(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    let wanted = body.at("/spec/completions").and_then(Value::as_u64).unwrap_or(1);
    if !has_status(body) {
        return Appraisal::new(Health::Neutral, "", counted(wanted, "run", "runs"));
    }
    let done = number(body, "/status/succeeded");
    let failed = number(body, "/status/failed");
    let of = format!("{done} of {wanted} done");
    let failure = condition(body, "Failed").filter(|failure| field(failure, "status") == Some("True"));
    let appraisal = if condition_is(body, "Complete", "True") {
        Appraisal::new(Health::Completed, "Complete", of)
    } else if let Some(failure) = failure {
        let reason = field(failure, "reason").unwrap_or("Failed");
        Appraisal::new(Health::Failing, "Failed", reason)
    } else if source.spec.get("suspend").and_then(Value::as_bool) == Some(true) {
        Appraisal::new(Health::Neutral, "Suspended", "suspended")
    } else if failed > 0 {
        Appraisal::new(Health::Degraded, "Running", format!("{} · {of}", counted(failed, "failed try", "failed tries")))
    } else {
        Appraisal::new(Health::Ok, "Running", format!("running · {of}"))
    };
    appraisal.ready(done, wanted)
}

pub(super) fn cron_job(source: &Source<'_>) -> Appraisal {
    let schedule = field(source.spec, "schedule").unwrap_or_default();
    if source.spec.get("suspend").and_then(Value::as_bool) == Some(true) {
        return Appraisal::new(Health::Neutral, "Suspended", format!("suspended · {schedule}"));
    }
    if source.object.uid.is_none() {
        return Appraisal::new(Health::Neutral, "", schedule);
    }
    let active = source.body.get("status").map_or(0, |status| list(status, "active").len());
    let caption = if active == 0 {
        schedule.to_owned()
    } else {
        format!("{} · {schedule}", counted(active as u64, "run now", "runs now"))
    };
    Appraisal::new(Health::Ok, "Active", caption)
}
