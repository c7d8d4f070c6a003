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

use cluster::offline::Deltas;
use cluster::{Failure, Usage};
use inventory::{Applied, Snapshot};
use model::{Coverage, Delta, ResourceKey};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use topology::{Graph, GraphDelta};

use crate::changes::ChangeBox;
use crate::mailbox::Mailbox;
use crate::source::Source;
use crate::{Published, SourceState};

/// Before a cluster is read anew, doubled each time it dies again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// A cluster that dies again and again is tried this often.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Everything that can be said to an owner.
pub(crate) enum Message {
    /// Objects changed: the source saw it, or the person had them forgotten.
    Deltas {
        /// What changed.
        deltas: Vec<Delta>,
        /// How the source stands after them; none where they are not its.
        source: Option<SourceState>,
    },
    /// A source of files was read.
    Files {
        /// All there is.
        deltas: Deltas,
        /// How the source stands.
        source: SourceState,
    },
    /// The source says how it stands.
    Source(SourceState),
    /// The metrics API answered, or why not.
    NodeUse(Result<BTreeMap<ResourceKey, Usage>, Failure>),
    /// Somebody wants to hear of every further state; the present one is put in at once.
    Read(Sink),
}

/// What an owner is reached by, and what it publishes through.
pub(crate) struct Ends {
    /// Given to whoever feeds it.
    pub(crate) inbox: mpsc::Sender<Message>,
    pub(crate) messages: mpsc::Receiver<Message>,
    pub(crate) published: watch::Sender<Published>,
    /// Namespaces that the person named.
    pub(crate) named: watch::Receiver<Vec<String>>,
    pub(crate) stop: CancellationToken,
}

/// Who hears of changes, each in its own way. None of them is waited for.
pub(crate) enum Sink {
    /// A picture: the latest state, and what the graph did since it was last looked at.
    Picture(Arc<Mailbox>),
    /// A follower of the objects.
    Objects(Arc<ChangeBox>),
}

/// What is taken in at once.
enum Batch {
    Changes(Vec<Delta>),
    Files(Deltas),
}

/// What a batch did.
pub(crate) struct Step {
    pub(crate) applied: Applied,
    pub(crate) delta: GraphDelta,
}

/// What an owner owns.
pub(crate) trait Model: Send + 'static {
    /// Takes changes in and answers what they did to the objects and to the graph.
    fn apply(&mut self, deltas: Vec<Delta>) -> Step;
    /// Takes in what files hold, without telling object by object what changed.
    fn load(&mut self, deltas: Deltas) -> GraphDelta;
    /// The objects as they are.
    fn snapshot(&self) -> Arc<Snapshot>;
    /// The graph as it is.
    fn graph(&self) -> Arc<Graph>;
}

