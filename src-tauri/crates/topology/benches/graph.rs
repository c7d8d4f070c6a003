//! What users feel: a whole cluster inferred, and one event applied to a large one.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use inventory::Change;
use model::{Coverage, GroupKind, KindCoverage, KindState, Object, ResourceKind, Scope};
use serde_json::{Value, json};
use topology::{Engine, RuleBook};

/// As in the programs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A cluster of about `size` objects in the proportions of a large production cluster: per ten pods, fourteen
/// ReplicaSets (old revisions included), seven Deployments, eight Services and so on.
fn cluster(size: usize) -> Vec<Object> {
    let mut objects = Vec::with_capacity(size + 64);
    let mut add = |body: Value| objects.push(Object::from_json(body).unwrap());
    let nodes = (size / 700).max(3);
    for node in 0..nodes {
        add(
            json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": format!("node-{node}"), "uid": format!("n{node}")},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
        );
    }
    let apps = size / 11;
    for app in 0..apps {
        let namespace = format!("team-{}", app % (apps / 20 + 1));
        let name = format!("app-{app}");
        if app < apps / 20 + 1 {
            add(
                json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "uid": format!("ns{app}")}}),
            );
        }
        let labels = json!({"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/managed-by": "Helm", "tier": "web"});
        let spec = json!({"serviceAccountName": "default", "volumes": [{"name": "config", "configMap": {"name": format!("{name}-config")}}],
            "containers": [{"name": "main", "image": "registry.example.com/app:1.2.3",
                "env": [{"name": "MODE", "value": "production"}, {"name": "NEXT_ADDR", "value": format!("app-{}:8080", (app + 1) % apps)},
                    {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": format!("{name}-keys"), "key": "key"}}}],
                "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}}}]});
        let meta = |kind: &str, suffix: &str| json!({"name": format!("{name}{suffix}"), "namespace": namespace, "uid": format!("{kind}-{app}{suffix}"), "resourceVersion": "1", "labels": labels});
        let owned = |mut meta: Value, api: &str, kind: &str, owner: &str, uid: &str| {
            meta["ownerReferences"] = json!([{"apiVersion": api, "kind": kind, "name": owner, "uid": uid, "controller": true, "blockOwnerDeletion": true}]);
            meta
        };
        add(json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("d", ""),
            "spec": {"replicas": 2, "selector": {"matchLabels": {"app.kubernetes.io/name": name}}, "template": {"metadata": {"labels": labels}, "spec": spec}},
            "status": {"replicas": 2, "readyReplicas": 2, "updatedReplicas": 2}}));
        for revision in 0..2 {
            let replicas = if revision == 0 { 2 } else { 0 };
            let suffix = format!("-{revision}");
            add(
                json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": owned(meta("r", &suffix), "apps/v1", "Deployment", &name, &format!("d-{app}")),
                "spec": {"replicas": replicas, "template": {"metadata": {"labels": labels}, "spec": spec}}, "status": {"replicas": replicas, "readyReplicas": replicas}}),
            );
        }
        let mut endpoints = Vec::new();
        for pod in 0..3 {
            let suffix = format!("-0-{pod}");
            let mut spec = spec.clone();
            let node = format!("node-{}", (app * 3 + pod) % nodes);
            spec["nodeName"] = json!(node);
            endpoints.push(json!({"addresses": ["10.0.0.1"], "conditions": {"ready": true}, "nodeName": node, "targetRef": {"kind": "Pod", "namespace": namespace, "name": format!("{name}{suffix}")}}));
            add(
                json!({"apiVersion": "v1", "kind": "Pod", "metadata": owned(meta("p", &suffix), "apps/v1", "ReplicaSet", &format!("{name}-0"), &format!("r-{app}-0")), "spec": spec,
                "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [{"name": "main", "ready": true, "restartCount": 0, "state": {"running": {}}}]}}),
            );
        }
        add(
            json!({"apiVersion": "v1", "kind": "Service", "metadata": meta("s", ""), "spec": {"clusterIP": "10.1.0.1", "selector": {"app.kubernetes.io/name": name}, "ports": [{"port": 8080}]}}),
        );
        let mut slice = owned(meta("e", "-x"), "v1", "Service", &name, &format!("s-{app}"));
        slice["labels"]["kubernetes.io/service-name"] = json!(name);
        add(
            json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": slice, "endpoints": endpoints}),
        );
        add(
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("c", "-config"), "data": {"a": "1", "url": "http://example.com/"}}),
        );
        add(json!({"apiVersion": "v1", "kind": "Secret", "metadata": meta("k", "-keys")}));
        if app % 2 == 0 {
            add(
                json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta("i", ""), "spec": {"ingressClassName": "nginx",
                "rules": [{"host": format!("{name}.example.com"), "http": {"paths": [{"path": "/", "backend": {"service": {"name": name, "port": {"number": 8080}}}}]}}]}}),
            );
        }
    }
    objects
}

