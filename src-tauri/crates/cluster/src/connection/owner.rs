//! The one task that owns a connection: discovers kinds, starts informers in order of importance, and ends them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;
use std::time::Duration;

use model::{Delta, GroupKind, ResourceKind, Scope};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::followed::{Followed, Place, Running};
use super::rank::rank;
use super::rights::Reviews;
use super::{Link, Options, WallClock};
use crate::client::ApiClient;
use crate::clock::now;
use crate::discovery::{Served, discover};
use crate::failure::Failure;
use crate::informer::backoff::Backoff;
use crate::informer::target::Target;
use crate::informer::{Informer, Report};
use crate::outbox::Outbox;

/// First lists under way at a time. More would only queue inside the API server.
const CONCURRENT_LISTS: usize = 6;
/// Kinds may change without a definition that can be watched.
const REDISCOVER_EVERY: Duration = Duration::from_secs(180);
/// A kind that discovery does not name for so long is gone.
const BELIEVED_AFTER: Duration = Duration::from_secs(30);
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
    pub(super) client: Arc<ApiClient>,
    pub(super) outbox: Arc<Outbox>,
    link: watch::Sender<Link>,
    published: watch::Sender<Arc<[ResourceKind]>>,
    silence: Option<Duration>,
    wall: WallClock,
    pub(super) kinds: BTreeMap<GroupKind, Followed>,
    /// Whether the server once said what it serves.
    pub(super) discovered: watch::Sender<bool>,
    /// Names of definitions and API services that are deleted: `rollouts.argoproj.io`, `v1.argoproj.io`.
    undefined: BTreeSet<String>,
    /// Namespaces that can be named: first the context's own and those given, then those listed.
    pub(super) named: Vec<String>,
    listed: BTreeSet<String>,
    pub(super) reviews: Reviews,
    informers: JoinSet<()>,
    waiting: BinaryHeap<Reverse<Waiting>>,
    lists: Arc<Semaphore>,
    wake: Arc<Notify>,
    slept: watch::Sender<u64>,
    reports: mpsc::UnboundedReceiver<Report>,
    report: mpsc::UnboundedSender<Report>,
    started: usize,
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
        client: Arc<ApiClient>,
        outbox: Arc<Outbox>,
        link: watch::Sender<Link>,
        published: watch::Sender<Arc<[ResourceKind]>>,
        options: Options,
    ) -> Self {
        let own = client.context().namespace.clone().unwrap_or_else(|| "default".to_owned());
        let mut named = vec![own];
        for name in options.namespaces {
            if !named.contains(&name) {
                named.push(name);
            }
        }
        let (report, reports) = mpsc::unbounded_channel();
        Self {
            client,
            outbox,
            link,
            published,
            silence: options.silence,
            wall: options.wall,
            kinds: BTreeMap::new(),
            discovered: watch::Sender::new(false),
            undefined: BTreeSet::new(),
            named,
            listed: BTreeSet::new(),
            reviews: Reviews::default(),
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

    /// The channel that reports to it.
    pub(super) fn reports(&self) -> mpsc::UnboundedSender<Report> {
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
                    match self.discover().await {
                        Ok(served) => {
                            backoff.reset();
                            self.up();
                            self.adopt(served);
                            let missed = self.kinds.values().filter_map(|followed| followed.missed).min();
                            let usual = Instant::now() + REDISCOVER_EVERY;
                            discover_at = missed.map_or(usual, |missed| usual.min(missed + BELIEVED_AFTER));
                        }
                        Err(failure) => {
                            discover_at = Instant::now() + backoff.after(&failure, fastrand::f64());
                            self.down(&failure);
                        }
                    }
                }
                Some(report) = self.reports.recv() => {
                    if let Report::KindsChanged { deleted, defined } = &report {
                        self.undefined.extend(deleted.iter().cloned());
                        self.undefined.retain(|name| !defined.contains(name));
                        if looks.is_empty() {
                            looks = AFTER_CHANGE.iter().map(|after| Instant::now() + *after).collect();
                        } else {
                            // Changes come in bursts; the looks that are due see the latest as well, but for the very last.
                            looks.extend(AFTER_CHANGE.last().map(|after| Instant::now() + *after));
                        }
                    }
                    self.hear(report);
                }
                (scope, rights) = self.reviews.next() => self.take_rights(&scope, rights),
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
                    self.review_rights();
                    self.prove_silence();
                }
            }
            // One look each is enough, however many changes there were.
            looks.truncate(AFTER_CHANGE.len() * 2);
        }
    }

    /// Asks what the server serves. The first time, what every server serves and the eye looks for is listed meanwhile.
    async fn discover(&mut self) -> Result<Served, Failure> {
        if !*self.discovered.borrow() && self.kinds.is_empty() {
            // A plugin that fails is not run once for each who asks.
            self.client.prepare().await?;
            for kind in Served::guessed().kinds.into_iter().filter(|kind| rank(&kind.group_kind) == 0) {
                self.follow(kind);
            }
            while !self.waiting.is_empty()
                && let Ok(permit) = self.lists.clone().try_acquire_owned()
            {
                self.start(permit);
            }
        }
        discover(&self.client).await
    }

    fn hear(&mut self, report: Report) {
        match report {
            Report::Answered(target) => {
                self.up();
                self.answered(&target);
            }
            Report::Failed(failure) => self.down(&failure),
            Report::Forbidden(target) => {
                // A refusal is an answer.
                self.up();
                self.refused(&target);
            }
            Report::Namespaces { came, went } => {
                let before = self.listed.clone();
                self.listed.extend(came);
                went.iter().for_each(|name| {
                    self.listed.remove(name);
                });
                if self.listed != before {
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
            Report::KindsChanged { .. } => {}
        }
    }

    fn answered(&mut self, target: &Target) {
        let Some(followed) = self.kinds.get_mut(&target.kind.group_kind) else { return };
        let Some(running) = followed.running(&target.scope) else { return };
        let was_refused = running.refused;
        running.heard(false);
        if target.scope == Scope::Cluster && std::mem::take(&mut followed.forbidden) {
            // Rights were given: one list of everything replaces those of single namespaces.
            let kind = followed.kind.group_kind.clone();
            let left = followed.leave_namespaces().into_iter().map(|scope| Delta::Left(kind.clone(), scope));
            let left: Vec<Delta> = left.collect();
            self.outbox.write(&followed.writer, left);
        }
        if was_refused {
            self.doubt_rights(&target.scope, false);
        }
    }

    fn refused(&mut self, target: &Target) {
        let Some(followed) = self.kinds.get_mut(&target.kind.group_kind) else { return };
        let Some(running) = followed.running(&target.scope) else { return };
        let was_allowed = running.answered && !running.refused;
        running.heard(true);
        if target.scope == Scope::Cluster && !std::mem::replace(&mut followed.forbidden, true) {
            self.spread();
        }
        if was_allowed {
            self.doubt_rights(&target.scope, true);
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
            _ => !*self.discovered.borrow(),
        };
        if is_away {
            self.link.send_if_modified(|link| {
                let since = if let Link::Down { since, .. } = link { *since } else { now() };
                let next = Link::Down { since, why: failure.to_string().into() };
                std::mem::replace(link, next.clone()) != next
            });
        }
    }

    /// Follows what is served and leaves what is no longer. A server that has just begun names its kinds one after another:
    /// what is missing is gone where its definition is seen to go, or it stays missing.
    fn adopt(&mut self, served: Served) {
        let now = Instant::now();
        let is_first = !*self.discovered.borrow();
        let mut gone = Vec::new();
        for (kind, followed) in &mut self.kinds {
            let same_name = served.kinds.iter().find(|other| other.group_kind == *kind);
            match same_name {
                Some(other) if is_same_shape(other, &followed.kind) => followed.missed = None,
                Some(_) => gone.push(kind.clone()),
                // It was taken to be served.
                None if is_first => gone.push(kind.clone()),
                // Nothing is known of them.
                None if served.is_guessed || served.silent_groups.contains(&*kind.group) => followed.missed = None,
                None => {
                    let missed = *followed.missed.get_or_insert(now);
                    let version = format!("{}.{}", followed.kind.version, kind.group);
                    let definition = format!("{}.{}", followed.kind.plural, kind.group);
                    let is_undefined = self.undefined.contains(&version) || self.undefined.contains(&definition);
                    if is_undefined || now - missed >= BELIEVED_AFTER {
                        gone.push(kind.clone());
                    }
                }
            }
        }
        for kind in gone {
            self.leave(&kind);
        }
        for kind in served.kinds {
            let known = self.kinds.get(&kind.group_kind).is_some_and(|followed| followed.kind == kind);
            if !known {
                self.follow(kind);
            }
        }
        // Once every kind is announced: what was listed before is not all there is.
        self.discovered.send_replace(true);
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
        let writer = self.outbox.announce(kind.clone());
        let followed = Followed::new(kind, writer);
        if let Some(before) = self.kinds.insert(group_kind.clone(), followed) {
            before.abort();
        }
        self.enqueue(group_kind, Scope::Cluster);
    }

    /// Follows forbidden kinds in every namespace that can be named, as far as the account may there.
    fn spread(&mut self) {
        let scopes: Vec<Scope> = self.nameable().map(|name| Scope::Namespace(name.into())).collect();
        scopes.iter().for_each(|scope| self.heed_rights(scope));
        self.review_rights();
    }

    /// The namespaces that are looked into where the account may not list across them.
    pub(super) fn nameable(&self) -> impl Iterator<Item = &str> {
        let listed = self.listed.iter().filter(|name| !self.named.contains(name)).take(LISTED_NAMESPACES);
        self.named.iter().chain(listed).map(String::as_str)
    }

    pub(super) fn enqueue(&mut self, kind: GroupKind, scope: Scope) {
        if let Some(followed) = self.kinds.get_mut(&kind) {
            followed.scopes.insert(scope.clone(), Place::Waiting);
            self.started += 1;
            self.waiting.push(Reverse(Waiting { rank: rank(&kind), order: self.started, kind, scope }));
        }
    }

    fn start(&mut self, permit: tokio::sync::OwnedSemaphorePermit) {
        let Some(Reverse(Waiting { kind, scope, .. })) = self.waiting.pop() else { return };
        // Withdrawn, or begun anew, while it waited.
        let Some(followed) = self.kinds.get_mut(&kind) else { return };
        let Some(place @ Place::Waiting) = followed.scopes.get_mut(&scope) else { return };
        let rights_changed = Arc::new(Notify::new());
        let informer = Informer {
            client: self.client.clone(),
            outbox: self.outbox.clone(),
            writer: followed.writer.clone(),
            target: Target { kind: followed.kind.clone(), scope },
            silence: self.silence,
            wake: self.wake.clone(),
            discovered: self.discovered.subscribe(),
            rights_changed: rights_changed.clone(),
            is_told_of_rights: self.reviews.is_complete.clone(),
            slept: self.slept.subscribe(),
            report: self.report.clone(),
        };
        *place = Place::Running(Running::new(self.informers.spawn(informer.run(permit)), rights_changed));
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
