//! Workloads and what their controllers write: ReplicaSets, revisions, Jobs and every status above a pod.

use serde_json::{Map, Value, json};

use super::behaviour::Behaviour;
use super::{World, owner};
use crate::random::{hash, suffix};
use crate::scenario::Notes;
use crate::time::Time;

/// A Deployment, StatefulSet, DaemonSet or CronJob.
#[derive(Clone, Debug)]
pub(crate) struct Workload {
    /// Kind of the object.
    pub(crate) kind: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// The object without its status; its template is that of the newest set.
    pub(crate) object: Value,
    pub(crate) notes: Notes,
    pub(crate) created: Time,
    /// Revisions, oldest first; runs of a CronJob.
    pub(crate) sets: Vec<Set>,
    /// When `Available` and `Progressing` last changed.
    pub(crate) progressed: Time,
    /// Whether the rollout has exceeded its deadline.
    pub(crate) stuck: bool,
}

/// One revision of a workload (a ReplicaSet or a ControllerRevision), or one Job of a CronJob.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) hash: String,
    pub(crate) revision: u32,
    pub(crate) template: Value,
    pub(crate) replicas: u32,
    pub(crate) created: Time,
    pub(crate) behaviour: Behaviour,
    /// When the Job ended, and whether well.
    pub(crate) finished: Option<(Time, bool)>,
}

impl Workload {
    pub(crate) fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    pub(crate) fn uid(&self) -> &str {
        self.object["metadata"]["uid"].as_str().unwrap_or_default()
    }

    pub(crate) fn desired(&self) -> u32 {
        let replicas = self.object["spec"]["replicas"].as_u64().unwrap_or(1);
        u32::try_from(replicas).unwrap_or(u32::MAX)
    }

    pub(crate) fn current(&self) -> Option<&Set> {
        self.sets.last()
    }

    /// The object that controls the pods of a set: API version, kind, name.
    pub(crate) fn pod_owner(&self, set: &Set) -> (&'static str, &'static str, String) {
        match self.kind.as_str() {
            "Deployment" => ("apps/v1", "ReplicaSet", set.name.clone()),
            "StatefulSet" => ("apps/v1", "StatefulSet", self.name.clone()),
            "DaemonSet" => ("apps/v1", "DaemonSet", self.name.clone()),
            _ => ("batch/v1", "Job", set.name.clone()),
        }
    }
}

/// The hash that names a template, ten safe letters as the controllers use.
pub(crate) fn template_hash(template: &Value) -> String {
    suffix(hash(0, &[&template.to_string()]), 10)
}

/// What the pods of a set are counted as.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    pub(crate) all: u32,
    pub(crate) ready: u32,
    pub(crate) succeeded: u32,
    pub(crate) failed: u32,
    pub(crate) active: u32,
}

impl World {
    /// The pods of a set, or of the whole workload.
    pub(crate) fn count(&self, workload: usize, set: Option<&str>) -> Count {
        let mut count = Count::default();
        for pod in self.pods.values() {
            if pod.workload != workload || set.is_some_and(|set| set != pod.set) {
                continue;
            }
            match pod.phase() {
                "Succeeded" => count.succeeded += 1,
                "Failed" => count.failed += 1,
                _ if pod.deleting.is_none() => {
                    count.all += 1;
                    count.active += 1;
                    count.ready += u32::from(pod.is_ready());
                }
                _ => {}
            }
        }
        count
    }

    /// Writes a workload, its sets and their status.
    pub(crate) fn write_workload(&mut self, index: usize) {
        let workload = self.workloads[index].clone();
        for set in &workload.sets {
            let object = match workload.kind.as_str() {
                "Deployment" => self.replica_set(index, &workload, set),
                "CronJob" => self.job(index, &workload, set),
                _ => controller_revision(self, &workload, set),
            };
            self.update(object);
        }
        let mut object = workload.object.clone();
        object["status"] = match workload.kind.as_str() {
            "Deployment" => self.deployment_status(index, &workload),
            "StatefulSet" => self.stateful_set_status(index, &workload),
            "DaemonSet" => self.daemon_set_status(index, &workload),
            _ => self.cron_job_status(&workload),
        };
        self.update(object);
    }

