//! Clusters of any size, with the proportions of a large production cluster.
//!
//! A pure function of a number, a seed and a time: the same objects fill the demo's store and, for benchmarks, a
//! real API server. Owners come before what they own.

mod objects;

use serde_json::Value;

use self::objects::Maker;
use crate::random::hash;
use crate::time::Time;

/// How many objects of each kind a real cluster had, and how many the kinds have that its census left out but
/// that follow from it: every Service has an EndpointSlice, every namespace some configuration, and Ingresses have a
/// class.
const CENSUS: [(Kind, usize); 13] = [
    (Kind::Namespace, 432),
    (Kind::Node, 248),
    (Kind::Deployment, 19_924),
    (Kind::ReplicaSet, 43_033),
    (Kind::Pod, 29_455),
    (Kind::Service, 23_547),
    (Kind::Ingress, 16_977),
    (Kind::Job, 19_861),
    (Kind::Secret, 26_668),
    (Kind::IngressClass, 1),
    (Kind::EndpointSlice, 23_547),
    (Kind::ConfigMap, 8_640),
    (Kind::ServiceAccount, 3_024),
];

/// The first kinds: the smallest cluster has one of each.
const COUNTED: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Namespace,
    Node,
    Deployment,
    ReplicaSet,
    Pod,
    Service,
    Ingress,
    Job,
    Secret,
    IngressClass,
    EndpointSlice,
    ConfigMap,
    ServiceAccount,
}

/// How many objects of each kind a cluster of `count` has; at least one of each of the first.
fn shares(count: usize) -> impl Fn(Kind) -> usize {
    let total: usize = CENSUS.iter().map(|(_, weight)| weight).sum();
    let mut shares: Vec<(Kind, usize)> = CENSUS
        .iter()
        .enumerate()
        .map(|(index, (kind, weight))| {
            let share = weight * count / total;
            (*kind, share.max(usize::from(index < COUNTED)))
        })
        .collect();
    // What rounding has lost or added is made up by the most numerous kinds that can bear it.
    let sum = |shares: &[(Kind, usize)]| shares.iter().map(|(_, share)| share).sum::<usize>();
    while sum(&shares) < count {
        let missing = count - sum(&shares);
        if let Some(pods) = shares.iter_mut().find(|(kind, _)| *kind == Kind::Pod) {
            pods.1 += missing;
        }
    }
    while sum(&shares) > count {
        let spare = shares.iter_mut().enumerate().filter(|(index, (_, share))| *share > usize::from(*index < COUNTED));
        let Some((_, most)) = spare.max_by_key(|(_, (_, share))| *share) else { break };
        most.1 -= 1;
    }
    move |kind| shares.iter().find(|(of, _)| *of == kind).map_or(0, |(_, share)| *share)
}

/// A cluster of `count` objects (10 to 100,000 are what it is made for; fewer give 10) as it is at `start`.
pub fn generate(count: usize, seed: u64, start: Time) -> Vec<Value> {
    let mut all = Vec::with_capacity(count);
    generate_into(count, seed, start, |object| all.push(object));
    all
}

