//! What was learned and not yet read: a queue in which each object stands a few times at most.
//!
//! Writers never wait for the reader; what the reader did not take is overwritten by what is newer, so that memory is
//! bounded by the number of objects. That an object went is never overwritten, nor by what takes its place: see
//! [`Queue::put`]. Lists, which could bring everything at once, ask [`Outbox::has_room`] first.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Delta, GroupKind, KindState, Object, ResourceKey, Scope};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Readers get batches this far apart, but for the first objects of a kind, which somebody waits for.
const BATCH_EVERY: Duration = Duration::from_millis(50);
/// A larger batch would keep the reader from publishing.
const BATCH_LIMIT: usize = 4096;
/// Lists wait while more than this is unread: bodies are large until the inventory has packed them.
const ROOM: usize = 6000;

/// More entries than are unread, and as many again, are gaps: closing them then costs little for each of them.
const GAPS: usize = 1024;

/// The writers' and the reader's common end.
#[derive(Default)]
pub(crate) struct Outbox {
    queue: Mutex<Queue>,
    filled: Notify,
    emptied: Notify,
}

#[derive(Default)]
struct Queue {
    /// Overwritten entries leave a gap, so that places stay valid.
    entries: Vec<Option<Delta>>,
    live: usize,
    objects: HashMap<ResourceKey, Places>,
    states: HashMap<(GroupKind, Scope), usize>,
    /// The unread beginning of a list: what is later must stay later.
    relists: HashMap<(GroupKind, Scope), usize>,
    /// Who may write about a kind: a withdrawn kind's informers are late by a moment.
    writers: HashMap<GroupKind, u64>,
    last_writer: u64,
    last_taken: Option<Instant>,
    /// Kinds whose first objects were handed on.
    shown: HashSet<GroupKind>,
    /// The first objects of a kind are among the entries.
    urgent: bool,
    closed: bool,
}

/// Where the unread entries about one object stand: it came or changed, went, came, went, in turn.
#[derive(Clone, Copy, Default)]
struct Places {
    at: [usize; MOST],
    count: usize,
}

/// An object that comes and goes faster than it is read is told to have come, gone, come and gone; more would not be
/// bounded by anything.
const MOST: usize = 4;

/// The right to write about one kind until it is withdrawn or given anew.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    kind: GroupKind,
    number: u64,
}

impl Outbox {
    /// Announces a kind (`Discovered`) and gives out the right to write about it; what earlier ones write about the kind is dropped.
    pub(crate) fn announce(&self, kind: model::ResourceKind) -> Writer {
        let mut queue = self.lock();
        queue.last_writer += 1;
        let writer = Writer { kind: kind.group_kind.clone(), number: queue.last_writer };
        queue.writers.insert(writer.kind.clone(), writer.number);
        queue.push(Delta::Discovered(kind));
        drop(queue);
        self.filled.notify_one();
        writer
    }

    /// Takes the kind away, with all that is unread about it.
    pub(crate) fn withdraw(&self, kind: &GroupKind) {
        let mut queue = self.lock();
        queue.writers.remove(kind);
        queue.shown.remove(kind);
        queue.forget(|delta| kind_of(delta) == *kind);
        queue.push(Delta::Withdrawn(kind.clone()));
        drop(queue);
        self.filled.notify_one();
    }

    /// Adds deltas of the writer's kind, in order.
    pub(crate) fn write(&self, writer: &Writer, deltas: impl IntoIterator<Item = Delta>) {
        let mut queue = self.lock();
        if queue.writers.get(&writer.kind) != Some(&writer.number) {
            return;
        }
        let mut has_objects = false;
        for delta in deltas {
            has_objects |= matches!(delta, Delta::Upsert(_));
            queue.add(delta);
        }
        if has_objects && !queue.shown.contains(&writer.kind) {
            queue.shown.insert(writer.kind.clone());
            queue.urgent = true;
        }
        drop(queue);
        self.filled.notify_one();
    }

