//! A proxy between the product and an API server that makes go wrong what goes wrong in the world: programmed while it
//! runs, request by request ([`Rule`]) or for the whole line ([`Line`]), and keeping a record of what was asked.
//!
//! It speaks TLS with a certificate of its own and HTTP/1.1 or HTTP/2 to the client, HTTP/1.1 to the server, and lets
//! upgrades through. Where the server cannot be reached the client's connection is cut, as without a proxy.

mod body;
mod fault;
mod serve;
mod wire;

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};
use tokio::runtime;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::access::Access;
use crate::keys::Authority;
use crate::ports;
use crate::wait::PATIENCE;

pub use fault::{Fault, Rule, Seen};
pub use wire::Line;

/// The proxy. Runs on a thread of its own, so that nothing under test can hold it up; ends when dropped.
///
/// ```no_run
/// # async fn example() -> anyhow::Result<()> {
/// use support::{ControlPlane, Fault, FaultProxy, Rule};
///
/// let plane = ControlPlane::shared().await?;
/// let proxy = FaultProxy::before(plane.admin())?;
/// proxy.add(Rule::new(Fault::status(500)).path("/api/v1/pods").lists().times(3));
/// let kubeconfig = proxy.access().kubeconfig();      // what the product is pointed at
/// // ... let the product list ...
/// proxy.until("pods are listed in spite of it", |seen| {
///     seen.iter().any(|request| request.path == "/api/v1/pods" && request.status == Some(200))
/// }).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FaultProxy {
    access: Access,
    authority: String,
    state: Arc<State>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

/// What the proxy's thread and its owner share.
#[derive(Debug)]
struct State {
    rules: Mutex<Vec<Rule>>,
    seen: Mutex<Vec<Seen>>,
    /// Changes with `seen`.
    changed: watch::Sender<()>,
    line: watch::Sender<Line>,
    /// Cancelled to cut the connections of the moment, and replaced for those to come.
    connections: Mutex<CancellationToken>,
}

impl FaultProxy {
    /// A proxy before the server of `access`.
    pub fn before(access: &Access) -> Result<Self> {
        let port = ports::free()?;
        let authority = Authority::new("fault-proxy")?;
        let identity = authority.server("fault-proxy")?;
        let authority = authority.certificate();
        let server = format!("https://127.0.0.1:{port}");
        let own = access.through("through-proxy", server, Some(authority.clone()))?;
        let state = Arc::new(State {
            rules: Mutex::default(),
            seen: Mutex::default(),
            changed: watch::Sender::new(()),
            line: watch::Sender::new(Line::Up),
            connections: Mutex::default(),
        });
        let stop = CancellationToken::new();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).context("listen for a proxy")?;
        listener.set_nonblocking(true).context("listen for a proxy")?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build().context("start a proxy")?;
        let server = serve::Server::new(access, &identity, state.clone())?;
        let stopped = stop.clone();
        let thread = thread::Builder::new().name("fault-proxy".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = server.run(listener, port) => {}
                    () = stopped.cancelled() => {}
                }
            });
        });
        Ok(Self { access: own, authority, state, stop, thread: Some(thread.context("start a proxy")?) })
    }

    /// The account that the proxy was made with, through the proxy.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Another account of the same server, through the proxy.
    pub fn access_as(&self, other: &Access) -> Result<Access> {
        other.through("through-proxy", self.access.server().to_owned(), Some(self.authority.clone()))
    }

    /// Adds a rule. Where several concern a request, the one added first befalls it.
    pub fn add(&self, rule: Rule) {
        lock(&self.state.rules).push(rule);
    }

    /// Takes all rules back. What already hangs or trickles goes on doing so; [`Self::cut`] ends that.
    pub fn clear(&self) {
        lock(&self.state.rules).clear();
    }

    /// Makes the whole line what `line` says. `Down` cuts what is connected.
    pub fn set_line(&self, line: Line) {
        self.state.line.send_replace(line);
        if line == Line::Down {
            self.cut();
        }
    }

    /// Cuts every connection of the moment; new ones are accepted.
    pub fn cut(&self) {
        std::mem::take(&mut *lock(&self.state.connections)).cancel();
    }

    /// Every request so far, in the order they came.
    pub fn requests(&self) -> Vec<Seen> {
        lock(&self.state.seen).clone()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        lock(&self.state.seen).clear();
    }

    /// Waits until the requests so far are what `enough` asks for, with an end.
    pub async fn until(&self, what: &str, mut enough: impl FnMut(&[Seen]) -> bool) -> Result<()> {
        let mut changed = self.state.changed.subscribe();
        let wait = async {
            while !enough(&lock(&self.state.seen)) {
                changed.changed().await.context("the proxy ended")?;
            }
            Ok(())
        };
        timeout(PATIENCE, wait).await.with_context(|| format!("waited {PATIENCE:?} in vain: {what}"))?
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // It fails only when the thread panicked, which has been printed.
            let _ = thread.join();
        }
    }
}

impl State {
    /// Records a request and says what befalls it.
    fn record(&self, mut seen: Seen) -> (usize, Option<Fault>) {
        let fault = lock(&self.rules).iter_mut().find_map(|rule| rule.strike(&seen).cloned());
        seen.fault = fault.clone();
        let mut all = lock(&self.seen);
        all.push(seen);
        let number = all.len() - 1;
        drop(all);
        self.changed.send_replace(());
        (number, fault)
    }

    fn encoded(&self, number: usize, encoding: &str) {
        if let Some(seen) = lock(&self.seen).get_mut(number) {
            seen.encoding = Some(encoding.to_owned());
        }
    }

    fn answered(&self, number: usize, status: u16) {
        if let Some(seen) = lock(&self.seen).get_mut(number) {
            seen.status = Some(status);
        }
        self.changed.send_replace(());
    }
}

/// Nothing is left half done by a panic in between, so a poisoned lock is as good as another.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
