//! What has happened before the start: the states that pods have come to, and the events that tell of it.

use super::Action;
use super::World;
use super::behaviour::Behaviour;
use super::events::{About, Said, Source};
use super::kubelet::{LONGEST_BACK_OFF_TEXT, kubelet, pulled};
use super::pod::{Ended, Stage, State};
use crate::time::{DAY, HOUR, MINUTE, SECOND, Time};

/// Life leaves the picture alone for this long, so that an export of the demo is the same every time.
pub(crate) const QUIET_START: i64 = 20 * SECOND;

impl World {
    /// What the controllers have said of the rollouts of the last hour.
    pub(crate) fn say_rollouts(&mut self) {
        for index in 0..self.workloads.len() {
            let workload = &self.workloads[index];
            let [.., old, new] = workload.sets.as_slice() else {
                continue;
            };
            if workload.kind != "Deployment" || new.created.plus(HOUR) < self.now {
                continue;
            }
            let (old, new, desired) = (old.clone(), new.clone(), workload.desired());
            let about = self.about_workload(index);
            let source = Source::of("deployment-controller");
            let say = |world: &mut Self, message: &str| {
                let said = Said::once(new.created);
                world.record(&about, &source, "Normal", "ScalingReplicaSet", message, said);
            };
            if old.replicas < desired {
                let message = format!("Scaled down replica set {} from {desired} to {}", old.name, old.replicas);
                say(self, &message);
            }
            let message = format!("Scaled up replica set {} from 0 to {}", new.name, new.replicas);
            say(self, &message);
            let set = About {
                kind: "ReplicaSet",
                uid: self.uid("ReplicaSet", &about.namespace, &new.name),
                name: new.name.clone(),
                ..about.clone()
            };
            let pods: Vec<String> =
                self.pods.values().filter(|pod| pod.set == new.name).map(|pod| pod.name.clone()).collect();
            for pod in pods {
                let source = Source::of("replicaset-controller");
                let message = format!("Created pod: {pod}");
                self.record(&set, &source, "Normal", "SuccessfulCreate", &message, Said::once(new.created));
            }
        }
    }

    /// What the kubelet says of a node that runs out of memory.
    pub(crate) fn say_pressure(&mut self) {
        let pressed: Vec<String> = self
            .all_in("", "Node", "")
            .iter()
            .filter(|node| node["status"]["conditions"][0]["status"] == "True")
            .filter_map(|node| node["metadata"]["name"].as_str().map(str::to_owned))
            .collect();
        for name in pressed {
            let about = About {
                api_version: "v1",
                kind: "Node",
                namespace: String::new(),
                // The kubelet does not know its node's uid, and says its name instead.
                uid: name.clone(),
                name: name.clone(),
                field_path: None,
            };
            let source = Source { component: "kubelet", host: name.clone() };
            let since = self.now.minus(47 * MINUTE);
            let message = format!("Node {name} status is now: NodeHasInsufficientMemory");
            self.record(&about, &source, "Normal", "NodeHasInsufficientMemory", &message, Said::once(since));
            let said = Said { first: since, last: self.now.minus(3 * MINUTE), count: 9 };
            let message = "Attempting to reclaim memory";
            self.record(&about, &source, "Warning", "EvictionThresholdMet", message, said);
        }
    }

    /// A pod that the kubelet evicted some time ago stays behind as `Failed` until somebody clears it away.
    pub(crate) fn leave_evicted(&mut self, index: usize, ago: i64) {
        let now = self.now;
        let Some(newest) = self.workloads[index].sets.len().checked_sub(1) else {
            return;
        };
        let pressed = self.nodes.iter().position(|node| node.closed && node.weight > 0);
        let (Some(node), created) = (pressed, now.minus(ago + 9 * DAY)) else {
            return;
        };
        self.now = created;
        let key = self.create_pod(index, newest, None);
        self.now = now;
        self.place_pod(&key, node, created);
        if let Some(node) = self.nodes.get_mut(node) {
            node.pods = node.pods.saturating_sub(1);
        }
        let at = now.minus(ago);
        let Some(pod) = self.pods.get_mut(&key) else {
            return;
        };
        let message =
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 84312Ki. ".to_owned();
        let (about, source) = (About::pod(pod), kubelet(pod));
        pod.given_up = Some(("Evicted".to_owned(), message.clone()));
        pod.stage = Stage::Finished;
        self.record(&about, &source, "Warning", "Evicted", &message, Said::once(at));
    }

    pub(crate) fn leave_unscheduled(&mut self, key: &str, created: Time) {
        let Some(pod) = self.pods.get(key) else {
            return;
        };
        let Behaviour::Unschedulable { message } = pod.behaviour.clone() else {
            return;
        };
        let about = About::pod(pod);
        let said = Said {
            first: created,
            last: self.now.minus(2 * MINUTE),
            count: u32::try_from(self.now.since(created) / (5 * MINUTE)).unwrap_or(1),
        };
        let source = Source::of("default-scheduler");
        self.record(&about, &source, "Warning", "FailedScheduling", &message, said);
        self.plan(3 * MINUTE, Action::Pod(key.to_owned()));
    }

