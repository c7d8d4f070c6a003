//! The life of the demo: a discrete-event simulation that plays controllers, scheduler and kubelets.
//!
//! Everything happens in actions that wait in a queue for their time; the order is fixed by time and by the
//! order of their planning, and randomness comes from the seed. So the same seed and the same times give the
//! same life, however often or seldom the world is asked to go on.

pub(crate) mod behaviour;
mod boot;
mod churn;
mod cluster;
mod cron;
mod defaults;
mod events;
mod kubelet;
mod past;
mod pod;
mod policy;
mod rollout;
mod services;
mod storage;
mod workloads;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use serde_json::{Value, json};

use self::events::EventLog;
use self::pod::Pod;
use self::workloads::Workload;
use crate::kinds::KindId;
use crate::profile::{Profile, Profiles};
use crate::random::{Random, hash, uid};
use crate::scenario::Incident;
use crate::store::Store;
use crate::time::Time;

/// Something that will happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Action {
    /// A pod comes to its next stage.
    Pod(String),
    /// The readiness probe of a pod fails once more.
    Probe(String),
    /// A CronJob is due.
    Cron(usize),
    /// A Deployment gets a new image.
    Rollout(usize),
    /// A rollout looks whether it can replace the next pod.
    Progress(usize),
    /// An autoscaler looks at its workload.
    Autoscale,
    /// Leases are renewed.
    Heartbeat,
    /// Old events go.
    Expire,
    /// A pod is replaced, for the sake of churn.
    Churn,
    /// A replacement in a generated cluster has started.
    Born(Box<churn::Birth>),
}

/// The whole simulated cluster.
pub(crate) struct World {
    pub(crate) store: Store,
    seed: u64,
    now: Time,
    random: Random,
    queue: BinaryHeap<Reverse<(Time, u64, Action)>>,
    planned: u64,
    nodes: Vec<cluster::Node>,
    pods: BTreeMap<String, Pod>,
    workloads: Vec<Workload>,
    events: EventLog,
    addresses: u32,
    incidents: Vec<Incident>,
    /// Pods replaced a second, and the keys of those that can be in a generated cluster.
    churn: u32,
    churned: Vec<String>,
}

impl World {
    fn new(store: Store, seed: u64, start: Time) -> Self {
        Self {
            store,
            seed,
            now: start,
            random: Random::new(hash(seed, &["life"])),
            queue: BinaryHeap::new(),
            planned: 0,
            nodes: Vec::new(),
            pods: BTreeMap::new(),
            workloads: Vec::new(),
            events: EventLog::default(),
            addresses: 10,
            incidents: Vec::new(),
            churn: 0,
            churned: Vec::new(),
        }
    }

    /// What is wrong in this cluster, on purpose.
    pub(crate) fn incidents(&self) -> &[Incident] {
        &self.incidents
    }

    /// What metrics and logs are made from.
    pub(crate) fn profiles(&self) -> Profiles {
        let workloads = self.workloads.iter().map(|workload| {
            let notes = &workload.notes;
            let profile = Profile {
                load: notes.load(),
                logs: notes.logs.clone().unwrap_or_else(|| "plain".to_owned()),
                says: notes.says.as_slice().into(),
                behaviour: notes.behaviour.clone(),
            };
            (workload.key(), profile)
        });
        Profiles {
            workloads: workloads.collect(),
            nodes: self.nodes.iter().map(|node| (node.name.clone(), node.load)).collect(),
        }
    }

