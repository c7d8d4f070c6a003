//! Pods through their stages: scheduled, created, started, ready, failing, restarted, gone.

use serde_json::{Map, Value, json};

use super::behaviour::Behaviour;
use super::defaults;
use super::events::{About, Source};
use super::pod::{Container, Ended, Place, Pod, Stage, State};
use super::{Action, World, owner};
use crate::random::{hash, suffix};
use crate::time::{MINUTE, SECOND, Time};

/// The kubelet waits at most this long before it starts a crashing container again.
const LONGEST_BACK_OFF: i64 = 300;

/// That time as the kubelet writes it.
pub(crate) const LONGEST_BACK_OFF_TEXT: &str = "5m0s";

impl World {
    /// Creates a pod of a set. `ordinal` names the pods of a StatefulSet.
    pub(crate) fn create_pod(&mut self, workload: usize, set: usize, ordinal: Option<u32>) -> String {
        let owner_of = self.workloads[workload].clone();
        let set = owner_of.sets[set].clone();
        let (api_version, kind, owner_name) = owner_of.pod_owner(&set);
        self.planned += 1;
        let unique = self.planned.to_string();
        let tail = suffix(hash(self.seed, &[&set.name, &unique]), 5);
        let prefix = format!("{owner_name}-");
        let name = match ordinal {
            Some(ordinal) => format!("{prefix}{ordinal}"),
            None => format!("{prefix}{tail}"),
        };
        let namespace = owner_of.namespace.clone();
        let mut labels: Map<String, Value> =
            set.template["metadata"]["labels"].as_object().cloned().unwrap_or_default();
        let mut spec = set.template["spec"].clone();
        match kind {
            "StatefulSet" => {
                let index = ordinal.unwrap_or(0).to_string();
                labels.insert("apps.kubernetes.io/pod-index".to_owned(), index.into());
                labels.insert("statefulset.kubernetes.io/pod-name".to_owned(), name.as_str().into());
                labels.insert("controller-revision-hash".to_owned(), set.name.as_str().into());
                spec["hostname"] = name.as_str().into();
                spec["subdomain"] = owner_of.object["spec"]["serviceName"].clone();
                claim_volumes(&mut spec, &owner_of.object, &name);
            }
            "DaemonSet" => {
                labels.insert("controller-revision-hash".to_owned(), set.hash.as_str().into());
                labels.insert("pod-template-generation".to_owned(), "1".into());
            }
            "Job" => {
                let uid = self.uid("Job", &namespace, &owner_name);
                for prefix in ["", "batch.kubernetes.io/"] {
                    labels.insert(format!("{prefix}job-name"), owner_name.as_str().into());
                    labels.insert(format!("{prefix}controller-uid"), uid.as_str().into());
                }
            }
            _ => {}
        }
        if let Some(class) = spec["priorityClassName"].as_str().map(str::to_owned) {
            let class = self.stored("scheduling.k8s.io", "PriorityClass", &class);
            spec["priority"] = class.map_or(Value::Null, |class| class["value"].clone());
        }
        defaults::token_volume(&mut spec, &suffix(hash(self.seed, &[&name, &unique, "token"]), 5));
        defaults::prune(&mut spec);
        let owner_uid = self.uid(kind, &namespace, &owner_name);
        let owner_uid = if kind == owner_of.kind { owner_of.uid().to_owned() } else { owner_uid };
        let count = spec["containers"].as_array().map_or(0, Vec::len);
        let annotations = set.template["metadata"]["annotations"].as_object();
        let pod = Pod {
            uid: crate::random::uid(self.seed, &["Pod", &namespace, &name, &unique]),
            namespace,
            created: self.now,
            annotations: annotations.cloned().unwrap_or_default(),
            labels,
            owner: owner(api_version, kind, &owner_name, &owner_uid),
            generate_name: Some(prefix),
            spec,
            behaviour: set.behaviour.clone(),
            set: set.name.clone(),
            workload,
            place: None,
            containers: vec![
                Container {
                    state: State::Waiting { reason: "ContainerCreating", message: None },
                    last: None,
                    restarts: 0,
                    ready: false,
                };
                count
            ],
            stage: Stage::Pending,
            deleting: None,
            ready_changed: self.now,
            given_up: None,
            name,
        };
        let key = pod.key();
        self.pods.insert(key.clone(), pod);
        key
    }

