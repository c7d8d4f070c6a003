//! Starting and stopping a demo: the task that owns the world, and the server in front of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::clock::{Clock, SystemClock};
use crate::http::Api;
use crate::life::{self, World};
use crate::scenario::ScenarioError;

/// The world is asked to go on this often.
const TICK: Duration = Duration::from_millis(250);

/// What the cluster is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The scenario `shop`: a small company's cluster with a dozen things wrong in it.
    Shop,
    /// A generated cluster of so many objects.
    Objects(usize),
}

impl Scenario {
    /// So many generated objects; the scenario `shop` where no number is given.
    pub fn of(objects: Option<u32>) -> Self {
        objects.map_or(Self::Shop, |objects| Self::Objects(objects as usize))
    }
}

/// How a demo is started.
#[derive(Clone)]
pub struct Options {
    /// What the cluster is made of.
    pub scenario: Scenario,
    /// The same seed and the same times give the same life.
    pub seed: u64,
    /// The port on loopback; 0 for a free one.
    pub port: u16,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Whether anything happens after the start. An export of the demo wants a cluster that stands still.
    pub lives: bool,
    /// Pods replaced a second, beside what happens anyway.
    pub churn: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { scenario: Scenario::Shop, seed: 1, port: 0, clock: Arc::new(SystemClock), lives: true, churn: 0 }
    }
}

/// The sizes that a generated cluster can have: it lies in memory as a whole.
pub const OBJECTS: RangeInclusive<usize> = 10..=100_000;

/// A demo could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or loopback is not there. Another port may help.
    #[error("listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// No generated cluster has this size.
    #[error("the demo has {} to {} objects, not {objects}; ask for a number in between", OBJECTS.start(), OBJECTS.end())]
    Size {
        /// The size that was asked for.
        objects: usize,
    },
    /// The scenario's own data is broken; retrying does not help.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
}

/// The embedded cluster.
#[derive(Clone, Copy, Debug)]
pub struct Demo;

/// A running demo. Dropping it ends it.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    name: String,
    namespace: &'static str,
    control: mpsc::Sender<oneshot::Sender<()>>,
    closing: CancellationToken,
    _guard: DropGuard,
    server: JoinHandle<()>,
}

impl Demo {
    /// Starts a demo and its server on a loopback port.
    ///
    /// # Errors
    ///
    /// If the port cannot be had, or a cluster of this size.
    pub async fn start(options: Options) -> Result<Running, StartError> {
        if let Scenario::Objects(count) = options.scenario
            && !OBJECTS.contains(&count)
        {
            return Err(StartError::Size { objects: count });
        }
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let failed = |source| StartError::Listen { port: options.port, source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let start = options.clock.now();
        let (mut world, name) = match options.scenario {
            Scenario::Shop => (life::shop(options.seed, start)?, "shop-eu-1".to_owned()),
            Scenario::Objects(count) => (life::generated(count, options.seed, start), format!("generated-{count}")),
        };
        world.set_churn(options.churn);
        let closing = CancellationToken::new();
        let api = Api::new(
            world.store.registry().clone(),
            world.store.subscribe(),
            Arc::new(world.profiles()),
            options.clock.clone(),
            closing.clone(),
            address,
        );
        let (control, orders) = mpsc::channel(8);
        let clock = options.clock.clone();
        // Both tasks end when the token is cancelled, which the handle's guard does when it is dropped.
        tokio::spawn(live(world, clock, options.lives, orders, closing.clone()));
        let server = tokio::spawn(serve(listener, api, closing.clone()));
        let namespace = match options.scenario {
            Scenario::Shop => "shop",
            Scenario::Objects(_) => "team-amber-0",
        };
        Ok(Running { address, name, namespace, control, _guard: closing.clone().drop_guard(), closing, server })
    }
}

impl Running {
    /// Where the API is served.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The name of the context in the kubeconfig.
    pub fn context(&self) -> &str {
        &self.name
    }

    /// A kubeconfig with this cluster as its only context.
    pub fn kubeconfig(&self) -> String {
        let (name, address, namespace) = (&self.name, self.address, self.namespace);
        format!(
            "apiVersion: v1\n\
             kind: Config\n\
             clusters:\n\
             - name: {name}\n  cluster:\n    server: http://{address}\n\
             users:\n\
             - name: admin\n  user: {{}}\n\
             contexts:\n\
             - name: {name}\n  context:\n    cluster: {name}\n    user: admin\n    namespace: {namespace}\n\
             current-context: {name}\n"
        )
    }

    /// Lets everything happen that is due by the clock, and returns when it is visible. With a clock that is
    /// turned by hand, this is how a test goes on.
    pub async fn settle(&self) {
        let (done, settled) = oneshot::channel();
        if self.control.send(done).await.is_ok() {
            // An error means that the world has ended, and nothing will happen any more.
            let _ = settled.await;
        }
    }

    /// Ends the demo and waits until its port is free.
    pub async fn shutdown(self) {
        self.closing.cancel();
        if let Err(error) = self.server.await {
            tracing::warn!(%error, "the demo's server ended badly");
        }
    }
}

/// Owns the world: lets it go on with the clock, and publishes what has changed.
async fn live(
    mut world: World,
    clock: Arc<dyn Clock>,
    lives: bool,
    mut orders: mpsc::Receiver<oneshot::Sender<()>>,
    closing: CancellationToken,
) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let order = tokio::select! {
            () = closing.cancelled() => return,
            _ = ticks.tick() => None,
            order = orders.recv() => match order {
                Some(order) => Some(order),
                None => return,
            },
        };
        if lives {
            world.advance(clock.now());
            world.store.publish();
        }
        if let Some(done) = order {
            // Nobody waits any more where this fails.
            let _ = done.send(());
        }
    }
}

async fn serve(listener: TcpListener, api: Api, closing: CancellationToken) {
    let served = axum::serve(listener, api.router()).with_graceful_shutdown(async move { closing.cancelled().await });
    if let Err(error) = served.await {
        tracing::warn!(%error, "the demo's server ended");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_demo_larger_than_any_memory_is_refused() {
        for count in [0, 100_001, 4_294_967_295] {
            let started = Demo::start(Options { scenario: Scenario::Objects(count), ..Options::default() }).await;
            assert!(matches!(started, Err(StartError::Size { objects }) if objects == count));
        }
    }
}
