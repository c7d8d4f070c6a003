//! The one task that owns the objects and the graph of an open cluster.
//!
//! It is reached by the closed set of [`Message`]s and publishes immutable states. Work that may take long runs on the
//! blocking pool, with the state moved there and back, so that it never holds up the tasks of other clusters. Where that
//! work dies, or the source does, the cluster is lost, says so, and is read anew from its source.

use std::any::Any;
use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Weak};
use std::time::Duration;

use cluster::{Failure, Usage};
use inventory::Snapshot;
use model::{Delta, ResourceKey};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use topology::{Graph, GraphDelta};

use crate::mailbox::Mailbox;
use crate::source::Source;
use crate::{Published, SourceState};

/// Before a cluster is read anew, doubled each time it dies again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// A cluster that dies again and again is tried this often.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Everything that can be said to an owner.
pub(crate) enum Message {
    /// The source saw changes.
    Deltas(Vec<Delta>),
    /// The source says how it stands.
    Source(SourceState),
    /// The metrics API answered, or why not.
    NodeUse(Result<BTreeMap<ResourceKey, Usage>, Failure>),
    /// A reader wants every further state; the present one is put in at once.
    Read(Arc<Mailbox>),
}

/// What an owner owns.
pub(crate) trait Model: Send + 'static {
    /// Takes changes in and answers what they did to the graph.
    fn apply(&mut self, deltas: Vec<Delta>) -> GraphDelta;
    /// The objects as they are.
    fn snapshot(&self) -> Arc<Snapshot>;
    /// The graph as it is.
    fn graph(&self) -> Arc<Graph>;
}

/// Owns and feeds until it is dropped. `begin` makes a state without objects at a revision.
pub(crate) async fn keep<M: Model>(
    mut source: Source,
    begin: impl Fn(u64) -> M,
    first: M,
    inbox: mpsc::Sender<Message>,
    mut messages: mpsc::Receiver<Message>,
    published: watch::Sender<Published>,
    named: watch::Receiver<Vec<String>>,
) {
    let mut readers = Readers::default();
    let mut model = first;
    let mut pause = FIRST_PAUSE;
    loop {
        let mut feed = JoinSet::new();
        feed.spawn(source.feed(inbox.clone(), named.clone()));
        let started = tokio::time::Instant::now();
        let offline = source.is_offline();
        let why = tokio::select! {
            why = own(model, &mut messages, &published, &mut readers) => why,
            why = ended(&mut feed, offline) => why,
        };
        // Nothing of the old feed may reach the state that comes after it.
        feed.shutdown().await;
        while let Ok(message) = messages.try_recv() {
            readers.take_in(message, &published);
        }
        tracing::error!(why, "the state of a cluster was lost; it is read anew");
        let again = source.can_be_read_again();
        published.send_modify(|now| {
            let advice = if again { "it is read anew" } else { "open it again" };
            let problems = vec![format!("{why}; {advice}")];
            now.source = Arc::new(SourceState { lost: true, problems, ..(*now.source).clone() });
        });
        if !again {
            serve_what_was(&mut messages, &mut readers, &published).await;
            return;
        }
        if started.elapsed() > LONGEST_PAUSE {
            pause = FIRST_PAUSE;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = serve_what_was(&mut messages, &mut readers, &published) => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
        // Later than everything that was published: a revision names one state.
        let last = published.borrow();
        let revision = last.graph.revision().max(last.snapshot.revision()) + 1;
        drop(last);
        model = begin(revision);
    }
}

/// Until the feed of a live source ends, which it should not; files are fed once.
async fn ended(feed: &mut JoinSet<()>, offline: bool) -> String {
    match feed.join_next().await {
        Some(Err(error)) => format!("reading the cluster failed: {}", panic_of(error).await),
        _ if offline => pending().await,
        _ => "the connection to the cluster ended unexpectedly".to_owned(),
    }
}

/// While there is no owner, whoever asks gets what was published last.
async fn serve_what_was(
    messages: &mut mpsc::Receiver<Message>,
    readers: &mut Readers,
    published: &watch::Sender<Published>,
) {
    while let Some(message) = messages.recv().await {
        readers.take_in(message, published);
    }
}

/// Runs until the state is lost; answers why.
async fn own<M: Model>(
    mut model: M,
    messages: &mut mpsc::Receiver<Message>,
    published: &watch::Sender<Published>,
    readers: &mut Readers,
) -> String {
    while let Some(message) = messages.recv().await {
        match message {
            Message::Deltas(deltas) => {
                let work = tokio::task::spawn_blocking(move || {
                    let delta = model.apply(deltas);
                    (model, delta)
                });
                let (back, delta) = match work.await {
                    Ok(done) => done,
                    Err(error) => return format!("keeping the cluster's state failed: {}", panic_of(error).await),
                };
                model = back;
                let (snapshot, graph) = (model.snapshot(), model.graph());
                let mut next = Published { snapshot, graph, ..published.borrow().clone() };
                if next.node_use.is_waiting() {
                    next.node_use = Arc::new(next.node_use.on(&next.snapshot));
                }
                readers.put(&next, &delta);
                published.send_replace(next);
            }
            Message::NodeUse(answer) => {
                let mut next = published.borrow().clone();
                next.node_use = Arc::new(next.node_use.after(answer, &next.snapshot));
                readers.put(&next, &GraphDelta::default());
                published.send_replace(next);
            }
            // Nothing of it is drawn: pictures need not hear of it.
            Message::Source(state) => published.send_modify(|now| now.source = Arc::new(state)),
            message @ Message::Read(_) => readers.take_in(message, published),
        }
    }
    "nobody feeds the cluster any more".to_owned()
}

/// What a task died of. A task that was stopped did not die: the runtime ends, and this task with it.
async fn panic_of(error: JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return pending().await };
    text_of(&*panic).unwrap_or("an unknown fault").to_owned()
}