    /// Puts a pod on a node.
    pub(crate) fn place_pod(&mut self, key: &str, node: usize, at: Time) {
        self.addresses += 1;
        let addresses = self.addresses;
        let Some(chosen) = self.nodes.get_mut(node) else {
            return;
        };
        chosen.pods += 1;
        let (node_name, host_ip) = (chosen.name.clone(), chosen.ip.clone());
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        let host_network = pod.spec["hostNetwork"] == true;
        let ip = if host_network { host_ip.clone() } else { format!("10.244.{node}.{}", 2 + addresses % 250) };
        pod.stage = Stage::Creating;
        pod.place = Some(Place { node, node_name, host_ip, ip, since: at });
    }

    /// Takes a pod to its next stage.
    pub(crate) fn step_pod(&mut self, key: &str) {
        let Some(pod) = self.pods.get(key) else {
            return;
        };
        if pod.deleting.is_some() {
            self.forget_pod(key);
            return;
        }
        match pod.stage {
            Stage::Pending => self.schedule(key),
            Stage::Creating => self.start_containers(key),
            Stage::Starting => self.settle(key),
            Stage::Running => self.end_run(key),
            Stage::BackOff => self.retry(key),
            Stage::Finished => {}
        }
        if let Some(pod) = self.pods.get(key).filter(|pod| pod.stage == Stage::Finished) {
            self.settle_jobs(pod.workload);
        }
        self.after_change(key);
    }

    /// Writes a pod and what depends on it.
    pub(crate) fn after_change(&mut self, key: &str) {
        let Some(pod) = self.pods.get(key) else {
            return;
        };
        let (object, workload, namespace) = (pod.object(), pod.workload, pod.namespace.clone());
        self.update(object);
        self.write_workload(workload);
        self.write_endpoints(&namespace);
        self.write_budgets(&namespace);
    }

