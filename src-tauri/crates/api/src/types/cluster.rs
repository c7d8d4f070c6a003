//! Contexts, open clusters, freshness and coverage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One context of the kubeconfig files, as the start screen lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContextSummary {
    /// Stable across restarts: file and context name.
    pub id: String,
    /// The context's name.
    pub name: String,
    /// The file that holds it.
    pub file: String,
    /// Whether it is the current context.
    pub current: bool,
    /// The server's URL; empty where its cluster entry is missing.
    pub server: String,
    /// The name of its user entry.
    pub user: String,
    /// Its default namespace.
    pub namespace: Option<String>,
    /// A local name given by the person.
    pub alias: Option<String>,
    /// A local colour, `#rrggbb`.
    pub colour: Option<String>,
    /// A local tag such as `PROD`.
    pub tag: Option<String>,
    /// Namespaces the person named for this context, for accounts that may not list them.
    pub namespaces: Vec<String>,
    /// When it was last open, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub last_opened: Option<i64>,
    /// The program that prints its credentials, where one does: asking the server runs it.
    pub plugin: Option<String>,
    /// Why it cannot be used (a missing cluster entry, an unreadable file), in a sentence.
    pub problem: Option<String>,
}

/// The start screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContextList {
    /// In kubectl's order.
    pub contexts: Vec<ContextSummary>,
    /// The kubeconfig files looked at, in order, with what is wrong with each.
    pub files: Vec<KubeconfigFile>,
}

/// One kubeconfig file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KubeconfigFile {
    /// Its path.
    pub path: String,
    /// What is wrong with it, in a sentence.
    pub problem: Option<String>,
}

/// The answer to "is it there?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContextHealth {
    /// Whether the API server answered.
    pub reachable: bool,
    /// Its version, `v1.36.3`.
    pub version: Option<String>,
    /// How long the answer took.
    pub latency_millis: Option<u32>,
    /// Why not, in a sentence with what to do.
    pub problem: Option<String>,
}

/// What to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "from", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ClusterSource {
    /// A context of the kubeconfig, by [`ContextSummary::id`].
    Context {
        /// The id.
        id: String,
    },
    /// The embedded demo.
    Demo {
        /// Number of generated objects; the scenario `shop` where absent.
        objects: Option<u32>,
    },
    /// A dump or manifests.
    Files {
        /// Files and folders.
        paths: Vec<String>,
    },
}

/// An open cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterSummary {
    /// Id for every further command.
    pub cluster: String,
    /// Where it came from.
    pub source: ClusterSource,
    /// Alias or context name or file name.
    pub name: String,
    /// Local colour.
    pub colour: Option<String>,
    /// Local tag such as `PROD`.
    pub tag: Option<String>,
    /// Who the server says we are, `admin@shop-eu-1`.
    pub identity: Option<String>,
    /// The server's version.
    pub version: Option<String>,
}

/// How fresh and how complete; pushed with every picture and on its own about once a second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterStatus {
    /// Which cluster.
    pub cluster: String,
    /// Revision of its snapshot.
    #[ts(type = "number")]
    pub revision: u64,
    /// How it stands as a whole.
    pub link: LinkState,
    /// When the last word from the server arrived (an answer, an event or a bookmark), milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub heard: Option<i64>,
    /// Objects of all kinds that are drawn: what the map shows where nothing is filtered.
    #[ts(type = "number")]
    pub objects: u64,
    /// Edges of the graph.
    #[ts(type = "number")]
    pub relations: u64,
    /// Kinds with their state; ordered.
    pub kinds: Vec<KindStatus>,
    /// Namespaces looked at where the account may not list them all; empty means all.
    pub namespaces: Vec<String>,
    /// Problems worth a line: "2 documents could not be read".
    pub problems: Vec<String>,
    /// What was left out on purpose: charts, kustomizations, configuration of tools beside manifests.
    pub notes: Vec<String>,
}

/// The state of the connection as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LinkState {
    /// The first lists are under way.
    Loading,
    /// Every kind that may be watched is live.
    Live,
    /// Some kinds are stale.
    Stale,
    /// Nothing answers.
    Lost,
    /// A file or dump: it does not change.
    Offline,
}

/// One kind's state over all its scopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KindStatus {
    /// Group, empty for core.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Plural.
    pub plural: String,
    /// Objects that are listed.
    #[ts(type = "number")]
    pub count: u64,
    /// Objects beside them that were listed until the account lost the right to.
    #[ts(type = "number")]
    pub withheld: u64,
    /// Since when it may not list them any more, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub withheld_since: Option<i64>,
    /// Whether they are nodes of the graph; Events, Leases and metrics are facts about others.
    pub drawn: bool,
    /// Loading, live, stale, forbidden, partly forbidden, absent.
    pub state: KindStateWord,
    /// The reason in a sentence where it is not live, or is live by being asked for again and again.
    pub why: Option<String>,
}

/// The state of a kind as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum KindStateWord {
    /// First list under way.
    Loading,
    /// Listed and watched.
    Live,
    /// The watch is down.
    Stale,
    /// The first list failed, and is tried again.
    Failed,
    /// May not be listed.
    Forbidden,
    /// May be listed in some namespaces only.
    Partial,
    /// Not served, or not in this source.
    Absent,
}
