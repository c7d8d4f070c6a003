//! The cluster as it stands at the start: what the controllers would have made of the manifests by then.

use serde_json::{Value, json};

use super::behaviour::Behaviour;
use super::events::{About, Said, Source};
use super::kubelet::{LONGEST_BACK_OFF_TEXT, kubelet};
use super::pod::{Ended, Stage, State};
use super::workloads::{Set, Workload, template_hash};
use super::{Action, World, cron, defaults};
use crate::random::hash;
use crate::scenario::Manifest;
use crate::time::{DAY, HOUR, MINUTE, SECOND, Time};

/// What a namespaced object's age is where its notes say nothing.
const USUAL_AGE: i64 = 41 * DAY;

/// Life leaves the picture alone for this long, so that an export of the demo is the same every time.
const QUIET_START: i64 = 20 * SECOND;

impl World {
    /// Fills the empty world with a scenario.
    pub(crate) fn boot(&mut self, manifests: Vec<Manifest>) {
        let (nodes, rest): (Vec<_>, Vec<_>) =
            manifests.into_iter().partition(|manifest| manifest.object["kind"] == "Node");
        let is_workload = |manifest: &Manifest| {
            ["Deployment", "StatefulSet", "DaemonSet", "CronJob"].iter().any(|kind| manifest.object["kind"] == *kind)
        };
        let (workloads, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_workload);
        for node in nodes {
            self.add_node(node);
        }
        let mut namespaces = Vec::new();
        for manifest in rest {
            if manifest.object["kind"] == "Namespace" {
                namespaces.extend(manifest.object["metadata"]["name"].as_str().map(str::to_owned));
            }
            self.add_object(manifest);
        }
        for manifest in workloads {
            self.add_workload(manifest);
        }
        for index in 0..self.workloads.len() {
            self.write_workload(index);
        }
        let pods: Vec<Value> = self.pods.values().map(super::pod::Pod::object).collect();
        for pod in pods {
            self.update(pod);
        }
        self.attach_volumes();
        self.say_rollouts();
        self.say_pressure();
        for namespace in &namespaces {
            self.write_endpoints(namespace);
            self.write_budgets(namespace);
            self.write_autoscalers(namespace);
        }
        self.expire_events();
        self.store.compact();
        self.store.publish();
        self.plan(10 * SECOND, Action::Heartbeat);
        self.plan(QUIET_START, Action::Autoscale);
        self.plan_next_rollout(QUIET_START + 70 * SECOND);
    }

    /// An object that no controller changes.
    fn add_object(&mut self, manifest: Manifest) {
        let Manifest { mut object, notes } = manifest;
        let age = notes.age.map_or(USUAL_AGE, |age| age.0);
        self.incidents.extend(notes.incident.clone());
        self.identify(&mut object, age);
        match object["kind"].as_str().unwrap_or_default() {
            "Namespace" => self.add_namespace(&mut object, age),
            "Service" => self.give_cluster_ip(&mut object),
            "PersistentVolumeClaim" => self.claim(&mut object),
            _ => {}
        }
        defaults::object(&mut object);
        self.update(object);
    }

    fn identify(&self, object: &mut Value, age: i64) {
        let kind = object["kind"].as_str().unwrap_or_default().to_owned();
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        object["metadata"]["uid"] = self.uid(&kind, &namespace, &name).into();
        object["metadata"]["creationTimestamp"] = self.now.minus(age).rfc3339().into();
        if object["spec"].is_object() && kind != "Namespace" && kind != "Service" {
            object["metadata"]["generation"] = 1.into();
        }
    }