    /// Asks a pod to go; it is gone some seconds later.
    pub(crate) fn terminate_pod(&mut self, key: &str) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(key).filter(|pod| pod.deleting.is_none()) else {
            return;
        };
        pod.deleting = Some(now);
        let about = About::container(pod);
        let source = kubelet(pod);
        let container = pod.spec["containers"][0]["name"].as_str().unwrap_or("").to_owned();
        self.say(&about, &source, "Normal", "Killing", &format!("Stopping container {container}"));
        let grace = self.random.between(2, 5) * SECOND;
        self.plan(grace, Action::Pod(key.to_owned()));
        self.after_change(key);
    }

    pub(crate) fn forget_pod(&mut self, key: &str) {
        let Some(pod) = self.pods.remove(key) else {
            return;
        };
        if let Some(place) = &pod.place
            && let Some(node) = self.nodes.get_mut(place.node)
        {
            node.pods = node.pods.saturating_sub(1);
        }
        self.remove("", "Pod", key);
        self.write_workload(pod.workload);
        self.write_endpoints(&pod.namespace);
        self.write_budgets(&pod.namespace);
    }

    fn schedule(&mut self, key: &str) {
        let Some(pod) = self.pods.get(key) else {
            return;
        };
        let about = About::pod(pod);
        let scheduler = Source::of("default-scheduler");
        if let Behaviour::Unschedulable { message } = pod.behaviour.clone() {
            self.say(&about, &scheduler, "Warning", "FailedScheduling", &message);
            self.plan(5 * MINUTE, Action::Pod(key.to_owned()));
            return;
        }
        let Some(node) = self.choose_node(false) else {
            self.plan(MINUTE, Action::Pod(key.to_owned()));
            return;
        };
        self.place_pod(key, node, self.now);
        let message =
            format!("Successfully assigned {key} to {}", self.nodes.get(node).map_or("", |node| node.name.as_str()));
        self.say(&about, &scheduler, "Normal", "Scheduled", &message);
        let pause = self.random.between(1_200, 3_500);
        self.plan(pause, Action::Pod(key.to_owned()));
    }

    fn start_containers(&mut self, key: &str) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        match pod.behaviour.clone() {
            Behaviour::ImagePull { .. } | Behaviour::ConfigError { .. } => {
                pod.stage = Stage::BackOff;
                self.retry(key);
            }
            behaviour => {
                for container in &mut pod.containers {
                    container.state = State::Running { since: now };
                }
                pod.stage = Stage::Starting;
                self.say_started(key);
                let pause = match behaviour {
                    Behaviour::CrashLoop { runs, .. } => i64::from(runs) * SECOND,
                    _ => self.random.between(3_000, 8_000),
                };
                self.plan(pause, Action::Pod(key.to_owned()));
            }
        }
    }

    fn say_started(&mut self, key: &str) {
        let Some(pod) = self.pods.get(key) else {
            return;
        };
        let (about, source) = (About::container(pod), kubelet(pod));
        let pulled = pulled(pod);
        self.say(&about, &source, "Normal", "Pulled", &pulled);
        self.say(&about, &source, "Normal", "Created", "Container created");
        self.say(&about, &source, "Normal", "Started", "Container started");
    }

    /// A started container shows what it is made of.
    fn settle(&mut self, key: &str) {
        let now = self.now;
        let takes = self.run_time(key);
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        pod.stage = Stage::Running;
        let next = match &pod.behaviour {
            Behaviour::CrashLoop { .. } => {
                self.end_run(key);
                return;
            }
            Behaviour::NotReady { .. } => {
                self.plan(10 * SECOND, Action::Probe(key.to_owned()));
                return;
            }
            Behaviour::Leak { minutes } => Some(i64::from(*minutes) * MINUTE),
            _ => takes,
        };
        for container in &mut pod.containers {
            container.ready = true;
        }
        pod.ready_changed = now;
        if let Some(next) = next {
            self.plan(next, Action::Pod(key.to_owned()));
        }
    }

    /// How long the containers of a Job's pod run.
    fn run_time(&self, key: &str) -> Option<i64> {
        let pod = self.pods.get(key)?;
        let workload = self.workloads.get(pod.workload)?;
        if workload.kind != "CronJob" {
            return None;
        }
        Some(workload.notes.takes.map_or(30 * SECOND, |takes| takes.0))
    }

    /// A container ends: a job is done, a leak is killed, a crash loop crashes.
    fn end_run(&mut self, key: &str) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        pod.ready_changed = now;
        let (exit, reason) = match &pod.behaviour {
            Behaviour::CrashLoop { exit, .. } => (*exit, "Error"),
            Behaviour::Leak { .. } => (137, "OOMKilled"),
            _ => {
                for container in &mut pod.containers {
                    container.ready = false;
                    container.state = State::Ended(ended(container, 0, "Completed", now));
                }
                pod.stage = Stage::Finished;
                return;
            }
        };
        let full_name = format!("{}_{}({})", pod.name, pod.namespace, pod.uid);
        let name = pod.spec["containers"][0]["name"].as_str().unwrap_or("").to_owned();
        let Some(container) = pod.containers.first_mut() else {
            return;
        };
        container.ready = false;
        container.last = Some(ended(container, exit, reason, now));
        container.restarts += 1;
        let back_off = back_off(container.restarts);
        if reason == "OOMKilled" {
            // It ran for longer than the back-off remembers: the kubelet starts it again at once.
            container.state = State::Running { since: now.plus(SECOND) };
            pod.stage = Stage::Starting;
            self.say_started(key);
            self.plan(6 * SECOND, Action::Pod(key.to_owned()));
            return;
        }
        container.state = State::Waiting {
            reason: "CrashLoopBackOff",
            message: Some(format!(
                "back-off {} restarting failed container={name} pod={full_name}",
                back_off_text(back_off)
            )),
        };
        pod.stage = Stage::BackOff;
        let (about, source) = (About::container(pod), kubelet(pod));
        let message = format!("Back-off restarting failed container {name} in pod {full_name}");
        self.say(&about, &source, "Warning", "BackOff", &message);
        self.plan(back_off * SECOND, Action::Pod(key.to_owned()));
    }

    /// What comes after a pause: another try.
    fn retry(&mut self, key: &str) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        let (about, source) = (About::container(pod), kubelet(pod));
        let image = pod.spec["containers"][0]["image"].as_str().unwrap_or_default().to_owned();
        let Some(container) = pod.containers.first_mut() else {
            return;
        };
        match pod.behaviour.clone() {
            Behaviour::ImagePull { message } => {
                let pulling = !matches!(container.state, State::Waiting { reason: "ErrImagePull", .. });
                if pulling {
                    container.state = State::Waiting { reason: "ErrImagePull", message: Some(message.clone()) };
                    let pull = format!("Pulling image \"{image}\"");
                    let failed = format!("Failed to pull image \"{image}\": {message}");
                    self.say(&about, &source, "Normal", "Pulling", &pull);
                    self.say(&about, &source, "Warning", "Failed", &failed);
                    self.say(&about, &source, "Warning", "Failed", "Error: ErrImagePull");
                    self.plan(14 * SECOND, Action::Pod(key.to_owned()));
                } else {
                    container.state = State::Waiting {
                        reason: "ImagePullBackOff",
                        message: Some(format!("Back-off pulling image \"{image}\": ErrImagePull: {message}")),
                    };
                    let back_off = format!("Back-off pulling image \"{image}\"");
                    self.say(&about, &source, "Normal", "BackOff", &back_off);
                    self.say(&about, &source, "Warning", "Failed", "Error: ImagePullBackOff");
                    self.plan(LONGEST_BACK_OFF * SECOND, Action::Pod(key.to_owned()));
                }
            }
            Behaviour::ConfigError { message } => {
                container.state =
                    State::Waiting { reason: "CreateContainerConfigError", message: Some(message.clone()) };
                let pulled = pulled(pod);
                self.say(&about, &source, "Normal", "Pulled", &pulled);
                let failed = format!("Error: {message}");
                self.say(&about, &source, "Warning", "Failed", &failed);
                self.plan(15 * SECOND, Action::Pod(key.to_owned()));
            }
            Behaviour::CrashLoop { runs, .. } => {
                container.state = State::Running { since: now };
                pod.stage = Stage::Starting;
                self.say_started(key);
                self.plan(i64::from(runs) * SECOND, Action::Pod(key.to_owned()));
            }
            _ => {}
        }
    }

    /// A readiness probe that goes on failing is told once more.
    pub(crate) fn fail_probe(&mut self, key: &str) {
        let Some(pod) = self.pods.get(key).filter(|pod| pod.deleting.is_none()) else {
            return;
        };
        let Behaviour::NotReady { message } = pod.behaviour.clone() else {
            return;
        };
        let (about, source) = (About::container(pod), kubelet(pod));
        self.say(&about, &source, "Warning", "Unhealthy", &message);
        self.plan(10 * SECOND, Action::Probe(key.to_owned()));
    }
}

