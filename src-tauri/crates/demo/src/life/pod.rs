//! A pod's state and the object that it shows as: the kubelet's half of the pod.

use serde_json::{Map, Value, json};

use super::behaviour::Behaviour;
use crate::random::hash;
use crate::time::Time;

/// A pod of the simulation.
#[derive(Clone, Debug)]
pub(crate) struct Pod {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) created: Time,
    pub(crate) labels: Map<String, Value>,
    pub(crate) annotations: Map<String, Value>,
    pub(crate) owner: Value,
    pub(crate) generate_name: Option<String>,
    /// The whole spec, without `nodeName`.
    pub(crate) spec: Value,
    pub(crate) behaviour: Behaviour,
    /// The name of the set (ReplicaSet, revision, Job) that it belongs to.
    pub(crate) set: String,
    pub(crate) workload: usize,
    /// The node, its address and the time of scheduling.
    pub(crate) place: Option<Place>,
    pub(crate) containers: Vec<Container>,
    pub(crate) stage: Stage,
    pub(crate) deleting: Option<Time>,
    /// When `Ready` last changed.
    pub(crate) ready_changed: Time,
    /// `status.reason` and `status.message` of a pod that the kubelet gave up, as after an eviction.
    pub(crate) given_up: Option<(String, String)>,
}

/// Where a pod runs.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) node: usize,
    pub(crate) node_name: String,
    pub(crate) host_ip: String,
    pub(crate) ip: String,
    pub(crate) since: Time,
}

/// How far a pod has come; the next step depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Pending,
    Creating,
    Starting,
    Running,
    BackOff,
    Finished,
}

/// A container of a pod.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    pub(crate) state: State,
    pub(crate) last: Option<Ended>,
    pub(crate) restarts: u32,
    pub(crate) ready: bool,
}

/// The state of a container.
#[derive(Clone, Debug)]
pub(crate) enum State {
    Waiting { reason: &'static str, message: Option<String> },
    Running { since: Time },
    Ended(Ended),
}

/// A run of a container that is over.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) exit: i32,
    pub(crate) reason: &'static str,
    pub(crate) started: Time,
    pub(crate) finished: Time,
    /// Which run of the container it was, from 0.
    pub(crate) run: u32,
}

impl Pod {
    /// The key in the store.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Whether endpoints may send it traffic.
    pub(crate) fn is_ready(&self) -> bool {
        self.phase() == "Running" && self.deleting.is_none() && self.containers.iter().all(|container| container.ready)
    }

    /// Not finished and not on its way out.
    pub(crate) fn is_active(&self) -> bool {
        self.deleting.is_none() && !matches!(self.phase(), "Succeeded" | "Failed")
    }

