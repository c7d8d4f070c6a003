//! One informer: lists one kind in one scope, then watches it, for as long as it is not dropped.

pub(crate) mod backoff;
pub(crate) mod decode;
mod list;
mod single;
pub(crate) mod target;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use model::{Delta, KindState, Scope};
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, watch as signal};
use tokio::time::{Instant, timeout};

use crate::clock::now;
use crate::failure::Failure;
use crate::outbox::{Outbox, Pen};
use crate::session::Session;
use backoff::Backoff;
use target::Target;

/// A watch that lived so long works, though it brought nothing.
const PROOF: Duration = Duration::from_secs(5);

/// What one informer works with.
pub(crate) struct Informer {
    pub(crate) session: Arc<Session>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) pen: Pen,
    pub(crate) target: Target,
    /// How long a watch may say nothing, where that is set; else the transport decides.
    pub(crate) silence: Option<Duration>,
    /// Rung when the network may be back: waiting ends.
    pub(crate) wake: Arc<Notify>,
    /// Counts the times the machine slept: connections from before are dead, though they do not know it.
    pub(crate) slept: signal::Receiver<u64>,
    pub(crate) report: mpsc::UnboundedSender<Report>,
}

/// What the owner must hear of.
#[derive(Debug)]
pub(crate) enum Report {
    /// The scope may not be listed: the owner may try smaller ones.
    Forbidden(Target),
    /// What the server serves may have changed: the owner looks.
    KindsChanged,
    /// Namespaces that can be named.
    Namespaces(Vec<String>),
    /// Namespaces that a person named.
    Named(Vec<String>),
    /// The target is listed and watched.
    Answered(Target),
    /// It did not.
    Failed(Failure),
}

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
}

impl State {
    fn say(&mut self, informer: &Informer, state: KindState) {
        informer.outbox.write(&informer.pen, self.changed(informer, state));
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
        self.say(informer, KindState::Live);
        let _ = informer.report.send(Report::Answered(informer.target.clone()));
    }

    fn failed(&mut self, informer: &Informer, failure: &Failure) {
        match failure {
            Failure::Forbidden(why) => {
                self.complete = false;
                self.say(informer, KindState::Forbidden { why: why.as_str().into() });
            }
            _ if self.complete => {
                // The first moment stays: since then nothing new is known.
                let since = if let Some(KindState::Stale { since, .. }) = self.said { since } else { now() };
                self.say(informer, KindState::Stale { since, why: failure.to_string().into() });
            }
            _ => {}
        }
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
            let (from, begun) = (version.clone(), Instant::now());
            let outcome = tokio::select! {
                outcome = self.step(&mut state, &mut version) => outcome,
                _ = slept.changed() => Err(Failure::Network("the machine slept".to_owned())),
            };
            drop(permit.take());
            // A list alone proves little: the watch that follows may fail at once, again and again.
            if !from.is_empty() && (version != from || begun.elapsed() > PROOF) {
                backoff.reset();
            }
            match outcome {
                Ok(pause) => self.pause(pause, &mut backoff).await,
                Err(failure) => self.suffer(&failure, &mut state, &mut backoff, &mut version).await,
            }
        }
    }

    /// A list where no version is known, a watch where one is; a Namespace that cannot be listed by itself. Answers how
    /// long to wait before the next step.
    async fn step(&self, state: &mut State, version: &mut String) -> Result<Duration, Failure> {
        match &self.target.scope {
            Scope::Namespace(name) if !self.target.kind.namespaced => return single::run(self, state, name).await,
            _ if version.is_empty() => self.relist(state, version).await?,
            _ => watch::run(self, state, version).await?,
        }
        Ok(Duration::ZERO)
    }

    /// Waits, but for what is rung for.
    async fn pause(&self, pause: Duration, backoff: &mut Backoff) {
        if !pause.is_zero() && timeout(pause, self.wake.notified()).await.is_ok() {
            // The server is back: failures from before say nothing of it.
            backoff.reset();
        }
    }

    /// Tells the owner what concerns more than this target.
    fn tell(&self, deltas: &[Delta]) {
        let kind = &self.target.kind.group_kind;
        if matches!(
            (&*kind.group, &*kind.kind),
            ("apiextensions.k8s.io", "CustomResourceDefinition") | ("apiregistration.k8s.io", "APIService")
        ) {
            let _ = self.report.send(Report::KindsChanged);
        }
        if kind.group.is_empty() && &*kind.kind == "Namespace" {
            let names = deltas.iter().filter_map(|delta| {
                if let Delta::Upsert(object) = delta { Some(object.key.name().to_owned()) } else { None }
            });
            let _ = self.report.send(Report::Namespaces(names.collect()));
        }
    }

    async fn relist(&self, state: &mut State, version: &mut String) -> Result<(), Failure> {
        let (kind, scope) = (&self.target.kind.group_kind, &self.target.scope);
        self.outbox.write(&self.pen, [Delta::RelistBegin(kind.clone(), scope.clone())]);
        let listed = match list::run(self, state).await {
            Err(Failure::TooLarge { .. }) if !state.small_pages => {
                state.small_pages = true;
                list::run(self, state).await?
            }
            other => other?,
        };
        self.outbox.write(&self.pen, [Delta::RelistEnd(kind.clone(), scope.clone())]);
        state.live(self);
        if listed.is_empty() {
            // Without a version a watch would begin with everything again.
            return Err(Failure::Malformed("the list has no resourceVersion".to_owned()));
        }
        *version = listed;
        Ok(())
    }

    async fn suffer(&self, failure: &Failure, state: &mut State, backoff: &mut Backoff, version: &mut String) {
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
                let _ = self.report.send(Report::KindsChanged);
            }
            _ => {}
        }
        state.failed(self, failure);
        let _ = self.report.send(Report::Failed(failure.clone()));
        let pause = match failure {
            Failure::Forbidden(_) if state.allowed => backoff.after_lost_right(backoff::chance()),
            _ => backoff.after(failure, backoff::chance()),
        };
        self.pause(pause, backoff).await;
    }
}
