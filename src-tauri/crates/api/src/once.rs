//! A look at a source from the command line: opened, waited for, and closed again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cluster::kubeconfig::{self, Environment};
use cluster::offline::{self, Input};
use model::{ClusterId, Coverage, KindCoverage, KindState, Scope};
use session::{Origin, Published};
use tokio::sync::broadcast;
use tokio::time::{Instant, timeout};
use topology::RuleBook;

use crate::application::{Memory, remember};
use crate::commands::clusters::{demo_of, name_of_files};
use crate::commands::contexts;
use crate::open::{Label, Open};
use crate::status;
use crate::types::{ApiError, ClusterSource, ErrorCode};

/// Longer than a single answer is waited for; whoever brings nothing new for so long brings nothing any more.
const PATIENCE: Duration = Duration::from_secs(40);

/// A list that fails is tried again after half a second and a second: a server that was only busy has answered by then.
const SECOND_TRY: Duration = Duration::from_secs(2);

/// How to look at a source.
#[derive(Clone, Debug)]
pub struct Looking {
    /// Where contexts are looked for.
    pub kubeconfig: Environment,
    /// Namespaces that are named, beside the context's own, in case that the account may not list them.
    pub namespaces: Vec<String>,
    /// The database that may remember more of them; read where it is there, never made.
    pub database: Option<PathBuf>,
    /// The namespace of objects in files that name none.
    pub default_namespace: Option<String>,
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
    _open: Open,
}

impl Look {
    /// Whether the server refused every list that would have shown what is in a namespace. It refuses in the same words
    /// where there is no such namespace.
    pub fn refuses(&self, namespace: &str) -> bool {
        refuses(self.published.snapshot.coverage(), namespace)
    }

    /// What of the source is not seen, one sentence for each reason.
    pub fn gaps(&self) -> Vec<Arc<str>> {
        status::gaps(self.published.snapshot.coverage())
    }
}

fn refuses(coverage: &Coverage, namespace: &str) -> bool {
    let refused =
        |(scope, state): &(Scope, KindState)| scope.covers(namespace) && matches!(state, KindState::Forbidden { .. });
    let mut rows = coverage.kinds.iter().filter(|row| row.kind.namespaced);
    rows.clone().any(|row| row.scopes.iter().any(refused)) && !rows.any(|row| row.is_listed(namespace))
}

/// Opens the source and waits until the first list of every kind is in or refused. A demo stands still; of files, `-` is
/// standard input.
///
/// # Errors
/// Where the source cannot be opened, or the server does not answer.
pub async fn look(source: ClusterSource, how: Looking, rules: Arc<RuleBook>) -> Result<Look, ApiError> {
    let notices = broadcast::Sender::new(1);
    let (origin, name) = match &source {
        ClusterSource::Files { paths } => {
            let inputs = paths.iter().map(|path| Input::from_argument(path)).collect();
            let options = offline::Options { default_namespace: how.default_namespace };
            (Origin::Files { inputs, options }, name_of_files(paths))
        }
        ClusterSource::Context { id } => {
            let contexts = kubeconfig::load(&how.kubeconfig);
            let context = contexts.by_id(&ClusterId(id.as_str().into())).cloned();
            let context = context.ok_or_else(|| contexts::is_gone(id))?;
            let mut namespaces = how.namespaces;
            namespaces.extend(remembered(how.database, id).await);
            let name = context.name.clone();
            (Origin::Context { context: Box::new(context), namespaces }, name)
        }
        ClusterSource::Demo { objects } => {
            let (options, name) = demo_of(*objects, true);
            (Origin::Demo(options), name)
        }
    };
    let label = Label { cluster: name.clone(), source, name: name.clone(), colour: None, tag: None };
    let open = Open::start(origin, label, rules, notices).await?;
    let published = listed(&open, PATIENCE).await?;
    let mut problems = published.source.problems.clone();
    if published.source.lost {
        let why = problems.join("; ");
        return Err(ApiError::new(ErrorCode::Unreachable, format!("{name} cannot be read: {why}")));
    }
    if !published.source.offline {
        problems.extend(unlisted(&published));
    }
    Ok(Look { name, published, problems, _open: open })
}

/// Waits until everything is listed or refused, the server does not answer, or no list has come further for so long.
async fn listed(open: &Open, patience: Duration) -> Result<Published, ApiError> {
    let mut states = open.session().follow();
    let mut failed_since = None;
    loop {
        let published = states.borrow_and_update().clone();
        let coverage = published.snapshot.coverage();
        let settled = published.node_use.is_settled();
        let listed = settled && status::first_lists_are_in(coverage);
        let is_whole = under_way(coverage).next().is_none();
        if published.source.offline || published.source.lost || (listed && is_whole) {
            return Ok(published);
        }
        // What failed is tried again soon, and may come; the rest does not wait for it any longer.
        let begun = if listed { Some(*failed_since.get_or_insert_with(Instant::now)) } else { None };
        let patience = begun.map_or(patience, |begun| SECOND_TRY.saturating_sub(begun.elapsed()));
        // What is listed already may change all the time, and a server may go on saying that it cannot.
        let before: Vec<_> = under_way(coverage).cloned().collect();
        let comes_further = states.wait_for(|next| {
            let next_coverage = next.snapshot.coverage();
            next.source.lost
                || next.node_use.is_settled() != settled
                || next_coverage.kinds.len() != coverage.kinds.len()
                || !under_way(next_coverage).eq(&before)
        });
        match timeout(patience, comes_further).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) => return Err(ApiError::failed("the cluster's task ended unexpectedly")),
            // Some kinds are asked for before the server has said what it serves.
            Err(_) if under_way(coverage).count() == coverage.kinds.len() => {
                let message = format!("{} listed nothing within {patience:?}", open.label().name);
                return Err(ApiError::new(ErrorCode::Unreachable, message));
            }
            Err(_) => return Ok(published),
        }
    }
}

