//! Opening and closing clusters.

use std::path::Path;
use std::sync::Arc;

use cluster::offline::{self, Input};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use session::{Origin, demo_options};
use ts_rs::TS;

use super::contexts;
use crate::Application;
use crate::access::Paths;
use crate::clock;
use crate::open::{Label, Open};
use crate::status;
use crate::types::*;

/// Clusters that are open at a time: each is read, and held in memory.
const MOST_OPEN: usize = 64;

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
    /// [`ClusterSummary::cluster`].
    pub cluster: String,
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
    /// As whom it is read, by the kubeconfig: user and cluster, `admin@shop-eu-1`.
    pub identity: Option<String>,
    /// The server's version.
    pub version: Option<String>,
}

/// How fresh and how complete; told when it changes, about once a second at most.
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
    /// Every kind that can be watched is, and something was heard a moment ago.
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

pub(crate) async fn cluster_connect(
    application: &Application,
    request: ConnectRequest,
) -> Result<ClusterSummary, ApiError> {
    let id = id_of(&request.source);
    // The same source twice is one cluster: there is one set of informers for it.
    if let Ok(open) = application.cluster(&id) {
        return Ok(open.summary());
    }
    if application.clusters().len() >= MOST_OPEN {
        let message = format!("{MOST_OPEN} clusters are open already; close one of them first");
        return Err(ApiError::invalid(message));
    }
    let (origin, name, known) = match &request.source {
        ClusterSource::Context { id } => {
            let context = contexts::find(application, id)?;
            let known = contexts::known(application).await.remove(id).unwrap_or_default();
            let name = known.alias.clone().unwrap_or_else(|| context.name.clone());
            let namespaces = request.namespaces.clone().unwrap_or_else(|| known.namespaces.clone());
            if let Ok(store) = application.store()
                && let Err(error) = store.clusters().opened(id, clock::now()).await
            {
                tracing::warn!(%error, "the time of opening was not remembered");
            }
            (Origin::Context { context: Box::new(context), namespaces }, name, known)
        }
        ClusterSource::Demo { objects } => {
            let (options, name) = demo_of(*objects, application.shared.setup.still);
            (Origin::Demo(options), name, Default::default())
        }
        ClusterSource::Files { paths } => {
            let inputs = paths.iter().map(|path| Input::Path(path.into())).collect();
            let origin = Origin::Files { inputs, options: offline::Options::default() };
            (origin, name_of_files(paths), Default::default())
        }
    };
    let label = Label { cluster: id.clone(), source: request.source, name, colour: known.colour, tag: known.tag };
    let shared = &application.shared;
    let source = label.source.clone();
    let opened = Open::start(origin, label, shared.setup.rules.clone(), shared.notices.clone()).await;
    if opened.is_err() {
        release_uploads(application, &source);
    }
    let opened = Arc::new(opened?);
    if let ClusterSource::Files { paths } = &source {
        paths.iter().for_each(|path| application.shared.uploads.opened(Path::new(path)));
    }
    let summary = opened.summary();
    let mut clusters = application.clusters();
    // Another request may have opened it meanwhile: that one stays, this one is dropped.
    if let Some(first) = clusters.iter().find(|each| each.label().cluster == id) {
        return Ok(first.summary());
    }
    clusters.push(opened);
    drop(clusters);
    application.tell(Notice::Opened(summary.clone()));
    Ok(summary)
}

pub(crate) async fn cluster_disconnect(
    application: &Application,
    request: ClusterRequest,
) -> Result<Nothing, ApiError> {
    let open = application.cluster(&request.cluster)?;
    open.session().close();
    release_uploads(application, &open.label().source);
    application.clusters().retain(|each| each.label().cluster != request.cluster);
    application.tell(Notice::Closed(request.cluster));
    Ok(Nothing {})
}

pub(crate) async fn clusters_open(application: &Application, _: Nothing) -> Result<Vec<ClusterSummary>, ApiError> {
    Ok(application.clusters().iter().map(|open| open.summary()).collect())
}

pub(crate) async fn cluster_status(
    application: &Application,
    request: ClusterRequest,
) -> Result<ClusterStatus, ApiError> {
    let open = application.cluster(&request.cluster)?;
    Ok(status::status(&request.cluster, &open.now()))
}

/// What was uploaded is kept as long as the cluster that was opened from it, and no longer.
fn release_uploads(application: &Application, source: &ClusterSource) {
    if let ClusterSource::Files { paths } = source {
        paths.iter().for_each(|path| application.shared.uploads.release(Path::new(path)));
    }
}

pub(crate) async fn cluster_forget(application: &Application, request: ClusterRequest) -> Result<Nothing, ApiError> {
    application.cluster(&request.cluster)?.session().forget_withheld().await;
    Ok(Nothing {})
}

/// The same source has the same id, also after a restart.
fn id_of(source: &ClusterSource) -> String {
    match source {
        ClusterSource::Context { id } => id.clone(),
        ClusterSource::Demo { objects: None } => "demo".to_owned(),
        ClusterSource::Demo { objects: Some(objects) } => format!("demo={objects}"),
        ClusterSource::Files { paths } => format!("files:{}", paths.join(":")),
    }
}

/// The demo as it is started, and its name.
pub(crate) fn demo_of(objects: Option<u32>, still: bool) -> (demo::Options, String) {
    let name = objects.map_or_else(|| "shop-eu-1".to_owned(), |objects| format!("demo with {objects} objects"));
    (demo_options(demo::Scenario::of(objects), still), name)
}

/// The name of the file or folder, and how many more there are.
pub(crate) fn name_of_files(paths: &[String]) -> String {
    let Some(first) = paths.first() else { return "nothing".to_owned() };
    let absolute = std::fs::canonicalize(first).unwrap_or_else(|_| first.into());
    let name = Path::file_name(&absolute).map_or_else(|| first.clone(), |name| name.to_string_lossy().into_owned());
    match paths.len() - 1 {
        0 => name,
        more => format!("{name} and {more} more"),
    }
}
