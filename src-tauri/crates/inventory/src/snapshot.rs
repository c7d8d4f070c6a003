//! What readers hold: everything as it was at one revision.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;
use std::ops::Bound;
use std::sync::Arc;

use imbl::OrdMap;
use model::{ClusterId, Coverage, GroupKind, Object, ResourceKey};
use rustc_hash::FxHasher;
use serde_json::Value;
use zstd::zstd_safe::DCtx;

use crate::pack::Packed;

/// One object at rest.
pub(crate) struct Stored {
    pub(crate) version: Arc<str>,
    pub(crate) resource_version: Option<Box<str>>,
    pub(crate) identity: Identity,
    pub(crate) body: Packed,
}

/// Tells an object from another that came in its place: 64 bits of its uid, which are random, or nothing for one that has
/// none. The uid itself is in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity(Option<NonZeroU64>);

impl Identity {
    pub(crate) fn of(uid: Option<&str>) -> Self {
        let bits = |uid: &str| {
            let mut hasher = FxHasher::default();
            uid.hash(&mut hasher);
            hasher.finish()
        };
        Self(uid.and_then(|uid| NonZeroU64::new(bits(uid))))
    }

    /// Whether both are known, and are not the same.
    pub(crate) fn is_another(self, than: Self) -> bool {
        self.0.is_some() && than.0.is_some() && self != than
    }
}

/// An object as it is, or was, held: packed until it is asked for.
#[derive(Clone)]
pub struct Held(pub(crate) Arc<Stored>);

impl Held {
    /// The object of this key, unpacked: about 20 µs for a Pod.
    pub fn object(&self, key: &ResourceKey) -> Object {
        restore(key, &self.0, &mut DCtx::create())
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({} bytes)", self.0.body.size())
    }
}

/// All objects of one cluster at one revision.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) cluster: ClusterId,
    pub(crate) revision: u64,
    pub(crate) objects: OrdMap<ResourceKey, Arc<Stored>>,
    pub(crate) coverage: Arc<Coverage>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot({} at {}: {} objects)", self.cluster, self.revision, self.objects.len())
    }
}

impl Snapshot {
    /// Which cluster this was read from.
    pub fn cluster(&self) -> &ClusterId {
        &self.cluster
    }

    /// Grows by one with every batch that changed something.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Objects held.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// What is in, and what is missing.
    pub fn coverage(&self) -> &Arc<Coverage> {
        &self.coverage
    }

    /// Whether the object is held.
    pub fn contains(&self, key: &ResourceKey) -> bool {
        self.objects.contains_key(key)
    }

    /// The object, unpacked: about 20 µs for a Pod.
    pub fn get(&self, key: &ResourceKey) -> Option<Object> {
        let stored = self.objects.get(key)?;
        Some(restore(key, stored, &mut DCtx::create()))
    }

    /// Its `metadata.resourceVersion`, without unpacking.
    pub fn resource_version(&self, key: &ResourceKey) -> Option<&str> {
        self.objects.get(key)?.resource_version.as_deref()
    }

    /// Every key, in order.
    pub fn keys(&self) -> impl Iterator<Item = &ResourceKey> {
        self.objects.keys()
    }

    /// Keys of one kind, in order; of one namespace where given.
    pub fn keys_of(&self, kind: &GroupKind, namespace: Option<&str>) -> impl Iterator<Item = &ResourceKey> {
        let prefix = prefix_of(kind, namespace);
        range(&self.objects, &prefix).map(|(key, _)| key).take_while(move |key| key.as_str().starts_with(&prefix))
    }

    /// Objects of one kind, in order, unpacked one by one with one decompressor.
    pub fn objects_of(&self, kind: &GroupKind, namespace: Option<&str>) -> impl Iterator<Item = Object> {
        let prefix = prefix_of(kind, namespace);
        let mut context = DCtx::create();
        range(&self.objects, &prefix)
            .take_while(move |(key, _)| key.as_str().starts_with(&prefix))
            .map(move |(key, stored)| restore(key, stored, &mut context))
    }

    /// Bytes of all packed bodies; keys and maps come on top.
    pub fn packed_bytes(&self) -> usize {
        self.objects.values().map(|stored| stored.body.size()).sum()
    }
}

/// `core/Pod/` or `core/Pod/shop/`: a range of keys in their order.
pub(crate) fn prefix_of(kind: &GroupKind, namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => format!("{kind}/{namespace}/"),
        None => format!("{kind}/"),
    }
}

pub(crate) fn range<'a>(
    objects: &'a OrdMap<ResourceKey, Arc<Stored>>,
    prefix: &str,
) -> impl Iterator<Item = (&'a ResourceKey, &'a Arc<Stored>)> + use<'a> {
    objects.range::<_, str>((Bound::Included(prefix), Bound::Unbounded))
}

fn restore(key: &ResourceKey, stored: &Stored, context: &mut DCtx<'_>) -> Object {
    let body = stored.body.unpack(context);
    Object {
        key: key.clone(),
        version: Arc::clone(&stored.version),
        uid: body.pointer("/metadata/uid").and_then(Value::as_str).map(Into::into),
        resource_version: stored.resource_version.as_deref().map(Into::into),
        body: Arc::new(body),
        actors: Arc::default(),
    }
}
