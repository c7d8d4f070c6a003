//! The commands of the list, a file for each area: what they are asked with, what they answer, and the handler that binds
//! what others know. Handlers do not think.

pub(crate) mod clusters;
pub(crate) mod contexts;
pub(crate) mod exports;
pub(crate) mod objects;
mod paths;
mod relations;
mod search;
mod settings;

// Everything: the list names types and handlers without saying where they are.
pub use self::{clusters::*, contexts::*, exports::*, objects::*, paths::*, relations::*, search::*, settings::*};

use std::sync::Arc;

use model::ResourceKey;
use topology::{Graph, NodeId};

use crate::types::ApiError;

/// Runs what may take longer than a moment where it holds up nobody.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::failed("the work ended unexpectedly; try again"))
}

/// The node of a key as the interface writes it.
fn node(graph: &Arc<Graph>, text: &str) -> Result<NodeId, ApiError> {
    let key = ResourceKey::parse(text).map_err(|error| ApiError::invalid(error.to_string()))?;
    graph.id(&key).ok_or_else(|| ApiError::not_found(format!("{key} is not in this cluster any more")))
}
