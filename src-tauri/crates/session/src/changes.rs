//! Every change of the objects, for one follower: history, analyses, whoever must not miss that something came or went.
//!
//! The owner never waits for a follower. What is not taken is merged object by object: updates stand for those before
//! them, counted; that an object came, and that it went, stay apart. So what waits is bounded by the number of objects
//! that were there when the follower last looked and of those that are there now.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use inventory::{Applied, Change, Held, Snapshot};
use model::{Coverage, Object, ResourceKey};
use tokio::sync::Notify;

/// An object that comes and goes faster than it is read is told to have come, gone, come and gone; the visits in between
/// are counted.
const MOST: usize = 4;
/// Objects that came and went unread are told one by one up to about this many, and counted beyond.
const GONE: usize = 10_000;

/// What changed since the follower last looked.
#[derive(Debug)]
pub struct Changes {
    /// Nothing that was told before holds any longer: the follower has just begun, or the cluster was lost and is read from
    /// the beginning. What is in the snapshot is there; it did not come now.
    pub anew: bool,
    /// The objects after the last change; before the first one where there is none and it begins anew.
    pub snapshot: Arc<Snapshot>,
    /// By object, in the order of keys; several of one object in the order in which they happened.
    pub objects: Vec<ObjectChange>,
    /// What was in and what was missing, before and after, where that changed.
    pub coverage: Option<(Arc<Coverage>, Arc<Coverage>)>,
    /// Changes of objects that came and went unread, too many to be told one by one.
    pub missed: u64,
}

/// What happened to one object.
#[derive(Clone, Debug)]
pub struct ObjectChange {
    /// Which.
    pub key: ResourceKey,
    /// What.
    pub what: What,
    /// Milliseconds since the epoch of the server's last word when it arrived; none where it came from files.
    pub arrived: Option<i64>,
    /// How many later changes it stands for, because they came before it was read.
    pub merged: u32,
}

/// What happened, with the bodies of before, as they were held, and of after, with those who wrote it.
#[derive(Clone, Debug)]
pub enum What {
    /// It is there, and was not, or was another one.
    Came(Object),
    /// It is another than before.
    Changed {
        /// Before the first change that this stands for.
        before: Held,
        /// After the last.
        after: Object,
    },
    /// It is gone, and this is the last that was held of it; or it is held no longer, where the coverage says that it may not
    /// be listed any more.
    Went(Held),
}

/// A follower's end. Dropping it ends the following.
pub struct Follower(pub(crate) Arc<ChangeBox>);

impl Follower {
    /// Waits for changes; none once the cluster is closed and all that happened before has been taken. Safe to cancel.
    pub async fn next(&self) -> Option<Changes> {
        loop {
            let wake = self.0.wake.notified();
            let (changes, closed) = self.0.take();
            if changes.is_some() || closed {
                return changes;
            }
            wake.await;
        }
    }
}

/// The owner's end.
#[derive(Default)]
pub(crate) struct ChangeBox {
    slot: Mutex<Slot>,
    wake: Notify,
}

#[derive(Default)]
struct Slot {
    /// At most two: what belongs to a state that was lost, and what belongs to the one after it.
    waiting: VecDeque<Waiting>,
    /// How many objects the follower knew when it last looked.
    known: usize,
    closed: bool,
}

struct Waiting {
    anew: bool,
    snapshot: Arc<Snapshot>,
    objects: BTreeMap<ResourceKey, Vec<ObjectChange>>,
    coverage: Option<(Arc<Coverage>, Arc<Coverage>)>,
    missed: u64,
}

impl ChangeBox {
    /// Begins with what is there.
    pub(crate) fn begin(&self, snapshot: Arc<Snapshot>) {
        let mut slot = self.lock();
        let mut next = Waiting { anew: true, ..Waiting::after(snapshot) };
        if slot.waiting.len() > 1
            && let Some(lost) = slot.waiting.pop_back()
        {
            next.missed = lost.missed + lost.objects.into_values().flatten().map(|change| change.count()).sum::<u64>();
        }
        slot.waiting.push_back(next);
        drop(slot);
        self.wake.notify_one();
    }

