//! The objects of the demo, with the versions and the watch history of a real API server.
//!
//! One owner writes (`Store`), everyone else reads immutable [`Snapshot`]s, which share their structure, so a
//! snapshot costs a few pointers per kind whatever the size of the cluster. Bodies are kept once, as the JSON
//! text that answers are cut from; no request copies or parses them unless it asks for tables or fields.

use std::sync::Arc;

use bytes::Bytes;
use imbl::{OrdMap, Vector};
use serde_json::Value;
use tokio::sync::watch;

use crate::kinds::{KindId, Registry};

/// The version of the first object: clusters that one meets have lived for a while.
const FIRST_VERSION: u64 = 48_213_000;

/// How many changes of a kind a watch can go back; older versions answer 410.
pub(crate) const WINDOW: usize = 1_000;

/// One version of one object.
#[derive(Debug)]
pub(crate) struct Object {
    /// `namespace/name`, or `name` for what is cluster-scoped: the order of lists.
    pub(crate) key: Arc<str>,
    pub(crate) version: u64,
    pub(crate) labels: Box<[(Box<str>, Box<str>)]>,
    /// `"metadata":{...},"spec":...}`: all but the opening brace, `kind` and `apiVersion`.
    tail: Bytes,
    /// Length of `"metadata":{...}` at the start of `tail`.
    metadata: usize,
}

impl Object {
    fn new(key: &str, version: u64, value: &Value) -> Self {
        let metadata = &value["metadata"];
        let mut text = String::with_capacity(1024);
        text.push_str("\"metadata\":");
        text.push_str(&metadata.to_string());
        let metadata_end = text.len();
        for (name, part) in value.as_object().into_iter().flatten() {
            if !matches!(name.as_str(), "kind" | "apiVersion" | "metadata") {
                text.push_str(",\"");
                text.push_str(name);
                text.push_str("\":");
                text.push_str(&part.to_string());
            }
        }
        text.push('}');
        let labels = metadata["labels"].as_object().into_iter().flatten();
        Self {
            key: key.into(),
            version,
            labels: labels.map(|(name, value)| (name.as_str().into(), value.as_str().unwrap_or("").into())).collect(),
            tail: Bytes::from(text.into_boxed_str().into_boxed_bytes()),
            metadata: metadata_end,
        }
    }

    /// What follows `{`, `kind` and `apiVersion` in the object's JSON.
    pub(crate) fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// `"metadata":{...}`.
    pub(crate) fn metadata(&self) -> &[u8] {
        self.tail.get(..self.metadata).unwrap_or_default()
    }

    /// The object as a value, without `kind` and `apiVersion`.
    pub(crate) fn value(&self) -> Value {
        let mut text = Vec::with_capacity(self.tail.len() + 1);
        text.push(b'{');
        text.extend_from_slice(&self.tail);
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Namespace, empty for what is cluster-scoped.
    pub(crate) fn namespace(&self) -> &str {
        self.key.split_once('/').map_or("", |(namespace, _)| namespace)
    }

    pub(crate) fn name(&self) -> &str {
        self.key.split_once('/').map_or(&*self.key, |(_, name)| name)
    }

    /// The value of a label.
    pub(crate) fn label(&self, name: &str) -> Option<&str> {
        let found = self.labels.iter().find(|(label, _)| &**label == name)?;
        Some(&found.1)
    }
}

/// One change of one object.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) version: u64,
    /// The object before; absent where it was created.
    pub(crate) old: Option<Arc<Object>>,
    /// The object after; where it was deleted, its last state under the version of the deletion.
    pub(crate) new: Arc<Object>,
    pub(crate) deleted: bool,
}

/// The objects and the recent changes of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct KindState {
    pub(crate) objects: OrdMap<Arc<str>, Arc<Object>>,
    pub(crate) history: Vector<Arc<Change>>,
    /// Watches can start at this version and after.
    pub(crate) floor: u64,
}

