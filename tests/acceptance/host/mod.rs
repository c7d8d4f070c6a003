//! The application as a host holds it: commands and streams by their names, JSON in and JSON out. One module per
//! capability; what makes sense there is asked of the demo as well.

mod accounts;
mod answers;
mod clusters;
mod exports;
mod faults;
mod files;
mod living_map;
mod map;
mod objects;
mod questions;
mod restarts;
mod rights;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use api::types::{
    ApiError, ClusterSource, ClusterStatus, ClusterSummary, ContextList, ContextSummary, ErrorCode, LinkState, Notice,
    ObjectDetail, Presence,
};
use api::{Application, Caller, Item, Look, Looking, Reader, Setup};
use cluster::kubeconfig::Environment;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use support::{Access, PATIENCE};
use tempfile::TempDir;

/// What the command line sees of the current context of a kubeconfig.
pub(crate) async fn look_once(kubeconfig: &Path, namespaces: Vec<String>) -> Look {
    let kubeconfig = Environment::from_process(Some(kubeconfig.to_owned()));
    let id = cluster::kubeconfig::load(&kubeconfig).select(None).unwrap().id.to_string();
    let how = Looking { kubeconfig, namespaces, database: None, default_namespace: None };
    api::look(ClusterSource::Context { id }, how, Arc::default()).await.unwrap()
}

/// An application with a database and a folder of its own. Dropping it closes every cluster.
pub(crate) struct Host {
    pub(crate) application: Application,
    folder: TempDir,
}

impl Host {
    /// Knows the contexts of these kubeconfigs, as `KUBECONFIG` would list them.
    pub(crate) async fn knowing(kubeconfigs: &[&Path]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup {
            host: "browser".to_owned(),
            kubeconfig: Environment {
                variable: Some(std::env::join_paths(kubeconfigs).unwrap()),
                ..Environment::default()
            },
            database: Some(folder.path().join("kubilitics.db")),
            downloads: folder.path().to_owned(),
            folders: Vec::new(),
            rules: Arc::default(),
            still: false,
        };
        Self { application: Application::start(setup).await, folder }
    }

    /// Knows this account, and has its cluster open; the second is the cluster's id.
    pub(crate) async fn on(access: &Access) -> (Self, String) {
        let host = Self::knowing(&[access.kubeconfig()]).await;
        let cluster = host.connect(access).await;
        (host, cluster)
    }

    /// Knows nothing but the demo, which is open.
    pub(crate) async fn on_the_demo() -> (Self, String) {
        let host = Self::knowing(&[]).await;
        let cluster = host.open(json!({ "from": "demo" })).await.unwrap().cluster;
        (host, cluster)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command as it travels.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, command: &str, request: Value) -> Result<T, ApiError> {
        let text = self.application.call(Caller::Window, command, request).await?;
        Ok(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{command} answered {text}: {error}")))
    }

    /// The refusal of a command that must fail.
    pub(crate) async fn refusal(&self, command: &str, request: Value) -> ApiError {
        self.ask::<Value>(command, request).await.unwrap_err()
    }

    /// Opens a source; its summary.
    pub(crate) async fn open(&self, source: Value) -> Result<ClusterSummary, ApiError> {
        self.ask("cluster_connect", json!({ "source": source })).await
    }

    /// The context of this account.
    pub(crate) async fn context(&self, access: &Access) -> ContextSummary {
        let list: ContextList = self.ask("contexts_list", json!({})).await.unwrap();
        let file = access.kubeconfig().display().to_string();
        list.contexts.into_iter().find(|context| context.file == file).unwrap()
    }

    /// Opens the context of this account; its id.
    pub(crate) async fn connect(&self, access: &Access) -> String {
        let id = self.context(access).await.id;
        self.open(json!({ "from": "context", "id": id })).await.unwrap().cluster
    }

    pub(crate) async fn status(&self, cluster: &str) -> ClusterStatus {
        self.ask("cluster_status", json!({ "cluster": cluster })).await.unwrap()
    }

    /// The low-rate notices from this moment on.
    pub(crate) fn notices(&self) -> Notices {
        Notices(self.application.open_stream(Caller::Window, "notices", json!({})).unwrap().0)
    }

    /// Waits until the status is as wanted. It looks again whenever the application says that something changed.
    pub(crate) async fn until(
        &self,
        cluster: &str,
        what: &str,
        mut wanted: impl FnMut(&ClusterStatus) -> bool,
    ) -> ClusterStatus {
        let mut notices = self.notices();
        loop {
            let status = self.status(cluster).await;
            if wanted(&status) {
                return status;
            }
            notices.next(&format!("{what}; it is {status:?}")).await;
        }
    }

    /// Waits until every kind that may be read is live.
    pub(crate) async fn live(&self, cluster: &str) -> ClusterStatus {
        self.until(cluster, "the cluster is live", |status| status.link == LinkState::Live).await
    }

    /// Waits until an object is there.
    pub(crate) async fn has(&self, cluster: &str, key: &str) -> ObjectDetail {
        let mut notices = self.notices();
        loop {
            match self.ask::<ObjectDetail>("object_detail", json!({ "cluster": cluster, "key": key })).await {
                Ok(detail) if detail.presence == Presence::Present => return detail,
                Ok(_) => {}
                Err(error) => assert_eq!(error.code, ErrorCode::NotFound, "{error}"),
            }
            notices.next(&format!("{key} is there")).await;
        }
    }
}

/// The stream of notices.
pub(crate) struct Notices(Reader);

impl Notices {
    /// The next one.
    pub(crate) async fn next(&mut self, what: &str) -> Notice {
        let waited = tokio::time::timeout(PATIENCE, self.0.next()).await;
        let item = waited.unwrap_or_else(|_| panic!("waited in vain: {what}")).expect("the notices ended").unwrap();
        let Item::Json(text) = item else { panic!("a notice is JSON") };
        serde_json::from_str(&text).unwrap()
    }
}