    /// Waits until a list may bring more.
    pub(crate) async fn has_room(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.lock().live < ROOM {
                return;
            }
            emptied.await;
        }
    }

    /// No more will come; the reader gets what is left, then none.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    /// The next batch, in order; none after [`Self::close`]. One reader only. Safe to cancel.
    pub(crate) async fn take(&self) -> Option<Vec<Delta>> {
        loop {
            let filled = self.filled.notified();
            let (ready, due, closed) = {
                let queue = self.lock();
                let due = queue.last_taken.filter(|_| !queue.urgent).map(|taken| taken + BATCH_EVERY);
                (queue.live > 0, due, queue.closed)
            };
            match (ready, due) {
                (true, Some(due)) if due > Instant::now() && !closed => {
                    tokio::select! { () = sleep_until(due) => {}, () = filled => {} }
                }
                (true, _) => break,
                (false, _) if closed => return None,
                (false, _) => filled.await,
            }
        }
        let batch = self.lock().take_front();
        self.emptied.notify_waiters();
        Some(batch)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn add(&mut self, delta: Delta) {
        match &delta {
            Delta::Upsert(object) => self.put(object.key.clone(), delta),
            Delta::Delete(key) => self.put(key.clone(), delta),
            Delta::RelistBegin(kind, scope) => {
                // Of two lists the later one says what is there. What came before it came all the same.
                let (kind, scope) = (kind.clone(), scope.clone());
                self.forget(|delta| is_settled_by_list(delta, &kind, &scope));
                self.relists.insert((kind, scope), self.entries.len());
                self.push(delta);
            }
            Delta::State(kind, scope, _) => {
                let place = (kind.clone(), scope.clone());
                if let Some(at) = self.states.insert(place, self.entries.len()) {
                    self.clear(at);
                }
                self.push(delta);
            }
            Delta::Left(kind, scope) => {
                if let Some(at) = self.states.remove(&(kind.clone(), scope.clone())) {
                    self.clear(at);
                }
                self.push(delta);
            }
            Delta::Discovered(_) | Delta::Withdrawn(_) | Delta::RelistEnd(..) | Delta::Forget(_) => self.push(delta),
        }
    }

    /// Puts what changed of an object in place of an unread change of the same object. What went, and what came in its
    /// place, stand behind what is unread; the oldest and the newest are kept where there is more than fits.
    fn put(&mut self, key: ResourceKey, delta: Delta) {
        let mut places = self.objects.get(&key).copied().unwrap_or_default();
        let list = self.last_list_of(&key);
        let mut stale = None;
        let last = places.last().and_then(|at| self.entries.get_mut(at)).and_then(Option::as_mut);
        match (last, &delta) {
            (Some(Delta::Upsert(before)), Delta::Upsert(after)) if is_another(before, after) => {
                self.put(key.clone(), Delta::Delete(key.clone()));
                return self.put(key, delta);
            }
            (Some(last @ Delta::Upsert(_)), Delta::Upsert(_)) => {
                if places.last() > list {
                    *last = delta;
                    return;
                }
                // What a list holds stands behind its beginning.
                stale = places.pop();
            }
            (Some(Delta::Delete(_)), Delta::Delete(_)) => return,
            _ => {}
        }
        if let Some(at) = stale {
            self.clear(at);
        }
        if places.count == MOST {
            for at in places.drop_newest_two() {
                self.clear(at);
            }
        }
        places.push(self.entries.len());
        self.objects.insert(key, places);
        self.push(delta);
    }

    /// Where the unread beginning of the last list stands that could hold an object.
    fn last_list_of(&self, key: &ResourceKey) -> Option<usize> {
        if self.relists.is_empty() {
            return None;
        }
        let at = |scope| self.relists.get(&(key.group_kind(), scope)).copied();
        at(Scope::Cluster).max(at(Scope::Namespace(key.namespace().into())))
    }

    fn push(&mut self, delta: Delta) {
        self.entries.push(Some(delta));
        self.live += 1;
        if self.entries.len() > 2 * self.live + GAPS {
            let entries = std::mem::take(&mut self.entries);
            self.rebuild(entries.into_iter().filter(Option::is_some).collect());
        }
    }

    fn clear(&mut self, at: usize) {
        if self.entries.get_mut(at).and_then(Option::take).is_some() {
            self.live -= 1;
        }
    }

    /// Drops unread entries and closes the gaps.
    fn forget(&mut self, unwanted: impl Fn(&Delta) -> bool) {
        if self.entries.iter().flatten().any(&unwanted) {
            let entries = std::mem::take(&mut self.entries);
            self.rebuild(entries.into_iter().flatten().filter(|delta| !unwanted(delta)).map(Some).collect());
        }
    }

    fn take_front(&mut self) -> Vec<Delta> {
        self.last_taken = Some(Instant::now());
        self.urgent = false;
        let mut entries = std::mem::take(&mut self.entries).into_iter().flatten();
        let batch: Vec<Delta> = entries.by_ref().take(BATCH_LIMIT).collect();
        let rest = entries.map(Some).collect();
        self.rebuild(rest);
        batch
    }

    fn rebuild(&mut self, entries: Vec<Option<Delta>>) {
        self.objects.clear();
        self.states.clear();
        self.relists.clear();
        for (at, delta) in entries.iter().enumerate() {
            match delta {
                Some(Delta::Upsert(object)) => self.objects.entry(object.key.clone()).or_default().push(at),
                Some(Delta::Delete(key)) => self.objects.entry(key.clone()).or_default().push(at),
                Some(Delta::State(kind, scope, _)) => drop(self.states.insert((kind.clone(), scope.clone()), at)),
                Some(Delta::RelistBegin(kind, scope)) => drop(self.relists.insert((kind.clone(), scope.clone()), at)),
                _ => {}
            }
        }
        self.live = entries.len();
        self.entries = entries;
    }
}

