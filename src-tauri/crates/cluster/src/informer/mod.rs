//! One informer: lists one kind in one scope, then watches it, for as long as it is not dropped.
//!
//! Not kube's `watcher`, which tells of objects and hides the watch: here bookmarks, the time of the last word, pages that
//! are in and why something is tried again are told, and a body is cut to what is kept while it is read.

pub(crate) mod backoff;
pub(crate) mod decode;
mod list;
mod single;
pub(crate) mod target;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use model::{Delta, KindState, Scope};
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, watch as signal};
use tokio::time::{Instant, timeout};

use crate::client::{ApiClient, Ask, Limit};
use crate::clock::now;
use crate::failure::Failure;
use crate::outbox::{Outbox, Writer};
use backoff::Backoff;
use target::Target;

/// A watch that lived so long works, though it brought nothing.
const PROOF: Duration = Duration::from_secs(5);

/// What one informer works with.
pub(crate) struct Informer {
    pub(crate) client: Arc<ApiClient>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) writer: Writer,
    pub(crate) target: Target,
    /// How long a watch may say nothing, where that is set; else the transport decides.
    pub(crate) silence: Option<Duration>,
    /// Notified when the network may be back: waiting ends.
    pub(crate) wake: Arc<Notify>,
    /// Whether discovery has ended: before, no list counts as complete and no refusal as final.
    pub(crate) discovered: signal::Receiver<bool>,
    /// Notified when the account's rights to this target may have changed: it asks.
    pub(crate) rights_changed: Arc<Notify>,
    /// Whether it is notified when a right comes back, so that asking for it again and again is idle.
    pub(crate) is_told_of_rights: Arc<AtomicBool>,
    /// Counts the times the machine slept: connections from before are dead, though they do not know it.
    pub(crate) slept: signal::Receiver<u64>,
    pub(crate) report: mpsc::UnboundedSender<Report>,
}

/// What the owner must hear of.
#[derive(Debug)]
pub(crate) enum Report {
    /// The scope may not be listed: the owner may try smaller ones.
    Forbidden(Target),
    /// What the server serves may have changed: the owner looks. With the names of definitions and API services that are
    /// deleted, and of those that are there.
    KindsChanged { deleted: Vec<String>, defined: Vec<String> },
    /// Namespaces that came and that went, by the list or watch of them.
    Namespaces { came: Vec<String>, went: Vec<String> },
    /// Namespaces that a person named.
    Named(Vec<String>),
    /// The target is listed and watched.
    Answered(Target),
    /// The last request failed.
    Failed(Failure),
}

/// Between two lists of what may be listed and not watched, at the least and at the most.
const POLL_EVERY: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(120));
/// So many times as long as a list took passes until the next.
const POLL_REST: u32 = 20;
/// What may not be watched is tried to be watched again after so long.
const WATCH_AGAIN: Duration = Duration::from_secs(300);

/// What was watched once and may be listed still is tried to be watched so many times, over some seconds.
const WATCH_TRIES: u32 = 6;
const WATCH_RETRY: Duration = Duration::from_millis(250);

/// How complete and fresh the target is, as last said.
#[derive(Default)]
pub(crate) struct State {
    said: Option<KindState>,
    /// Whether it was complete once: what is held then is stale rather than loading.
    complete: bool,
    /// Whether it was allowed before: a right that is lost may be given back.
    allowed: bool,
    /// Whether its objects are so large that few fit a page.
    small_pages: bool,
    /// How long the last list took.
    list_took: Duration,
    /// Whether a watch was answered once, and how many were refused since one was.
    was_watched: bool,
    /// When the watch under way was answered.
    watch_began: Option<Instant>,
    refused_watches: u32,
    /// Where it may not be watched: until when it is listed again and again.
    polled_until: Option<Instant>,
}

impl State {
    fn say(&mut self, informer: &Informer, state: KindState) {
        informer.outbox.write(&informer.writer, self.changed(informer, state));
    }

    fn changed(&mut self, informer: &Informer, state: KindState) -> Option<Delta> {
        if self.said.as_ref() == Some(&state) {
            return None;
        }
        self.said = Some(state.clone());
        let target = &informer.target;
        Some(Delta::State(target.kind.group_kind.clone(), target.scope.clone(), state))
    }

    /// So many are in; nothing to say where an earlier list is still shown.
    fn loading(&mut self, informer: &Informer, received: u64) -> Option<Delta> {
        if self.complete { None } else { self.changed(informer, KindState::Loading { received }) }
    }

