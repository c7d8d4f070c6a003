//! The objects of the first two steps: running pods, and the Services and ConfigMaps beside them.

use serde_json::{Value, json};

/// Namespaces that the pods are spread over.
const NAMESPACES: usize = 40;
const NODES: usize = 100;
const SINCE: &str = "2026-11-20T09:13:41Z";

/// So many running pods, with the namespaces and nodes they are in.
pub(crate) fn running(count: usize) -> impl Iterator<Item = Value> {
    let namespaces = (0..NAMESPACES).map(|number| named("Namespace", &format!("team-{number}")));
    let nodes = (0..NODES).map(|number| {
        let mut node = named("Node", &format!("node-{number}"));
        node["status"] = json!({ "conditions": [{ "type": "Ready", "status": "True", "reason": "KubeletReady",
            "lastHeartbeatTime": SINCE, "lastTransitionTime": SINCE }] });
        node
    });
    namespaces.chain(nodes).chain((0..count).map(|number| pod(number, 0)))
}

/// So many Services, each for two pods, and as many ConfigMaps, of which every second pod's name is referred to.
pub(crate) fn services_and_maps(count: usize) -> impl Iterator<Item = Value> {
    (0..count).flat_map(|number| {
        let namespace = format!("team-{}", number % NAMESPACES);
        let name = format!("web-{number}");
        let service = json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": name, "namespace": namespace },
            "spec": { "selector": { "app.kubernetes.io/name": name }, "ports": [{ "name": "http", "port": 80, "targetPort": 8080 }] },
        });
        let map = json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": format!("settings-{number}"), "namespace": namespace },
            "data": { "level": "info", "url": format!("http://web-{}:80", number / 2) },
        });
        [service, map]
    })
}

/// Where a pod lies, and what it is called in this generation.
pub(crate) fn place(number: usize, generation: usize) -> (String, String) {
    (format!("team-{}", number % NAMESPACES), format!("web-{number:05}-{generation}"))
}

/// A pod of the size real ones have: 8.7 KB with what the server keeps of who wrote which field.
pub(crate) fn pod(number: usize, generation: usize) -> Value {
    let names = ["main", "proxy"];
    let environment: Vec<Value> = (0..16)
        .map(|at| json!({ "name": format!("SETTING_{at}"), "value": format!("value of setting {at}") }))
        .collect();
    let containers = names.map(|name| {
        json!({
            "name": name, "image": format!("registry.example.com/shop/{name}:1.42.0"), "env": environment,
            "ports": [{ "name": "http", "containerPort": 8080 }],
            "resources": { "requests": { "cpu": "100m", "memory": "128Mi" }, "limits": { "memory": "256Mi" } },
            "readinessProbe": { "httpGet": { "path": "/healthz", "port": 8080 } },
            "volumeMounts": [{ "name": "config", "mountPath": "/etc/config" }],
        })
    });
    let statuses = names.map(|name| {
        json!({
            "name": name, "ready": true, "started": true, "restartCount": 0, "containerID": format!("containerd://{number:064x}"),
            "image": format!("registry.example.com/shop/{name}:1.42.0"), "imageID": format!("sha256:{number:064x}"),
            "state": { "running": { "startedAt": SINCE } },
        })
    });
    let conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
        .map(|kind| json!({ "type": kind, "status": "True", "lastTransitionTime": SINCE }));
    let (namespace, name) = place(number, generation);
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": name, "namespace": namespace,
            "labels": { "app.kubernetes.io/name": format!("web-{}", app(number)), "app.kubernetes.io/part-of": "shop" },
        },
        "spec": {
            "nodeName": format!("node-{}", number % NODES), "containers": containers,
            "volumes": [{ "name": "config", "configMap": { "name": format!("settings-{}", app(number)) } }],
        },
        "status": {
            "phase": "Running", "podIP": format!("10.1.{}.{}", number / 250, number % 250), "startTime": SINCE,
            "conditions": conditions, "containerStatuses": statuses,
        },
    })
}

/// Two pods of the same namespace share an application, and with it a Service and a ConfigMap.
fn app(number: usize) -> usize {
    let (round, namespace) = (number / NAMESPACES, number % NAMESPACES);
    round / 2 * NAMESPACES + namespace
}

fn named(kind: &str, name: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": kind, "metadata": { "name": name } })
}