/// Owns and feeds until it is stopped; what has been read until then reaches the sinks. `begin` makes a state without
/// objects at a revision.
pub(crate) async fn keep<M: Model>(
    mut source: Source,
    begin: impl Fn(u64) -> M,
    first: M,
    Ends { inbox, mut messages, published, named, stop }: Ends,
) {
    let mut sinks = Sinks::default();
    let mut model = first;
    let mut pause = FIRST_PAUSE;
    loop {
        let mut feed = JoinSet::new();
        feed.spawn(source.feed(inbox.clone(), named.clone()));
        let started = tokio::time::Instant::now();
        let offline = source.is_offline();
        let why = tokio::select! {
            why = own(model, &mut messages, &published, &mut sinks, &stop) => why,
            why = ended(&mut feed, offline, &stop) => Some(why),
        };
        let Some(why) = why else { return };
        // Nothing of the old feed may reach the state that comes after it.
        feed.shutdown().await;
        while let Ok(message) = messages.try_recv() {
            sinks.take_in(message, &published);
        }
        tracing::error!(why, "the state of a cluster was lost; it is read anew");
        let again = source.can_be_read_again();
        published.send_modify(|now| {
            let advice = if again { "it is read anew" } else { "open it again" };
            let problems = vec![format!("{why}; {advice}")];
            now.source = Arc::new(SourceState { lost: true, problems, ..(*now.source).clone() });
        });
        if !again {
            serve_what_was(&mut messages, &mut sinks, &published, &stop).await;
            return;
        }
        if started.elapsed() > LONGEST_PAUSE {
            pause = FIRST_PAUSE;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = serve_what_was(&mut messages, &mut sinks, &published, &stop) => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
        // Later than everything that was published: a revision names one state.
        let last = published.borrow();
        let revision = last.graph.revision().max(last.snapshot.revision()) + 1;
        drop(last);
        model = begin(revision);
        sinks.begin_anew(&model.snapshot());
    }
}

/// Until the feed of a live source ends, which it should not before it is stopped; files are fed once.
async fn ended(feed: &mut JoinSet<()>, offline: bool, stop: &CancellationToken) -> String {
    match feed.join_next().await {
        _ if stop.is_cancelled() => pending().await,
        Some(Err(error)) => format!("reading the cluster failed: {}", panic_of(error).await),
        _ if offline => pending().await,
        _ => "the connection to the cluster ended unexpectedly".to_owned(),
    }
}

/// While there is no owner, whoever asks gets what was published last.
async fn serve_what_was(
    messages: &mut mpsc::Receiver<Message>,
    sinks: &mut Sinks,
    published: &watch::Sender<Published>,
    stop: &CancellationToken,
) {
    while let Some(Some(message)) = stop.run_until_cancelled(messages.recv()).await {
        sinks.take_in(message, published);
    }
}

/// Runs until the state is lost, and answers why, or until it is stopped.
async fn own<M: Model>(
    mut model: M,
    messages: &mut mpsc::Receiver<Message>,
    published: &watch::Sender<Published>,
    sinks: &mut Sinks,
    stop: &CancellationToken,
) -> Option<String> {
    loop {
        let message = match stop.run_until_cancelled(messages.recv()).await {
            Some(message) => message,
            None => {
                // Nothing more comes in; what is in already is taken to its end.
                messages.close();
                messages.recv().await
            }
        };
        match message? {
            message @ (Message::Deltas { .. } | Message::Files { .. }) => {
                // Only followers of the objects need their bodies, all at once.
                let followed = sinks.objects.iter().any(|follower| follower.strong_count() > 0);
                let (batch, source) = match message {
                    Message::Deltas { deltas, source } => (Batch::Changes(deltas), source),
                    Message::Files { deltas, source } if followed => {
                        (Batch::Changes(deltas.unpack().collect()), Some(source))
                    }
                    Message::Files { deltas, source } => (Batch::Files(deltas), Some(source)),
                    _ => continue,
                };
                let work = tokio::task::spawn_blocking(move || {
                    let step = match batch {
                        Batch::Changes(deltas) => model.apply(deltas),
                        Batch::Files(deltas) => Step { applied: Applied::default(), delta: model.load(deltas) },
                    };
                    (model, step)
                });
                let (back, step) = match work.await {
                    Ok(done) => done,
                    Err(error) => {
                        return Some(format!("keeping the cluster's state failed: {}", panic_of(error).await));
                    }
                };
                model = back;
                let (snapshot, graph) = (model.snapshot(), model.graph());
                let before = published.borrow().clone();
                let source = source.map_or(before.source, Arc::new);
                let arrived = source.heard;
                let mut next = Published { snapshot, graph, source, node_use: before.node_use };
                if next.node_use.is_waiting() {
                    next.node_use = Arc::new(next.node_use.on(&next.snapshot));
                }
                sinks.put(&next, &step, before.snapshot.coverage(), arrived);
                published.send_replace(next);
            }
            Message::NodeUse(answer) => {
                let mut next = published.borrow().clone();
                next.node_use = Arc::new(next.node_use.after(answer, &next.snapshot));
                sinks.put_picture(&next, &GraphDelta::default());
                published.send_replace(next);
            }
            // Nothing of it is drawn: pictures need not hear of it.
            Message::Source(state) => published.send_modify(|now| now.source = Arc::new(state)),
            message @ Message::Read(_) => sinks.take_in(message, published),
        }
    }
}

/// What a task died of. A task that was stopped did not die: the runtime ends, and this task with it.
async fn panic_of(error: JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return pending().await };
    text_of(&*panic).unwrap_or("an unknown fault").to_owned()
}

fn text_of(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}

/// Those who hear of changes, for as long as they listen. Dropping it closes what they read from, when they have read what
/// is left.
#[derive(Default)]
struct Sinks {
    pictures: Vec<Weak<Mailbox>>,
    objects: Vec<Weak<ChangeBox>>,
}

impl Sinks {
    fn put(&mut self, next: &Published, step: &Step, coverage: &Arc<Coverage>, arrived: Option<i64>) {
        self.put_picture(next, &step.delta);
        for_each(&mut self.objects, |changes| changes.put(&next.snapshot, &step.applied, coverage, arrived));
    }

    fn put_picture(&mut self, next: &Published, delta: &GraphDelta) {
        for_each(&mut self.pictures, |mailbox| mailbox.put(next.clone(), delta));
    }

    /// A state is lost, and all that was told of it.
    fn begin_anew(&mut self, snapshot: &Arc<Snapshot>) {
        for_each(&mut self.objects, |changes| changes.begin(Arc::clone(snapshot)));
    }

    /// Takes a new one in; what a source says has no place where this is called.
    fn take_in(&mut self, message: Message, published: &watch::Sender<Published>) {
        match message {
            Message::Read(Sink::Picture(mailbox)) => {
                mailbox.put(published.borrow().clone(), &GraphDelta::default());
                self.pictures.push(Arc::downgrade(&mailbox));
            }
            Message::Read(Sink::Objects(changes)) => {
                changes.begin(Arc::clone(&published.borrow().snapshot));
                self.objects.push(Arc::downgrade(&changes));
            }
            Message::Deltas { .. } | Message::Files { .. } | Message::Source(_) | Message::NodeUse(_) => {}
        }
    }
}

