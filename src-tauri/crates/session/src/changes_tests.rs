#![allow(clippy::unwrap_used, clippy::panic)]

use inventory::Inventory;
use model::{ClusterId, Delta, GroupKind, KindState, Scope};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn pod(name: &str, uid: &str, version: u32) -> Object {
    Object::from_json(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "uid": uid, "resourceVersion": version.to_string(),
            "managedFields": [{"manager": "kubelet", "operation": "Update", "time": "2026-11-20T14:02:00Z"}]},
    }))
    .unwrap()
}

fn key(name: &str) -> ResourceKey {
    pod(name, "", 0).key
}

/// An inventory that somebody follows.
struct Followed {
    inventory: Inventory,
    follower: Follower,
    changes: u64,
}

impl Followed {
    fn new() -> Self {
        let inventory = Inventory::new(ClusterId("c".into()));
        let follower = Follower(Arc::default());
        follower.0.begin(inventory.snapshot());
        follower.0.take();
        Self { inventory, follower, changes: 0 }
    }

    fn apply(&mut self, batch: Vec<Delta>) {
        let coverage = Arc::clone(self.inventory.snapshot().coverage());
        let applied = self.inventory.apply(batch);
        self.changes += u64::try_from(applied.changes.len()).unwrap();
        self.follower.0.put(&self.inventory.snapshot(), &applied, &coverage, Some(7));
    }

    fn take(&self) -> Option<Changes> {
        self.follower.0.take().0
    }
}

