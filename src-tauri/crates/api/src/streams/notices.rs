//! Notices: what every open interface is told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::types::{ApiError, ClusterStatus, ClusterSummary, ContextList, ExportStatus};

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