    fn replica_set(&self, index: usize, workload: &Workload, set: &Set) -> Value {
        let mut metadata = self.metadata("ReplicaSet", &workload.namespace, &set.name, set.created);
        let desired = workload.desired();
        let surge = desired + desired.div_ceil(4);
        metadata["generation"] = set.revision.min(2).into();
        metadata["labels"] = set.template["metadata"]["labels"].clone();
        metadata["annotations"] = json!({
            "deployment.kubernetes.io/desired-replicas": desired.to_string(),
            "deployment.kubernetes.io/max-replicas": surge.to_string(),
            "deployment.kubernetes.io/revision": set.revision.to_string(),
        });
        metadata["ownerReferences"] = json!([owner("apps/v1", "Deployment", &workload.name, workload.uid())]);
        let mut selector = workload.object["spec"]["selector"].clone();
        selector["matchLabels"]["pod-template-hash"] = set.hash.as_str().into();
        let count = self.count(index, Some(&set.name));
        let mut status = json!({
            "observedGeneration": set.revision.min(2),
            "replicas": count.all,
        });
        if count.all > 0 {
            status["fullyLabeledReplicas"] = count.all.into();
        }
        if count.ready > 0 {
            status["readyReplicas"] = count.ready.into();
            status["availableReplicas"] = count.ready.into();
        }
        json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": metadata,
            "spec": {"replicas": set.replicas, "selector": selector, "template": set.template},
            "status": status,
        })
    }

    fn deployment_status(&self, index: usize, workload: &Workload) -> Value {
        let desired = workload.desired();
        let count = self.count(index, None);
        let current = workload.current();
        let set_name = current.map_or("", |set| set.name.as_str());
        let updated = self.count(index, Some(set_name));
        let mut status = json!({
            "observedGeneration": workload.object["metadata"]["generation"],
        });
        for (field, value) in [
            ("replicas", count.all),
            ("updatedReplicas", updated.all),
            ("readyReplicas", count.ready),
            ("availableReplicas", count.ready),
            ("unavailableReplicas", desired.max(count.all).saturating_sub(count.ready)),
        ] {
            if value > 0 {
                status[field] = value.into();
            }
        }
        let strategy = &workload.object["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"];
        let may_miss = match strategy {
            Value::String(percent) => {
                let percent: u32 = percent.trim_end_matches('%').parse().unwrap_or(25);
                desired * percent / 100
            }
            number => u32::try_from(number.as_u64().unwrap_or(0)).unwrap_or(0),
        };
        let available = count.ready + may_miss >= desired;
        let created = workload.created;
        let changed = workload.progressed;
        let mut conditions = vec![condition(
            "Available",
            available,
            if available { "MinimumReplicasAvailable" } else { "MinimumReplicasUnavailable" },
            if available {
                "Deployment has minimum availability."
            } else {
                "Deployment does not have minimum availability."
            },
            if available { created.plus(20_000) } else { changed },
            changed,
        )];
        let complete = updated.all == desired && updated.ready == desired && count.all == desired;
        let (progressing, reason, message) = if workload.stuck {
            (false, "ProgressDeadlineExceeded", format!("ReplicaSet \"{set_name}\" has timed out progressing."))
        } else if complete {
            (true, "NewReplicaSetAvailable", format!("ReplicaSet \"{set_name}\" has successfully progressed."))
        } else {
            (true, "ReplicaSetUpdated", format!("ReplicaSet \"{set_name}\" is progressing."))
        };
        let since = if progressing { created } else { changed };
        conditions.push(condition("Progressing", progressing, reason, &message, since, changed));
        status["conditions"] = json!(conditions);
        status
    }

    fn stateful_set_status(&self, index: usize, workload: &Workload) -> Value {
        let count = self.count(index, None);
        let revision = workload.current().map_or("", |set| set.name.as_str());
        let mut status = json!({
            "observedGeneration": workload.object["metadata"]["generation"],
            "replicas": count.all,
            "availableReplicas": count.ready,
            "currentReplicas": count.all,
            "updatedReplicas": count.all,
            "currentRevision": revision,
            "updateRevision": revision,
            "collisionCount": 0,
        });
        if count.ready > 0 {
            status["readyReplicas"] = count.ready.into();
        }
        status
    }

    fn daemon_set_status(&self, index: usize, workload: &Workload) -> Value {
        let count = self.count(index, None);
        let mut status = json!({
            "observedGeneration": workload.object["metadata"]["generation"],
            "currentNumberScheduled": count.all,
            "desiredNumberScheduled": count.all,
            "updatedNumberScheduled": count.all,
            "numberMisscheduled": 0,
            "numberReady": count.ready,
            "numberAvailable": count.ready,
        });
        if count.ready < count.all {
            status["numberUnavailable"] = (count.all - count.ready).into();
        }
        status
    }
}

fn controller_revision(world: &World, workload: &Workload, set: &Set) -> Value {
    let mut metadata = world.metadata("ControllerRevision", &workload.namespace, &set.name, set.created);
    let mut labels: Map<String, Value> = set.template["metadata"]["labels"].as_object().cloned().unwrap_or_default();
    labels.insert("controller-revision-hash".to_owned(), set.hash.as_str().into());
    metadata["labels"] = json!(labels);
    metadata["ownerReferences"] = json!([owner("apps/v1", &workload.kind, &workload.name, workload.uid())]);
    json!({
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": metadata,
        "revision": set.revision,
        "data": {"spec": {"template": set.template}},
    })
}

/// An entry of `status.conditions` of a workload.
fn condition(kind: &str, status: bool, reason: &str, message: &str, changed: Time, updated: Time) -> Value {
    json!({
        "type": kind,
        "status": if status { "True" } else { "False" },
        "reason": reason,
        "message": message,
        "lastTransitionTime": changed.rfc3339(),
        "lastUpdateTime": updated.rfc3339(),
    })
}