    fn live(&mut self, informer: &Informer) {
        (self.complete, self.allowed) = (true, true);
        self.say(informer, if self.is_polled() { self.polled() } else { KindState::Live });
        let _ = informer.report.send(Report::Answered(informer.target.clone()));
    }

    /// Whether it is listed again and again, since it may not be watched.
    fn is_polled(&self) -> bool {
        self.polled_until.is_some_and(|until| Instant::now() < until)
    }

    /// How long to wait until the next list of what is polled.
    fn poll_pause(&self) -> Duration {
        self.list_took.saturating_mul(POLL_REST).clamp(POLL_EVERY.0, POLL_EVERY.1)
    }

    fn polled(&self) -> KindState {
        KindState::Polled { every: u32::try_from(self.poll_pause().as_secs()).unwrap_or(u32::MAX) }
    }

    /// A watch is answered.
    fn watched(&mut self, informer: &Informer) {
        (self.was_watched, self.refused_watches, self.polled_until) = (true, 0, None);
        self.live(informer);
    }

    /// The first moment of a state stays: since then nothing new is known.
    fn failed(&mut self, informer: &Informer, failure: &Failure) {
        let why: Arc<str> = failure.to_string().into();
        let next = match (failure, &self.said) {
            (Failure::Forbidden(_), said) => {
                let since = match said {
                    Some(KindState::Forbidden { since, .. }) => *since,
                    _ => self.complete.then(now),
                };
                self.complete = false;
                KindState::Forbidden { why, since }
            }
            (_, Some(KindState::Stale { since, .. })) => KindState::Stale { since: *since, why },
            _ if self.complete => KindState::Stale { since: now(), why },
            // Until the server answers, what it last said of the right holds.
            (_, Some(KindState::Forbidden { .. })) => return,
            (_, Some(KindState::Failed { since, .. })) => KindState::Failed { since: *since, why },
            _ => KindState::Failed { since: now(), why },
        };
        self.say(informer, next);
    }
}

impl Informer {
    /// Runs until it is dropped. The permit is given back when the first list is in, or failed: what cannot be had
    /// must not hold up the others.
    pub(crate) async fn run(self, permit: OwnedSemaphorePermit) {
        let mut permit = Some(permit);
        let mut slept = self.slept.clone();
        let mut state = State::default();
        let mut backoff = Backoff::default();
        let mut version = String::new();
        state.say(&self, KindState::Loading { received: 0 });
        loop {
            let from = version.clone();
            let outcome = tokio::select! {
                outcome = self.step(&mut state, &mut version) => outcome,
                _ = slept.changed() => Err(Failure::Network("the machine slept".to_owned())),
                // A server does not end a watch when the right to it is taken away.
                () = self.rights_changed.notified() => self.may_list().await.map(|()| Duration::ZERO),
            };
            drop(permit.take());
            if outcome.is_err() {
                self.discovered().await;
            }
            // A list alone proves little: the watch that follows may fail at once, again and again.
            let began = state.watch_began.take();
            if !from.is_empty() && (version != from || began.is_some_and(|began| began.elapsed() > PROOF)) {
                backoff.reset();
            }
            match outcome {
                Ok(pause) => {
                    if self.pause(pause, &mut backoff).await {
                        // Whatever may have changed: perhaps it may be watched now.
                        state.polled_until = None;
                    }
                }
                Err(failure) => self.after_failure(&failure, &mut state, &mut backoff, &mut version).await,
            }
        }
    }

    /// A list where no version is known, a watch where one is; a Namespace that cannot be listed by itself. Answers how
    /// long to wait before the next step.
    async fn step(&self, state: &mut State, version: &mut String) -> Result<Duration, Failure> {
        match &self.target.scope {
            Scope::Namespace(name) if self.target.is_single() => return single::run(self, state, name).await,
            _ if version.is_empty() => {
                self.relist(state, version).await?;
                if state.is_polled() {
                    version.clear();
                    return Ok(state.poll_pause());
                }
            }
            _ => match watch::run(self, state, version).await {
                Err(Failure::Forbidden(_)) => {
                    // Both rights are gone, or that to list was all there was, or the server has just begun and reads its
                    // roles.
                    self.may_list().await?;
                    state.refused_watches += 1;
                    if state.refused_watches < if state.was_watched { WATCH_TRIES } else { 2 } {
                        return Ok(WATCH_RETRY * (1 << state.refused_watches.min(5)));
                    }
                    state.refused_watches = 0;
                    version.clear();
                    state.polled_until = Some(Instant::now() + WATCH_AGAIN);
                    state.live(self);
                    return Ok(state.poll_pause());
                }
                other => other?,
            },
        }
        Ok(Duration::ZERO)
    }

