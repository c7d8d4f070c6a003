//! Exports: the preview, the file with its progress, and those of the past.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diagram::Format;
use diagram::theme::Theme;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use session::Published;
use store::Export;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use super::off_thread;
use crate::access::Paths;
use crate::drawing::{self, Drawing};
use crate::open::Open;
use crate::target::{Permission, write_file};
use crate::types::*;
use crate::{Application, clock};

/// A file to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportRequest {
    /// Which cluster.
    pub cluster: String,
    /// What to draw; `None` draws everything.
    pub view: Option<View>,
    /// As what kind of file.
    pub format: Format,
    /// In which of the two looks.
    pub theme: Theme,
    /// Title; the cluster's name where absent.
    pub title: Option<String>,
    /// Write context and time on it.
    pub stamp: bool,
    /// Width to height, for example 1.6; the view's where absent.
    pub aspect: Option<f32>,
    /// Pixels per unit for PNG; 1 where absent.
    pub scale: Option<f32>,
    /// Nothing folded.
    pub expand: bool,
    /// Where to write. In a browser absent: the file is downloaded from `/exports/ID`.
    pub path: Option<String>,
}

impl Paths for ExportRequest {
    fn written(&self) -> Option<&str> {
        self.path.as_deref()
    }
}

/// A format the product writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportFormat {
    /// The format.
    pub id: Format,
    /// Name for a menu.
    pub name: String,
    /// What it is good for, in half a sentence.
    pub note: String,
    /// Whether theme, stamp and title matter.
    pub drawn: bool,
}

/// The picture of an export before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ExportPreview {
    /// An SVG document.
    pub svg: String,
}

/// How an export stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportStatus {
    /// Its id.
    pub id: String,
    /// 0 to 1.
    pub progress: f32,
    /// Whether it has ended.
    pub done: bool,
    /// Where it was written, or the download address.
    pub path: Option<String>,
    /// Bytes written.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    /// What the reader should know ("12 glyphs drawn as boxes").
    pub notes: Vec<String>,
    /// Why it failed.
    pub error: Option<ApiError>,
}

/// An export under way, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ExportId {
    /// [`ExportStatus::id`].
    pub id: String,
}

/// A past export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportRecord {
    /// Cluster name at that time.
    pub cluster: String,
    /// Format id.
    pub format: String,
    /// Where.
    pub path: String,
    /// Size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When, milliseconds since the epoch.
    #[ts(type = "number")]
    pub at: i64,
}

/// How many past exports the list holds.
const PAST: u32 = 100;
/// Steps of the progress that are told.
const STEP: f32 = 0.02;

/// Downloads that are kept at a time: a page fetches its file as soon as it is told that it is written.
const DOWNLOADS: usize = 16;

/// Exports under way.
#[derive(Default)]
pub(crate) struct Exports {
    last: AtomicU64,
    /// Files that wait for their download or had it, the latest last.
    downloads: Mutex<VecDeque<PathBuf>>,
    all: Mutex<BTreeMap<String, (ExportStatus, CancellationToken)>>,
}

