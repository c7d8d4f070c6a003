//! Small clusters for pictures: objects from YAML or the demo, and the engine that knows every kind among them.
#![allow(dead_code, unreachable_pub, reason = "each test and example uses a part")]
#![allow(clippy::expect_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Coverage, GroupKind, KindCoverage, KindState, Object, ResourceKind, Scope};
use serde_json::Value;
use topology::{Change, Engine, RuleBook};

/// The objects of a YAML file of one or more documents; Lists give their items.
pub fn read(yaml: &str) -> Vec<Object> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(yaml).expect("YAML");
    let items = documents.into_iter().flat_map(|mut document| match document.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => vec![document],
    });
    items.map(|value| Object::from_json(value).expect("an object")).collect()
}

/// The demo's shop at a fixed time.
pub fn demo_shop() -> Vec<Object> {
    let values = demo::shop_objects(1, demo::Time::from_millis(1_790_000_000_000)).expect("the scenario");
    values.into_iter().map(|value| Object::from_json(value).expect("an object")).collect()
}

/// Every kind among the objects, listed and live.
pub fn coverage(objects: &[Object]) -> Coverage {
    let mut kinds: BTreeMap<GroupKind, u64> = BTreeMap::new();
    for object in objects {
        *kinds.entry(object.key.group_kind()).or_default() += 1;
    }
    let row = |(kind, count): (GroupKind, u64)| KindCoverage {
        kind: ResourceKind {
            plural: format!("{}s", kind.kind.to_lowercase()).into(),
            group_kind: kind,
            version: "v1".into(),
            namespaced: true,
        },
        scopes: vec![(Scope::Cluster, KindState::Live)],
        count,
        withheld: 0,
    };
    Coverage { kinds: kinds.into_iter().map(row).collect() }
}

/// An engine that has taken these objects.
pub fn engine(objects: &[Object]) -> Engine {
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    let changes: Vec<Change> = objects.iter().cloned().map(Change::Upserted).collect();
    engine.apply(&changes, &coverage(objects));
    engine
}
