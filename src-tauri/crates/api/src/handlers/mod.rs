//! One function per command of the list. They bind what others know; they do not think.

pub(crate) mod clusters;
pub(crate) mod contexts;
pub(crate) mod exports;
mod findings;
pub(crate) mod objects;
mod relations;
pub(crate) mod search;
pub(crate) mod settings;

pub(crate) use clusters::{cluster_connect, cluster_disconnect, cluster_forget, cluster_status, clusters_open};
pub(crate) use contexts::{context_probe, context_update, contexts_list};
pub(crate) use exports::{export_cancel, export_formats, export_preview, export_start, exports_list};
pub(crate) use objects::{edge_detail, object_detail, object_paths, object_reach};
pub(crate) use search::object_search;
pub(crate) use settings::{app_info, database_reset, icons, preference_get, preference_set, relation_rules};

use std::sync::Arc;

use model::ResourceKey;
use topology::{Graph, NodeId};

use crate::types::ApiError;

/// Runs what may take longer than a moment where it holds up nobody.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::failed("the work ended unexpectedly; try again"))
}

/// The node of a key as the interface writes it.
fn node(graph: &Arc<Graph>, text: &str) -> Result<NodeId, ApiError> {
    let key = ResourceKey::parse(text).map_err(|error| ApiError::invalid(error.to_string()))?;
    graph.id(&key).ok_or_else(|| ApiError::not_found(format!("{key} is not in this cluster any more")))
}
