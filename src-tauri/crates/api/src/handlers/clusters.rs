//! Opening and closing clusters.

use std::path::Path;
use std::sync::Arc;

use cluster::offline::{self, Input};
use session::{Origin, demo_options};

use super::contexts;
use crate::Application;
use crate::clock;
use crate::open::{Label, Open};
use crate::status;
use crate::types::*;

pub(crate) async fn cluster_connect(
    application: &Application,
    request: ConnectRequest,
) -> Result<ClusterSummary, ApiError> {
    let id = id_of(&request.source);
    // The same source twice is one cluster: there is one set of informers for it.
    if let Ok(open) = application.cluster(&id) {
        return Ok(open.summary());
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
            let source = objects.map_or(demo::Source::Shop, |objects| demo::Source::Objects(objects as usize));
            let name = objects.map_or("shop-eu-1".to_owned(), |objects| format!("demo with {objects} objects"));
            (Origin::Demo(demo_options(source, application.shared.setup.still)), name, Default::default())
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
