//! CronJobs and their Jobs.

use serde_json::{Value, json};

use super::behaviour::Behaviour;
use super::events::{About, Source};
use super::workloads::{Set, Workload};
use super::{Action, World, owner};
use crate::time::{DAY, HOUR, MINUTE, SECOND, Time};

/// Names of Jobs that ran before the start count their minutes from here, so that they are the same at every
/// start whatever the clock says; those of later runs count from the epoch, as the controller does.
const NAMED_FROM: i64 = 29_919_000;

/// When a schedule of the two forms that the scenarios use (`M H * * *` and `*/N * * * *`) is due next.
pub(crate) fn next_run(schedule: &str, after: Time) -> Time {
    let mut fields = schedule.split_whitespace();
    let (minute, hour) = (fields.next().unwrap_or("0"), fields.next().unwrap_or("*"));
    let number = |text: &str| text.parse::<i64>().ok();
    let (period, offset) = match (minute.strip_prefix("*/").and_then(number), number(hour)) {
        (Some(every), _) => (every.max(1) * MINUTE, 0),
        (None, Some(hour)) => (DAY, hour * HOUR + number(minute).unwrap_or(0) * MINUTE),
        (None, None) => (HOUR, number(minute).unwrap_or(0) * MINUTE),
    };
    let passed = (after.millis() - offset).div_euclid(period);
    Time::from_millis((passed + 1) * period + offset)
}

/// The time between two runs.
pub(crate) fn interval(schedule: &str) -> i64 {
    let first = next_run(schedule, Time::from_millis(0));
    next_run(schedule, first).since(first)
}

impl World {
    /// A Job of the past, of the start: run number `back` before now.
    pub(crate) fn past_run(&mut self, index: usize, back: i64) {
        let workload = &self.workloads[index];
        let schedule = workload.object["spec"]["schedule"].as_str().unwrap_or_default();
        let every = interval(schedule);
        let takes = workload.notes.takes.map_or(30 * SECOND, |takes| takes.0);
        // The last run is over by now, even where the schedule has just come round.
        let last = next_run(schedule, self.now.minus(2 * takes)).minus(every);
        let started = last.minus(back * every);
        let minutes = NAMED_FROM - back * (every / MINUTE);
        let jitter = (back * 7_919).rem_euclid(takes / 5 + 1);
        let set = job_set(workload, &format!("{}-{minutes}", workload.name), started);
        let set = Set { finished: Some((started.plus(takes + jitter), true)), ..set };
        let now = std::mem::replace(&mut self.now, started);
        self.workloads[index].sets.push(set);
        let number = self.workloads[index].sets.len() - 1;
        let key = self.create_pod(index, number, None);
        if let Some(node) = self.choose_node(true) {
            self.place_pod(&key, node, started);
            // A finished pod takes no place on its node.
            if let Some(node) = self.nodes.get_mut(node) {
                node.pods = node.pods.saturating_sub(1);
            }
        }
        self.now = now;
        self.finish_at(&key, started.plus(3 * SECOND), started.plus(takes + jitter));
    }

    /// Starts the run that is due, and plans the next.
    pub(crate) fn run_cron(&mut self, index: usize) {
        let workload = &self.workloads[index];
        let schedule = workload.object["spec"]["schedule"].as_str().unwrap_or_default().to_owned();
        let next = next_run(&schedule, self.now);
        self.plan(next.since(self.now), Action::Cron(index));
        let workload = &self.workloads[index];
        let name = format!("{}-{}", workload.name, self.now.millis() / MINUTE);
        let set = job_set(workload, &name, self.now);
        let about = self.about_workload(index);
        self.workloads[index].sets.push(set);
        let number = self.workloads[index].sets.len() - 1;
        let source = Source::of("cronjob-controller");
        self.say(&about, &source, "Normal", "SuccessfulCreate", &format!("Created job {name}"));
        let key = self.create_pod(index, number, None);
        let job = self.about_job(index, &name);
        let pod = key.rsplit('/').next().unwrap_or_default();
        let message = format!("Created pod: {pod}");
        self.say(&job, &Source::of("job-controller"), "Normal", "SuccessfulCreate", &message);
        self.plan(200, Action::Pod(key.clone()));
        self.after_change(&key);
    }

    /// Looks which Jobs have ended, says so, and forgets those beyond the history limit.
    pub(crate) fn settle_jobs(&mut self, index: usize) {
        if self.workloads[index].kind != "CronJob" {
            return;
        }
        let names: Vec<String> = self.workloads[index]
            .sets
            .iter()
            .filter(|set| set.finished.is_none())
            .map(|set| set.name.clone())
            .collect();
        for name in names {
            if self.count(index, Some(&name)).succeeded == 0 {
                continue;
            }
            let now = self.now;
            if let Some(set) = self.workloads[index].sets.iter_mut().find(|set| set.name == name) {
                set.finished = Some((now, true));
            }
            let job = self.about_job(index, &name);
            self.say(&job, &Source::of("job-controller"), "Normal", "Completed", "Job completed");
            let about = self.about_workload(index);
            let message = format!("Saw completed job: {name}, condition: Complete");
            self.say(&about, &Source::of("cronjob-controller"), "Normal", "SawCompletedJob", &message);
        }
        let workload = &self.workloads[index];
        let limit = workload.object["spec"]["successfulJobsHistoryLimit"].as_u64().unwrap_or(3);
        let finished = workload.sets.iter().filter(|set| set.finished.is_some()).count();
        let surplus = finished.saturating_sub(usize::try_from(limit).unwrap_or(3));
        for _ in 0..surplus {
            self.forget_oldest_job(index);
        }
    }

