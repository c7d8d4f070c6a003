//! Why an object is not well, with what shows it.

use serde::{Deserialize, Serialize};

use crate::{Health, ResourceKey};

/// One thing that is wrong with one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What is unwell.
    pub subject: ResourceKey,
    /// How unwell.
    pub health: Health,
    /// What is wrong, in one sentence.
    pub sentence: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Where it was read.
    pub source: EvidenceSource,
    /// The object it was read from.
    pub object: ResourceKey,
    /// Field path, event reason or container, as `source` says.
    pub at: String,
    /// What stands there.
    pub text: String,
}

/// Where a piece of evidence was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum EvidenceSource {
    /// A field of an object; `at` is its path.
    Field,
    /// An event; `at` is its reason.
    Event,
    /// A relation of the graph; `at` is the rule's id.
    Relation,
}