impl KindState {
    /// The changes after `version`, oldest first.
    pub(crate) fn after(&self, version: u64) -> impl Iterator<Item = &Arc<Change>> {
        let skip = match self.history.binary_search_by(|change| change.version.cmp(&version)) {
            Ok(found) => found + 1,
            Err(place) => place,
        };
        self.history.iter().skip(skip)
    }
}

/// The whole cluster at one version.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) version: u64,
    pub(crate) kinds: Vec<KindState>,
}

/// The writer.
#[derive(Debug)]
pub(crate) struct Store {
    registry: Arc<Registry>,
    state: Snapshot,
    publisher: watch::Sender<Arc<Snapshot>>,
    window: usize,
}

impl Store {
    pub(crate) fn new(registry: Arc<Registry>) -> Self {
        let state = Snapshot { version: FIRST_VERSION, kinds: vec![KindState::default(); registry.len()] };
        Self { publisher: watch::Sender::new(Arc::new(state.clone())), registry, state, window: WINDOW }
    }

    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The snapshots as they are published.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.publisher.subscribe()
    }

    /// Makes everything since the last call visible to readers; wakes nobody where nothing has changed.
    pub(crate) fn publish(&self) {
        if self.publisher.borrow().version != self.state.version {
            self.publisher.send_replace(Arc::new(self.state.clone()));
        }
    }

    /// Forgets the history: what is there now is where every watch begins.
    pub(crate) fn compact(&mut self) {
        for kind in &mut self.state.kinds {
            kind.history = Vector::new();
            kind.floor = self.state.version;
        }
    }

    /// Creates or replaces an object; its `resourceVersion` is set here. An object of an unknown kind is
    /// left out and `false` returned.
    pub(crate) fn put(&mut self, mut value: Value) -> bool {
        let Some(id) = self.registry.of(&value) else {
            return false;
        };
        let version = self.next_version();
        value["metadata"]["resourceVersion"] = Value::String(version.to_string());
        let key = self.registry.kind(id).key(
            value["metadata"]["namespace"].as_str().unwrap_or(""),
            value["metadata"]["name"].as_str().unwrap_or(""),
        );
        let new = Arc::new(Object::new(&key, version, &value));
        let old = self.state.kinds[id].objects.insert(new.key.clone(), new.clone());
        self.record(id, Change { version, old, new, deleted: false });
        true
    }

    /// Removes an object, if it is there.
    pub(crate) fn delete(&mut self, id: KindId, key: &str) {
        let Some(old) = self.state.kinds[id].objects.remove(key) else {
            return;
        };
        let version = self.next_version();
        let mut value = old.value();
        value["metadata"]["resourceVersion"] = Value::String(version.to_string());
        let new = Arc::new(Object::new(key, version, &value));
        self.record(id, Change { version, old: Some(old), new, deleted: true });
    }

    /// The object of a kind under a key.
    pub(crate) fn get(&self, id: KindId, key: &str) -> Option<&Arc<Object>> {
        self.state.kinds[id].objects.get(key)
    }

    /// The objects of a kind from a key on, in the order of their keys.
    pub(crate) fn from<'a>(&'a self, id: KindId, key: &str) -> impl Iterator<Item = &'a Arc<Object>> {
        let from: Arc<str> = key.into();
        self.state.kinds[id].objects.range(from..).map(|(_, object)| object)
    }

    /// All objects of a kind, in the order of their keys.
    pub(crate) fn objects(&self, id: KindId) -> impl Iterator<Item = &Arc<Object>> {
        self.state.kinds[id].objects.values()
    }

    fn next_version(&mut self) -> u64 {
        self.state.version += 1;
        self.state.version
    }

    fn record(&mut self, id: KindId, change: Change) {
        let kind = &mut self.state.kinds[id];
        kind.history.push_back(Arc::new(change));
        if kind.history.len() > self.window
            && let Some(forgotten) = kind.history.pop_front()
        {
            kind.floor = forgotten.version;
        }
    }
}
