//! The one task that owns a connection: discovers kinds, starts informers in order of importance, and ends them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;
use std::time::Duration;

use model::{GroupKind, ResourceKind, Scope};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::rank::rank;
use super::{Link, Options, WallClock};
use crate::clock::now;
use crate::discovery::{Served, discover};
use crate::failure::Failure;
use crate::informer::backoff::{self, Backoff};
use crate::informer::target::Target;
use crate::informer::{Informer, Report};
use crate::outbox::{Outbox, Pen};
use crate::session::Session;

/// First lists under way at a time. More would only queue inside the API server.
const CONCURRENT_LISTS: usize = 6;
/// Kinds may change without a definition that can be watched.
const REDISCOVER_EVERY: Duration = Duration::from_secs(180);
/// After a definition changed the server publishes its kind a moment later: look several times.
const AFTER_CHANGE: [Duration; 5] = [
    Duration::from_millis(150),
    Duration::from_millis(700),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
];
/// Of the namespaces an account may list without being allowed to list across them, so many are tried.
const LISTED_NAMESPACES: usize = 50;
/// The clock of the wall runs on while the machine sleeps.
const TICK: Duration = Duration::from_secs(1);
const SLEPT: Duration = Duration::from_secs(6);

pub(super) struct Owner {
    session: Arc<Session>,
    outbox: Arc<Outbox>,
    link: watch::Sender<Link>,
    published: watch::Sender<Arc<[ResourceKind]>>,
    silence: Option<Duration>,
    wall: WallClock,
    kinds: BTreeMap<GroupKind, Followed>,
    /// Namespaces that can be named: first the context's own and those given, then those listed.
    named: Vec<String>,
    listed: BTreeSet<String>,
    informers: JoinSet<()>,
    waiting: BinaryHeap<Reverse<Waiting>>,
    lists: Arc<Semaphore>,
    wake: Arc<Notify>,
    slept: watch::Sender<u64>,
    reports: mpsc::UnboundedReceiver<Report>,
    report: mpsc::UnboundedSender<Report>,
    started: usize,
}

/// A kind that is followed, in one scope or several.
struct Followed {
    kind: ResourceKind,
    pen: Pen,
    scopes: BTreeMap<Scope, Option<AbortHandle>>,
    forbidden: bool,
}

/// An informer that waits for its turn.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    rank: u8,
    order: usize,
    kind: GroupKind,
    scope: Scope,
}

impl Owner {
    pub(super) fn new(
        session: Arc<Session>,
        outbox: Arc<Outbox>,
        link: watch::Sender<Link>,
        published: watch::Sender<Arc<[ResourceKind]>>,
        options: Options,
    ) -> Self {
        let own = session.context().namespace.clone().unwrap_or_else(|| "default".to_owned());
        let mut named = vec![own];
        for name in options.namespaces {
            if !named.contains(&name) {
                named.push(name);
            }
        }
        let (report, reports) = mpsc::unbounded_channel();
        Self {
            session,
            outbox,
            link,
            published,
            silence: options.silence,
            wall: options.wall,
            kinds: BTreeMap::new(),
            named,
            listed: BTreeSet::new(),
            informers: JoinSet::new(),
            waiting: BinaryHeap::new(),
            lists: Arc::new(Semaphore::new(CONCURRENT_LISTS)),
            wake: Arc::new(Notify::new()),
            slept: watch::Sender::new(0),
            reports,
            report,
            started: 0,
        }
    }

    /// Where it is told things.
    pub(super) fn ear(&self) -> mpsc::UnboundedSender<Report> {
        self.report.clone()
    }

