//! The objects of a generated cluster, kind by kind: who is who, and what every object has. The kinds stand in the rooms.

mod configuration;
mod network;
mod node;
mod pod;
mod workload;

use serde_json::{Value, json};

use crate::random::{hash, uid};
use crate::time::{DAY, HOUR, Time};

pub(super) use network::Exposed;
pub(super) use pod::Placed;

const FIRST: [&str; 16] = [
    "amber", "basic", "cedar", "delta", "early", "fleet", "grand", "harbor", "ivory", "jolly", "keen", "lunar",
    "mellow", "north", "ocean", "prime",
];
const SECOND_WORD: [&str; 16] = [
    "api", "auth", "billing", "cache", "engine", "feed", "gateway", "index", "jobs", "ledger", "mail", "orders",
    "portal", "queue", "sync", "worker",
];

/// One application: a Deployment and what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) index: usize,
    namespace: String,
    name: String,
    version: u64,
}

/// Makes objects; everything follows from the seed, the time and the number of the object.
pub(super) struct Maker {
    seed: u64,
    start: Time,
    namespaces: usize,
    nodes: usize,
}

impl Maker {
    pub(super) fn new(seed: u64, start: Time, namespaces: usize, nodes: usize) -> Self {
        Self { seed, start, namespaces, nodes }
    }

    fn dice(&self, what: &str, index: usize) -> u64 {
        hash(self.seed, &[what, &index.to_string()])
    }

    fn namespace_name(&self, index: usize) -> String {
        let word = FIRST[index % FIRST.len()];
        format!("team-{word}-{}", index / FIRST.len())
    }

    /// The namespace of something: some are large, most are small.
    fn namespace_of(&self, what: &str, index: usize) -> String {
        let dice = self.dice(what, index);
        let throw = |shift: u32| (dice >> shift) as usize % self.namespaces;
        self.namespace_name(throw(0).min(throw(24)))
    }

    fn node_name(&self, index: usize) -> String {
        format!("node-{:03}", index % self.nodes)
    }

    pub(super) fn app(&self, index: usize) -> App {
        let word = FIRST[index / SECOND_WORD.len() % FIRST.len()];
        let role = SECOND_WORD[index % SECOND_WORD.len()];
        let number = index / (FIRST.len() * SECOND_WORD.len());
        let name = if number == 0 { format!("{word}-{role}") } else { format!("{word}-{role}-{number}") };
        App { index, namespace: self.namespace_of("app", index), name, version: self.dice("version", index) % 40 }
    }

    /// `metadata` of something so many days old at most.
    fn metadata(&self, kind: &str, namespace: &str, name: &str, days: i64) -> Value {
        let dice = hash(self.seed, &["age", kind, namespace, name]);
        let age = i64::try_from(dice % 10_000).unwrap_or(0) * days * DAY / 10_000 + HOUR;
        let mut metadata = json!({
            "name": name,
            "uid": uid(self.seed, &[kind, namespace, name]),
            "creationTimestamp": self.start.minus(age).rfc3339(),
        });
        if !namespace.is_empty() {
            metadata["namespace"] = namespace.into();
        }
        metadata
    }

    fn of_app(&self, kind: &str, app: &App, name: &str) -> Value {
        let mut metadata = self.metadata(kind, &app.namespace, name, 300);
        metadata["labels"] = labels(app);
        metadata["labels"]["app.kubernetes.io/managed-by"] = "Helm".into();
        metadata
    }

    fn owner(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Value {
        json!([{
            "apiVersion": api_version,
            "kind": kind,
            "name": name,
            "uid": uid(self.seed, &[kind, namespace, name]),
            "controller": true,
            "blockOwnerDeletion": true,
        }])
    }
}

/// The labels by which an application is known and selected.
fn labels(app: &App) -> Value {
    json!({"app.kubernetes.io/instance": app.name, "app.kubernetes.io/name": app.name})
}