    pub(crate) fn phase(&self) -> &'static str {
        if self.given_up.is_some() {
            return "Failed";
        }
        let ended = |container: &Container| matches!(container.state, State::Ended(_));
        if self.stage == Stage::Finished && self.containers.iter().all(ended) {
            let failed = self
                .containers
                .iter()
                .any(|container| matches!(&container.state, State::Ended(ended) if ended.exit != 0));
            return if failed { "Failed" } else { "Succeeded" };
        }
        // A pod stays pending until one of its containers has run.
        let has_run = self
            .containers
            .iter()
            .any(|container| container.last.is_some() || !matches!(container.state, State::Waiting { .. }));
        if self.place.is_some() && has_run { "Running" } else { "Pending" }
    }

    /// The object as the API shows it.
    pub(crate) fn object(&self) -> Value {
        let mut metadata = json!({
            "name": self.name,
            "namespace": self.namespace,
            "uid": self.uid,
            "generation": 1,
            "creationTimestamp": self.created.rfc3339(),
            "labels": self.labels,
        });
        if self.owner.is_object() {
            metadata["ownerReferences"] = json!([self.owner]);
        }
        if !self.annotations.is_empty() {
            metadata["annotations"] = json!(self.annotations);
        }
        if let Some(prefix) = &self.generate_name {
            metadata["generateName"] = prefix.as_str().into();
        }
        if let Some(deleting) = self.deleting {
            metadata["deletionTimestamp"] = deleting.plus(30_000).rfc3339().into();
            metadata["deletionGracePeriodSeconds"] = 30.into();
        }
        let mut spec = self.spec.clone();
        if let Some(place) = &self.place {
            spec["nodeName"] = place.node_name.as_str().into();
        }
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": metadata,
            "spec": spec,
            "status": self.status(),
        })
    }

    fn status(&self) -> Value {
        let phase = self.phase();
        let mut status = json!({
            "observedGeneration": 1,
            "phase": phase,
            "qosClass": qos_class(&self.spec),
        });
        if let Some((reason, message)) = &self.given_up {
            status["reason"] = reason.as_str().into();
            status["message"] = message.as_str().into();
            if let Some(place) = &self.place {
                status["startTime"] = place.since.rfc3339().into();
            }
            return status;
        }
        status["conditions"] = self.conditions(phase);
        let Some(place) = &self.place else {
            return status;
        };
        status["startTime"] = place.since.rfc3339().into();
        status["hostIP"] = place.host_ip.as_str().into();
        status["hostIPs"] = json!([{"ip": place.host_ip}]);
        if self.stage != Stage::Creating || !place.ip.is_empty() {
            status["podIP"] = place.ip.as_str().into();
            status["podIPs"] = json!([{"ip": place.ip}]);
        }
        let specs = self.spec["containers"].as_array();
        status["containerStatuses"] = specs
            .into_iter()
            .flatten()
            .zip(&self.containers)
            .map(|(spec, container)| self.container_status(spec, container))
            .collect();
        if let Some(init) = self.spec["initContainers"].as_array() {
            status["initContainerStatuses"] = init.iter().map(|spec| self.init_status(spec, place.since)).collect();
        }
        status
    }

    fn conditions(&self, phase: &str) -> Value {
        let condition = |kind: &str, status: bool, since: Time, why: Option<(&str, String)>| {
            let mut condition = json!({
                "type": kind,
                "status": if status { "True" } else { "False" },
                "observedGeneration": 1,
                "lastProbeTime": null,
                "lastTransitionTime": since.rfc3339(),
            });
            if let Some((reason, message)) = why {
                condition["reason"] = reason.into();
                if !message.is_empty() {
                    condition["message"] = message.into();
                }
            }
            condition
        };
        let Some(place) = &self.place else {
            let why = match &self.behaviour {
                Behaviour::Unschedulable { message } => Some(("Unschedulable", message.clone())),
                _ => None,
            };
            return json!([condition("PodScheduled", false, self.created, why)]);
        };
        let names = self.spec["containers"].as_array();
        let unready: Vec<&str> = names
            .into_iter()
            .flatten()
            .zip(&self.containers)
            .filter(|(_, container)| !container.ready)
            .filter_map(|(spec, _)| spec["name"].as_str())
            .collect();
        let ready = unready.is_empty();
        let why = if ready {
            None
        } else if phase == "Succeeded" {
            Some(("PodCompleted", String::new()))
        } else if phase == "Failed" {
            Some(("PodFailed", String::new()))
        } else {
            let names = unready.join(" ");
            Some(("ContainersNotReady", format!("containers with unready status: [{names}]")))
        };
        let sandbox = self.stage != Stage::Creating && self.stage != Stage::Finished;
        let changed = self.ready_changed;
        json!([
            condition("PodReadyToStartContainers", sandbox, place.since.plus(1_000), None),
            condition("Initialized", true, place.since, why.clone().filter(|(reason, _)| *reason == "PodCompleted")),
            condition("Ready", ready, changed, why.clone()),
            condition("ContainersReady", ready, changed, why),
            condition("PodScheduled", true, place.since, None),
        ])
    }

    fn container_status(&self, spec: &Value, container: &Container) -> Value {
        let image = spec["image"].as_str().unwrap_or_default();
        let name = spec["name"].as_str().unwrap_or_default();
        let running = matches!(container.state, State::Running { .. });
        let mut status = json!({
            "name": name,
            "image": full_image(image),
            "imageID": "",
            "ready": container.ready,
            "restartCount": container.restarts,
            "started": running,
            "state": match &container.state {
                State::Waiting { reason, message: None } => json!({"waiting": {"reason": reason}}),
                State::Waiting { reason, message: Some(message) } => {
                    json!({"waiting": {"reason": reason, "message": message}})
                }
                State::Running { since } => json!({"running": {"startedAt": since.rfc3339()}}),
                State::Ended(ended) => json!({"terminated": self.ended(name, ended)}),
            },
            "lastState": match &container.last {
                Some(ended) => json!({"terminated": self.ended(name, ended)}),
                None => json!({}),
            },
        });
        let has_run = container.last.is_some() || !matches!(container.state, State::Waiting { .. });
        if has_run {
            status["imageID"] = image_id(image).into();
            let run = match &container.state {
                State::Ended(ended) => ended.run,
                State::Waiting { .. } => container.restarts.saturating_sub(1),
                State::Running { .. } => container.restarts,
            };
            let run = match (&container.state, &container.last) {
                (State::Waiting { .. }, Some(ended)) => ended.run,
                _ => run,
            };
            status["containerID"] = self.container_id(name, run).into();
        }
        if running && spec["resources"].as_object().is_some_and(|it| !it.is_empty()) {
            status["resources"] = spec["resources"].clone();
            if let Some(requests) = spec["resources"]["requests"].as_object() {
                status["allocatedResources"] = json!(requests);
            }
        }
        status
    }

    fn init_status(&self, spec: &Value, started: Time) -> Value {
        let image = spec["image"].as_str().unwrap_or_default();
        let name = spec["name"].as_str().unwrap_or_default();
        if matches!(self.stage, Stage::Pending | Stage::Creating) {
            return json!({
                "name": name, "image": image, "imageID": "", "ready": false, "restartCount": 0,
                "started": false, "lastState": {}, "state": {"waiting": {"reason": "PodInitializing"}},
            });
        }
        let ended =
            Ended { exit: 0, reason: "Completed", started: started.plus(2_000), finished: started.plus(3_000), run: 0 };
        json!({
            "name": name,
            "image": full_image(image),
            "imageID": image_id(image),
            "containerID": self.container_id(name, 0),
            "ready": true,
            "restartCount": 0,
            "started": false,
            "lastState": {},
            "state": {"terminated": self.ended(name, &ended)},
        })
    }

    fn ended(&self, container: &str, ended: &Ended) -> Value {
        json!({
            "containerID": self.container_id(container, ended.run),
            "exitCode": ended.exit,
            "reason": ended.reason,
            "startedAt": ended.started.rfc3339(),
            "finishedAt": ended.finished.rfc3339(),
        })
    }

    fn container_id(&self, container: &str, run: u32) -> String {
        let run = run.to_string();
        let words = [self.uid.as_str(), container, run.as_str()];
        format!("containerd://{}", digest(&words))
    }
}