/// The same, object by object, for who does not want all of them in memory at once.
pub(crate) fn generate_into(count: usize, seed: u64, start: Time, mut take: impl FnMut(Value)) {
    let share = shares(count.max(COUNTED));
    let namespaces = share(Kind::Namespace);
    let maker = Maker::new(seed, start, namespaces, share(Kind::Node));
    let deployments = share(Kind::Deployment);
    let apps: Vec<objects::App> = (0..deployments).map(|index| maker.app(index)).collect();
    let pods = share(Kind::Pod);
    let jobs = share(Kind::Job);
    // One pod in eight is what a Job has left behind.
    let job_pods = (pods / 8).min(jobs);
    let owners = spread(pods - job_pods, deployments, seed);

    (0..namespaces).map(|index| maker.namespace(index)).for_each(&mut take);
    (0..share(Kind::Node)).map(|index| maker.node(index)).for_each(&mut take);
    (0..share(Kind::IngressClass)).map(|index| maker.ingress_class(index)).for_each(&mut take);
    (0..share(Kind::ServiceAccount)).map(|index| maker.account(index, &apps)).for_each(&mut take);
    (0..share(Kind::ConfigMap)).map(|index| maker.config_map(index, &apps)).for_each(&mut take);
    (0..share(Kind::Secret)).map(|index| maker.secret(index, &apps)).for_each(&mut take);
    let services: Vec<objects::Exposed> = (0..share(Kind::Service)).map(|index| maker.exposed(index, &apps)).collect();
    services.iter().map(|service| maker.service(service, &apps)).for_each(&mut take);
    (0..share(Kind::Ingress)).map(|index| maker.ingress(index, &services, &apps)).for_each(&mut take);
    for (app, replicas) in apps.iter().zip(&owners) {
        take(maker.deployment(app, *replicas, &apps));
    }
    for index in 0..share(Kind::ReplicaSet) {
        // The first round are the present sets, the following are their history.
        let app = &apps[index % deployments];
        let back = index / deployments;
        let replicas = if back == 0 { owners[app.index] } else { 0 };
        take(maker.replica_set(app, back, replicas, &apps));
    }
    (0..jobs).map(|index| maker.job(index, &apps)).for_each(&mut take);
    let mut placed: Vec<Vec<objects::Placed>> = vec![Vec::new(); deployments];
    let mut serial = 0;
    for (app, replicas) in apps.iter().zip(&owners) {
        for _ in 0..*replicas {
            let (pod, endpoint) = maker.pod(app, serial, &apps);
            take(pod);
            placed[app.index].push(endpoint);
            serial += 1;
        }
    }
    (0..job_pods).map(|index| maker.job_pod(index, serial + index, &apps)).for_each(&mut take);
    let slices = services.iter().take(share(Kind::EndpointSlice));
    slices.map(|service| maker.endpoint_slice(service, &apps, &placed[service.app])).for_each(&mut take);
}

/// Distributes pods over Deployments: most have one, some a few, a few very many, the last ones none where
/// there are not enough.
fn spread(pods: usize, deployments: usize, seed: u64) -> Vec<usize> {
    let mut replicas: Vec<usize> = (0..deployments).map(|index| usize::from(index < pods)).collect();
    for extra in deployments..pods {
        let dice = hash(seed, &["replicas", &extra.to_string()]);
        // The minimum of three throws prefers the first Deployments without giving them all.
        let throw = |shift: u32| (dice >> shift) as usize % deployments;
        let chosen = throw(0).min(throw(20)).min(throw(40));
        replicas[chosen] += 1;
    }
    replicas
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const START: Time = Time::from_millis(1_795_183_320_000);

    fn census(objects: &[Value]) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for object in objects {
            *counts.entry(object["kind"].as_str().unwrap()).or_insert(0) += 1;
        }
        counts
    }

    #[test]
    fn a_cluster_has_exactly_as_many_objects_as_asked_for() {
        for count in [10, 11, 25, 100, 999, 5_000] {
            assert_eq!(generate(count, 1, START).len(), count);
        }
        assert!(census(&generate(10, 1, START)).len() >= COUNTED);
    }

    #[test]
    fn proportions_are_those_of_the_census() {
        let objects = generate(10_000, 1, START);
        let counts = census(&objects);
        let ratio = |one: &str, other: &str| counts[one] * 100 / counts[other];
        assert!((214..218).contains(&ratio("ReplicaSet", "Deployment")), "{counts:?}");
        assert!((145..152).contains(&ratio("Pod", "Deployment")), "{counts:?}");
        assert!((71..74).contains(&ratio("Ingress", "Service")), "{counts:?}");
    }

    #[test]
    fn names_are_unique_and_owners_come_first() {
        let objects = generate(3_000, 7, START);
        let (mut keys, mut uids) = (BTreeSet::new(), BTreeSet::new());
        for object in &objects {
            let metadata = &object["metadata"];
            let key = format!("{} {}/{}", object["kind"], metadata["namespace"], metadata["name"]);
            assert!(keys.insert(key.clone()), "{key}");
            for owner in metadata["ownerReferences"].as_array().into_iter().flatten() {
                assert!(uids.contains(owner["uid"].as_str().unwrap()), "owner of {key}");
            }
            assert!(uids.insert(metadata["uid"].as_str().unwrap().to_owned()), "{key}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_objects() {
        assert_eq!(generate(500, 3, START), generate(500, 3, START));
        assert_ne!(generate(500, 3, START), generate(500, 4, START));
    }
}