    /// Takes in what a batch did to the objects. `coverage` is what it was before.
    pub(crate) fn put(
        &self,
        snapshot: &Arc<Snapshot>,
        applied: &Applied,
        coverage: &Arc<Coverage>,
        arrived: Option<i64>,
    ) {
        if applied.changes.is_empty() && !applied.coverage_changed {
            return;
        }
        let mut slot = self.lock();
        let known = slot.known;
        if slot.waiting.is_empty() {
            slot.waiting.push_back(Waiting::after(Arc::clone(snapshot)));
        }
        let Some(waiting) = slot.waiting.back_mut() else { return };
        waiting.snapshot = Arc::clone(snapshot);
        for (change, before) in applied.changes.iter().zip(&applied.before) {
            waiting.add(change, before.as_ref(), arrived);
        }
        if applied.coverage_changed {
            let before = waiting.coverage.take().map_or_else(|| Arc::clone(coverage), |(before, _)| before);
            waiting.coverage = Some((before, Arc::clone(snapshot.coverage())));
        }
        if waiting.objects.len() > known + snapshot.len() + GONE {
            waiting.count_what_came_and_went();
        }
        drop(slot);
        self.wake.notify_one();
    }

    /// No more will come.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }

    fn take(&self) -> (Option<Changes>, bool) {
        let mut slot = self.lock();
        let Some(waiting) = slot.waiting.pop_front() else { return (None, slot.closed) };
        slot.known = waiting.snapshot.len();
        let Waiting { anew, snapshot, objects, coverage, missed } = waiting;
        let objects = objects.into_values().flatten().collect();
        (Some(Changes { anew, snapshot, objects, coverage, missed }), false)
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn after(snapshot: Arc<Snapshot>) -> Self {
        Self { anew: false, snapshot, objects: BTreeMap::new(), coverage: None, missed: 0 }
    }

    fn add(&mut self, change: &Change, before: Option<&Held>, arrived: Option<i64>) {
        let what = match (change, before) {
            (Change::Upserted(object), None) => What::Came(object.clone()),
            (Change::Upserted(object), Some(held)) => What::Changed { before: held.clone(), after: object.clone() },
            (Change::Removed(_), Some(held)) => What::Went(held.clone()),
            // The inventory removes what it holds.
            (Change::Removed(_), None) => return,
        };
        let key = change.key().clone();
        let told = self.objects.entry(key.clone()).or_default();
        let mut next = ObjectChange { key, what, arrived, merged: 0 };
        if let (Some(last), What::Changed { after, .. }) = (told.last_mut(), &next.what)
            && let What::Came(newest) | What::Changed { after: newest, .. } = &mut last.what
        {
            *newest = after.clone();
            last.arrived = arrived;
            last.merged = last.merged.saturating_add(1);
            return;
        }
        if told.len() == MOST {
            let between = told.drain(MOST - 2..).map(|change| change.count()).sum::<u64>();
            next.merged = u32::try_from(between).unwrap_or(u32::MAX);
        }
        told.push(next);
    }

    fn count_what_came_and_went(&mut self) {
        let missed = &mut self.missed;
        self.objects.retain(|_, told| {
            let came = told.first().is_some_and(|change| matches!(change.what, What::Came(_)));
            let went = told.last().is_some_and(|change| matches!(change.what, What::Went(_)));
            if came && went {
                *missed += told.iter().map(ObjectChange::count).sum::<u64>();
            }
            !(came && went)
        });
    }
}

impl ObjectChange {
    /// Itself, and those that it stands for.
    fn count(&self) -> u64 {
        u64::from(self.merged) + 1
    }
}

#[cfg(test)]
#[path = "changes_tests.rs"]
mod tests;