impl Places {
    fn last(&self) -> Option<usize> {
        self.at.get(self.count.checked_sub(1)?).copied()
    }

    fn pop(&mut self) -> Option<usize> {
        let last = self.last()?;
        self.count -= 1;
        Some(last)
    }

    /// There is room: see [`Queue::put`].
    fn push(&mut self, place: usize) {
        if let Some(free) = self.at.get_mut(self.count) {
            *free = place;
            self.count += 1;
        }
    }

    fn drop_newest_two(&mut self) -> [usize; 2] {
        let [.., one, other] = self.at;
        self.count = MOST - 2;
        [one, other]
    }
}

/// Whether both are known by their uids, and are not the same.
fn is_another(before: &Object, after: &Object) -> bool {
    before.uid.is_some() && after.uid.is_some() && before.uid != after.uid
}

fn kind_of(delta: &Delta) -> GroupKind {
    match delta {
        Delta::Discovered(kind) => kind.group_kind.clone(),
        Delta::Upsert(object) => object.key.group_kind(),
        Delta::Delete(key) => key.group_kind(),
        Delta::Withdrawn(kind)
        | Delta::RelistBegin(kind, _)
        | Delta::RelistEnd(kind, _)
        | Delta::State(kind, ..)
        | Delta::Left(kind, _)
        | Delta::Forget(kind) => kind.clone(),
    }
}

