//! What the application remembers and what it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ApiError, ClusterStatus, ClusterSummary, ContextList, ExportStatus};

/// The host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppInfo {
    /// Version of the application.
    pub version: String,
    /// `window` or `browser`.
    pub host: String,
    /// `linux`, `macos`, `windows`.
    pub platform: String,
    /// Folders whose files a page in a browser may open by path; the window asks for files with a dialog.
    pub folders: Vec<String>,
    /// Path of the database.
    pub database: Option<String>,
    /// What is wrong with the database, in a sentence; then nothing is remembered until it is resolved.
    pub database_problem: Option<String>,
    /// Why what the application was started on is not open.
    pub not_opened: Option<ApiError>,
}

/// A remembered choice: a key such as `map.lens`, a JSON value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preference {
    /// Its name.
    pub name: String,
    /// Its value.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
}

/// Low-rate notices, pushed to every open interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "event", content = "data", rename_all = "camelCase")]
pub enum Notice {
    /// The kubeconfig files changed.
    Contexts(ContextList),
    /// A cluster was opened, by an interface or by the host itself.
    Opened(ClusterSummary),
    /// What was asked for by starting the application is open, whether it was before or not: it takes the screen.
    Asked(ClusterSummary),
    /// What was asked for by starting the application could not be opened.
    NotOpened(ApiError),
    /// Freshness or completeness of an open cluster changed.
    Status(ClusterStatus),
    /// An export moved on.
    Export(ExportStatus),
    /// A cluster was closed.
    Closed(String),
}
