//! How well an object is by itself: the word kubectl prints, the line of its card, its health.
//! One kind per file; a table says which function reads which kind.

mod pod;
mod workload;

use std::sync::Arc;

use model::{Health, ResourceKey};
use serde_json::Value;

use crate::facts::Source;

pub(crate) use pod::remarks;

/// What an object says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Appraisal {
    pub(crate) status: Arc<str>,
    pub(crate) caption: Arc<str>,
    pub(crate) health: Health,
    /// A word of trouble that also stands on its owners.
    pub(crate) trouble: Option<Arc<str>>,
    pub(crate) ready: Option<(u32, u32)>,
}

impl Default for Appraisal {
    fn default() -> Self {
        Self { status: "".into(), caption: "".into(), health: Health::Neutral, trouble: None, ready: None }
    }
}

impl Appraisal {
    pub(crate) fn new(health: Health, status: impl Into<Arc<str>>, caption: impl Into<Arc<str>>) -> Self {
        Self { status: status.into(), caption: caption.into(), health, trouble: None, ready: None }
    }

    pub(crate) fn ready(mut self, ready: u64, wanted: u64) -> Self {
        let short = |number| u32::try_from(number).unwrap_or(u32::MAX);
        self.ready = Some((short(ready), short(wanted)));
        self
    }
}

type Appraise = fn(&Source<'_>) -> Appraisal;

const TABLE: &[((&str, &str), Appraise)] =
    &[(("", "Pod"), pod::appraise), (("apps", "Deployment"), workload::deployment)];

/// What the object says of itself.
pub(crate) fn appraise(source: &Source<'_>) -> Appraisal {
    let kind = (source.key.group(), source.key.kind());
    let appraise = TABLE.iter().find(|(key, _)| *key == kind).map(|(_, appraise)| *appraise);
    appraise.map_or_else(Appraisal::default, |appraise| appraise(source))
}

/// An integer at a JSON pointer, zero where it is absent.
pub(crate) fn number(body: &Value, pointer: &str) -> u64 {
    body.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

/// A condition of `status.conditions` by its type.
pub(crate) fn condition<'a>(body: &'a Value, kind: &str) -> Option<&'a Value> {
    let conditions = body.pointer("/status/conditions").and_then(Value::as_array)?;
    conditions.iter().find(|condition| condition.get("type").and_then(Value::as_str) == Some(kind))
}

/// Whether a condition has this status.
pub(crate) fn condition_is(body: &Value, kind: &str, status: &str) -> bool {
    condition(body, kind).and_then(|condition| condition.get("status")).and_then(Value::as_str) == Some(status)
}

/// Whether the object is being deleted.
pub(crate) fn is_terminating(body: &Value) -> bool {
    body.pointer("/metadata/deletionTimestamp").is_some_and(|stamp| !stamp.is_null())
}

pub(crate) type Remarks = Vec<(ResourceKey, Arc<str>)>;