    /// Every object, whole; owners before what they own, definitions and namespaces before everything.
    pub(crate) fn objects(&self) -> Vec<Value> {
        const FIRST: [&str; 12] = [
            "CustomResourceDefinition",
            "Namespace",
            "Node",
            "PriorityClass",
            "StorageClass",
            "ServiceAccount",
            "Service",
            "CronJob",
            "Deployment",
            "StatefulSet",
            "DaemonSet",
            "ReplicaSet",
        ];
        let registry = self.store.registry();
        let mut objects = Vec::new();
        for (id, kind) in registry.iter().filter(|(_, kind)| kind.view_of.is_none()) {
            // Jobs own pods, so they come before them; everything else has no order.
            let rank = match &*kind.kind {
                "Job" => FIRST.len(),
                name => FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len() + 1),
            };
            for object in self.store.objects(id) {
                let mut value = object.value();
                value["apiVersion"] = kind.api_version().into();
                value["kind"] = kind.kind.as_ref().into();
                objects.push((rank, value));
            }
        }
        objects.sort_by_key(|(rank, _)| *rank);
        objects.into_iter().map(|(_, object)| object).collect()
    }

    /// Lets everything happen that is due by `now`, each at its own time.
    pub(crate) fn advance(&mut self, now: Time) {
        while let Some(Reverse((due, _, _))) = self.queue.peek()
            && *due <= now
            && let Some(Reverse((due, _, action))) = self.queue.pop()
        {
            self.now = due;
            self.act(action);
        }
        self.now = self.now.max(now);
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Pod(key) => self.step_pod(&key),
            Action::Probe(key) => self.fail_probe(&key),
            Action::Cron(workload) => self.run_cron(workload),
            Action::Rollout(workload) => self.begin_rollout(workload),
            Action::Progress(workload) => self.progress_rollout(workload),
            Action::Autoscale => self.autoscale(),
            Action::Heartbeat => self.heartbeat(),
            Action::Expire => self.expire_events(),
            Action::Churn => self.churn(),
            Action::Born(birth) => self.born(*birth),
        }
    }

    fn plan(&mut self, after: i64, action: Action) {
        self.planned += 1;
        self.queue.push(Reverse((self.now.plus(after), self.planned, action)));
    }

    /// Puts an object into the store if it differs from what is there, keeping its `generation` in step.
    fn update(&mut self, mut object: Value) {
        let Some((id, key)) = self.locate(&object) else {
            return;
        };
        if let Some(old) = self.store.get(id, &key) {
            let mut old = old.value();
            if let Some(metadata) = old["metadata"].as_object_mut() {
                metadata.remove("resourceVersion");
            }
            old["apiVersion"] = object["apiVersion"].clone();
            old["kind"] = object["kind"].clone();
            if object["metadata"]["uid"].is_null() {
                object["metadata"]["uid"] = old["metadata"]["uid"].clone();
            }
            if old == object {
                return;
            }
        }
        self.store.put(object);
    }

    fn locate(&self, object: &Value) -> Option<(KindId, String)> {
        let id = self.store.registry().of(object)?;
        let metadata = &object["metadata"];
        let key = self
            .store
            .registry()
            .kind(id)
            .key(metadata["namespace"].as_str().unwrap_or(""), metadata["name"].as_str().unwrap_or(""));
        Some((id, key))
    }

    /// The stored object of a kind, with `kind` and `apiVersion`.
    fn stored(&self, group: &str, kind: &str, key: &str) -> Option<Value> {
        let id = self.store.registry().id(group, kind)?;
        let mut value = self.store.get(id, key)?.value();
        value["kind"] = kind.into();
        value["apiVersion"] = self.store.registry().kind(id).api_version().into();
        if let Some(metadata) = value["metadata"].as_object_mut() {
            metadata.remove("resourceVersion");
        }
        Some(value)
    }

    fn remove(&mut self, group: &str, kind: &str, key: &str) {
        if let Some(id) = self.store.registry().id(group, kind) {
            self.store.delete(id, key);
        }
    }

    /// A uid for an object, the same for the same seed and name.
    fn uid(&self, kind: &str, namespace: &str, name: &str) -> String {
        uid(self.seed, &[kind, namespace, name])
    }

    /// `metadata` of an object that a controller makes.
    fn metadata(&self, kind: &str, namespace: &str, name: &str, created: Time) -> Value {
        let mut metadata = json!({
            "name": name,
            "uid": self.uid(kind, namespace, name),
            "creationTimestamp": created.rfc3339(),
        });
        if !namespace.is_empty() {
            metadata["namespace"] = namespace.into();
        }
        metadata
    }
}