    /// Waits until the server has said what it serves.
    async fn discovered(&self) {
        // It lives as long as the owner, which ends its informers.
        let _ = self.discovered.clone().wait_for(|discovered| *discovered).await;
    }

    /// Waits, unless it is woken; answers whether it was.
    async fn pause(&self, pause: Duration, backoff: &mut Backoff) -> bool {
        if pause.is_zero() {
            return false;
        }
        let woken = async {
            tokio::select! { () = self.wake.notified() => {}, () = self.rights_changed.notified() => {} }
        };
        let was_woken = timeout(pause, woken).await.is_ok();
        if was_woken {
            // The server is back: failures from before say nothing of it.
            backoff.reset();
        }
        was_woken
    }

    /// Asks for one object, to see whether that is allowed; what is asked for by name is seen at the next step.
    async fn may_list(&self) -> Result<(), Failure> {
        if self.target.is_single() {
            return Ok(());
        }
        let path = self.target.list_path(1, "");
        let ask = Ask { path: &path, accept: self.target.list_accept(), gzip: false };
        self.client.bytes(ask, Limit::PAGE).await?;
        self.client.hear();
        Ok(())
    }

    /// Tells the owner what concerns more than this target.
    fn tell(&self, deltas: &[Delta]) {
        let kind = &self.target.kind.group_kind;
        if matches!(
            (&*kind.group, &*kind.kind),
            ("apiextensions.k8s.io", "CustomResourceDefinition") | ("apiregistration.k8s.io", "APIService")
        ) {
            let (mut deleted, mut defined) = (Vec::new(), Vec::new());
            for delta in deltas {
                match delta {
                    Delta::Delete(key) => deleted.push(key.name().to_owned()),
                    Delta::Upsert(object) => defined.push(object.key.name().to_owned()),
                    _ => {}
                }
            }
            let _ = self.report.send(Report::KindsChanged { deleted, defined });
        }
        if kind.group.is_empty() && &*kind.kind == "Namespace" {
            let (mut came, mut went) = (Vec::new(), Vec::new());
            for delta in deltas {
                match delta {
                    Delta::Upsert(object) => came.push(object.key.name().to_owned()),
                    Delta::Delete(key) => went.push(key.name().to_owned()),
                    _ => {}
                }
            }
            let _ = self.report.send(Report::Namespaces { came, went });
        }
    }

    async fn relist(&self, state: &mut State, version: &mut String) -> Result<(), Failure> {
        let (kind, scope) = (&self.target.kind.group_kind, &self.target.scope);
        let begun = Instant::now();
        self.outbox.write(&self.writer, [Delta::RelistBegin(kind.clone(), scope.clone())]);
        let listed = match list::run(self, state).await {
            Err(Failure::TooLarge { .. }) if !state.small_pages => {
                state.small_pages = true;
                list::run(self, state).await?
            }
            other => other?,
        };
        self.discovered().await;
        self.outbox.write(&self.writer, [Delta::RelistEnd(kind.clone(), scope.clone())]);
        state.list_took = begun.elapsed();
        state.live(self);
        if listed.is_empty() {
            // Without a version a watch would begin with everything again.
            return Err(Failure::Malformed("the list has no resourceVersion".to_owned()));
        }
        *version = listed;
        Ok(())
    }

    async fn after_failure(&self, failure: &Failure, state: &mut State, backoff: &mut Backoff, version: &mut String) {
        tracing::debug!(kind = %self.target.kind.group_kind, scope = ?self.target.scope, %failure, "informer failed");
        match failure {
            Failure::Gone(_) => {
                version.clear();
                // A watch that was too old is listed anew at once; a list that expired on its way waits a moment.
                if matches!(state.said, Some(KindState::Live)) && backoff.is_first() {
                    state.failed(self, failure);
                    backoff.count();
                    return;
                }
            }
            Failure::Forbidden(_) => {
                version.clear();
                let _ = self.report.send(Report::Forbidden(self.target.clone()));
            }
            Failure::NotFound(_) => {
                version.clear();
                let _ = self.report.send(Report::KindsChanged { deleted: Vec::new(), defined: Vec::new() });
            }
            _ => {}
        }
        state.failed(self, failure);
        let _ = self.report.send(Report::Failed(failure.clone()));
        let pause = match failure {
            Failure::Forbidden(_) if state.allowed => {
                backoff.after_lost_right(self.is_told_of_rights.load(Ordering::Relaxed), fastrand::f64())
            }
            _ => backoff.after(failure, fastrand::f64()),
        };
        self.pause(pause, backoff).await;
    }
}