/// Whether a list of the kind in the scope makes the entry superfluous: the marks of an earlier one.
fn is_settled_by_list(delta: &Delta, kind: &GroupKind, scope: &Scope) -> bool {
    match delta {
        Delta::RelistBegin(other, place)
        | Delta::RelistEnd(other, place)
        | Delta::State(other, place, KindState::Loading { .. }) => other == kind && place == scope,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use model::ResourceKind;
    use serde_json::json;

    use super::*;

    fn pods() -> GroupKind {
        GroupKind::new("", "Pod")
    }

    fn kind() -> ResourceKind {
        ResourceKind { group_kind: pods(), version: "v1".into(), plural: "pods".into(), namespaced: true }
    }

    fn upsert(name: &str, version: u32) -> Delta {
        let metadata = json!({"name": name, "namespace": "n", "resourceVersion": version.to_string()});
        Delta::Upsert(Object::from_json(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata})).unwrap())
    }

    fn delete(name: &str) -> Delta {
        Delta::Delete(ResourceKey::new("", "Pod", "n", name))
    }

    fn print(batch: &[Delta]) -> String {
        let word = |delta: &Delta| match delta {
            Delta::Upsert(object) => format!("{}@{}", object.key.name(), object.resource_version.as_deref().unwrap()),
            Delta::Delete(key) => format!("-{}", key.name()),
            Delta::RelistBegin(..) => "[".to_owned(),
            Delta::RelistEnd(..) => "]".to_owned(),
            Delta::State(_, _, KindState::Live) => "live".to_owned(),
            Delta::State(..) => "state".to_owned(),
            Delta::Discovered(_) => "new".to_owned(),
            Delta::Withdrawn(_) => "gone".to_owned(),
            Delta::Left(..) => "left".to_owned(),
            Delta::Forget(_) => "forget".to_owned(),
        };
        batch.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[tokio::test(start_paused = true)]
    async fn each_object_stands_once_with_its_newest_state() {
        let outbox = Outbox::default();
        let writer = outbox.announce(kind());
        outbox
            .write(&writer, [upsert("a", 1), upsert("b", 1), upsert("a", 2), delete("d"), upsert("c", 1), delete("d")]);
        assert_eq!(print(&outbox.take().await.unwrap()), "new a@2 b@1 -d c@1");
    }

    /// What was seen: a Pod of a StatefulSet that was deleted and came again within a batch had never gone.
    #[tokio::test(start_paused = true)]
    async fn what_came_went_and_came_again_is_not_merged_away() {
        let outbox = Outbox::default();
        let writer = outbox.announce(kind());
        outbox.write(&writer, [upsert("a", 1), delete("a"), upsert("a", 2), upsert("a", 3), upsert("b", 1)]);
        assert_eq!(print(&outbox.take().await.unwrap()), "new a@1 -a a@3 b@1");
        // A deletion that nobody saw is told by the uid of what stands in its place.
        let of = |uid: &str, version: u32| {
            let metadata = json!({"name": "a", "namespace": "n", "uid": uid, "resourceVersion": version.to_string()});
            Delta::Upsert(Object::from_json(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata})).unwrap())
        };
        outbox.write(&writer, [of("x", 4), of("x", 5), of("y", 6), of("y", 7)]);
        assert_eq!(print(&outbox.take().await.unwrap()), "a@5 -a a@7");
        // A list says again what is there, not what came and went before it.
        let relist = || [Delta::RelistBegin(pods(), Scope::Cluster), of("z", 9)];
        outbox.write(&writer, [of("y", 8), delete("a")].into_iter().chain(relist()));
        assert_eq!(print(&outbox.take().await.unwrap()), "a@8 -a [ a@9");
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_and_goes_unread_a_thousand_times_is_told_by_its_ends() {
        let outbox = Outbox::default();
        let writer = outbox.announce(kind());
        let visits = |from: u32| (from..from + 1000).flat_map(|version| [upsert("a", version), delete("a")]);
        outbox.write(&writer, visits(1).chain([upsert("b", 1)]));
        assert!(outbox.lock().entries.len() < 2 * GAPS, "gaps are closed");
        assert_eq!(print(&outbox.take().await.unwrap()), "new a@1 -a a@1000 -a b@1");
        outbox.write(&writer, [delete("a")].into_iter().chain(visits(2000)).chain([upsert("a", 4000)]));
        assert_eq!(print(&outbox.take().await.unwrap()), "-a a@2000 -a a@4000");
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_unread_before_a_list_that_lacks_it_came_and_went() {
        let outbox = Outbox::default();
        let writer = outbox.announce(kind());
        let begin = || Delta::RelistBegin(pods(), Scope::Cluster);
        let end = || Delta::RelistEnd(pods(), Scope::Cluster);
        let live = || Delta::State(pods(), Scope::Cluster, KindState::Live);
        outbox.write(&writer, [begin(), upsert("a", 1), upsert("b", 1), end(), live(), upsert("c", 2)]);
        outbox.write(&writer, [begin(), upsert("a", 1), end(), live(), delete("a")]);
        assert_eq!(print(&outbox.take().await.unwrap()), "new b@1 c@2 [ a@1 ] live -a");
        // One that the list has is not told twice.
        outbox.write(&writer, [upsert("a", 3), upsert("d", 3), begin(), upsert("a", 4), upsert("a", 5), end()]);
        assert_eq!(print(&outbox.take().await.unwrap()), "d@3 [ a@5 ]");
    }

    #[tokio::test(start_paused = true)]
    async fn a_million_events_of_few_objects_stay_few() {
        let outbox = Outbox::default();
        let writer = outbox.announce(kind());
        for version in 0..20_000 {
            outbox.write(&writer, [upsert(["a", "b", "c"][version as usize % 3], version)]);
        }
        for _ in 0..1000 {
            outbox.write(&writer, [Delta::State(pods(), Scope::Cluster, KindState::Live)]);
        }
        assert_eq!(print(&outbox.take().await.unwrap()), "new a@19998 b@19999 c@19997 live");
    }

    #[tokio::test(start_paused = true)]
    async fn late_informers_of_a_withdrawn_kind_write_in_vain() {
        let outbox = Outbox::default();
        let writer = outbox.announce(kind());
        outbox.write(&writer, [upsert("a", 1)]);
        outbox.withdraw(&pods());
        outbox.write(&writer, [upsert("b", 1)]);
        assert_eq!(print(&outbox.take().await.unwrap()), "gone");
        outbox.close();
        assert!(outbox.take().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_objects_of_a_kind_do_not_wait() {
        let outbox = Outbox::default();
        let writer = outbox.announce(kind());
        assert_eq!(print(&outbox.take().await.unwrap()), "new");
        let taken = Instant::now();
        let (first, ()) = tokio::join!(outbox.take(), async { outbox.write(&writer, [upsert("a", 1)]) });
        assert_eq!((print(&first.unwrap()), taken.elapsed()), ("a@1".to_owned(), Duration::ZERO));
        outbox.write(&writer, [upsert("b", 1)]);
        assert_eq!((print(&outbox.take().await.unwrap()), taken.elapsed()), ("b@1".to_owned(), BATCH_EVERY));
    }

    #[tokio::test(start_paused = true)]
    async fn lists_wait_for_the_reader() {
        let outbox = Outbox::default();
        let writer = outbox.announce(kind());
        outbox.write(&writer, (0..ROOM).map(|number| upsert(&format!("p{number}"), 1)));
        tokio::select! {
            () = outbox.has_room() => panic!("there is no room"),
            batch = outbox.take() => assert_eq!(batch.unwrap().len(), BATCH_LIMIT),
        }
        outbox.has_room().await;
    }
}