/// An entry of `ownerReferences` that says who controls an object.
fn owner(api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    json!({
        "apiVersion": api_version,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

/// Whether a label map satisfies `matchLabels` and `matchExpressions`; an absent selector matches nothing.
fn selects(selector: &Value, labels: &serde_json::Map<String, Value>) -> bool {
    let Some(selector) = selector.as_object() else {
        return false;
    };
    let equal = selector
        .get("matchLabels")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .all(|(name, value)| labels.get(name) == Some(value));
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    equal
        && expressions.into_iter().flatten().all(|expression| {
            let label = expression["key"].as_str().and_then(|key| labels.get(key));
            let values = expression["values"].as_array();
            let listed = label.is_some_and(|label| values.is_some_and(|all| all.contains(label)));
            match expression["operator"].as_str() {
                Some("In") => listed,
                Some("NotIn") => !listed,
                Some("Exists") => label.is_some(),
                Some("DoesNotExist") => label.is_none(),
                _ => false,
            }
        })
}

/// The scenario `shop` as it is at `start`.
pub(crate) fn shop(seed: u64, start: Time) -> Result<World, crate::scenario::ScenarioError> {
    let manifests = crate::scenario::shop()?;
    let registry = Arc::new(crate::kinds::Registry::new(manifests.iter().map(|manifest| &manifest.object)));
    let mut world = World::new(Store::new(registry), seed, start);
    world.boot(manifests);
    Ok(world)
}

/// A generated cluster of `count` objects as it is at `start`.
pub(crate) fn generated(count: usize, seed: u64, start: Time) -> World {
    // The generator makes built-in kinds only.
    let registry = Arc::new(crate::kinds::Registry::new([]));
    let mut world = World::new(Store::new(registry), seed, start);
    crate::generate::generate_into(count, seed, start, |object| {
        world.store.put(object);
    });
    world.store.compact();
    world.store.publish();
    world
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    fn printed(world: &World) -> String {
        serde_json::to_string(&world.objects()).unwrap()
    }

    const START: Time = Time::from_millis(1_795_183_320_000);

    #[test]
    fn the_same_seed_gives_the_same_start_and_the_same_life() {
        let (mut one, mut other) = (shop(7, START).unwrap(), shop(7, START).unwrap());
        assert_eq!(printed(&one), printed(&other));
        // One goes in a single step, the other minute by minute.
        one.advance(START.plus(30 * MINUTE));
        for minute in 1..=30 {
            other.advance(START.plus(minute * MINUTE));
        }
        assert_eq!(printed(&one), printed(&other));
        assert_ne!(printed(&one), printed(&shop(7, START).unwrap()));
    }

    #[test]
    fn every_owner_is_there_and_comes_first() {
        let mut world = shop(1, START).unwrap();
        world.advance(START.plus(45 * MINUTE));
        let mut seen = std::collections::BTreeSet::new();
        for object in world.objects() {
            for owner in object["metadata"]["ownerReferences"].as_array().into_iter().flatten() {
                let uid = owner["uid"].as_str().unwrap().to_owned();
                assert!(seen.contains(&uid), "{owner} of {}", object["metadata"]["name"]);
            }
            seen.insert(object["metadata"]["uid"].as_str().unwrap().to_owned());
        }
    }

    #[test]
    fn churn_replaces_pods_and_their_endpoints() {
        let mut world = generated(2_000, 1, START);
        let before = world.objects();
        world.set_churn(10);
        world.advance(START.plus(30_000));
        let after = world.objects();
        assert_eq!(before.len(), after.len());
        let uids = |objects: &[Value], kind: &str| -> std::collections::BTreeSet<String> {
            let of_kind = objects.iter().filter(|object| object["kind"] == kind);
            of_kind.map(|object| object["metadata"]["uid"].as_str().unwrap().to_owned()).collect()
        };
        let pods = uids(&after, "Pod");
        assert!(pods.difference(&uids(&before, "Pod")).count() > 100);
        let dangling = after
            .iter()
            .flat_map(|slice| slice["endpoints"].as_array().into_iter().flatten())
            .filter(|endpoint| !pods.contains(endpoint["targetRef"]["uid"].as_str().unwrap()))
            .count();
        // Only the pods of the last two seconds are not known to their Services yet; some have two Services.
        assert!(dangling <= 60, "{dangling}");
    }

    #[test]
    fn every_incident_is_named_once() {
        let world = shop(1, START).unwrap();
        let names: std::collections::BTreeSet<_> =
            world.incidents().iter().map(|incident| incident.name.as_str()).collect();
        assert_eq!(names.len(), world.incidents().len());
        assert_eq!(
            names.into_iter().collect::<Vec<_>>(),
            [
                "autoscaler-at-maximum",
                "budget-blocks-drain",
                "claim-pending",
                "cordoned-node",
                "crash-loop",
                "default-deny",
                "image-not-found",
                "ingress-backend-missing",
                "memory-leak",
                "missing-secret-key",
                "node-memory-pressure",
                "rollout-stuck",
                "selector-matches-nothing",
                "tls-secret-missing",
            ]
        );
    }
}
