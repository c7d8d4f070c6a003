#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn pod(namespace: &str, name: &str, resource_version: u64) -> Object {
    Object::from_json(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "uid": format!("uid-{name}"),
                     "resourceVersion": resource_version.to_string(), "managedFields": [{"manager": "kubelet"}]},
        "spec": {"containers": [{"name": "app", "image": "shop/app:1"}]},
    }))
    .unwrap()
}

fn pods() -> GroupKind {
    GroupKind::new("", "Pod")
}

fn inventory() -> Inventory {
    Inventory::new(ClusterId("test".into()))
}

/// What happened, as text: `+name` and `-name`.
fn words(applied: &Applied) -> String {
    let words: Vec<String> = applied
        .changes
        .iter()
        .map(|change| match change {
            Change::Upserted(object) => format!("+{}", object.key.name()),
            Change::Removed(key) => format!("-{}", key.name()),
        })
        .collect();
    words.join(" ")
}

#[test]
fn an_object_comes_back_as_it_went_in_without_managed_fields() {
    let mut inventory = inventory();
    // Enough to cross from the plain to the dictionary form.
    for at in 0..200 {
        inventory.apply(vec![Delta::Upsert(pod("shop", &format!("web-{at}"), at))]);
    }
    let snapshot = inventory.snapshot();
    for at in [0, 1, 150, 199] {
        let expected = pod("shop", &format!("web-{at}"), at);
        let got = snapshot.get(&expected.key).unwrap();
        assert_eq!(got.body, expected.body);
        assert_eq!((got.uid, got.resource_version), (expected.uid, expected.resource_version));
        assert!(got.body.pointer("/metadata/managedFields").is_none());
    }
    assert_eq!(snapshot.coverage().of(&pods()).unwrap().count, 200);
}

/// The versions that were held before each change, beside what happened.
fn words_with_before(applied: &Applied) -> String {
    let version = |object: Object| object.resource_version.unwrap();
    let each = applied.changes.iter().zip(&applied.before).map(|(change, before)| {
        let before = before.as_ref().map(|held| version(held.object(change.key())));
        let word = match change {
            Change::Upserted(object) => format!("+{}", version(object.clone())),
            Change::Removed(_) => "-".to_owned(),
        };
        format!("{word} after {}", before.as_deref().unwrap_or("nothing"))
    });
    each.collect::<Vec<_>>().join(", ")
}

#[test]
fn what_came_went_and_came_in_one_batch_is_told_one_by_one_with_what_was_held_before() {
    let mut inventory = inventory();
    let (put, key) = (|version: u64| Delta::Upsert(pod("shop", "a", version)), pod("shop", "a", 1).key);
    let gone = || Delta::Delete(key.clone());
    let mut told = |batch: Vec<Delta>| words_with_before(&inventory.apply(batch));
    assert_eq!(told(vec![put(1), put(2)]), "+2 after nothing");
    assert_eq!(told(vec![put(3), put(4)]), "+4 after 2");
    assert_eq!(told(vec![put(5), gone(), put(6), put(7)]), "- after 5, +7 after nothing");
    assert_eq!(told(vec![gone()]), "- after 7");
    assert_eq!(told(vec![put(8), gone(), gone()]), "+8 after nothing, - after 8");
}

#[test]
fn another_uid_is_another_object() {
    let mut inventory = inventory();
    let of = |uid: &str, version: &str| {
        let mut body = (*pod("shop", "a", 1).body).clone();
        body["metadata"]["uid"] = uid.into();
        body["metadata"]["resourceVersion"] = version.into();
        Delta::Upsert(Object::from_json(body).unwrap())
    };
    inventory.apply(vec![of("x", "1")]);
    // A relist tells of no deletion, but of what stands in its place.
    let relist =
        vec![Delta::RelistBegin(pods(), Scope::Cluster), of("y", "2"), Delta::RelistEnd(pods(), Scope::Cluster)];
    let applied = inventory.apply(relist);
    assert_eq!(words_with_before(&applied), "- after 1, +2 after nothing");
    assert!(!applied.coverage_changed);
    assert_eq!(inventory.snapshot().coverage().of(&pods()).unwrap().count, 1);
}