impl Drop for Sinks {
    fn drop(&mut self) {
        for_each(&mut self.objects, ChangeBox::close);
    }
}

/// Each that is still read; the others are forgotten.
fn for_each<T>(sinks: &mut Vec<Weak<T>>, tell: impl Fn(&T)) {
    sinks.retain(|sink| {
        let read = sink.upgrade();
        read.as_deref().map(&tell).is_some()
    });
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
        fn apply(&mut self, deltas: Vec<Delta>) -> Step {
            assert!(self.died.swap(true, Ordering::Relaxed), "a fault of our own");
            self.state.apply(deltas)
        }

        fn load(&mut self, deltas: Deltas) -> GraphDelta {
            self.apply(deltas.unpack().collect()).delta
        }

        fn snapshot(&self) -> Arc<Snapshot> {
            self.state.snapshot()
        }

        fn graph(&self) -> Arc<Graph> {
            self.state.graph()
        }
    }

    async fn fragile(input: Input, died: bool) -> Session {
        let origin = Origin::Files { inputs: vec![input], options: offline::Options::default() };
        let source = Source::open(origin).await.unwrap();
        let died = Arc::new(AtomicBool::new(died));
        Session::start(source, move |revision| Fragile {
            state: State::new(ClusterId("c".into()), Arc::new(RuleBook::default()), revision),
            died: died.clone(),
        })
    }

    const POD: &[u8] = b"{apiVersion: v1, kind: Pod, metadata: {name: web}}";

    /// What was seen: the map stood still under `live`, and every later change was lost.
    #[tokio::test(start_paused = true)]
    async fn a_cluster_whose_owner_dies_is_lost_and_read_anew() {
        let session = fragile(Input::Bytes { name: "web.yaml".into(), bytes: POD.to_vec() }, false).await;
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

    /// What was seen: opening a file that the program could make nothing of never came back.
    #[tokio::test(start_paused = true)]
    async fn opening_files_ends_where_nothing_can_be_made_of_them() {
        let session = fragile(Input::Bytes { name: "web.yaml".into(), bytes: POD.to_vec() }, false).await;
        session.files_are_in().await;
        let now = session.now();
        assert!(now.source.lost && now.snapshot.is_empty(), "{:?}", now.source);
    }

    /// A session on a source that says what the test says.
    async fn told_by_hand() -> (Session, mpsc::Sender<Message>) {
        let session = fragile(Input::Bytes { name: "web.yaml".into(), bytes: POD.to_vec() }, true).await;
        session.follow().wait_for(|now| !now.snapshot.is_empty()).await.unwrap();
        let inbox = session.inbox.clone();
        (session, inbox)
    }

    fn batch(name: &str) -> Message {
        let body = serde_json::json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "uid": name}});
        let deltas = vec![Delta::Upsert(model::Object::from_json(body).unwrap())];
        Message::Deltas { deltas, source: None }
    }

    /// Those who must not miss anything are told of what came in before the cluster was closed, then that it was.
    #[tokio::test]
    async fn closing_tells_followers_what_was_in_already() {
        let (session, inbox) = told_by_hand().await;
        let follower = session.changes().await.unwrap();
        let first = follower.next().await.unwrap();
        assert!(first.anew && first.objects.is_empty() && first.snapshot.len() == 1);
        for name in ["a", "b"] {
            inbox.try_send(batch(name)).unwrap_or_else(|_| panic!("there is room for two"));
        }
        drop(session);
        let mut names = Vec::new();
        while let Some(changes) = follower.next().await {
            names.extend(changes.objects.into_iter().map(|change| change.key.name().to_owned()));
        }
        assert_eq!(names, ["a", "b"]);
    }

    #[tokio::test]
    async fn the_owner_does_not_wait_for_a_follower_that_sleeps() {
        let (session, inbox) = told_by_hand().await;
        let sleeping = session.changes().await.unwrap();
        for at in 0..200 {
            inbox.send(batch(&format!("p{at}"))).await.unwrap_or_else(|_| panic!("the owner is there"));
        }
        session.follow().wait_for(|now| now.snapshot.len() == 201).await.unwrap();
        let (first, rest) = (sleeping.next().await.unwrap(), session);
        assert_eq!((first.anew, first.objects.len(), first.snapshot.len()), (true, 200, 201));
        drop(rest);
        assert!(sleeping.next().await.is_none());
    }

    /// Nobody is told that everything came when the cluster is only read anew.
    #[tokio::test(start_paused = true)]
    async fn a_follower_is_told_that_a_lost_cluster_begins_anew() {
        let session = fragile(Input::Bytes { name: "web.yaml".into(), bytes: POD.to_vec() }, false).await;
        let follower = session.changes().await.unwrap();
        let mut begun = 0;
        loop {
            let changes = follower.next().await.unwrap();
            begun += u32::from(changes.anew);
            if !changes.snapshot.is_empty() {
                break;
            }
        }
        assert_eq!(begun, 2, "when it began to follow, and when the state was lost");
    }
}
