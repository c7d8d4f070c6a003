//! `metrics.k8s.io`: what nodes and pods use, as metrics-server reports it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use super::refusal::{Refusal, json_response};
use super::selector::Selector;
use super::{Query, Target};
use crate::kinds::{KindId, Registry};
use crate::life::behaviour::Behaviour;
use crate::profile::{Profile, Profiles, workload_of};
use crate::random::hash;
use crate::store::{Object, Snapshot};
use crate::time::{MINUTE, SECOND, Time};
use crate::usage;

/// What an answer is made from.
pub(super) struct Metrics<'a> {
    pub(super) registry: &'a Registry,
    pub(super) snapshot: &'a Arc<Snapshot>,
    pub(super) profiles: &'a Profiles,
    pub(super) now: Time,
}

/// CPU in nanocores and memory in KiB.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    cpu: u64,
    memory: u64,
}

impl Use {
    fn json(self) -> Value {
        json!({"cpu": format!("{}n", self.cpu), "memory": format!("{}Ki", self.memory)})
    }
}

impl Metrics<'_> {
    /// Answers a request for `nodes` or `pods`.
    pub(super) fn answer(&self, plural: &str, target: &Target, query: &Query) -> Result<Response, Refusal> {
        let kind = match plural {
            "nodes" => "Node",
            "pods" => "Pod",
            _ => return Err(Refusal::no_such_resource()),
        };
        let id = self.registry.id("", kind).ok_or_else(Refusal::no_such_resource)?;
        if query.flag("watch") {
            return Err(Refusal::not_implemented("watching metrics, as by metrics-server"));
        }
        let selector = Selector::parse(self.registry.kind(id), query.get("labelSelector"), query.get("fieldSelector"))?;
        let counts = self.running();
        let totals = if kind == "Node" { self.per_node(&counts) } else { BTreeMap::new() };
        let mut items: Vec<Value> = self.snapshot.kinds[id]
            .objects
            .values()
            .filter(|object| target.namespace.is_empty() || object.namespace() == target.namespace)
            .filter(|object| target.name.as_deref().is_none_or(|name| name == object.name()))
            .filter(|object| selector.matches(object))
            .filter_map(|object| match kind {
                "Node" => Some(self.node(object, totals.get(object.name()).copied().unwrap_or_default())),
                _ => self.pod(object, &counts),
            })
            .collect();
        if let Some(name) = &target.name {
            let mut item = items.pop().ok_or_else(|| self.not_measured(id, plural, &target.namespace, name))?;
            item["kind"] = format!("{kind}Metrics").into();
            item["apiVersion"] = "metrics.k8s.io/v1beta1".into();
            return Ok(json_response(&item));
        }
        Ok(json_response(&json!({
            "kind": format!("{kind}MetricsList"),
            "apiVersion": "metrics.k8s.io/v1beta1",
            "metadata": {},
            "items": items,
        })))
    }

    /// As metrics-server words it: the object is not there, or it has no figures yet.
    fn not_measured(&self, kind: KindId, plural: &str, namespace: &str, name: &str) -> Refusal {
        let name = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") };
        let is_there = self.snapshot.kinds[kind].objects.contains_key(name.as_str());
        match (is_there, plural) {
            (false, plural) => Refusal::not_found(plural, &name),
            (true, "nodes") => Refusal::not_found("nodemetrics.metrics.k8s.io", &name),
            (true, _) => Refusal::not_found("podmetrics.metrics.k8s.io", &name),
        }
    }

    fn pods(&self) -> impl Iterator<Item = &Arc<Object>> {
        let pods: Option<KindId> = self.registry.id("", "Pod");
        pods.into_iter().flat_map(|id| self.snapshot.kinds[id].objects.values())
    }

    /// How many pods of each workload are running: they share its load.
    fn running(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for pod in self.pods() {
            let pod = pod.value();
            if pod["status"]["phase"] == "Running" {
                *counts.entry(workload_of(&pod["metadata"])).or_insert(0) += 1;
            }
        }
        counts
    }

    fn stamp(&self, object: &Object) -> Value {
        // metrics-server scrapes every 15 seconds, each node at its own moment.
        let phase = i64::try_from(hash(0, &[&object.key]) % 15).unwrap_or(0) * SECOND;
        let scraped = (self.now.millis() - phase).div_euclid(15 * SECOND) * 15 * SECOND + phase;
        let value = object.value();
        let mut metadata = json!({
            "name": object.name(),
            "creationTimestamp": self.now.rfc3339(),
            "labels": value["metadata"]["labels"],
        });
        if !object.namespace().is_empty() {
            metadata["namespace"] = object.namespace().into();
        }
        json!({
            "metadata": metadata,
            "timestamp": Time::from_millis(scraped).rfc3339(),
            "window": "15.04s",
        })
    }

    fn pod(&self, object: &Object, counts: &BTreeMap<String, u64>) -> Option<Value> {
        let pod = object.value();
        let containers = self.containers(&pod, counts)?;
        let mut item = self.stamp(object);
        item["containers"] =
            containers.into_iter().map(|(name, used)| json!({"name": name, "usage": used.json()})).collect();
        Some(item)
    }

    /// What the pods of each node use together.
    fn per_node(&self, counts: &BTreeMap<String, u64>) -> BTreeMap<String, Use> {
        let mut totals: BTreeMap<String, Use> = BTreeMap::new();
        for pod in self.pods() {
            let pod = pod.value();
            let Some(node) = pod["spec"]["nodeName"].as_str() else {
                continue;
            };
            let total = totals.entry(node.to_owned()).or_default();
            for (_, used) in self.containers(&pod, counts).into_iter().flatten() {
                total.cpu += used.cpu;
                total.memory += used.memory;
            }
        }
        totals
    }

    fn node(&self, object: &Object, pods: Use) -> Value {
        let own = match self.profiles.nodes.get(object.name()) {
            Some(own) => {
                Use { cpu: usage::workload_cpu(own, object.name(), self.now) * 1_000_000, memory: own.memory * 1_024 }
            }
            None => {
                let dice = hash(17, &[object.name()]);
                Use { cpu: (120 + dice % 200) * 1_000_000, memory: (700 + dice / 256 % 900) * 1_024 }
            }
        };
        let mut item = self.stamp(object);
        item["usage"] = Use { cpu: own.cpu + pods.cpu, memory: own.memory + pods.memory }.json();
        item
    }

    /// What the running containers of a pod use; nothing where none is running.
    fn containers(&self, pod: &Value, counts: &BTreeMap<String, u64>) -> Option<Vec<(String, Use)>> {
        if pod["status"]["phase"] != "Running" {
            return None;
        }
        let workload = workload_of(&pod["metadata"]);
        let profile = self.profiles.of(&workload);
        let pods = counts.get(&workload).copied().unwrap_or(1).max(1);
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        let cpu = usage::workload_cpu(&profile.load, &workload, self.now) * 1_000_000 / pods;
        // Pods of one workload are alike, not equal.
        let cpu = cpu * (900 + hash(1, &[uid]) % 200) / 1_000;
        let statuses = pod["status"]["containerStatuses"].as_array()?;
        let running: Vec<(String, Use)> = statuses
            .iter()
            .enumerate()
            .filter_map(|(index, status)| {
                let started = Time::parse(status["state"]["running"]["startedAt"].as_str()?)?;
                let memory = self.memory(&profile, uid, index, started, pod);
                // The first container does the work; the others look on.
                let cpu = if index == 0 { cpu } else { cpu / 12 };
                let name = status["name"].as_str()?.to_owned();
                Some((name, Use { cpu, memory }))
            })
            .collect();
        (!running.is_empty()).then_some(running)
    }

    /// KiB of a container: flat with some noise, or climbing to its limit where it leaks.
    fn memory(&self, profile: &Profile, uid: &str, index: usize, started: Time, pod: &Value) -> u64 {
        let base = profile.load.memory * 1_024;
        if index > 0 {
            return base / 6 + 9_000;
        }
        if let Behaviour::Leak { minutes } = profile.behaviour {
            let limit = pod["spec"]["containers"][0]["resources"]["limits"]["memory"].as_str();
            let limit = usage::bytes(limit.unwrap_or("512Mi")) / 1_024;
            let lives = u64::from(minutes) * MINUTE.unsigned_abs();
            let alive = self.now.since(started).max(0).unsigned_abs().min(lives);
            return base + limit.saturating_sub(base) * alive / lives.max(1);
        }
        let slot = (self.now.millis() / (60 * SECOND)).to_string();
        base * (960 + hash(2, &[uid]) % 60 + hash(3, &[uid, &slot]) % 20) / 1_000
    }
}