    /// Gives a pod of the start the state that it has come to by now.
    pub(crate) fn age_pod(&mut self, key: &str, created: Time, ordinal: u32) {
        let now = self.now;
        let restarts_before = {
            let workload = self.pods.get(key).and_then(|pod| self.workloads.get(pod.workload));
            workload.map_or(0, |workload| workload.notes.restarts)
        };
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        let started = created.plus(4 * SECOND);
        pod.stage = Stage::Running;
        pod.ready_changed = started.plus(6 * SECOND);
        for container in &mut pod.containers {
            container.state = State::Running { since: started };
            container.ready = true;
        }
        let behaviour = pod.behaviour.clone();
        let steady = behaviour == Behaviour::Steady;
        if restarts_before > 0 && steady && ordinal == 0 {
            let again = now.minus(3 * HOUR + 17 * MINUTE).max(started);
            if let Some(container) = pod.containers.first_mut() {
                container.restarts = restarts_before;
                container.last =
                    Some(Ended { exit: 137, reason: "Error", started, finished: again, run: restarts_before - 1 });
                container.state = State::Running { since: again.plus(SECOND) };
            }
            pod.ready_changed = again.plus(8 * SECOND);
        }
        self.say_history(key, created);
        match behaviour {
            Behaviour::Steady => {}
            Behaviour::CrashLoop { runs, exit } => self.has_crashed(key, i64::from(runs) * SECOND, exit),
            Behaviour::Leak { minutes } => self.has_leaked(key, i64::from(minutes) * MINUTE, ordinal),
            Behaviour::ImagePull { message } => self.has_not_pulled(key, created, &message),
            Behaviour::ConfigError { message } => self.has_no_config(key, created, &message),
            Behaviour::NotReady { message } => self.has_not_got_ready(key, created, &message),
            Behaviour::Unschedulable { .. } => {}
        }
    }

    /// The events of a young pod's start.
    pub(crate) fn say_history(&mut self, key: &str, created: Time) {
        let Some(pod) = self.pods.get(key) else {
            return;
        };
        let about = About::pod(pod);
        let node = pod.place.as_ref().map_or("", |place| place.node_name.as_str());
        let message = format!("Successfully assigned {key} to {node}");
        let scheduler = Source::of("default-scheduler");
        let (container, source) = (About::container(pod), kubelet(pod));
        let pulled = pulled(pod);
        let starts = !matches!(pod.behaviour, Behaviour::ImagePull { .. } | Behaviour::ConfigError { .. });
        self.record(&about, &scheduler, "Normal", "Scheduled", &message, Said::once(created));
        if starts {
            let at = |seconds: i64| Said::once(created.plus(seconds * SECOND));
            self.record(&container, &source, "Normal", "Pulled", &pulled, at(2));
            self.record(&container, &source, "Normal", "Created", "Container created", at(3));
            self.record(&container, &source, "Normal", "Started", "Container started", at(4));
        }
    }