/// Kinds of which the first list is not in yet, or failed.
fn under_way(coverage: &Coverage) -> impl Iterator<Item = &KindCoverage> {
    let waits = |state: &KindState| matches!(state, KindState::Loading { .. } | KindState::Failed { .. });
    let loads = move |row: &&KindCoverage| row.scopes.iter().any(|(_, state)| waits(state));
    coverage.kinds.iter().filter(move |row| row.scopes.is_empty() || loads(row))
}

/// A sentence for each kind of which not even the first list came.
fn unlisted(published: &Published) -> Vec<String> {
    let sentence = |row: &KindCoverage| {
        let why = row.scopes.iter().find_map(|(_, state)| match state {
            KindState::Failed { why, .. } => Some(format!(" ({why})")),
            _ => None,
        });
        let why = why.unwrap_or_default();
        format!("{} could not be listed{why}; what is shown lacks it", row.kind.group_kind)
    };
    under_way(published.snapshot.coverage()).map(sentence).collect()
}

/// Namespaces that the person named for this context in the window.
async fn remembered(database: Option<PathBuf>, context: &str) -> Vec<String> {
    let Some(path) = database.filter(|path| path.is_file()) else { return Vec::new() };
    let Memory::Store(store) = remember(Some(&path)).await else { return Vec::new() };
    let known = store.clusters().all().await.unwrap_or_default();
    known.into_iter().find(|known| known.context == context).map(|known| known.namespaces).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use model::{GroupKind, ResourceKind};
    use store::{KnownCluster, Store};

    use super::*;

    #[tokio::test]
    async fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let server = format!("http://{}", silent.local_addr().unwrap());
        write!(
            file,
            "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{{name: c, cluster: {{server: {server}}}}}]\n\
             users: [{{name: u, user: {{}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n"
        )
        .unwrap();
        let environment = Environment { explicit: Some(file.path().to_owned()), ..Environment::default() };
        let context = kubeconfig::load(&environment).select(None).unwrap().clone();
        let source = ClusterSource::Context { id: context.id.to_string() };
        let label = Label { cluster: "c".into(), source, name: "c".into(), colour: None, tag: None };
        let origin = Origin::Context { context: Box::new(context), namespaces: Vec::new() };
        let open = Open::start(origin, label, Arc::default(), broadcast::Sender::new(1)).await.unwrap();
        let error = listed(&open, Duration::from_millis(50)).await.err().unwrap();
        assert_eq!(error.code, ErrorCode::Unreachable);
        assert!(error.message.contains("c listed nothing within"), "{}", error.message);
    }

    #[test]
    fn a_namespace_is_refused_where_nothing_in_it_may_be_listed() {
        let row = |kind: &str, scopes: &[(Option<&str>, bool)]| {
            let scope = |name: &Option<&str>| name.map_or(Scope::Cluster, |name| Scope::Namespace(name.into()));
            let state =
                |may: bool| if may { KindState::Live } else { KindState::Forbidden { why: "no".into(), since: None } };
            let scopes = scopes.iter().map(|(name, may)| (scope(name), state(*may))).collect();
            let kind = ResourceKind {
                group_kind: GroupKind::new("", kind),
                version: "v1".into(),
                plural: "".into(),
                namespaced: kind != "Node",
            };
            KindCoverage { kind, scopes, count: 0, withheld: 0 }
        };
        let everywhere = [("shop", true), ("payments", false), ("data", false)].map(|(name, may)| (Some(name), may));
        let scopes: Vec<_> = [(None, false)].into_iter().chain(everywhere).collect();
        let some = Coverage {
            kinds: vec![
                row("ConfigMap", &[(None, false), (Some("data"), true)]),
                row("Node", &[(None, true)]),
                row("Pod", &scopes),
            ],
        };
        let refused = ["shop", "payments", "data"].map(|name| refuses(&some, name));
        assert_eq!(refused, [false, true, false], "data has config maps, a node is in no namespace");
        let all = Coverage { kinds: vec![row("Pod", &[(None, true)]), row("Secret", &[(None, false)])] };
        assert!(!refuses(&all, "payments"), "whoever may list Pods everywhere knows that there are none");
        assert!(!refuses(&Coverage::default(), "payments"), "files refuse nothing");
    }

    #[tokio::test]
    async fn namespaces_are_remembered_by_context_and_no_database_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kubilitics.db");
        assert!(remembered(Some(path.clone()), "one").await.is_empty());
        assert!(!path.exists());
        let store = Store::open(&path).await.unwrap();
        let known = KnownCluster { context: "one".into(), namespaces: vec!["shop".into()], ..Default::default() };
        store.clusters().describe(&known).await.unwrap();
        assert_eq!(remembered(Some(path.clone()), "one").await, ["shop"]);
        assert!(remembered(Some(path), "other").await.is_empty());
    }
}
