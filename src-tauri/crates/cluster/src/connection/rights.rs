//! What the account may: reviewed every few seconds, one question for a namespace. A server ends no watch when the right
//! to it is taken away, and says nothing when one is given.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use model::{Delta, GroupKind, KindState, Scope};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::followed::Place;
use super::owner::Owner;
use crate::clock::now;
use crate::failure::Failure;
use crate::rights::{Rights, Word, refusal, review};

/// Rights that are taken away or given back are seen within ten seconds.
const REVIEW_EVERY: Duration = Duration::from_secs(7);
/// Namespaces in which the account may nothing, and never might, are many where it may list them all.
const REVIEW_STRANGE: Duration = Duration::from_secs(60);
/// API servers say something about every kind each minute. Milliseconds.
const QUIET: i64 = 75_000;
/// Questions under way at a time.
const CONCURRENT: usize = 4;

/// What is known of the account's rights.
#[derive(Default)]
pub(super) struct Reviews {
    scopes: BTreeMap<Scope, Reviewed>,
    pending: JoinSet<(Scope, Result<Rights, Failure>)>,
    /// Whether the server tells all rights; informers read it.
    pub(super) is_complete: Arc<AtomicBool>,
}

/// One scope's rights.
#[derive(Default)]
struct Reviewed {
    /// None until the first answer.
    rights: Option<Rights>,
    asked: Option<Instant>,
    is_asked: bool,
    /// Whose turn it is to be asked for where the server does not tell all rights.
    turn: usize,
    /// When all kinds were last asked for, since one was refused.
    doubted: Option<Instant>,
    /// The account might something here once.
    is_known: bool,
}

