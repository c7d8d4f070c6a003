//! One open cluster: the task that owns its objects and its graph, the source that feeds it, what it publishes, and its
//! sinks: the mailboxes of pictures and of those who follow every change of the objects.
//!
//! It refuses to know how anything is shown or sent: no JSON, no picture, no transport. Dropping a [`Session`] ends all
//! its tasks.
#![warn(missing_docs)]

mod changes;
mod error;
mod mailbox;
mod owner;
mod source;
mod usage;

use std::sync::Arc;

use cluster::offline::Deltas;
use inventory::{Inventory, Snapshot};
use model::ClusterId;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use topology::{Engine, Graph, GraphDelta, Reading, RuleBook};

pub use changes::{Changes, Follower, ObjectChange, What};
pub use error::SessionError;
pub use mailbox::{Mailbox, Update};
pub use source::{Origin, demo_options};
pub use usage::{MetricsAnswer, NodeUse};

use owner::{Ends, Message, Model, Sink, Step};
use source::Source;

/// What readers of an open cluster see: immutable, one moment.
#[derive(Clone)]
pub struct Published {
    /// The objects.
    pub snapshot: Arc<Snapshot>,
    /// Their relations.
    pub graph: Arc<Graph>,
    /// How the source stands.
    pub source: Arc<SourceState>,
    /// What the nodes use.
    pub node_use: Arc<NodeUse>,
}

/// How a source stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceState {
    /// Files: nothing changes any more.
    pub offline: bool,
    /// Nothing answers, or the task that owned the cluster's state died.
    pub lost: bool,
    /// Milliseconds since the epoch of the last word from the server.
    pub heard: Option<i64>,
    /// Problems worth a line.
    pub problems: Vec<String>,
    /// What was left out of files without being a fault.
    pub notes: Vec<String>,
    /// As whom it is read, by the kubeconfig: user and cluster.
    pub identity: Option<String>,
    /// The server's version.
    pub version: Option<String>,
}

/// An open cluster. Dropping it stops its tasks.
pub struct Session {
    inbox: mpsc::Sender<Message>,
    published: watch::Receiver<Published>,
    stop: CancellationToken,
    /// Namespaces that the person named, for accounts that may not list across them.
    named: watch::Sender<Vec<String>>,
    _guard: DropGuard,
}

impl Session {
    /// Opens a source: files are in when this returns, the rest comes as it is listed. `id` names the cluster in every
    /// snapshot.
    ///
    /// # Errors
    /// Where the context cannot be used, the demo cannot start, or the files hold no object. Nothing of it mends itself.
    pub async fn open(id: &str, origin: Origin, rules: Arc<RuleBook>) -> Result<Self, SessionError> {
        let opened = Source::open(origin).await?;
        let id: ClusterId = ClusterId(id.into());
        let begin = move |revision| State::new(id.clone(), rules.clone(), revision);
        let offline = opened.is_offline();
        let session = Self::start(opened, begin);
        if offline {
            session.files_are_in().await;
        }
        Ok(session)
    }

    /// Waits until the files are in, or the state says that it is lost: nothing could be made of them.
    async fn files_are_in(&self) {
        let is_in = |now: &Published| now.source.lost || now.source.offline && !now.snapshot.is_empty();
        // A session that is closed has nothing more to wait for.
        let _ = self.follow().wait_for(is_in).await;
    }

    /// Starts the owner of what `begin` makes, from the revision that it is given, and feeds it from the source.
    fn start<M: Model>(source: Source, begin: impl Fn(u64) -> M + Send + Sync + 'static) -> Self {
        let model = begin(0);
        let first = Published {
            snapshot: model.snapshot(),
            graph: model.graph(),
            source: Arc::default(),
            node_use: Arc::default(),
        };
        let (publish, published) = watch::channel(first);
        // Short: a source that is ahead merges what waits, which is cheaper than a queue of batches.
        let (inbox, messages) = mpsc::channel(2);
        let stop = CancellationToken::new();
        let named = watch::Sender::default();
        let ends =
            Ends { inbox: inbox.clone(), messages, published: publish, named: named.subscribe(), stop: stop.clone() };
        // Ends when the handle is dropped: its guard cancels the token.
        tokio::spawn(owner::keep(source, begin, model, ends));
        let guard = stop.clone().drop_guard();
        Self { inbox, published, stop, named, _guard: guard }
    }

    /// Stops its tasks; what is held of it elsewhere is of no more use.
    pub fn close(&self) {
        self.stop.cancel();
    }

    /// Cancelled when the session is closed.
    pub fn closed(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Looks into these namespaces too; what was looked into before stays until it is opened again.
    pub fn look_into(&self, namespaces: Vec<String>) {
        self.named.send_replace(namespaces);
    }

    /// Drops what is held from a time when the account might list it.
    pub async fn forget_withheld(&self) {
        let snapshot = self.now().snapshot;
        let withheld = snapshot.coverage().kinds.iter().filter(|row| row.withheld > 0);
        let forget = withheld.map(|row| model::Delta::Forget(row.kind.group_kind.clone())).collect();
        // A session that ended has nothing to forget.
        let _ = self.inbox.send(Message::Deltas { deltas: forget, source: None }).await;
    }

    /// The state at this moment.
    pub fn now(&self) -> Published {
        self.published.borrow().clone()
    }

    /// Follows the states; one that is not looked at in time is replaced by the next.
    pub fn follow(&self) -> watch::Receiver<Published> {
        self.published.clone()
    }

    /// A mailbox into which every further state goes with what changed since the last one taken; the present state is in
    /// it at once. None where the session is closed. Dropping the mailbox ends it.
    pub async fn subscribe(&self) -> Option<Arc<Mailbox>> {
        let mailbox = Arc::<Mailbox>::default();
        self.inbox.send(Message::Read(Sink::Picture(Arc::clone(&mailbox)))).await.ok()?;
        Some(mailbox)
    }

    /// Follows every change of the objects, beginning with those that are there. None where the session is closed.
    pub async fn changes(&self) -> Option<Follower> {
        let follower = Follower(Arc::default());
        self.inbox.send(Message::Read(Sink::Objects(Arc::clone(&follower.0)))).await.ok()?;
        Some(follower)
    }
}

/// The objects of a cluster and their graph.
struct State {
    inventory: Inventory,
    engine: Engine,
}

impl State {
    /// Without objects, at a revision.
    fn new(cluster: ClusterId, rules: Arc<RuleBook>, revision: u64) -> Self {
        Self { inventory: Inventory::starting_at(cluster, revision), engine: Engine::starting_at(rules, revision) }
    }
}

impl Model for State {
    fn apply(&mut self, deltas: Vec<model::Delta>) -> Step {
        let applied = self.inventory.apply(deltas);
        let snapshot = self.inventory.snapshot();
        let delta = self.engine.apply(&applied.changes, snapshot.coverage());
        Step { applied, delta }
    }

    fn load(&mut self, deltas: Deltas) -> GraphDelta {
        // Objects of one kind share most of what they say, and are read together in stretches of some hundreds.
        const STRETCH: usize = 4096;
        let mut read = Reading::default();
        let mut deltas = deltas.unpack();
        loop {
            let batch: Vec<model::Delta> = deltas.by_ref().take(STRETCH).collect();
            if batch.is_empty() {
                break;
            }
            self.engine.read(&self.inventory.apply(batch).changes, &mut read);
        }
        let snapshot = self.inventory.snapshot();
        self.engine.apply_read(read, snapshot.coverage())
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.inventory.snapshot()
    }

    fn graph(&self) -> Arc<Graph> {
        self.engine.graph()
    }
}
