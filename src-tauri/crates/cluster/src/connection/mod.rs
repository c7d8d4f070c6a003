//! A live cluster: one stream of deltas, and a reader for single questions. Everything ends when it is dropped.

mod followed;
mod owner;
mod rank;
mod rights;
mod wall;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use model::{ClusterId, Delta, ResourceKind};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::client::ApiClient;
use crate::informer::Report;
use crate::kubeconfig::Context;
use crate::outbox::Outbox;
use crate::reader::Reader;
use owner::Owner;

pub use wall::WallClock;

/// How to connect.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Namespaces a person named, for accounts that may not list them; the context's own is always among them.
    pub namespaces: Vec<String>,
    /// How long a watch may be silent, and an answer may take to begin, before it is taken for dead. By default the
    /// transport decides of watches: seconds where HTTP/2 pings are answered or not, else a little more than the API
    /// server's minute between bookmarks; and an answer has half a minute.
    pub silence: Option<Duration>,
    /// Tells that the machine has slept.
    pub wall: WallClock,
}

/// Whether the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// No answer yet.
    Connecting,
    /// It answers.
    Up,
    /// It does not.
    Down {
        /// Milliseconds since the Unix epoch.
        since: i64,
        /// What failed, in a sentence.
        why: Arc<str>,
    },
}

/// A cluster that is being listed and watched. Dropping it ends every request.
pub struct Connection {
    cluster: ClusterId,
    outbox: Arc<Outbox>,
    reader: Reader,
    link: watch::Receiver<Link>,
    reports: mpsc::UnboundedSender<Report>,
    owner: AbortHandle,
}

/// Begins to list and watch everything that the context's account may. Returns at once; what fails is told by
/// [`Connection::link`] and by the kinds' states, and tried again. Must be called inside a tokio runtime.
pub fn connect(context: &Context, options: Options) -> Connection {
    let client = Arc::new(ApiClient::new(context.clone(), options.silence));
    let outbox = Arc::new(Outbox::default());
    let (link_writer, link) = watch::channel(Link::Connecting);
    let (kinds_writer, kinds) = watch::channel(Arc::<[ResourceKind]>::default());
    let owner = Owner::new(client.clone(), outbox.clone(), link_writer, kinds_writer, options);
    let reports = owner.reports();
    // Not joined: the handle aborts it when the connection is dropped, and its informers with it.
    let owner = tokio::spawn(owner.run()).abort_handle();
    Connection { cluster: context.id.clone(), outbox, reader: Reader::new(client, kinds), link, reports, owner }
}

impl Connection {
    /// Which cluster it is.
    pub fn cluster(&self) -> &ClusterId {
        &self.cluster
    }

    /// The next changes, about every 50 ms and the first objects of a kind at once, each object once with its newest
    /// state. Safe to cancel; never ends by itself.
    pub async fn next(&mut self) -> Option<Vec<Delta>> {
        self.outbox.take().await
    }

    /// Looks into these namespaces too, where the account may not list across them. Those looked into before stay.
    pub fn look_into(&self, namespaces: Vec<String>) {
        // The owner lives as long as the connection.
        let _ = self.reports.send(Report::Named(namespaces));
    }

    /// Answers single questions; may be cloned, and outlives the connection.
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// When the server last said anything (an answer, an event, a bookmark), in milliseconds since the Unix epoch.
    pub fn heard(&self) -> watch::Receiver<Option<i64>> {
        self.reader.client.heard()
    }

    /// Whether the server answers, now and later.
    pub fn link(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("cluster", &self.cluster).finish_non_exhaustive()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.owner.abort();
    }
}
