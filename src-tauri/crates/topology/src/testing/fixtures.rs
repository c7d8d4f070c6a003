//! The fixtures of the table of rules: small groups of objects, and the edges that they must give.
//!
//! Objects stand in `fixtures/`, one file for each of `relations/`, as short as the API server lets them be: what it
//! demands beyond what a fixture is about comes from `fixtures/skeletons.yaml`. The unit tests hold the edges against
//! the rules; an acceptance test, which includes this file, puts every object to a real API server. What both see is the
//! same.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Some objects and what one rule, or a few that share their fields, make of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fixture {
    /// The rules that it is about.
    #[allow(dead_code, reason = "the API server knows no rules")]
    pub(crate) rules: Vec<String>,
    /// What to see in it, the near miss above all.
    pub(crate) says: String,
    /// The objects, complete.
    pub(crate) objects: Vec<Value>,
    /// The edges of those rules, one a line.
    #[serde(default)]
    #[allow(dead_code, reason = "the API server knows no edges")]
    pub(crate) edges: String,
    /// The nodes, where the rule shows there.
    #[serde(default)]
    #[allow(dead_code, reason = "the API server knows no nodes")]
    pub(crate) nodes: Option<String>,
}

macro_rules! files {
    ($($name:literal)*) => { [$(($name, include_str!(concat!("../../fixtures/", $name, ".yaml")))),*] };
}

const FILES: [(&str, &str); 24] = files!(
    "admission" "calls" "certificates" "gateway" "gitops" "guess" "ingress" "istio" "machines" "members" "netpol"
    "owners" "pod_config" "pod_identity" "pod_place" "pod_storage" "prometheus" "rbac" "scaling" "secret_operators"
    "service" "sets" "storage" "strimzi"
);

/// Every fixture with the name of its file.
pub(crate) fn all() -> Vec<(&'static str, Fixture)> {
    let skeletons: BTreeMap<String, Value> =
        serde_saphyr::from_str(include_str!("../../fixtures/skeletons.yaml")).expect("skeletons.yaml");
    let read = |(file, text): (&'static str, &str)| {
        let mut fixtures: Vec<Fixture> =
            serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("fixtures/{file}.yaml: {error}"));
        for fixture in &mut fixtures {
            let objects = std::mem::take(&mut fixture.objects).into_iter().flat_map(flat);
            fixture.objects = objects.map(|object| complete(&skeletons, object)).collect();
        }
        fixtures.into_iter().map(move |fixture| (file, fixture))
    };
    FILES.into_iter().flat_map(read).collect()
}

/// An alias stands for several objects that fixtures share.
fn flat(object: Value) -> Vec<Value> {
    match object {
        Value::Array(objects) => objects,
        object => vec![object],
    }
}

fn complete(skeletons: &BTreeMap<String, Value>, object: Value) -> Value {
    let version = object["apiVersion"].as_str().expect("an apiVersion");
    let group = version.split_once('/').map_or("core", |(group, _)| group);
    let kind = format!("{group}/{}", object["kind"].as_str().expect("a kind"));
    match skeletons.get(&kind) {
        Some(skeleton) => laid_over(skeleton, object),
        None => object,
    }
}

fn laid_over(skeleton: &Value, given: Value) -> Value {
    match (skeleton, given) {
        (Value::Object(skeleton), Value::Object(mut given)) => {
            for (name, below) in skeleton {
                lay(&mut given, name, below);
            }
            Value::Object(given)
        }
        (Value::Array(skeleton), Value::Array(given)) => {
            let Some(one) = skeleton.first() else { return Value::Array(given) };
            Value::Array(given.into_iter().map(|entry| laid_over(one, entry)).collect())
        }
        (_, given) => given,
    }
}

fn lay(given: &mut Map<String, Value>, name: &str, below: &Value) {
    match given.remove(name) {
        None => given.insert(name.to_owned(), below.clone()),
        Some(Value::Null) => None,
        // Half a selector of one and half of the other would select nothing.
        Some(selector) if name == "selector" => given.insert(name.to_owned(), selector),
        Some(own) => given.insert(name.to_owned(), laid_over(below, own)),
    };
}