/// 64 hexadecimal digits out of some words.
fn digest(words: &[&str]) -> String {
    (1..=4).map(|part| format!("{:016x}", hash(part, words))).collect()
}

fn image_id(image: &str) -> String {
    let full = full_image(image);
    let repository = full.rsplit_once(':').map_or(full.as_str(), |(name, _)| name);
    format!("{repository}@sha256:{}", digest(&[image]))
}

/// The image as the container runtime names it: with the registry.
fn full_image(image: &str) -> String {
    let first = image.split('/').next().unwrap_or_default();
    if !image.contains('/') {
        format!("docker.io/library/{image}")
    } else if first.contains('.') || first.contains(':') {
        image.to_owned()
    } else {
        format!("docker.io/{image}")
    }
}

/// `Guaranteed`, `Burstable` or `BestEffort` by the rules of the kubelet.
pub(crate) fn qos_class(spec: &Value) -> &'static str {
    let containers: Vec<&Value> = spec["containers"].as_array().into_iter().flatten().collect();
    let requests = |container: &Value| container["resources"]["requests"].clone();
    let limits = |container: &Value| container["resources"]["limits"].clone();
    let none = |value: &Value| value.as_object().is_none_or(Map::is_empty);
    if containers.iter().all(|container| none(&requests(container)) && none(&limits(container))) {
        return "BestEffort";
    }
    let guaranteed = containers.iter().all(|container| {
        ["cpu", "memory"].iter().all(|resource| {
            let limit = &limits(container)[*resource];
            let request = &requests(container)[*resource];
            !limit.is_null() && (request.is_null() || request == limit)
        })
    });
    if guaranteed { "Guaranteed" } else { "Burstable" }
}