#[test]
fn a_relist_removes_what_it_does_not_name_and_skips_what_has_not_changed() {
    let mut inventory = inventory();
    let first = vec![
        Delta::Upsert(pod("shop", "a", 1)),
        Delta::Upsert(pod("shop", "b", 2)),
        Delta::Upsert(pod("data", "c", 3)),
    ];
    assert_eq!(words(&inventory.apply(first)), "+c +a +b");
    let scope = Scope::Namespace("shop".into());
    inventory.apply(vec![Delta::RelistBegin(pods(), scope.clone())]);
    let rest = vec![Delta::Upsert(pod("shop", "b", 2)), Delta::RelistEnd(pods(), scope)];
    assert_eq!(words(&inventory.apply(rest)), "-a");
    let names: Vec<String> = inventory.snapshot().keys().map(ToString::to_string).collect();
    assert_eq!(names, ["core/Pod/data/c", "core/Pod/shop/b"]);
}

#[test]
fn a_withdrawn_kind_takes_its_objects_with_it() {
    let mut inventory = inventory();
    inventory.apply(vec![Delta::Upsert(pod("shop", "a", 1))]);
    let applied = inventory.apply(vec![Delta::Withdrawn(pods())]);
    assert_eq!(words(&applied), "-a");
    assert!(applied.coverage_changed);
    assert!(inventory.snapshot().coverage().of(&pods()).is_none());
}

#[test]
fn what_may_not_be_listed_any_more_is_counted_apart_and_forgotten_when_wanted() {
    let mut inventory = inventory();
    let shop = || Scope::Namespace("shop".into());
    let forbidden = || KindState::Forbidden { why: "no".into(), since: Some(7) };
    inventory.apply(vec![
        Delta::Upsert(pod("shop", "a", 1)),
        Delta::Upsert(pod("data", "b", 2)),
        Delta::State(pods(), Scope::Cluster, forbidden()),
        Delta::State(pods(), shop(), KindState::Live),
    ]);
    let row = |inventory: &Inventory| inventory.snapshot().coverage().of(&pods()).unwrap().clone();
    assert_eq!((row(&inventory).count, row(&inventory).withheld), (1, 1), "shop is listed, data is not");
    assert_eq!((row(&inventory).withheld_since("data"), row(&inventory).withheld_since("shop")), (Some(7), None));
    assert_eq!(words(&inventory.apply(vec![Delta::Forget(pods())])), "-b");
    assert_eq!((row(&inventory).count, row(&inventory).withheld), (1, 0));
    assert_eq!(row(&inventory).withheld_since("data"), None, "what comes to be there was never listed");

    // Rights that are back: one list of everything replaces that of a namespace.
    inventory.apply(vec![Delta::State(pods(), Scope::Cluster, KindState::Live), Delta::Left(pods(), shop())]);
    assert_eq!(row(&inventory).scopes, [(Scope::Cluster, KindState::Live)]);
}

#[test]
fn a_snapshot_does_not_change_under_its_reader() {
    let mut inventory = inventory();
    inventory.apply(vec![Delta::Upsert(pod("shop", "a", 1))]);
    let before = inventory.snapshot();
    inventory.apply(vec![Delta::Delete(pod("shop", "a", 1).key)]);
    assert_eq!((before.len(), inventory.snapshot().len()), (1, 0));
    assert!(before.revision() < inventory.snapshot().revision());
}

proptest! {
    /// Any run of upserts and deletes leaves what a plain map would hold, and reports it.
    #[test]
    fn follows_a_plain_map(steps in prop::collection::vec((0u8..6, any::<bool>()), 1..60), cut in 1usize..9) {
        let mut inventory = inventory();
        let mut expected = BTreeMap::new();
        let mut reported = BTreeMap::new();
        let deltas: Vec<Delta> = steps
            .iter()
            .zip(1u64..)
            .map(|(&(name, keep), version)| {
                let object = pod("shop", &format!("p{name}"), version);
                if keep {
                    expected.insert(object.key.clone(), version.to_string());
                    Delta::Upsert(object)
                } else {
                    expected.remove(&object.key);
                    Delta::Delete(object.key)
                }
            })
            .collect();
        for batch in deltas.chunks(cut) {
            for change in inventory.apply(batch.to_vec()).changes {
                match change {
                    Change::Upserted(object) => {
                        reported.insert(object.key, object.resource_version.unwrap().to_string());
                    }
                    Change::Removed(key) => {
                        reported.remove(&key);
                    }
                }
            }
        }
        let snapshot = inventory.snapshot();
        let held: BTreeMap<ResourceKey, String> =
            snapshot.keys().map(|key| (key.clone(), snapshot.resource_version(key).unwrap().to_owned())).collect();
        prop_assert_eq!(&held, &expected);
        prop_assert_eq!(&reported, &expected);
        prop_assert_eq!(snapshot.coverage().of(&pods()).map_or(0, |row| row.count), expected.len() as u64);
    }
}