    /// Runs until it is dropped, its informers with it.
    pub(super) async fn run(mut self) {
        let mut backoff = Backoff::default();
        let mut discover_at = Instant::now();
        let mut looks: Vec<Instant> = Vec::new();
        let mut clock = interval(TICK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut clocks = (self.wall.now(), Instant::now());
        loop {
            let next_look = looks.iter().copied().chain([discover_at]).min().unwrap_or(discover_at);
            tokio::select! {
                () = sleep_until(next_look) => {
                    looks.retain(|look| *look > next_look);
                    match discover(&self.session).await {
                        Ok(served) => {
                            backoff.reset();
                            self.up();
                            self.adopt(served);
                            discover_at = Instant::now() + REDISCOVER_EVERY;
                        }
                        Err(failure) => {
                            discover_at = Instant::now() + backoff.after(&failure, backoff::chance());
                            self.down(&failure);
                        }
                    }
                }
                Some(report) = self.reports.recv() => match report {
                    Report::KindsChanged if looks.is_empty() => looks = AFTER_CHANGE.iter().map(|after| Instant::now() + *after).collect(),
                    // Changes come in bursts; the looks that are due see the latest as well, but for the very last.
                    Report::KindsChanged => looks.extend(AFTER_CHANGE.last().map(|after| Instant::now() + *after)),
                    other => self.hear(other),
                },
                Ok(permit) = self.lists.clone().acquire_owned(), if !self.waiting.is_empty() => self.start(permit),
                Some(_) = self.informers.join_next() => {}
                _ = clock.tick() => {
                    let before = std::mem::replace(&mut clocks, (self.wall.now(), Instant::now()));
                    let passed = clocks.0.duration_since(before.0).unwrap_or_default();
                    if has_slept(passed, clocks.1 - before.1) {
                        self.slept.send_modify(|times| *times += 1);
                        self.wake.notify_waiters();
                        discover_at = Instant::now();
                    }
                }
            }
            // One look each is enough, however many changes there were.
            looks.truncate(AFTER_CHANGE.len() * 2);
        }
    }

    fn hear(&mut self, report: Report) {
        match report {
            Report::Answered(target) => {
                self.up();
                if let (Scope::Cluster, Some(followed)) = (&target.scope, self.kinds.get_mut(&target.kind.group_kind))
                    && std::mem::take(&mut followed.forbidden)
                {
                    // Rights were given: one list of everything replaces those of single namespaces.
                    followed.scopes.retain(|scope, informer| {
                        let keep = *scope == Scope::Cluster;
                        if let (false, Some(informer)) = (keep, informer) {
                            informer.abort();
                        }
                        keep
                    });
                }
            }
            Report::Failed(failure) => self.down(&failure),
            Report::Forbidden(target) if target.scope == Scope::Cluster => {
                // A refusal is an answer.
                self.up();
                if let Some(followed) = self.kinds.get_mut(&target.kind.group_kind) {
                    followed.forbidden = true;
                    self.spread();
                }
            }
            Report::Namespaces(names) => {
                let before = self.listed.len();
                self.listed.extend(names);
                if self.listed.len() > before {
                    self.spread();
                }
            }
            Report::Named(names) => {
                for name in names {
                    if !self.named.contains(&name) {
                        self.named.push(name);
                    }
                }
                self.spread();
            }
            Report::Forbidden(_) | Report::KindsChanged => {}
        }
    }

    fn up(&mut self) {
        let came_back = self.link.send_if_modified(|link| std::mem::replace(link, Link::Up) != Link::Up);
        if came_back {
            self.wake.notify_waiters();
        }
    }

    fn down(&mut self, failure: &Failure) {
        let is_away = match failure {
            Failure::Network(_) | Failure::Silent(_) | Failure::Credentials(_) | Failure::Unauthorized(_) => true,
            // One kind's trouble is not the server's, unless nothing has worked yet.
            _ => self.kinds.is_empty(),
        };
        if is_away {
            self.link.send_if_modified(|link| {
                let since = if let Link::Down { since, .. } = link { *since } else { now() };
                let next = Link::Down { since, why: failure.to_string().into() };
                std::mem::replace(link, next.clone()) != next
            });
        }
    }

    /// Follows what is served and leaves what is no longer.
    fn adopt(&mut self, served: Served) {
        let gone: Vec<GroupKind> = self
            .kinds
            .iter()
            .filter(|(kind, followed)| {
                let is_served =
                    served.kinds.iter().any(|other| other.group_kind == **kind && is_same_shape(other, &followed.kind));
                !is_served && !served.silent_groups.contains(&*kind.group)
            })
            .map(|(kind, _)| kind.clone())
            .collect();
        for kind in gone {
            self.leave(&kind);
        }
        for kind in served.kinds {
            let known = self.kinds.get(&kind.group_kind).is_some_and(|followed| followed.kind == kind);
            if !known {
                self.follow(kind);
            }
        }
        self.published.send_replace(self.kinds.values().map(|followed| followed.kind.clone()).collect());
    }

    fn leave(&mut self, kind: &GroupKind) {
        if let Some(followed) = self.kinds.remove(kind) {
            followed.abort();
            self.outbox.withdraw(kind);
        }
    }

    /// A kind that is new, or served in another version.
    fn follow(&mut self, kind: ResourceKind) {
        let group_kind = kind.group_kind.clone();
        let pen = self.outbox.announce(kind.clone());
        let followed = Followed { kind, pen, scopes: BTreeMap::new(), forbidden: false };
        if let Some(before) = self.kinds.insert(group_kind.clone(), followed) {
            before.abort();
        }
        self.enqueue(group_kind, Scope::Cluster);
    }

    /// Follows forbidden kinds in every namespace that can be named.
    fn spread(&mut self) {
        let mut missing = Vec::new();
        let names = self
            .named
            .iter()
            .chain(self.listed.iter().filter(|name| !self.named.contains(name)).take(LISTED_NAMESPACES));
        for name in names {
            let scope = Scope::Namespace(name.as_str().into());
            for followed in self.kinds.values().filter(|followed| followed.forbidden && followed.lives_in_namespaces())
            {
                if !followed.scopes.contains_key(&scope) {
                    missing.push((followed.kind.group_kind.clone(), scope.clone()));
                }
            }
        }
        for (kind, scope) in missing {
            self.enqueue(kind, scope);
        }
    }

    fn enqueue(&mut self, kind: GroupKind, scope: Scope) {
        if let Some(followed) = self.kinds.get_mut(&kind) {
            followed.scopes.insert(scope.clone(), None);
            self.started += 1;
            self.waiting.push(Reverse(Waiting { rank: rank(&kind), order: self.started, kind, scope }));
        }
    }

    fn start(&mut self, permit: tokio::sync::OwnedSemaphorePermit) {
        let Some(Reverse(Waiting { kind, scope, .. })) = self.waiting.pop() else { return };
        // Withdrawn, or begun anew, while it waited.
        let Some(followed) = self.kinds.get_mut(&kind) else { return };
        let Some(place) = followed.scopes.get_mut(&scope).filter(|place| place.is_none()) else { return };
        let informer = Informer {
            session: self.session.clone(),
            outbox: self.outbox.clone(),
            pen: followed.pen.clone(),
            target: Target { kind: followed.kind.clone(), scope },
            silence: self.silence,
            wake: self.wake.clone(),
            slept: self.slept.subscribe(),
            report: self.report.clone(),
        };
        *place = Some(self.informers.spawn(informer.run(permit)));
    }
}

impl Followed {
    /// Whether a namespace's name leads to objects of the kind: those in it, or the Namespace itself.
    fn lives_in_namespaces(&self) -> bool {
        self.kind.namespaced || self.kind.group_kind == GroupKind::new("", "Namespace")
    }

    fn abort(&self) {
        self.scopes.values().flatten().for_each(AbortHandle::abort);
    }
}

/// Whether the machine slept while so much passed on the wall and so much for timers: where it did not, a program that was
/// held up sees both move on. On Windows timers run on while the machine sleeps.
fn has_slept(wall: Duration, timers: Duration) -> bool {
    let unseen = if cfg!(windows) { wall } else { wall.saturating_sub(timers) };
    unseen > SLEPT
}

/// Whether objects of both are the same objects under the same address, whatever their version.
fn is_same_shape(one: &ResourceKind, other: &ResourceKind) -> bool {
    one.plural == other.plural && one.namespaced == other.namespaced
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.outbox.close();
    }
}