    fn forget_oldest_job(&mut self, index: usize) {
        let Some(place) = self.workloads[index].sets.iter().position(|set| set.finished.is_some()) else {
            return;
        };
        let set = self.workloads[index].sets.remove(place);
        let namespace = self.workloads[index].namespace.clone();
        let pods: Vec<String> = self
            .pods
            .iter()
            .filter(|(_, pod)| pod.workload == index && pod.set == set.name)
            .map(|(key, _)| key.clone())
            .collect();
        self.remove("batch", "Job", &format!("{namespace}/{}", set.name));
        for key in pods {
            self.pods.remove(&key);
            self.remove("", "Pod", &key);
        }
        let about = self.about_workload(index);
        let message = format!("Deleted job {}", set.name);
        self.say(&about, &Source::of("cronjob-controller"), "Normal", "SuccessfulDelete", &message);
    }

    fn about_job(&self, index: usize, name: &str) -> About {
        let namespace = &self.workloads[index].namespace;
        About {
            api_version: "batch/v1",
            kind: "Job",
            namespace: namespace.clone(),
            name: name.to_owned(),
            uid: self.uid("Job", namespace, name),
            field_path: None,
        }
    }

    /// The object of a Job.
    pub(crate) fn job(&self, index: usize, workload: &Workload, set: &Set) -> Value {
        let mut metadata = self.metadata("Job", &workload.namespace, &set.name, set.created);
        let uid = metadata["uid"].clone();
        let mut labels = set.template["metadata"]["labels"].clone();
        for prefix in ["", "batch.kubernetes.io/"] {
            labels[format!("{prefix}job-name")] = set.name.as_str().into();
            labels[format!("{prefix}controller-uid")] = uid.clone();
        }
        metadata["generation"] = 1.into();
        metadata["labels"] = labels.clone();
        metadata["annotations"] = json!({
            "batch.kubernetes.io/cronjob-scheduled-timestamp": set.created.rfc3339(),
        });
        metadata["ownerReferences"] = json!([owner("batch/v1", "CronJob", &workload.name, workload.uid())]);
        let mut template = set.template.clone();
        template["metadata"]["labels"] = labels;
        let count = self.count(index, Some(&set.name));
        let mut status = json!({"startTime": set.created.rfc3339(), "uncountedTerminatedPods": {}});
        if let Some((finished, _)) = set.finished {
            let condition = |kind: &str| {
                json!({
                    "type": kind,
                    "status": "True",
                    "reason": "CompletionsReached",
                    "message": "Reached expected number of succeeded pods",
                    "lastProbeTime": finished.rfc3339(),
                    "lastTransitionTime": finished.rfc3339(),
                })
            };
            status["completionTime"] = finished.rfc3339().into();
            status["conditions"] = json!([condition("SuccessCriteriaMet"), condition("Complete")]);
            status["succeeded"] = 1.into();
            status["ready"] = 0.into();
            status["terminating"] = 0.into();
        } else {
            status["active"] = count.active.into();
            status["ready"] = count.ready.into();
            status["terminating"] = 0.into();
        }
        json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": metadata,
            "spec": {
                "parallelism": 1,
                "completions": 1,
                "completionMode": "NonIndexed",
                "backoffLimit": workload.object["spec"]["jobTemplate"]["spec"]["backoffLimit"].as_u64().unwrap_or(6),
                "manualSelector": false,
                "podReplacementPolicy": "TerminatingOrFailed",
                "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}},
                "suspend": false,
                "template": template,
            },
            "status": status,
        })
    }

    pub(crate) fn cron_job_status(&self, workload: &Workload) -> Value {
        let mut status = json!({});
        if let Some(last) = workload.sets.last() {
            status["lastScheduleTime"] = last.created.rfc3339().into();
        }
        let done = workload.sets.iter().rev().find_map(|set| set.finished);
        if let Some((finished, _)) = done {
            status["lastSuccessfulTime"] = finished.rfc3339().into();
        }
        let active: Vec<Value> = workload
            .sets
            .iter()
            .filter(|set| set.finished.is_none())
            .map(|set| {
                json!({
                    "apiVersion": "batch/v1",
                    "kind": "Job",
                    "namespace": workload.namespace,
                    "name": set.name,
                    "uid": self.uid("Job", &workload.namespace, &set.name),
                })
            })
            .collect();
        if !active.is_empty() {
            status["active"] = active.into();
        }
        status
    }
}

fn job_set(workload: &Workload, name: &str, created: Time) -> Set {
    Set {
        name: name.to_owned(),
        hash: String::new(),
        revision: 1,
        template: workload.object["spec"]["jobTemplate"]["spec"]["template"].clone(),
        replicas: 1,
        created,
        behaviour: Behaviour::Steady,
        finished: None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn schedules_come_round() {
        let at = |text: &str| Time::parse(text).unwrap();
        let noon = at("2026-11-20T12:03:20Z");
        assert_eq!(next_run("*/5 * * * *", noon), at("2026-11-20T12:05:00Z"));
        assert_eq!(next_run("15 2 * * *", noon), at("2026-11-21T02:15:00Z"));
        assert_eq!(next_run("30 * * * *", noon), at("2026-11-20T12:30:00Z"));
        assert_eq!(interval("15 2 * * *"), DAY);
    }
}
