//! Sources: files are read once, a context or the demo is listed and watched for as long as the cluster is open. Each can
//! be begun anew, but for standard input.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cluster::kubeconfig::{self, Context, Environment};
use cluster::offline::{self, Deltas, Input, Outcome};
use cluster::{Connection, Link, NodeUsePoll};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::owner::Message;
use crate::{SessionError, SourceState};

/// metrics-server has new figures every 15 seconds.
const NODE_USE_EVERY: Duration = Duration::from_secs(15);
/// More problems than this are counted, not listed.
const PROBLEMS: usize = 20;

/// Where the objects come from, with what it takes to open it.
pub enum Origin {
    /// Files, folders, standard input.
    Files {
        /// What to read.
        inputs: Vec<Input>,
        /// How.
        options: offline::Options,
    },
    /// A context of a kubeconfig.
    Context {
        /// How to reach the cluster.
        context: Box<Context>,
        /// Namespaces that are named, in case that the account may not list them.
        namespaces: Vec<String>,
    },
    /// The embedded cluster.
    Demo(demo::Options),
}

/// The moment at which a demo stands still: 2026-11-20 14:02 UTC, a working day's afternoon.
const MOMENT: demo::Time = demo::Time::from_millis(1_795_183_320_000);

/// A demo that lives, or one that stands still, so that every picture of it is the same.
pub fn demo_options(scenario: demo::Scenario, still: bool) -> demo::Options {
    if !still {
        return demo::Options { scenario, ..Default::default() };
    }
    demo::Options { scenario, lives: false, clock: Arc::new(demo::ManualClock::new(MOMENT)), ..Default::default() }
}

/// A source that could be opened.
pub(crate) enum Source {
    Files {
        inputs: Vec<Input>,
        options: offline::Options,
        /// What was read when it was opened, until it is fed.
        read: Option<Outcome>,
    },
    Live {
        context: Box<Context>,
        namespaces: Vec<String>,
        /// Runs as long as the cluster is open.
        _demo: Option<demo::Running>,
    },
}

impl Source {
    pub(crate) async fn open(origin: Origin) -> Result<Self, SessionError> {
        match origin {
            Origin::Files { inputs, options } => {
                let read = read(inputs.clone(), options.clone()).await?;
                match (read.objects, read.problems.first()) {
                    (0, Some(problem)) => Err(SessionError::Files(problem.to_string())),
                    (0, None) => {
                        let notes = read.notes.iter().map(|note| format!("; {note}")).collect();
                        Err(SessionError::NoObjects { notes })
                    }
                    _ => Ok(Self::Files { inputs, options, read: Some(read) }),
                }
            }
            Origin::Context { context, namespaces } => match &context.problem {
                Some(problem) => {
                    Err(SessionError::Context { name: context.name.clone(), problem: problem.to_string() })
                }
                None => Ok(Self::Live { context, namespaces, _demo: None }),
            },
            Origin::Demo(options) => {
                let running = demo::Demo::start(options).await.map_err(|error| SessionError::Demo(Box::new(error)))?;
                let context = Box::new(context_of(&running)?);
                Ok(Self::Live { context, namespaces: Vec::new(), _demo: Some(running) })
            }
        }
    }

    pub(crate) fn is_offline(&self) -> bool {
        matches!(self, Self::Files { .. })
    }

    /// Standard input is gone once it was read.
    pub(crate) fn can_be_read_again(&self) -> bool {
        match self {
            Self::Files { inputs, .. } => !inputs.iter().any(|input| matches!(input, Input::StandardInput)),
            Self::Live { .. } => true,
        }
    }

    /// Feeds an owner: files once, a live source until it is dropped.
    pub(crate) fn feed(
        &mut self,
        inbox: mpsc::Sender<Message>,
        named: watch::Receiver<Vec<String>>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let begun = match self {
            Self::Files { inputs, options, read } => Err((inputs.clone(), options.clone(), read.take())),
            Self::Live { context, namespaces, .. } => {
                // What was named meanwhile is looked into from the beginning.
                namespaces.extend(named.borrow().iter().cloned());
                namespaces.sort_unstable();
                namespaces.dedup();
                Ok(connect(context, namespaces.clone()))
            }
        };
        async move {
            match begun {
                Ok((connection, source)) => follow(connection, inbox, source, named).await,
                Err((inputs, options, read)) => files(inputs, options, read, inbox).await,
            }
        }
    }
}

async fn read(inputs: Vec<Input>, options: offline::Options) -> Result<Outcome, SessionError> {
    let reading = tokio::task::spawn_blocking(move || offline::read(&inputs, &options)).await;
    reading.map_err(|_| SessionError::Reading)
}

async fn files(inputs: Vec<Input>, options: offline::Options, first: Option<Outcome>, inbox: mpsc::Sender<Message>) {
    let read = match first {
        Some(read) => Ok(read),
        None => read(inputs, options).await,
    };
    let (deltas, problems, notes) = match read {
        Ok(read) => {
            let mut problems: Vec<String> = read.problems.iter().take(PROBLEMS).map(ToString::to_string).collect();
            if read.problems.len() > PROBLEMS {
                problems.push(format!("and {} more", read.problems.len() - PROBLEMS));
            }
            (read.deltas, problems, read.notes)
        }
        Err(error) => (Deltas::default(), vec![error.to_string()], Vec::new()),
    };
    let source = SourceState { offline: true, problems, notes, ..SourceState::default() };
    // A closed inbox means that the cluster was closed.
    let _ = inbox.send(Message::Files { deltas, source }).await;
}

fn connect(context: &Context, namespaces: Vec<String>) -> (Connection, SourceState) {
    let user = context.user.clone().unwrap_or_else(|| "anonymous".to_owned());
    let source = SourceState { identity: Some(format!("{user}@{}", context.cluster)), ..SourceState::default() };
    (cluster::connect(context, cluster::Options { namespaces, ..Default::default() }), source)
}

async fn follow(
    mut connection: Connection,
    inbox: mpsc::Sender<Message>,
    mut source: SourceState,
    mut named: watch::Receiver<Vec<String>>,
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
                // Words about the connection are no words about objects: they leave the age as it is.
                source.heard = source.heard.max(*heard.borrow_and_update());
                Message::Deltas { deltas, source: Some(source.clone()) }
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
        }
        Link::Down { why, .. } => {
            source.lost = true;
            source.problems.push(why.to_string());
        }
    }
}

/// The demo's only context, by way of the kubeconfig that it hands to everybody.
fn context_of(running: &demo::Running) -> Result<Context, SessionError> {
    let file = tempfile::NamedTempFile::new().map_err(SessionError::DemoKubeconfig)?;
    std::fs::write(file.path(), running.kubeconfig()).map_err(SessionError::DemoKubeconfig)?;
    let environment = Environment { explicit: Some(file.path().to_owned()), ..Environment::default() };
    let contexts = kubeconfig::load(&environment);
    let found = contexts.select(None).cloned();
    found.map_err(|problem| SessionError::Context { name: "demo".to_owned(), problem })
}