/// The end of a container's present run.
fn ended(container: &Container, exit: i32, reason: &'static str, now: Time) -> Ended {
    let started = match container.state {
        State::Running { since } => since,
        _ => now,
    };
    Ended { exit, reason, started, finished: now, run: container.restarts }
}

/// Seconds of pause after so many restarts.
pub(crate) fn back_off(restarts: u32) -> i64 {
    let doubled = 10_i64 << restarts.saturating_sub(1).min(5);
    doubled.min(LONGEST_BACK_OFF)
}

/// A pause as Go prints it: `40s`, `2m40s`, `5m0s`.
pub(crate) fn back_off_text(seconds: i64) -> String {
    match seconds {
        short if short < 60 => format!("{short}s"),
        long => format!("{}m{}s", long / 60, long % 60),
    }
}

/// The kubelet of a pod's node as a source of events.
pub(crate) fn kubelet(pod: &Pod) -> Source {
    Source { component: "kubelet", host: pod.place.as_ref().map_or_else(String::new, |place| place.node_name.clone()) }
}

/// What the kubelet says of an image that it need not pull; a container that then lacks a key of its Secret is told so after.
pub(crate) fn pulled(pod: &Pod) -> String {
    let image = pod.spec["containers"][0]["image"].as_str().unwrap_or_default();
    format!("Container image \"{image}\" already present on machine and can be accessed by the pod")
}

/// The volumes of a StatefulSet's pod that its claims give it.
fn claim_volumes(spec: &mut Value, stateful_set: &Value, pod: &str) {
    let templates = stateful_set["spec"]["volumeClaimTemplates"].as_array();
    for template in templates.into_iter().flatten() {
        let name = template["metadata"]["name"].as_str().unwrap_or_default();
        let volume = json!({
            "name": name,
            "persistentVolumeClaim": {"claimName": format!("{name}-{pod}")},
        });
        match spec["volumes"].as_array_mut() {
            Some(volumes) => volumes.insert(0, volume),
            None => spec["volumes"] = json!([volume]),
        }
    }
}