impl Reviews {
    /// The next answer; waits for ever where nothing is asked.
    pub(super) async fn next(&mut self) -> (Scope, Result<Rights, Failure>) {
        loop {
            match self.pending.join_next().await {
                Some(Ok(answer)) => return answer,
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }
}

impl Owner {
    /// Asks about every scope whose time has come.
    pub(super) fn review_rights(&mut self) {
        if !*self.discovered.borrow() {
            return;
        }
        let mut scopes = vec![Scope::Cluster];
        if self.kinds.values().any(|followed| followed.forbidden) {
            scopes.extend(self.nameable().map(|name| Scope::Namespace(name.into())));
        }
        for scope in scopes {
            if self.reviews.pending.len() >= CONCURRENT {
                return;
            }
            let is_listed =
                matches!(&scope, Scope::Namespace(name) if !self.named.iter().any(|named| **named == **name));
            let reviewed = self.reviews.scopes.entry(scope.clone()).or_default();
            let every = if is_listed && !reviewed.is_known { REVIEW_STRANGE } else { REVIEW_EVERY };
            let is_due = reviewed.asked.is_none_or(|asked| asked.elapsed() >= every);
            if is_due && !reviewed.is_asked {
                reviewed.is_asked = true;
                reviewed.asked = Some(Instant::now());
                let client = self.client.clone();
                self.reviews.pending.spawn(async move {
                    let rights = review(&client, &scope).await;
                    (scope, rights)
                });
            }
        }
    }

    /// Takes an answer in: an informer that was refused and now may is prompted to ask, and so is one that could and now may not.
    pub(super) fn take_rights(&mut self, scope: &Scope, answer: Result<Rights, Failure>) {
        let reviewed = self.reviews.scopes.entry(scope.clone()).or_default();
        reviewed.is_asked = false;
        match answer {
            Ok(rights) => {
                self.reviews.is_complete.store(rights.are_complete(), Ordering::Relaxed);
                reviewed.rights = Some(rights);
            }
            // Where the server is away, others notice; it is asked again.
            Err(Failure::Network(_) | Failure::Silent(_) | Failure::Credentials(_) | Failure::Unauthorized(_)) => {}
            Err(failure) => {
                tracing::debug!(?scope, %failure, "the server does not tell the account's rights");
                self.reviews.is_complete.store(false, Ordering::Relaxed);
                reviewed.rights.get_or_insert_with(Rights::unknown);
            }
        }
        self.heed_rights(scope);
        self.review_rights();
    }

    /// Follows what may be followed in the scope, and has the informers ask whose rights seem to have changed.
    pub(super) fn heed_rights(&mut self, scope: &Scope) {
        let Some(reviewed) = self.reviews.scopes.get_mut(scope) else { return };
        let Some(rights) = &reviewed.rights else { return };
        let is_named = matches!(scope, Scope::Namespace(name) if self.named.iter().any(|named| **named == **name));
        let mut fresh = Vec::new();
        let mut untold: [Vec<GroupKind>; 2] = Default::default();
        for followed in self.kinds.values_mut() {
            let single = *scope != Scope::Cluster;
            if single && !(followed.forbidden && followed.lives_in_namespaces()) {
                continue;
            }
            let word = rights.on(&followed.kind, scope);
            match followed.scopes.get_mut(scope) {
                Some(Place::Waiting) => {}
                Some(Place::Running(running)) => match word {
                    Word::Allowed if running.refused => running.prompt(),
                    Word::Refused if running.answered && !running.refused => running.prompt(),
                    Word::Unknown if running.answered || running.refused => {
                        untold[usize::from(running.refused)].push(followed.kind.group_kind.clone());
                    }
                    _ => {}
                },
                Some(Place::Refused) if word == Word::Refused => {}
                Some(Place::Refused) => fresh.push(followed.kind.group_kind.clone()),
                None if !single => {}
                None if word != Word::Refused => fresh.push(followed.kind.group_kind.clone()),
                // Whoever named a namespace is told of each kind; of the many that are listed it is known without.
                None if is_named => {
                    if let Scope::Namespace(name) = scope {
                        let why = refusal(&followed.kind, name).into();
                        let state = KindState::Forbidden { why, since: None };
                        let kind = followed.kind.group_kind.clone();
                        self.outbox.write(&followed.writer, [Delta::State(kind, scope.clone(), state)]);
                    }
                    followed.scopes.insert(scope.clone(), Place::Refused);
                }
                None => {}
            }
            reviewed.is_known |= word == Word::Allowed;
        }
        // Where only asking tells, one kind that answers and one that is refused ask, another time others.
        reviewed.turn += 1;
        let turn = reviewed.turn;
        for kinds in untold {
            let chosen = turn.checked_rem(kinds.len()).and_then(|at| kinds.get(at));
            let chosen = chosen.and_then(|kind| self.kinds.get_mut(kind));
            if let Some(running) = chosen.and_then(|followed| followed.running(scope)) {
                running.ask();
            }
        }
        for kind in fresh {
            self.enqueue(kind, scope.clone());
        }
    }

    /// Where nothing was heard for long, one informer asks: a quiet cluster is told from one that is not heard any more. Not
    /// every server sends bookmarks.
    pub(super) fn prove_silence(&mut self) {
        let is_quiet = self.client.heard().borrow().is_some_and(|heard| now() - heard > QUIET);
        let mut running = self.kinds.values_mut().filter_map(|followed| {
            let mut places = followed.scopes.values_mut();
            places.find_map(|place| if let Place::Running(running) = place { Some(running) } else { None })
        });
        if is_quiet && let Some(running) = running.find(|running| running.answered && !running.refused) {
            running.ask();
        }
    }

    /// A kind is refused that was answered, or answered that was refused: where only asking tells, the others of its scope
    /// ask as well.
    pub(super) fn doubt_rights(&mut self, scope: &Scope, refused: bool) {
        let Some(reviewed) = self.reviews.scopes.get_mut(scope) else { return };
        let is_told = reviewed.rights.as_ref().is_none_or(Rights::are_complete);
        if is_told || reviewed.doubted.is_some_and(|doubted| doubted.elapsed() < REVIEW_EVERY) {
            return;
        }
        reviewed.doubted = Some(Instant::now());
        for followed in self.kinds.values_mut() {
            if let Some(running) = followed.running(scope)
                && running.refused != refused
            {
                running.ask();
            }
        }
    }
}
