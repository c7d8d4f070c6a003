//! Pods, a few of which are not well.

use serde_json::{Value, json};

use super::workload::task_spec;
use super::{App, Maker, labels};
use crate::random::suffix;
use crate::time::{SECOND, Time};

/// A pod as its EndpointSlice lists it.
#[derive(Clone, Debug)]
pub(in crate::generate) struct Placed {
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) ip: String,
    pub(super) node: String,
    pub(super) ready: bool,
}

impl Maker {
    /// A pod of an application, and how its EndpointSlice lists it.
    pub(in crate::generate) fn pod(&self, app: &App, serial: usize, apps: &[App]) -> (Value, Placed) {
        let set = self.set_name(app, 0);
        let name = format!("{set}-{}", suffix(self.dice("pod", serial), 5));
        let mut metadata = self.metadata("Pod", &app.namespace, &name, 30);
        metadata["generateName"] = format!("{set}-").into();
        metadata["labels"] = labels(app);
        metadata["labels"]["pod-template-hash"] = self.set_hash(app, 0).into();
        metadata["ownerReferences"] = self.owner("apps/v1", "ReplicaSet", &app.namespace, &set);
        let node = self.node_name(self.dice("place", serial) as usize);
        let ip = format!("10.{}.{}.{}", 128 + serial / 62_500, serial / 250 % 250, serial % 250 + 2);
        let mut spec = self.spec(app, 0, apps);
        spec["nodeName"] = node.as_str().into();
        spec["serviceAccountName"] = "default".into();
        spec["enableServiceLinks"] = true.into();
        spec["priority"] = 0.into();
        let state = State::of(self.dice("state", serial));
        let placed = Placed {
            name,
            uid: metadata["uid"].as_str().unwrap_or_default().to_owned(),
            ip: ip.clone(),
            node,
            ready: state == State::Ready,
        };
        let status = pod_status(&metadata, &spec, &ip, state);
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status});
        (pod, placed)
    }

    pub(in crate::generate) fn job_pod(&self, index: usize, serial: usize, apps: &[App]) -> Value {
        let (namespace, job) = self.job_of(index, apps);
        let name = format!("{job}-{}", suffix(self.dice("pod", serial), 5));
        let mut metadata = self.metadata("Pod", &namespace, &name, 20);
        metadata["generateName"] = format!("{job}-").into();
        let owner = self.owner("batch/v1", "Job", &namespace, &job);
        metadata["labels"] = json!({"batch.kubernetes.io/job-name": job, "job-name": job});
        metadata["ownerReferences"] = owner;
        let mut spec = task_spec();
        spec["nodeName"] = self.node_name(self.dice("place", serial) as usize).into();
        let ip = format!("10.{}.{}.{}", 128 + serial / 62_500, serial / 250 % 250, serial % 250 + 2);
        let status = pod_status(&metadata, &spec, &ip, State::Done);
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status})
    }
}

/// How a generated pod is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    Crashing,
    NoImage,
    Unready,
    Done,
}

impl State {
    /// Two and a half in a hundred are not well.
    const fn of(dice: u64) -> Self {
        match dice % 1_000 {
            0..10 => Self::Crashing,
            10..15 => Self::NoImage,
            15..25 => Self::Unready,
            _ => Self::Ready,
        }
    }
}

fn pod_status(metadata: &Value, spec: &Value, ip: &str, state: State) -> Value {
    let created = metadata["creationTimestamp"].as_str().and_then(Time::parse).unwrap_or_default();
    let started = created.plus(4 * SECOND).rfc3339();
    let container = &spec["containers"][0];
    let name = container["name"].as_str().unwrap_or_default();
    let image = container["image"].as_str().unwrap_or_default();
    let ended = |exit: i64, reason: &str| {
        json!({
            "containerID": "", "exitCode": exit, "reason": reason,
            "startedAt": started, "finishedAt": created.plus(64 * SECOND).rfc3339(),
        })
    };
    let (phase, now, last, restarts) = match state {
        State::Ready | State::Unready => ("Running", json!({"running": {"startedAt": started}}), json!({}), 0),
        State::Crashing => (
            "Running",
            json!({"waiting": {
                "reason": "CrashLoopBackOff",
                "message": format!(
                    "back-off 5m0s restarting failed container={name} pod={}_{}({})",
                    metadata["name"].as_str().unwrap_or_default(),
                    metadata["namespace"].as_str().unwrap_or_default(),
                    metadata["uid"].as_str().unwrap_or_default(),
                ),
            }}),
            json!({"terminated": ended(1, "Error")}),
            37,
        ),
        State::NoImage => (
            "Pending",
            json!({"waiting": {
                "reason": "ImagePullBackOff",
                "message": format!("Back-off pulling image \"{image}\""),
            }}),
            json!({}),
            0,
        ),
        State::Done => ("Succeeded", json!({"terminated": ended(0, "Completed")}), json!({}), 0),
    };
    let ready = state == State::Ready;
    let condition = |kind: &str, status: bool| {
        let mut condition = json!({
            "type": kind,
            "status": if status { "True" } else { "False" },
            "lastProbeTime": null,
            "lastTransitionTime": started,
        });
        if !status && state == State::Done {
            condition["reason"] = "PodCompleted".into();
        } else if !status {
            condition["reason"] = "ContainersNotReady".into();
            condition["message"] = format!("containers with unready status: [{name}]").into();
        }
        condition
    };
    json!({
        "phase": phase,
        "qosClass": "Burstable",
        "startTime": created.rfc3339(),
        "podIP": ip,
        "podIPs": [{"ip": ip}],
        "conditions": [
            condition("Initialized", true),
            condition("Ready", ready),
            condition("ContainersReady", ready),
            condition("PodScheduled", true),
        ],
        "containerStatuses": [{
            "name": name,
            "image": image,
            "imageID": "",
            "ready": ready,
            "restartCount": restarts,
            "started": matches!(state, State::Ready | State::Unready),
            "state": now,
            "lastState": last,
        }],
    })
}
