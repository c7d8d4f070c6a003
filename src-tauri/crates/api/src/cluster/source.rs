//! Opening a source: files are read once, a context or the demo is listed and watched for as long as it is open.

use std::sync::Arc;
use std::time::Duration;

use cluster::kubeconfig::{self, Context, Environment};
use cluster::offline::{self, Input};
use cluster::{Connection, Link, NodeUsePoll};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use topology::RuleBook;

use super::{Label, Message, Open, SourceState};
use crate::clock;
use crate::types::{ApiError, ErrorCode, Notice};

/// metrics-server has new figures every 15 seconds.
const NODE_USE_EVERY: Duration = Duration::from_secs(15);
/// More problems than this are counted, not listed.
const PROBLEMS: usize = 20;

/// Where the objects come from.
pub(crate) enum Origin {
    /// Files, folders, standard input.
    Files { inputs: Vec<Input>, options: offline::Options },
    /// A context of a kubeconfig.
    Context { context: Box<Context>, namespaces: Vec<String> },
    /// The embedded cluster.
    Demo(demo::Options),
}

/// The moment at which a demo stands still: 2026-11-20 14:02 UTC, a working day's afternoon.
const MOMENT: demo::Time = demo::Time::from_millis(1_795_183_320_000);

/// A demo that lives, or one that stands still, so that every picture of it is the same.
pub(crate) fn demo_options(source: demo::Source, still: bool) -> demo::Options {
    if !still {
        return demo::Options { source, ..Default::default() };
    }
    demo::Options { source, lives: false, clock: Arc::new(demo::ManualClock::new(MOMENT)), ..Default::default() }
}

/// Opens a source: files are in when this returns, the rest comes as it is listed.
pub(crate) async fn open(
    origin: Origin,
    label: Label,
    rules: Arc<RuleBook>,
    notices: broadcast::Sender<Notice>,
) -> Result<Arc<Open>, ApiError> {
    match origin {
        Origin::Files { inputs, options } => files(inputs, options, label, rules, notices).await,
        Origin::Context { context, namespaces } => {
            if let Some(problem) = &context.problem {
                return Err(ApiError::failed(format!("context `{}` cannot be used: {problem}", context.name)));
            }
            let open = Arc::new(Open::start(label, rules, notices));
            follow(&open, &context, namespaces, None).await;
            Ok(open)
        }
        Origin::Demo(options) => {
            let running = demo::Demo::start(options).await;
            let running = running.map_err(|error| ApiError::failed(error.to_string()).because(&error))?;
            let context = context_of(&running)?;
            let open = Arc::new(Open::start(label, rules, notices));
            follow(&open, &context, Vec::new(), Some(running)).await;
            Ok(open)
        }
    }
}

async fn files(
    inputs: Vec<Input>,
    options: offline::Options,
    label: Label,
    rules: Arc<RuleBook>,
    notices: broadcast::Sender<Notice>,
) -> Result<Arc<Open>, ApiError> {
    let reading = tokio::task::spawn_blocking(move || offline::read(&inputs, &options)).await;
    let read = reading.map_err(|_| ApiError::failed("reading the files failed"))?;
    if let (0, Some(problem)) = (read.objects, read.problems.first()) {
        return Err(ApiError::failed(problem.to_string()));
    }
    if read.objects == 0 {
        let why: String = read.notes.iter().map(|note| format!("; {note}")).collect();
        return Err(ApiError::new(
            ErrorCode::NotFound,
            format!("no Kubernetes object is in the files; name manifests or a dump{why}"),
        ));
    }
    let open = Arc::new(Open::start(label, rules, notices));
    let mut problems: Vec<String> = read.problems.iter().take(PROBLEMS).map(ToString::to_string).collect();
    if read.problems.len() > PROBLEMS {
        problems.push(format!("and {} more", read.problems.len() - PROBLEMS));
    }
    let mut states = open.follow();
    // A closed inbox means that the owner has ended, which every later command tells.
    let source = SourceState { offline: true, problems, notes: read.notes, ..SourceState::default() };
    let _ = open.inbox.send(Message::Source(source)).await;
    let _ = open.inbox.send(Message::Deltas(read.deltas)).await;
    let _ = states.wait_for(|published| published.source.offline && !published.snapshot.is_empty()).await;
    Ok(open)
}