fn coverage(objects: &[Object]) -> Coverage {
    let mut kinds: BTreeMap<GroupKind, KindCoverage> = BTreeMap::new();
    for object in objects {
        let kind = object.key.group_kind();
        let row = kinds.entry(kind.clone()).or_insert_with(|| KindCoverage {
            kind: ResourceKind {
                plural: format!("{}s", kind.kind.to_lowercase()).into(),
                namespaced: !object.key.namespace().is_empty(),
                version: object.version.clone(),
                group_kind: kind,
            },
            scopes: vec![(Scope::Cluster, KindState::Live)],
            count: 0,
            withheld: 0,
        });
        row.count += 1;
    }
    Coverage { kinds: kinds.into_values().collect() }
}

/// What the inventory makes of a first list: ordered by key.
fn changes(mut objects: Vec<Object>) -> Vec<Change> {
    objects.sort_by(|a, b| a.key.cmp(&b.key));
    objects.into_iter().map(Change::Upserted).collect()
}

fn infer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("infer");
    group.sample_size(10);
    for size in [1_000, 10_000, 100_000] {
        let objects = cluster(size);
        let coverage = coverage(&objects);
        let changes = changes(objects);
        group.bench_function(size.to_string(), |bench| {
            bench.iter_batched(
                || Engine::new(Arc::new(RuleBook::default())),
                |mut engine| {
                    engine.apply(&changes, &coverage);
                    engine
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn apply(criterion: &mut Criterion) {
    let objects = cluster(100_000);
    let coverage = coverage(&objects);
    let pod = objects.iter().find(|object| object.key.is("", "Pod")).cloned().unwrap();
    let service = objects.iter().find(|object| object.key.is("", "Service")).cloned().unwrap();
    let changes = changes(objects);
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    engine.apply(&changes, &coverage);
    drop(changes);
    let altered = |object: &Object, change: &dyn Fn(&mut Value)| {
        let mut body = (*object.body).clone();
        change(&mut body);
        Change::Upserted(Object::from_json(body).unwrap())
    };
    let unready = altered(&pod, &|body| body["status"]["containerStatuses"][0]["ready"] = json!(false));
    let relabelled = altered(&pod, &|body| body["metadata"]["labels"]["app.kubernetes.io/name"] = json!("other"));
    let reselected = altered(&service, &|body| body["spec"]["selector"] = json!({"tier": "none"}));
    let pairs = [
        ("pod status", unready, Change::Upserted(pod.clone())),
        ("pod labels", relabelled, Change::Upserted(pod.clone())),
        ("pod gone and back", Change::Removed(pod.key.clone()), Change::Upserted(pod)),
        ("service selector", reselected, Change::Upserted(service)),
    ];
    let mut group = criterion.benchmark_group("apply one event at 100000");
    for (name, there, back) in pairs {
        let mut away = false;
        group.bench_function(name, |bench| {
            // A reader holds the last graph, as the screen does.
            let mut held = engine.graph();
            bench.iter(|| {
                away = !away;
                let change = if away { &there } else { &back };
                let delta = engine.apply(std::slice::from_ref(black_box(change)), &coverage);
                held = engine.graph();
                (delta, held.len())
            });
        });
        if away {
            engine.apply(&[back], &coverage);
        }
    }
    group.finish();
}

/// What stands between a keystroke in the search and its list.
fn search(criterion: &mut Criterion) {
    let objects = cluster(100_000);
    let coverage = coverage(&objects);
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    engine.apply(&changes(objects), &coverage);
    let graph = engine.graph();
    let mut group = criterion.benchmark_group("search at 100000");
    for query in ["a", "app-77", "svc app-4242", "team-3/app", "crashloop", "tier=web", "apconf"] {
        group.bench_function(query, |bench| bench.iter(|| graph.search_for(black_box(query), 40)));
    }
    group.finish();
}

criterion_group!(benches, infer, apply, search);
criterion_main!(benches);