impl Exports {
    /// Keeps a file for its download, and deletes one that had its time.
    fn keep(&self, file: PathBuf) {
        let mut downloads = self.downloads.lock().unwrap_or_else(PoisonError::into_inner);
        downloads.push_back(file);
        let old = if downloads.len() > DOWNLOADS { downloads.pop_front() } else { None };
        drop(downloads);
        if let Some(old) = old
            && let Err(error) = std::fs::remove_file(&old)
        {
            tracing::warn!(%error, path = %old.display(), "an old download was not deleted");
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, (ExportStatus, CancellationToken)>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) async fn export_formats(_: &Application, _: Nothing) -> Result<Vec<ExportFormat>, ApiError> {
    Ok(drawing::formats())
}

pub(crate) async fn export_preview(
    application: &Application,
    request: ExportRequest,
) -> Result<ExportPreview, ApiError> {
    let open = application.cluster(&request.cluster)?;
    let mut drawing = drawing(&request, &open);
    drawing.format = Format::Svg;
    let bytes = off_thread(move || {
        let mut bytes = Vec::new();
        drawing.write(&open.label().name, &open.now(), &mut bytes, &|_| ControlFlow::Continue(())).map(|_| bytes)
    })
    .await??;
    let svg = String::from_utf8(bytes).map_err(|_| ApiError::failed("the preview is no text; please report this"))?;
    Ok(ExportPreview { svg })
}

pub(crate) async fn export_start(application: &Application, request: ExportRequest) -> Result<ExportStatus, ApiError> {
    let open = application.cluster(&request.cluster)?;
    let exports = &application.shared.exports;
    let id = format!("{}", exports.last.fetch_add(1, Ordering::Relaxed) + 1);
    let ending = request.format.entry().ending();
    let (file, told) = match &request.path {
        Some(path) => (PathBuf::from(path), path.clone()),
        None => (application.downloads().join(format!("{id}.{ending}")), format!("/exports/{id}.{ending}")),
    };
    let status = ExportStatus {
        id: id.clone(),
        progress: 0.0,
        done: false,
        path: Some(told),
        bytes: None,
        notes: Vec::new(),
        error: None,
    };
    let stop = CancellationToken::new();
    exports.lock().insert(id, (status.clone(), stop.clone()));
    let (application, first) = (application.clone(), status.clone());
    // Not awaited: it tells of itself by notices, and `export_cancel` stops it.
    tokio::spawn(run(application, open, request, file, first, stop));
    Ok(status)
}

async fn run(
    application: Application,
    open: Arc<Open>,
    request: ExportRequest,
    file: PathBuf,
    mut status: ExportStatus,
    stop: CancellationToken,
) {
    let drawing = drawing(&request, &open);
    let (name, now) = (open.label().name.clone(), open.now());
    let teller = (application.clone(), status.clone());
    // What waits for its download is for nobody else; what the person named is a file like any other.
    let permission = if request.path.is_some() { Permission::Usual } else { Permission::OwnerOnly };
    let target = file.clone();
    let written = off_thread(move || {
        let (application, status) = teller;
        write(&drawing, &name, &now, (&target, permission), &|progress| {
            if stop.is_cancelled() {
                return ControlFlow::Break(());
            }
            application.export_moved(ExportStatus { progress, ..status.clone() });
            ControlFlow::Continue(())
        })
    });
    status.done = true;
    match written.await.and_then(|result| result) {
        Ok((bytes, notes)) => {
            status.progress = 1.0;
            if request.path.is_none() {
                application.shared.exports.keep(file);
            }
            status.bytes = Some(bytes);
            status.notes = notes;
            let record = Export {
                cluster: open.label().name.clone(),
                format: request.format.entry().id.to_owned(),
                path: status.path.clone().unwrap_or_default(),
                bytes,
                at: clock::now(),
            };
            if let Ok(store) = application.store()
                && let Err(error) = store.exports().add(&record).await
            {
                tracing::warn!(%error, "the export was not remembered");
            }
        }
        Err(error) => status.error = Some(error),
    }
    application.export_moved(status);
}

fn write(
    drawing: &Drawing,
    name: &str,
    now: &Published,
    (target, permission): (&Path, Permission),
    progress: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<(u64, Vec<String>), ApiError> {
    let (notes, bytes) = write_file(target, permission, |out| drawing.write(name, now, out, progress))?;
    Ok((bytes, notes.0))
}

pub(crate) async fn export_cancel(application: &Application, request: ExportId) -> Result<Nothing, ApiError> {
    let exports = application.shared.exports.lock();
    let (_, stop) = exports
        .get(&request.id)
        .ok_or_else(|| ApiError::not_found(format!("there is no export {} under way", request.id)))?;
    stop.cancel();
    Ok(Nothing {})
}

pub(crate) async fn exports_list(application: &Application, _: Nothing) -> Result<Vec<ExportRecord>, ApiError> {
    let store = application.store()?;
    let record = |export: Export| ExportRecord {
        cluster: export.cluster,
        format: export.format,
        path: export.path,
        bytes: export.bytes,
        at: export.at,
    };
    Ok(store.exports().latest(PAST).await?.into_iter().map(record).collect())
}

impl Application {
    /// Keeps the status and tells it, small steps left out.
    fn export_moved(&self, status: ExportStatus) {
        let mut exports = self.shared.exports.lock();
        let Some((known, _)) = exports.get_mut(&status.id) else { return };
        if !status.done && status.progress < known.progress + STEP {
            return;
        }
        *known = status.clone();
        if status.done {
            exports.remove(&status.id);
        }
        drop(exports);
        self.tell(Notice::Export(status));
    }
}

fn drawing(request: &ExportRequest, open: &Open) -> Drawing {
    let mut view = request.view.clone().unwrap_or_default();
    view.expand_all |= request.expand;
    // A float of a sane size as a fraction: two decimals are more than a page needs.
    let aspect = |ratio: f32| ((ratio.clamp(0.05, 20.0) * 100.0).round() as u32, 100);
    Drawing {
        format: request.format,
        view,
        selector: None,
        near: None,
        theme: request.theme,
        title: request.title.clone().filter(|title| !title.trim().is_empty()),
        stamp: request.stamp.then(|| drawing::stamp(&open.label().name)),
        aspect: request.aspect.map(aspect),
        scale: request.scale,
    }
}