/// Connects and feeds the owner until the cluster is closed. A running demo lives as long.
async fn follow(open: &Open, context: &Context, namespaces: Vec<String>, demo: Option<demo::Running>) {
    let user = context.user.clone().unwrap_or_else(|| "anonymous".to_owned());
    let source = SourceState { identity: Some(format!("{user}@{}", context.cluster)), ..SourceState::default() };
    let connection = cluster::connect(context, cluster::Options { namespaces, ..Default::default() });
    let feed = feed(connection, open.inbox.clone(), source, open.named.subscribe(), demo);
    let stop: CancellationToken = open.stop.clone();
    // Ends when the cluster is closed, and drops the connection and the demo with it.
    tokio::spawn(async move {
        tokio::select! { () = feed => {}, () = stop.cancelled() => {} }
    });
}

async fn feed(
    mut connection: Connection,
    inbox: tokio::sync::mpsc::Sender<Message>,
    mut source: SourceState,
    mut named: watch::Receiver<Vec<String>>,
    _demo: Option<demo::Running>,
) {
    let mut link = connection.link();
    let mut heard = connection.heard();
    let reader = connection.reader();
    let mut node_use = NodeUsePoll::new(reader.clone(), NODE_USE_EVERY);
    // Asked beside the deltas, which must not wait for it; at most one question at a time.
    let mut version = JoinSet::new();
    loop {
        let message = tokio::select! {
            deltas = connection.next() => {
                let Some(deltas) = deltas else { return };
                source.heard = Some(clock::now());
                // Every batch carries its time with it, so that the status line is right without a second message.
                if inbox.send(Message::Source(source.clone())).await.is_err() {
                    return;
                }
                Message::Deltas(deltas)
            }
            changed = link.changed() => {
                if changed.is_err() {
                    return;
                }
                take_link(&mut link, &mut source);
                if !source.lost && source.version.is_none() && version.is_empty() {
                    let reader = reader.clone();
                    version.spawn(async move { reader.version().await });
                }
                Message::Source(source.clone())
            }
            Some(answer) = version.join_next() => {
                // What did not answer is asked again when the link comes back.
                source.version = answer.ok().and_then(Result::ok).map(|version| version.git_version);
                Message::Source(source.clone())
            }
            // A quiet cluster sends nothing but bookmarks.
            Ok(()) = heard.changed() => {
                source.heard = source.heard.max(*heard.borrow_and_update());
                Message::Source(source.clone())
            }
            Ok(()) = named.changed() => {
                connection.look_into(named.borrow_and_update().clone());
                continue;
            }
            answer = node_use.next() => Message::NodeUse(answer),
        };
        if inbox.send(message).await.is_err() {
            return;
        }
    }
}

fn take_link(link: &mut watch::Receiver<Link>, source: &mut SourceState) {
    source.problems.clear();
    match &*link.borrow_and_update() {
        Link::Connecting => {}
        Link::Up => {
            source.lost = false;
            source.heard = Some(clock::now());
        }
        Link::Down { why, .. } => {
            source.lost = true;
            source.problems.push(why.to_string());
        }
    }
}

/// The demo's only context, by way of the kubeconfig that it hands to everybody.
fn context_of(running: &demo::Running) -> Result<Context, ApiError> {
    let failed = |error: std::io::Error| ApiError::failed("the demo's kubeconfig cannot be written").because(&error);
    let file = tempfile::NamedTempFile::new().map_err(failed)?;
    std::fs::write(file.path(), running.kubeconfig()).map_err(failed)?;
    let environment = Environment { explicit: Some(file.path().to_owned()), ..Environment::default() };
    let contexts = kubeconfig::load(&environment);
    contexts.select(None).cloned().map_err(ApiError::failed)
}
