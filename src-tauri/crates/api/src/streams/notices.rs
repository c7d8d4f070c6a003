//! Notices: what every open interface is told.

use std::future::Future;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use ts_rs::TS;

use super::{Duplex, NoMessage};
use crate::Application;
use crate::commands::contexts;
use crate::types::{ApiError, ClusterStatus, ClusterSummary, ContextList, ExportStatus, Nothing};

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
    /// This reader was too slow for some notices: whatever it knows may have changed.
    Missed,
}

/// Notices from this moment on, the contexts first: whoever asked for them a moment ago may have missed their change.
#[expect(clippy::unnecessary_wraps, reason = "the list calls every stream alike")]
pub(crate) fn notices(
    application: &Application,
    Nothing {}: Nothing,
    stream: Duplex<NoMessage, Notice>,
) -> Result<impl Future<Output = ()> + Send + use<>, ApiError> {
    let (application, mut notices) = (application.clone(), application.shared.notices.subscribe());
    Ok(async move {
        let telling = async {
            stream.items.send(Notice::Contexts(contexts::list(&application).await)).await?;
            // Not kept alive by who listens.
            drop(application);
            loop {
                match notices.recv().await {
                    Ok(notice) => stream.items.send(notice).await?,
                    Err(RecvError::Lagged(_)) => stream.items.send(Notice::Missed).await?,
                    Err(RecvError::Closed) => return None::<()>,
                }
            }
        };
        tokio::select! { _ = telling => {}, () = stream.items.closed() => {} }
    })
}
