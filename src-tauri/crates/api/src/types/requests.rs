//! What the commands and streams are asked with; every one takes exactly one object.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ClusterSource, View};
use crate::access::Paths;

/// Nothing to say: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Nothing {}

/// A kubeconfig context, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ContextRequest {
    /// [`super::ContextSummary::id`].
    pub id: String,
}

/// What the person calls a context; replaces what was remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
#[serde(rename_all = "camelCase")]
pub struct ContextUpdate {
    /// [`super::ContextSummary::id`].
    pub id: String,
    /// A local name; the context's own where absent.
    pub alias: Option<String>,
    /// A local colour, `#rrggbb`.
    pub colour: Option<String>,
    /// A local tag such as `PROD`.
    pub tag: Option<String>,
    /// Namespaces to look at where the account may not list them.
    #[serde(default)]
    pub namespaces: Vec<String>,
}

/// What to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
#[serde(rename_all = "camelCase")]
pub struct ConnectRequest {
    /// The source.
    pub source: ClusterSource,
    /// Namespaces to look at where the account may not list them; the remembered ones where absent.
    pub namespaces: Option<Vec<String>>,
}

impl Paths for ConnectRequest {
    fn read(&mut self) -> &mut [String] {
        match &mut self.source {
            ClusterSource::Files { paths } => paths,
            ClusterSource::Context { .. } | ClusterSource::Demo { .. } => &mut [],
        }
    }
}

/// An open cluster, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ClusterRequest {
    /// [`super::ClusterSummary::cluster`].
    pub cluster: String,
}

/// One object of an open cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ObjectRequest {
    /// The open cluster.
    pub cluster: String,
    /// `group/Kind/namespace/name`.
    pub key: String,
}

/// Two ends: object keys, or block ids (`app:shop/web`) for all edges between two applications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
pub struct EndsRequest {
    /// The open cluster.
    pub cluster: String,
    /// Where the edges leave.
    pub from: String,
    /// Where they arrive.
    pub to: String,
    /// The picture that the ends are of ([`super::PictureHeader::picture`]). Without one they are single objects or
    /// applications of the cluster as it is, and nothing that is found has a card.
    pub picture: Option<u32>,
}

/// A search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
pub struct SearchRequest {
    /// The open cluster.
    pub cluster: String,
    /// Words that name, kind, namespace or a label must hold, each letter in order.
    pub query: String,
    /// How many hits at most.
    pub limit: u32,
    /// The picture whose cards are told ([`super::PictureHeader::picture`]); without one, the search is about the cluster
    /// as it is, and hits have no card.
    pub picture: Option<u32>,
}

/// Everything that depends on an object, or that it depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
pub struct ReachRequest {
    /// The open cluster.
    pub cluster: String,
    /// The object.
    pub key: String,
    /// Which way.
    pub direction: Direction,
    /// The picture whose cards are told ([`super::PictureHeader::picture`]); without one, the question is about the
    /// cluster as it is, and what is reached has no card.
    pub picture: Option<u32>,
}

/// Which way to follow the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// What a change of the object reaches.
    Dependants,
    /// What the object needs.
    Dependencies,
}

/// An export under way, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ExportId {
    /// [`super::ExportStatus::id`].
    pub id: String,
}

/// The picture of an export before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ExportPreview {
    /// An SVG document.
    pub svg: String,
}

/// A remembered choice, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct PreferenceRequest {
    /// Such as `map.lens`.
    pub name: String,
}

/// Moves a damaged or newer database aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ResetRequest {
    /// Must be true: the person said so.
    pub consent: bool,
}

/// The stream `picture`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
#[serde(rename_all = "camelCase")]
pub struct PictureRequest {
    /// The open cluster.
    pub cluster: String,
    /// What to show.
    pub view: View,
    /// Number of the last message received: after a lost connection what was missed follows, and in another view what both
    /// show stays in its place.
    #[ts(type = "number | null")]
    pub resume: Option<u64>,
}

/// One entry of the rules table, for the help page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelationRule {
    /// Its id, as edges carry it.
    pub id: String,
    /// Row of the relationship catalogue; null for rules of the person's own.
    pub row: Option<u32>,
    /// Class word.
    pub class: String,
    /// Kind the edge is read from, `group/Kind`.
    pub source: String,
    /// Field that says so.
    pub field: String,
    /// Kind it points to.
    pub target: String,
    /// In a sentence.
    pub explanation: String,
}

/// Kind icons as SVG path data on a 16 by 16 field, stroked, by icon id.
pub type Icons = BTreeMap<String, Vec<String>>;
