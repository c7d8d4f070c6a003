//! An open cluster: its owner task, what it publishes, and the readers of its pictures.

mod difference;
mod kept;
mod mailbox;
mod owner;
mod picture;
pub(crate) mod scene;
mod source;
pub(crate) mod status;
pub(crate) mod usage;
mod wire;

use std::sync::{Arc, Mutex};

use diagram::scene::Scene;
use inventory::{Inventory, Snapshot};
use model::ClusterId;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use topology::{Engine, Graph, RuleBook};

use crate::types::{ClusterSource, ClusterSummary, Notice};
use owner::{Message, State};
use picture::{Parked, Running};
use usage::NodeUse;

pub(crate) use picture::{Numbers, open as open_picture};
pub(crate) use source::{Origin, demo_options, open};

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
    pub(crate) node_use: Arc<NodeUse>,
}

/// How a source stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceState {
    /// Files: nothing changes any more.
    pub offline: bool,
    /// Nothing answers.
    pub lost: bool,
    /// Milliseconds since the epoch of the last word from the server.
    pub heard: Option<i64>,
    /// Problems worth a line.
    pub problems: Vec<String>,
    /// What was left out of files without being a fault.
    pub notes: Vec<String>,
    /// Who the server says we are.
    pub identity: Option<String>,
    /// The server's version.
    pub version: Option<String>,
}

/// What never changes of an open cluster, or only by the person's hand.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) cluster: String,
    pub(crate) source: ClusterSource,
    pub(crate) name: String,
    pub(crate) colour: Option<String>,
    pub(crate) tag: Option<String>,
}

/// An open cluster. Dropping it stops its tasks.
pub(crate) struct Open {
    label: Label,
    inbox: mpsc::Sender<Message>,
    published: watch::Receiver<Published>,
    stop: CancellationToken,
    /// Namespaces that the person named, for accounts that may not list across them.
    named: watch::Sender<Vec<String>>,
    /// Subscriptions whose reader went away a moment ago, and may come back.
    parked: Mutex<Vec<Parked>>,
    /// Subscriptions with a reader.
    running: Mutex<Vec<Running>>,
    /// The last scene somebody looked at: it knows which card shows an object.
    scene: watch::Sender<Option<Arc<Scene>>>,
    _guard: DropGuard,
}

impl Open {
    /// Starts the owner task of a cluster without objects.
    pub(crate) fn start(label: Label, rules: Arc<RuleBook>, notices: broadcast::Sender<Notice>) -> Self {
        let state =
            State { inventory: Inventory::new(ClusterId(label.cluster.as_str().into())), engine: Engine::new(rules) };
        let first = Published {
            snapshot: state.inventory.snapshot(),
            graph: state.engine.graph(),
            source: Arc::new(SourceState::default()),
            node_use: Arc::default(),
        };
        let (publish, published) = watch::channel(first);
        // Short: a source that is ahead merges what waits, which is cheaper than a queue of batches.
        let (inbox, messages) = mpsc::channel(2);
        let stop = CancellationToken::new();
        let owner = owner::own(label.cluster.clone(), state, messages, publish, notices);
        let stopped = stop.clone();
        // Ends when the handle is dropped: its guard cancels the token.
        tokio::spawn(async move {
            tokio::select! { () = owner => {}, () = stopped.cancelled() => {} }
        });
        let guard = stop.clone().drop_guard();
        let scene = watch::Sender::new(None);
        Self {
            label,
            inbox,
            published,
            stop,
            named: watch::Sender::default(),
            parked: Mutex::default(),
            running: Mutex::default(),
            scene,
            _guard: guard,
        }
    }

    pub(crate) fn label(&self) -> &Label {
        &self.label
    }

    /// Stops its tasks; what is held of it elsewhere is of no more use.
    pub(crate) fn close(&self) {
        self.stop.cancel();
    }

    /// Looks into these namespaces too; what was looked into before stays until it is opened again.
    pub(crate) fn look_into(&self, namespaces: Vec<String>) {
        self.named.send_replace(namespaces);
    }

    /// The state at this moment.
    pub(crate) fn now(&self) -> Published {
        self.published.borrow().clone()
    }

    /// Follows the states.
    pub(crate) fn follow(&self) -> watch::Receiver<Published> {
        self.published.clone()
    }

    /// The scene that somebody looked at last.
    pub(crate) fn scene(&self) -> Option<Arc<Scene>> {
        self.scene.borrow().clone()
    }

    pub(crate) fn summary(&self) -> ClusterSummary {
        let Label { cluster, source, name, colour, tag } = self.label.clone();
        let state = self.now().source;
        let (identity, version) = (state.identity.clone(), state.version.clone());
        ClusterSummary { cluster, source, name, colour, tag, identity, version }
    }
}
