//! An object as the rules read it. What they find in it is for `links`; what is kept of it, for `facts`.

use std::cell::RefCell;
use std::sync::Arc;

use model::{Object, ResourceKey};
use serde_json::Value;

use crate::json::{At, field, group_of, list, text};
use crate::kinds::{self, PodSpec};
use crate::pool::Pool;

/// An object as the rules read it.
pub(crate) struct Source<'a> {
    pub(crate) object: &'a Object,
    pub(crate) key: &'a ResourceKey,
    pub(crate) body: &'a Value,
    /// `metadata.ownerReferences`.
    pub(crate) owners: Vec<Owner<'a>>,
    /// `metadata.labels`, or null.
    pub(crate) labels: &'a Value,
    /// `metadata.annotations`, or null.
    pub(crate) annotations: &'a Value,
    /// `spec`, or null.
    pub(crate) spec: &'a Value,
    pub(crate) namespace: &'a str,
    /// The pod's own spec, or the template's of a workload that nothing controls, with its path.
    pub(crate) pod: Option<PodSpec<'a>>,
    /// It has a controlling owner.
    pub(crate) controlled: bool,
    pool: &'a RefCell<Pool>,
}

/// An owner reference.
pub(crate) struct Owner<'a> {
    pub(crate) group: &'a str,
    /// Empty where it is absent, which no server allows.
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
    pub(crate) uid: Option<&'a str>,
    pub(crate) controls: bool,
}

impl<'a> Owner<'a> {
    fn new(reference: &'a Value) -> Self {
        Self {
            group: group_of(field(reference, "apiVersion").unwrap_or_default()),
            kind: field(reference, "kind").unwrap_or_default(),
            name: field(reference, "name").unwrap_or_default(),
            uid: field(reference, "uid"),
            controls: reference.get("controller").and_then(Value::as_bool) == Some(true),
        }
    }

    /// Whether it says whom it names.
    pub(crate) fn is_whole(&self) -> bool {
        !self.kind.is_empty() && !self.name.is_empty()
    }
}

impl<'a> Source<'a> {
    pub(crate) fn new(object: &'a Object, pool: &'a RefCell<Pool>) -> Self {
        // Every rule asks for some of these, so they are looked up once.
        let body: &Value = &object.body;
        let part = |value: &'a Value, name: &str| value.get(name).unwrap_or(&Value::Null);
        let metadata = part(body, "metadata");
        let owners: Vec<Owner<'a>> = list(metadata, "ownerReferences").iter().map(Owner::new).collect();
        let controlled = owners.iter().any(|owner| owner.controls);
        let key = &object.key;
        // A controlled workload repeats its controller's template, and an old ReplicaSet one that nothing runs any more:
        // its references would be doubles or false alarms.
        let is_pod = key.is("", "Pod");
        let pod = kinds::pod_spec(body, key).filter(|_| is_pod || !controlled);
        Self {
            object,
            key,
            body,
            owners,
            labels: part(metadata, "labels"),
            annotations: part(metadata, "annotations"),
            spec: part(body, "spec"),
            namespace: key.namespace(),
            pod,
            controlled,
            pool,
        }
    }

    /// The key of another object.
    pub(crate) fn key_to(&self, group: &str, kind: &str, namespace: &str, name: &str) -> ResourceKey {
        self.pool.borrow_mut().key([group, kind, namespace, name])
    }

    /// A text that other objects say as well.
    pub(crate) fn shared(&self, text: &str) -> Arc<str> {
        self.pool.borrow_mut().text(text)
    }

    /// A label.
    pub(crate) fn label(&self, name: &str) -> Option<&'a str> {
        self.labels.get(name)?.as_str()
    }

    /// An annotation.
    pub(crate) fn annotation(&self, name: &str) -> Option<&'a str> {
        self.annotations.get(name)?.as_str()
    }

    /// A string at a JSON pointer, none where it is empty.
    pub(crate) fn text(&self, pointer: &str) -> Option<&'a str> {
        text(self.body.at(pointer)?)
    }

    /// The items of a list at a JSON pointer.
    pub(crate) fn items(&self, pointer: &str) -> &'a [Value] {
        self.body.at(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}
