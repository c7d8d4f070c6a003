//! The cluster as it stands at the start: what the controllers would have made of the manifests by then.

use serde_json::{Value, json};

use super::behaviour::Behaviour;
use super::past::QUIET_START;
use super::workloads::{Set, Workload, template_hash};
use super::{Action, World, cron, defaults};
use crate::random::hash;
use crate::scenario::Manifest;
use crate::time::{DAY, MINUTE, SECOND, Time};

/// What a namespaced object's age is where its notes say nothing.
const USUAL_AGE: i64 = 41 * DAY;

/// The built-in kinds whose objects count their generations.
const GENERATIONS: [&str; 6] = [
    "Ingress",
    "IngressClass",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "CustomResourceDefinition",
    "ValidatingWebhookConfiguration",
];

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
        let custom = object["apiVersion"].as_str().is_some_and(|version| version.contains(".coreos.com/"));
        let gateway = object["apiVersion"].as_str().is_some_and(|version| version.starts_with("gateway."));
        if custom || gateway || GENERATIONS.contains(&kind.as_str()) {
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
            let address = format!("10.0.{}.{}", 1 + number % 250, 1 + number / 250 % 250);
            object["spec"]["clusterIP"] = address.into();
        }
        object["spec"]["clusterIPs"] = json!([object["spec"]["clusterIP"]]);
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