    fn add_namespace(&mut self, object: &mut Value, age: i64) {
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name.as_str().into();
        object["spec"] = json!({"finalizers": ["kubernetes"]});
        object["status"] = json!({"phase": "Active"});
        let created = self.now.minus(age);
        let account = self.metadata("ServiceAccount", &name, "default", created);
        self.update(json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}));
        let mut authority = self.metadata("ConfigMap", &name, "kube-root-ca.crt", created);
        authority["annotations"] = json!({
            "kubernetes.io/description": "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
        });
        self.update(json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": authority,
            "data": {"ca.crt": "-----BEGIN CERTIFICATE-----\n(the demo has no authority)\n-----END CERTIFICATE-----\n"},
        }));
    }

    fn give_cluster_ip(&self, object: &mut Value) {
        let kind = object["spec"]["type"].as_str().unwrap_or("ClusterIP").to_owned();
        if kind == "ExternalName" {
            return;
        }
        if object["spec"]["clusterIP"].is_null() {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
            let number = hash(self.seed, &["clusterIP", namespace, name]);
            let address = format!("10.96.{}.{}", number % 250, 1 + number / 250 % 250);
            object["spec"]["clusterIP"] = address.into();
        }
        object["spec"]["clusterIPs"] = json!([object["spec"]["clusterIP"]]);
    }

    /// A claim is bound to a volume made for it, where its class exists.
    fn claim(&mut self, claim: &mut Value) {
        let class = claim["spec"]["storageClassName"].as_str().unwrap_or_default().to_owned();
        let created = claim["metadata"]["creationTimestamp"].as_str().and_then(Time::parse).unwrap_or(self.now);
        let name = claim["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let namespace = claim["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
        let claim_uid = claim["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
        claim["spec"]["volumeMode"] = "Filesystem".into();
        claim["metadata"]["finalizers"] = json!(["kubernetes.io/pvc-protection"]);
        let Some(class_object) = self.stored("storage.k8s.io", "StorageClass", &class) else {
            claim["status"] = json!({"phase": "Pending"});
            let about = About {
                api_version: "v1",
                kind: "PersistentVolumeClaim",
                namespace,
                name,
                uid: claim_uid,
                field_path: None,
            };
            let said = Said {
                first: created,
                last: self.now.minus(11 * SECOND),
                count: u32::try_from(self.now.since(created) / (15 * SECOND)).unwrap_or(1),
            };
            let message = format!("storageclass.storage.k8s.io \"{class}\" not found");
            let source = Source::of("persistentvolume-controller");
            self.record(&about, &source, "Warning", "ProvisioningFailed", &message, said);
            return;
        };
        let provisioner = class_object["provisioner"].clone();
        let volume = format!("pvc-{claim_uid}");
        let capacity = claim["spec"]["resources"]["requests"].clone();
        let modes = claim["spec"]["accessModes"].clone();
        claim["spec"]["volumeName"] = volume.as_str().into();
        claim["metadata"]["annotations"] = json!({
            "pv.kubernetes.io/bind-completed": "yes",
            "pv.kubernetes.io/bound-by-controller": "yes",
            "volume.kubernetes.io/storage-provisioner": provisioner,
        });
        claim["status"] = json!({"phase": "Bound", "accessModes": modes, "capacity": capacity});
        let mut metadata = self.metadata("PersistentVolume", "", &volume, created.plus(4 * SECOND));
        metadata["annotations"] = json!({"pv.kubernetes.io/provisioned-by": provisioner});
        metadata["finalizers"] =
            json!(["external-provisioner.volume.kubernetes.io/finalizer", "kubernetes.io/pv-protection"]);
        let handle = format!("vol-{:017x}", hash(self.seed, &[&volume]) >> 4);
        self.update(json!({
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": metadata,
            "spec": {
                "accessModes": modes,
                "capacity": capacity,
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "namespace": namespace,
                    "name": name,
                    "uid": claim_uid,
                },
                "csi": {"driver": provisioner, "fsType": "ext4", "volumeHandle": handle},
                "persistentVolumeReclaimPolicy": class_object["reclaimPolicy"],
                "storageClassName": class,
                "volumeMode": "Filesystem",
            },
            "status": {"phase": "Bound", "lastPhaseTransitionTime": created.plus(4 * SECOND).rfc3339()},
        }));
    }

    fn add_workload(&mut self, manifest: Manifest) {
        let Manifest { mut object, notes } = manifest;
        let age = notes.age.map_or(USUAL_AGE, |age| age.0);
        let rolled = notes.rolled.map_or(age / 5, |rolled| rolled.0).min(age);
        let revision = notes.revision.unwrap_or(1);
        self.incidents.extend(notes.incident.clone());
        self.identify(&mut object, age);
        defaults::object(&mut object);
        object["metadata"]["generation"] = revision.into();
        let kind = object["kind"].as_str().unwrap_or_default().to_owned();
        if kind == "Deployment" {
            object["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = revision.to_string().into();
        }
        let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
        let mut workload = Workload {
            kind: kind.clone(),
            namespace: text("namespace"),
            name: text("name"),
            notes: notes.clone(),
            created: self.now.minus(age),
            sets: Vec::new(),
            progressed: self.now.minus(rolled).plus(40 * SECOND),
            stuck: false,
            object,
        };
        if kind == "CronJob" {
            self.add_cron_job(workload);
            return;
        }
        let desired = workload.desired();
        let updated = notes.updated.unwrap_or(desired).min(desired);
        let rolled_at = self.now.minus(rolled);
        let template = workload.object["spec"]["template"].clone();
        if revision > 1 {
            let old = before(&template, &notes);
            let replicas = match kind.as_str() {
                "Deployment" => notes.kept.unwrap_or(desired - updated),
                _ => 0,
            };
            let mut set = set_of(&workload, old, revision - 1, self.now.minus((age + rolled) / 2));
            set.replicas = replicas;
            if replicas > 0 {
                set.behaviour = Behaviour::Steady;
            }
            workload.sets.push(set);
        }
        let mut set = set_of(&workload, template, revision, rolled_at);
        set.replicas = updated;
        workload.stuck =
            set.behaviour != Behaviour::Steady && kind == "Deployment" && updated < desired && rolled > 10 * MINUTE;
        if workload.stuck {
            workload.progressed = rolled_at.plus(10 * MINUTE);
        }
        workload.sets.push(set);
        let index = self.workloads.len();
        self.workloads.push(workload);
        self.claims_of(index);
        self.first_pods(index);
    }

    fn add_cron_job(&mut self, mut workload: Workload) {
        let limit = workload.object["spec"]["successfulJobsHistoryLimit"].as_i64().unwrap_or(3);
        let schedule = workload.object["spec"]["schedule"].as_str().unwrap_or_default().to_owned();
        workload.object["metadata"]["generation"] = 1.into();
        let index = self.workloads.len();
        self.workloads.push(workload);
        for back in (0..limit).rev() {
            self.past_run(index, back);
        }
        // The first run of this life comes only after the quiet start.
        let first = cron::next_run(&schedule, self.now.plus(QUIET_START));
        self.plan(first.since(self.now), Action::Cron(index));
    }

    /// The claims that a StatefulSet's templates have made.
    fn claims_of(&mut self, index: usize) {
        let workload = self.workloads[index].clone();
        if workload.kind != "StatefulSet" {
            return;
        }
        let templates = workload.object["spec"]["volumeClaimTemplates"].as_array();
        for template in templates.into_iter().flatten() {
            for ordinal in 0..workload.desired() {
                let name = format!(
                    "{}-{}-{ordinal}",
                    template["metadata"]["name"].as_str().unwrap_or_default(),
                    workload.name
                );
                let mut metadata = self.metadata("PersistentVolumeClaim", &workload.namespace, &name, workload.created);
                metadata["labels"] = workload.object["spec"]["selector"]["matchLabels"].clone();
                let mut spec = template["spec"].clone();
                defaults::prune(&mut spec);
                let mut claim = json!({
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "metadata": metadata,
                    "spec": spec,
                });
                self.claim(&mut claim);
                self.update(claim);
            }
        }
    }

    /// The volumes of running pods are attached to their nodes.
    fn attach_volumes(&mut self) {
        let mut mounts: Vec<(String, String, Time)> = Vec::new();
        for pod in self.pods.values().filter(|pod| pod.phase() == "Running") {
            let Some(place) = &pod.place else {
                continue;
            };
            for volume in pod.spec["volumes"].as_array().into_iter().flatten() {
                if let Some(claim) = volume["persistentVolumeClaim"]["claimName"].as_str() {
                    let key = format!("{}/{claim}", pod.namespace);
                    mounts.push((key, place.node_name.clone(), place.since));
                }
            }
        }
        for (claim, node, since) in mounts {
            let claim = self.stored("", "PersistentVolumeClaim", &claim);
            let Some(volume) = claim.as_ref().and_then(|claim| claim["spec"]["volumeName"].as_str()) else {
                continue;
            };
            let digest = [1, 2, 3, 4].map(|part| format!("{:016x}", hash(part, &[volume, &node]))).concat();
            let metadata = self.metadata("VolumeAttachment", "", &format!("csi-{digest}"), since);
            self.update(json!({
                "apiVersion": "storage.k8s.io/v1",
                "kind": "VolumeAttachment",
                "metadata": metadata,
                "spec": {
                    "attacher": "ebs.csi.aws.com",
                    "nodeName": node,
                    "source": {"persistentVolumeName": volume},
                },
                "status": {"attached": true},
            }));
        }
    }

    /// What the controllers have said of the rollouts of the last hour.
    fn say_rollouts(&mut self) {
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
    fn say_pressure(&mut self) {
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

    /// The pods that a workload has at the start.
    fn first_pods(&mut self, index: usize) {
        let workload = self.workloads[index].clone();
        let now = self.now;
        for (number, set) in workload.sets.iter().enumerate() {
            let count = match workload.kind.as_str() {
                "DaemonSet" => u32::try_from(self.nodes.len()).unwrap_or(0),
                _ => set.replicas,
            };
            if workload.kind != "Deployment" && number + 1 < workload.sets.len() {
                continue;
            }
            for ordinal in 0..count {
                // Pods of a rollout come one after another; later ones may have been replaced since.
                let lag = i64::from(ordinal) * 25 * SECOND;
                self.now = set.created.plus(lag + SECOND).min(now.minus(MINUTE));
                let created = self.now;
                let ordinal_name = (workload.kind == "StatefulSet").then_some(ordinal);
                let key = self.create_pod(index, number, ordinal_name);
                let node = match workload.kind.as_str() {
                    "DaemonSet" => Some(ordinal as usize),
                    _ => self.choose_node(true),
                };
                self.now = now;
                if matches!(set.behaviour, Behaviour::Unschedulable { .. }) {
                    self.leave_unscheduled(&key, created);
                    continue;
                }
                if let Some(node) = node {
                    self.place_pod(&key, node, created);
                    self.age_pod(&key, created, ordinal);
                }
            }
        }
        if let Some(evicted) = workload.notes.evicted {
            self.leave_evicted(index, evicted.0);
        }
    }

    /// A pod that the kubelet evicted some time ago stays behind as `Failed` until somebody clears it away.
    fn leave_evicted(&mut self, index: usize, ago: i64) {
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

    fn leave_unscheduled(&mut self, key: &str, created: Time) {
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
    fn age_pod(&mut self, key: &str, created: Time, ordinal: u32) {
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
    fn say_history(&mut self, key: &str, created: Time) {
        let Some(pod) = self.pods.get(key) else {
            return;
        };
        let about = About::pod(pod);
        let node = pod.place.as_ref().map_or("", |place| place.node_name.as_str());
        let message = format!("Successfully assigned {key} to {node}");
        let scheduler = Source::of("default-scheduler");
        let (container, source) = (About::container(pod), kubelet(pod));
        let image = pod.spec["containers"][0]["image"].as_str().unwrap_or_default();
        let pulled = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
        let starts = !matches!(pod.behaviour, Behaviour::ImagePull { .. } | Behaviour::ConfigError { .. });
        self.record(&about, &scheduler, "Normal", "Scheduled", &message, Said::once(created));
        if starts {
            let at = |seconds: i64| Said::once(created.plus(seconds * SECOND));
            self.record(&container, &source, "Normal", "Pulled", &pulled, at(2));
            self.record(&container, &source, "Normal", "Created", "Container created", at(3));
            self.record(&container, &source, "Normal", "Started", "Container started", at(4));
        }
    }

    fn has_crashed(&mut self, key: &str, ran: i64, exit: i32) {
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
        self.plan(2 * MINUTE + 50 * SECOND, Action::Pod(key.to_owned()));
    }

    fn has_leaked(&mut self, key: &str, lives: i64, ordinal: u32) {
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
        self.plan((lives - age).max(QUIET_START), Action::Pod(key.to_owned()));
    }

    fn has_not_pulled(&mut self, key: &str, created: Time, message: &str) {
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

    fn has_no_config(&mut self, key: &str, created: Time, message: &str) {
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
        self.record(&about, &source, "Warning", "Failed", &format!("Error: {message}"), said);
        self.plan(QUIET_START, Action::Pod(key.to_owned()));
    }

    fn has_not_got_ready(&mut self, key: &str, created: Time, message: &str) {
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

/// The template as it was one revision earlier.
fn before(template: &Value, notes: &crate::scenario::Notes) -> Value {
    let mut template = template.clone();
    let container = &mut template["spec"]["containers"][0];
    let image = container["image"].as_str().unwrap_or_default().to_owned();
    match &notes.before {
        Some(before) => {
            if let Some(image) = &before.image {
                container["image"] = image.as_str().into();
            }
            if let Some(env) = container["env"].as_array_mut() {
                env.retain(|variable| !before.without_env.iter().any(|name| variable["name"] == name.as_str()));
            }
        }
        None => container["image"] = format!("{image}-rc").into(),
    }
    defaults::prune(&mut template);
    template
}

/// A revision of a workload from a template.
fn set_of(workload: &Workload, mut template: Value, revision: u32, created: Time) -> Set {
    let hash = template_hash(&template);
    if workload.kind == "Deployment" {
        template["metadata"]["labels"]["pod-template-hash"] = hash.as_str().into();
    }
    Set {
        name: format!("{}-{hash}", workload.name),
        hash,
        revision,
        template,
        replicas: 0,
        created,
        behaviour: workload.notes.behaviour.clone(),
        finished: None,
    }
}