    pub(crate) fn has_crashed(&mut self, key: &str, ran: i64, exit: i32) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        // Five minutes lie between two tries once the back-off is at its longest.
        let restarts = u32::try_from(now.since(pod.created) / (5 * MINUTE + ran)).unwrap_or(0) + 4;
        let finished = now.minus(2 * MINUTE + 10 * SECOND);
        let full_name = format!("{}_{}({})", pod.name, pod.namespace, pod.uid);
        let name = pod.spec["containers"][0]["name"].as_str().unwrap_or("").to_owned();
        pod.stage = Stage::BackOff;
        pod.ready_changed = finished;
        if let Some(container) = pod.containers.first_mut() {
            container.ready = false;
            container.restarts = restarts;
            container.last =
                Some(Ended { exit, reason: "Error", started: finished.minus(ran), finished, run: restarts });
            container.state = State::Waiting {
                reason: "CrashLoopBackOff",
                message: Some(format!(
                    "back-off {LONGEST_BACK_OFF_TEXT} restarting failed container={name} pod={full_name}"
                )),
            };
        }
        let (about, source, created) = (About::container(pod), kubelet(pod), pod.created);
        let message = format!("Back-off restarting failed container {name} in pod {full_name}");
        let said = Said { first: created.plus(MINUTE), last: now.minus(9 * SECOND), count: restarts * 22 };
        self.record(&about, &source, "Warning", "BackOff", &message, said);
        self.say_restarts(key, finished.minus(ran), restarts);
        self.plan(2 * MINUTE + 50 * SECOND, Action::Pod(key.to_owned()));
    }

    /// A container that was started so many times more, the last time then.
    fn say_restarts(&mut self, key: &str, last: Time, restarts: u32) {
        let Some(pod) = self.pods.get(key) else {
            return;
        };
        let (about, source, first) = (About::container(pod), kubelet(pod), pod.created.plus(2 * SECOND));
        let pulled = pulled(pod);
        let said = Said { first, last, count: restarts };
        for (reason, message) in
            [("Pulled", &*pulled), ("Created", "Container created"), ("Started", "Container started")]
        {
            self.record(&about, &source, "Normal", reason, message, said);
        }
    }

    pub(crate) fn has_leaked(&mut self, key: &str, lives: i64, ordinal: u32) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        // The pods of one workload do not all reach their limit at once.
        let age = lives / 8 + i64::from(ordinal) * lives / 3;
        let restarts = u32::try_from(now.since(pod.created) / lives).unwrap_or(0).max(1);
        let finished = now.minus(age);
        if let Some(container) = pod.containers.first_mut() {
            container.restarts = restarts;
            container.last = Some(Ended {
                exit: 137,
                reason: "OOMKilled",
                started: finished.minus(lives),
                finished,
                run: restarts - 1,
            });
            container.state = State::Running { since: finished.plus(SECOND) };
        }
        pod.ready_changed = finished.plus(7 * SECOND);
        self.say_restarts(key, finished.plus(SECOND), restarts);
        self.plan((lives - age).max(QUIET_START), Action::Pod(key.to_owned()));
    }

    pub(crate) fn has_not_pulled(&mut self, key: &str, created: Time, message: &str) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        let image = pod.spec["containers"][0]["image"].as_str().unwrap_or_default().to_owned();
        pod.stage = Stage::BackOff;
        pod.ready_changed = created;
        if let Some(container) = pod.containers.first_mut() {
            container.ready = false;
            container.state = State::Waiting {
                reason: "ImagePullBackOff",
                message: Some(format!("Back-off pulling image \"{image}\": ErrImagePull: {message}")),
            };
        }
        let (about, source) = (About::container(pod), kubelet(pod));
        let tries = u32::try_from(now.since(created) / (5 * MINUTE)).unwrap_or(1) + 3;
        let said =
            |ago: i64, count: u32| Said { first: created.plus(3 * SECOND), last: now.minus(ago * SECOND), count };
        let pulling = format!("Pulling image \"{image}\"");
        let failed = format!("Failed to pull image \"{image}\": {message}");
        let back_off = format!("Back-off pulling image \"{image}\"");
        self.record(&about, &source, "Normal", "Pulling", &pulling, said(140, tries));
        self.record(&about, &source, "Warning", "Failed", &failed, said(139, tries));
        self.record(&about, &source, "Warning", "Failed", "Error: ErrImagePull", said(139, tries));
        self.record(&about, &source, "Normal", "BackOff", &back_off, said(8, tries * 20));
        self.record(&about, &source, "Warning", "Failed", "Error: ImagePullBackOff", said(8, tries * 20));
        self.plan(2 * MINUTE + 40 * SECOND, Action::Pod(key.to_owned()));
    }

    pub(crate) fn has_no_config(&mut self, key: &str, created: Time, message: &str) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        pod.stage = Stage::BackOff;
        pod.ready_changed = created;
        if let Some(container) = pod.containers.first_mut() {
            container.ready = false;
            container.state =
                State::Waiting { reason: "CreateContainerConfigError", message: Some(message.to_owned()) };
        }
        let (about, source) = (About::container(pod), kubelet(pod));
        let said = Said {
            first: created.plus(3 * SECOND),
            last: now.minus(6 * SECOND),
            count: u32::try_from(now.since(created) / (12 * SECOND)).unwrap_or(1),
        };
        let pulled = pulled(pod);
        self.record(&about, &source, "Normal", "Pulled", &pulled, said);
        self.record(&about, &source, "Warning", "Failed", &format!("Error: {message}"), said);
        self.plan(QUIET_START, Action::Pod(key.to_owned()));
    }

    pub(crate) fn has_not_got_ready(&mut self, key: &str, created: Time, message: &str) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        pod.ready_changed = created;
        if let Some(container) = pod.containers.first_mut() {
            container.ready = false;
        }
        let (about, source) = (About::container(pod), kubelet(pod));
        let said = Said {
            first: created.plus(15 * SECOND),
            last: now.minus(4 * SECOND),
            count: u32::try_from(now.since(created) / (10 * SECOND)).unwrap_or(1),
        };
        self.record(&about, &source, "Warning", "Unhealthy", message, said);
        self.plan(QUIET_START, Action::Probe(key.to_owned()));
    }

    /// A Job's pod that has run and ended.
    pub(crate) fn finish_at(&mut self, key: &str, started: Time, finished: Time) {
        let Some(pod) = self.pods.get_mut(key) else {
            return;
        };
        pod.stage = Stage::Finished;
        pod.ready_changed = finished;
        for container in &mut pod.containers {
            container.ready = false;
            container.state = State::Ended(Ended { exit: 0, reason: "Completed", started, finished, run: 0 });
        }
    }
}
