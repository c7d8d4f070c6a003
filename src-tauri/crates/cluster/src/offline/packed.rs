//! Objects as text while a source is read: as JSON values they take ten times the memory of the files they come from.

use std::fmt;

use model::{Delta, Object};
use serde_json::Value;

/// A JSON value as its text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Packed(Box<[u8]>);

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl Packed {
    pub(crate) fn new(value: &Value) -> Self {
        // A value always becomes text.
        Self(serde_json::to_vec(value).unwrap_or_default().into())
    }

    /// Of a text that is known to be JSON.
    pub(crate) fn of_text(text: &str) -> Self {
        Self(text.as_bytes().into())
    }

    /// The value, or what is wrong with it: a text may nest too deep, or hold a number that is none.
    pub(crate) fn unpack(&self) -> serde_json::Result<Value> {
        serde_json::from_slice(&self.0)
    }
}

/// What was read from files, object by object: each is unpacked when its turn comes.
#[derive(Clone, Debug, Default)]
pub struct Deltas(pub(super) Vec<Kept>);

/// A delta, the body of its object apart.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) delta: Delta,
    pub(super) body: Option<Packed>,
}

impl Kept {
    pub(super) fn unpack(self) -> Delta {
        match (self.delta, self.body) {
            (Delta::Upsert(object), Some(body)) => {
                Delta::Upsert(Object { body: body.unpack().unwrap_or_default().into(), ..object })
            }
            (delta, _) => delta,
        }
    }
}

impl Deltas {
    /// Each of them, for the last time.
    pub fn unpack(self) -> impl Iterator<Item = Delta> {
        self.0.into_iter().map(Kept::unpack)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Delta> {
        self.0.iter().cloned().map(Kept::unpack)
    }
}
