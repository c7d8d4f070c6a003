//! Holding 10,000 Pods: how long they take to be packed and indexed, and how long one more change takes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use inventory::Inventory;
use model::{ClusterId, Delta, Object};
use serde_json::json;

/// A running Pod of about 4 KB, as a Deployment's look once their managed fields are gone.
fn pod(at: usize, resource_version: usize) -> Object {
    let condition = |kind: &str| json!({"type": kind, "status": "True", "lastTransitionTime": "2026-11-20T09:13:41Z"});
    let conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map(condition);
    let environment: Vec<_> =
        (0..12).map(|at| json!({"name": format!("SETTING_{at}"), "value": "x".repeat(at)})).collect();
    Object::from_json(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "namespace": format!("team-{}", at % 40), "name": format!("web-{at}-6d9f7c5b8d-x{at}"),
            "uid": format!("{at:08x}-1c2f-4a5e-9d3b-0242ac120002"), "resourceVersion": resource_version.to_string(),
            "creationTimestamp": "2026-11-20T09:13:38Z",
            "labels": {"app.kubernetes.io/name": "web", "pod-template-hash": "6d9f7c5b8d"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-6d9f7c5b8d", "controller": true}],
        },
        "spec": {
            "nodeName": format!("node-{}", at % 250), "serviceAccountName": "web",
            "containers": [{"name": "web", "image": "registry.example.com/shop/web:1.42.0", "env": environment,
                "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10}}],
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}],
        },
        "status": {
            "phase": "Running", "podIP": format!("10.{}.{}.{}", at % 250, at / 250 % 250, at % 200),
            "conditions": conditions,
            "containerStatuses": [{"name": "web", "ready": true, "restartCount": 0, "state": {"running": {}}}],
        },
    }))
    .unwrap()
}

fn filled(count: usize) -> Inventory {
    let mut inventory = Inventory::new(ClusterId("bench".into()));
    inventory.apply((0..count).map(|at| Delta::Upsert(pod(at, at))).collect());
    inventory
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("inventory");
    group.sample_size(10);
    group.bench_function("apply 10000 pods", |bencher| {
        bencher.iter_batched(
            || (0..10_000).map(|at| Delta::Upsert(pod(at, at))).collect::<Vec<_>>(),
            |batch| Inventory::new(ClusterId("bench".into())).apply(batch),
            BatchSize::PerIteration,
        );
    });
    let mut inventory = filled(100_000);
    let mut version = 100_000;
    group.bench_function("one event at 100000 pods", |bencher| {
        bencher.iter_batched(
            || {
                version += 1;
                vec![Delta::Upsert(pod(version % 100_000, version))]
            },
            |batch| {
                inventory.apply(batch);
                inventory.snapshot()
            },
            BatchSize::PerIteration,
        );
    });
    let snapshot = inventory.snapshot();
    let key = pod(777, 0).key;
    group.bench_function("unpack a pod", |bencher| bencher.iter(|| snapshot.get(black_box(&key))));
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