fn text_of(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}

/// The mailboxes of those who follow every state.
#[derive(Default)]
struct Readers(Vec<Weak<Mailbox>>);

impl Readers {
    fn put(&mut self, next: &Published, delta: &GraphDelta) {
        self.0.retain(|reader| match reader.upgrade() {
            Some(mailbox) => {
                mailbox.put(next.clone(), delta);
                true
            }
            None => false,
        });
    }

    /// Takes a new reader in; what a source says has no place where this is called.
    fn take_in(&mut self, message: Message, published: &watch::Sender<Published>) {
        if let Message::Read(mailbox) = message {
            mailbox.put(published.borrow().clone(), &GraphDelta::default());
            self.0.push(Arc::downgrade(&mailbox));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::sync::atomic::{AtomicBool, Ordering};

    use cluster::offline::{self, Input};
    use model::ClusterId;
    use topology::RuleBook;

    use super::*;
    use crate::source::Origin;
    use crate::{Session, State};

    /// A state that dies of the first changes it is given in its life, and lives from then on.
    struct Fragile {
        state: State,
        died: Arc<AtomicBool>,
    }

    impl Model for Fragile {
        fn apply(&mut self, deltas: Vec<Delta>) -> GraphDelta {
            assert!(self.died.swap(true, Ordering::Relaxed), "a fault of our own");
            self.state.apply(deltas)
        }

        fn snapshot(&self) -> Arc<Snapshot> {
            self.state.snapshot()
        }

        fn graph(&self) -> Arc<Graph> {
            self.state.graph()
        }
    }

    async fn fragile(input: Input) -> Session {
        let origin = Origin::Files { inputs: vec![input], options: offline::Options::default() };
        let source = Source::open(origin).await.unwrap();
        let died = Arc::<AtomicBool>::default();
        Session::start(source, move |revision| Fragile {
            state: State::new(ClusterId("c".into()), Arc::new(RuleBook::default()), revision),
            died: died.clone(),
        })
    }

    const POD: &[u8] = b"{apiVersion: v1, kind: Pod, metadata: {name: web}}";

    /// What was seen: the map stood still under `live`, and every later change was lost.
    #[tokio::test(start_paused = true)]
    async fn a_cluster_whose_owner_dies_is_lost_and_read_anew() {
        let session = fragile(Input::Bytes { name: "web.yaml".into(), bytes: POD.to_vec() }).await;
        let mailbox = session.subscribe().await.unwrap();
        let mut states = session.follow();
        let lost = states.wait_for(|now| now.source.lost).await.unwrap().clone();
        assert_eq!(*lost.source.problems, ["keeping the cluster's state failed: a fault of our own; it is read anew"]);
        let back = states.wait_for(|now| !now.source.lost && !now.snapshot.is_empty()).await.unwrap().clone();
        assert!(back.graph.revision() > lost.graph.revision(), "a revision names one state");
        mailbox.filled().await;
        let update = mailbox.take().unwrap();
        assert_eq!(update.published.graph.revision(), back.graph.revision(), "who followed before follows on");
        assert!(update.delta.rebuilt);
    }
}
