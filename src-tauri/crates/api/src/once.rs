//! A look at a source from the command line: opened, waited for, and closed again.

use std::path::PathBuf;
use std::sync::Arc;

use ::cluster::kubeconfig::{self, Environment};
use ::cluster::offline::{self, Input};
use tokio::sync::broadcast;
use topology::RuleBook;

use crate::cluster::{Label, Open, Origin, Published, demo_options, open, status};
use crate::handlers::clusters::name_of_files;
use crate::types::{ApiError, ClusterSource, ErrorCode};

/// What to look at.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Files and folders; `-` is standard input.
    Files {
        /// As written on the command line.
        paths: Vec<String>,
        /// The namespace of objects that name none.
        default_namespace: Option<String>,
    },
    /// A context by its name; the current one where absent.
    Context {
        /// Its name.
        name: Option<String>,
        /// `--kubeconfig`.
        kubeconfig: Option<PathBuf>,
    },
    /// The demo, standing still.
    Demo {
        /// Generated objects; the scenario `shop` where absent.
        objects: Option<usize>,
    },
}

/// What was seen.
pub struct Look {
    /// The cluster's or the files' name.
    pub name: String,
    /// Objects and graph.
    pub published: Published,
    /// What could not be read, one sentence each.
    pub problems: Vec<String>,
    /// Keeps the source open: the demo ends with it.
    _open: Arc<Open>,
}

/// Opens the source and waits until the first list of every kind is in or refused.
///
/// # Errors
/// Where the source cannot be opened, or the server does not answer.
pub async fn look(wanted: Wanted, rules: Arc<RuleBook>) -> Result<Look, ApiError> {
    let notices = broadcast::Sender::new(1);
    let (origin, name, source) = match wanted {
        Wanted::Files { paths, default_namespace } => {
            let name = name_of_files(&paths);
            let inputs = paths.iter().map(|path| Input::from_argument(path)).collect();
            let origin = Origin::Files { inputs, options: offline::Options { default_namespace } };
            (origin, name, ClusterSource::Files { paths })
        }
        Wanted::Context { name, kubeconfig } => {
            let environment = Environment::from_process(kubeconfig);
            let contexts = kubeconfig::load(&environment);
            let context = contexts.select(name.as_deref()).map_err(ApiError::not_found)?.clone();
            let (name, id) = (context.name.clone(), context.id.to_string());
            let origin = Origin::Context { context: Box::new(context), namespaces: Vec::new() };
            (origin, name, ClusterSource::Context { id })
        }
        Wanted::Demo { objects } => {
            let source = objects.map_or(demo::Source::Shop, demo::Source::Objects);
            let name = objects.map_or("shop-eu-1".to_owned(), |objects| format!("demo with {objects} objects"));
            (Origin::Demo(demo_options(source, true)), name, ClusterSource::Demo { objects: None })
        }
    };
    let label = Label { cluster: name.clone(), source, name: name.clone(), colour: None, tag: None };
    let open = open(origin, label, rules, notices).await?;
    let mut states = open.follow();
    let ready = |published: &Published| {
        published.source.offline
            || published.source.lost
            || published.node_use.is_settled() && status::first_lists_are_in(published.snapshot.coverage())
    };
    let published = states.wait_for(ready).await.map(|published| published.clone());
    let published = published.map_err(|_| ApiError::failed("the cluster's task ended unexpectedly"))?;
    let problems = published.source.problems.clone();
    if published.source.lost {
        let why = problems.join("; ");
        return Err(ApiError::new(ErrorCode::Unreachable, format!("{name} does not answer: {why}")));
    }
    Ok(Look { name, published, problems, _open: open })
}
