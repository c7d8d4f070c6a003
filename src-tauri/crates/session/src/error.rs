//! Why a cluster cannot be opened.

use std::io;

/// What failed while a source was opened. Trying again helps where what it names has changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The kubeconfig does not say how to reach the cluster.
    #[error("context `{name}` cannot be used: {problem}")]
    Context {
        /// The context.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The embedded cluster did not start.
    #[error("the demo cannot start: {0}")]
    Demo(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The embedded cluster's kubeconfig cannot be written or read.
    #[error("the demo's kubeconfig cannot be written")]
    DemoKubeconfig(#[source] io::Error),
    /// None of the files could be read.
    #[error("{0}")]
    Files(String),
    /// The files hold no Kubernetes object.
    #[error("no Kubernetes object is in the files; name manifests or a dump{notes}")]
    NoObjects {
        /// What was left out of them, each after a semicolon.
        notes: String,
    },
    /// Reading ended unexpectedly.
    #[error("reading the files ended unexpectedly; try again")]
    Reading,
}
