//! Exports: the preview, the file with its progress, and those of the past.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use session::Published;
use store::Export;
use tokio_util::sync::CancellationToken;

use super::aside;
use crate::open::Open;
use crate::paper::{self, Paper};
use crate::target::{Permission, write_file};
use crate::types::*;
use crate::{Application, clock};

/// How many past exports the list holds.
const PAST: u32 = 100;
/// Steps of the progress that are told.
const STEP: f32 = 0.02;

/// Exports under way, and those that ended since the start.
#[derive(Default)]
pub(crate) struct Exports {
    last: AtomicU64,
    all: Mutex<BTreeMap<String, (ExportStatus, CancellationToken)>>,
}

impl Exports {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, (ExportStatus, CancellationToken)>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) async fn export_formats(_: &Application, _: Nothing) -> Result<Vec<ExportFormat>, ApiError> {
    Ok(paper::formats())
}

pub(crate) async fn export_preview(
    application: &Application,
    request: ExportRequest,
) -> Result<ExportPreview, ApiError> {
    let open = application.cluster(&request.cluster)?;
    let mut paper = paper(&request, &open);
    paper.format = "svg".to_owned();
    let bytes = aside(move || {
        let mut bytes = Vec::new();
        paper.write(&open.label().name, &open.now(), &mut bytes, &|_| ControlFlow::Continue(())).map(|_| bytes)
    })
    .await??;
    let svg = String::from_utf8(bytes).map_err(|_| ApiError::failed("the preview is no text; please report this"))?;
    Ok(ExportPreview { svg })
}

pub(crate) async fn export_start(application: &Application, request: ExportRequest) -> Result<ExportStatus, ApiError> {
    let open = application.cluster(&request.cluster)?;
    if !paper::formats().iter().any(|format| format.id == request.format) {
        return Err(ApiError::invalid(format!("`{}` is no format of ours", request.format)));
    }
    let exports = &application.shared.exports;
    let id = format!("{}", exports.last.fetch_add(1, Ordering::Relaxed) + 1);
    let ending = paper::ending(&request.format).to_owned();
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
    let paper = paper(&request, &open);
    let (name, now) = (open.label().name.clone(), open.now());
    let teller = (application.clone(), status.clone());
    // What waits for its download is for nobody else; what the person named is a file like any other.
    let permission = if request.path.is_some() { Permission::Usual } else { Permission::OwnerOnly };
    let target = file.clone();
    let written = aside(move || {
        let (application, status) = teller;
        write(&paper, &name, &now, (&target, permission), &|progress| {
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
            status.bytes = Some(bytes);
            status.notes = notes;
            let record = Export {
                cluster: open.label().name.clone(),
                format: request.format.clone(),
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
    paper: &Paper,
    name: &str,
    now: &Published,
    (target, permission): (&Path, Permission),
    progress: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<(u64, Vec<String>), ApiError> {
    let (notes, bytes) = write_file(target, permission, |out| paper.write(name, now, out, progress))?;
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
        drop(exports);
        self.tell(Notice::Export(status));
    }
}

fn paper(request: &ExportRequest, open: &Open) -> Paper {
    let mut view = request.view.clone().unwrap_or_default();
    view.expand_all |= request.expand;
    // A float of a sane size as a fraction: two decimals are more than a page needs.
    let aspect = |ratio: f32| ((ratio.clamp(0.05, 20.0) * 100.0).round() as u32, 100);
    Paper {
        format: request.format.clone(),
        view,
        selector: None,
        near: None,
        dark: request.theme == "dark",
        title: request.title.clone().filter(|title| !title.trim().is_empty()),
        stamp: request.stamp.then(|| paper::stamp(&open.label().name)),
        aspect: request.aspect.map(aspect),
        scale: request.scale,
    }
}