fn words(changes: &Changes) -> String {
    let version = |object: &Object| object.resource_version.as_deref().unwrap().to_owned();
    let word = |change: &ObjectChange| {
        let held = |held: &Held| version(&held.object(&change.key));
        let what = match &change.what {
            What::Came(after) => format!("came {}", version(after)),
            What::Changed { before, after } => format!("{} to {}", held(before), version(after)),
            What::Went(before) => format!("went {}", held(before)),
        };
        let merged = if change.merged > 0 { format!(" +{}", change.merged) } else { String::new() };
        format!("{} {what}{merged}", change.key.name())
    };
    changes.objects.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_came_and_what_went_stay_apart_and_updates_are_counted() {
    let mut followed = Followed::new();
    for version in 1..=3 {
        followed.apply(vec![Delta::Upsert(pod("a", "x", version))]);
    }
    assert_eq!(words(&followed.take().unwrap()), "a came 3 +2");
    followed.apply(vec![Delta::Upsert(pod("a", "x", 4))]);
    followed.apply(vec![Delta::Upsert(pod("a", "x", 5))]);
    followed.apply(vec![Delta::Delete(key("a"))]);
    followed.apply(vec![Delta::Upsert(pod("a", "y", 6)), Delta::Upsert(pod("b", "b", 7))]);
    followed.apply(vec![Delta::Upsert(pod("b", "c", 8))]);
    let changes = followed.take().unwrap();
    assert_eq!(words(&changes), "a 3 to 5 +1, a went 5, a came 6, b came 7, b went 7, b came 8");
    assert!(!changes.anew && changes.missed == 0 && changes.coverage.is_some());
    assert!(followed.take().is_none());
}

#[test]
fn a_change_tells_when_it_arrived_and_who_wrote_it() {
    let mut followed = Followed::new();
    followed.apply(vec![Delta::Upsert(pod("a", "x", 1))]);
    let changes = followed.take().unwrap();
    let ObjectChange { what: What::Came(after), arrived, .. } = &changes.objects[0] else { panic!("{changes:?}") };
    assert_eq!((&*after.actors[0].manager, *arrived), ("kubelet", Some(7)));
    assert!(followed.inventory.snapshot().get(&key("a")).unwrap().actors.is_empty(), "they are not held");
}

#[test]
fn changes_of_coverage_are_told_from_the_first_to_the_last() {
    let mut followed = Followed::new();
    let pods = GroupKind::new("", "Pod");
    let state = |state: KindState| Delta::State(pods.clone(), Scope::Cluster, state);
    followed.apply(vec![state(KindState::Live)]);
    followed.take();
    followed.apply(vec![state(KindState::Loading { received: 1 })]);
    followed.apply(vec![state(KindState::Forbidden { why: "no".into(), since: None })]);
    let changes = followed.take().unwrap();
    let (before, after) = changes.coverage.unwrap();
    let told = [before, after].map(|coverage| coverage.of(&pods).unwrap().scopes[0].1.clone());
    assert_eq!(told, [KindState::Live, KindState::Forbidden { why: "no".into(), since: None }]);
    assert!(changes.objects.is_empty());
}

#[test]
fn what_a_sleeping_follower_misses_is_bounded_and_counted() {
    let mut followed = Followed::new();
    followed.apply(vec![Delta::Upsert(pod("stays", "s", 1)), Delta::Upsert(pod("goes", "g", 1))]);
    followed.take();
    let before = followed.changes;
    for at in 0..3 * GONE {
        let name = format!("job-{at}");
        followed.apply(vec![Delta::Upsert(pod(&name, &name, 1))]);
        followed.apply(vec![Delta::Delete(key(&name))]);
    }
    followed.apply(vec![Delta::Delete(key("goes"))]);
    for version in 0..100 {
        followed.apply(vec![Delta::Upsert(pod("often", &format!("o{version}"), version))]);
    }
    let changes = followed.take().unwrap();
    assert!(changes.objects.len() < 3 * GONE && changes.missed > 0, "{}", changes.objects.len());
    let told = changes.objects.iter().map(ObjectChange::count).sum::<u64>();
    assert_eq!(told + changes.missed, followed.changes - before);
    assert!(words(&changes).contains("goes went 1"));
    assert!(words(&changes).contains("often came 0, often went 0, often came 99 +"));
}

#[test]
fn a_state_that_is_lost_is_told_before_the_one_that_begins_anew() {
    let mut followed = Followed::new();
    followed.apply(vec![Delta::Upsert(pod("a", "x", 1))]);
    for version in 2..5 {
        followed.inventory = Inventory::starting_at(ClusterId("c".into()), u64::from(version) * 10);
        followed.follower.0.begin(followed.inventory.snapshot());
        followed.apply(vec![Delta::Upsert(pod("a", "x", version))]);
    }
    let (first, second) = (followed.take().unwrap(), followed.take().unwrap());
    assert_eq!((words(&first).as_str(), first.anew), ("a came 1", false));
    assert_eq!((words(&second).as_str(), second.anew, second.missed), ("a came 4", true, 2));
    assert!(followed.take().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whenever the follower looks, each object comes before it changes or goes and goes before it comes again, every
    /// change is told or counted, and what follows from all of them is what is there.
    #[test]
    fn what_is_told_leads_from_what_was_to_what_is(
        steps in prop::collection::vec((0_u8..3, 0_u8..4, prop::bool::weighted(0.2)), 1..80),
    ) {
        let mut followed = Followed::new();
        let mut there: BTreeMap<ResourceKey, String> = BTreeMap::new();
        let mut counted = 0;
        let take = |followed: &Followed, there: &mut BTreeMap<ResourceKey, String>, counted: &mut u64| {
            let Some(changes) = followed.take() else { return };
            *counted += changes.missed;
            for change in &changes.objects {
                *counted += change.count();
                let version = |object: &Object| object.resource_version.as_deref().unwrap().to_owned();
                match &change.what {
                    What::Came(after) => assert!(there.insert(change.key.clone(), version(after)).is_none()),
                    What::Changed { before, after } => {
                        let was = there.insert(change.key.clone(), version(after));
                        assert_eq!(was, Some(version(&before.object(&change.key))));
                    }
                    What::Went(_) => assert!(there.remove(&change.key).is_some()),
                }
            }
        };
        for (version, (name, what, looks)) in (1_u32..).zip(steps) {
            let name = ["a", "b", "c"][usize::from(name)];
            followed.apply(vec![match what {
                0 => Delta::Delete(key(name)),
                1 => Delta::Upsert(pod(name, &format!("other-{version}"), version)),
                _ => Delta::Upsert(pod(name, "same", version)),
            }]);
            if looks {
                take(&followed, &mut there, &mut counted);
            }
        }
        take(&followed, &mut there, &mut counted);
        prop_assert_eq!(counted, followed.changes);
        let snapshot = followed.inventory.snapshot();
        let held: BTreeMap<ResourceKey, String> =
            snapshot.keys().map(|key| (key.clone(), snapshot.resource_version(key).unwrap().to_owned())).collect();
        prop_assert_eq!(there, held);
    }
}
