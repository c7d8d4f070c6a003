//! The nodes, and kwok, which plays their kubelets: it keeps the nodes ready and runs what the scheduler places there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde_json::{Value, json};

use crate::client::Client;
use crate::wait::eventually;

/// Fates that a pod's label asks for, beyond upstream's stages.
const FATES: &str = include_str!("../control-plane/fates.yaml");

/// Upstream's stages and metrics, as `cargo xtask control-plane` laid them down.
const UPSTREAM: [&str; 8] = [
    "node-initialize",
    "node-heartbeat-with-lease",
    "pod-ready",
    "pod-complete",
    "pod-delete",
    "pod-container-running-failed",
    "metrics-resource",
    "usage-from-annotation",
];

/// The configuration of kwok: what happens to nodes and pods, and what answers logs, exec, attach and port-forward.
pub(crate) fn configuration(built: &Path, log: &Path, previous_log: &Path) -> Result<String> {
    let mut documents = Vec::new();
    for name in UPSTREAM {
        let file = built.join("kwok").join(format!("{name}.yaml"));
        documents.push(fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?);
    }
    documents.push(FATES.to_owned());
    let answers = [
        ("ClusterLogs", json!({ "logs": [{ "logsFile": log, "previousLogsFile": previous_log, "follow": true }] })),
        ("ClusterAttach", json!({ "attaches": [{ "logsFile": log }] })),
        // A real shell on this machine.
        ("ClusterExec", json!({ "execs": [{ "local": {} }] })),
        // Every port is an echo.
        ("ClusterPortForward", json!({ "forwards": [{ "command": ["cat"] }] })),
    ];
    for (kind, spec) in answers {
        let name = kind.to_lowercase();
        let document = json!({
            "apiVersion": "kwok.x-k8s.io/v1alpha1",
            "kind": kind,
            "metadata": { "name": name },
            "spec": spec,
        });
        documents.push(document.to_string());
    }
    Ok(documents.join("\n---\n"))
}

/// Lets the log of a single pod be told apart from all others', which kwok learns from objects in the cluster.
pub(crate) async fn define_logs(client: &Client) -> Result<()> {
    let name = "logs.kwok.x-k8s.io";
    let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": name },
        "spec": {
            "group": "kwok.x-k8s.io",
            "names": { "kind": "Logs", "listKind": "LogsList", "plural": "logs", "singular": "logs" },
            "scope": "Namespaced",
            "versions": [{
                "name": "v1alpha1", "served": true, "storage": true, "schema": { "openAPIV3Schema": schema },
            }],
        },
    });
    client.apply(&format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"), &definition).await?;
    Ok(())
}

/// Gives every container of a pod a log of its own, `NAMESPACE_POD_CONTAINER.log` in `folder`.
pub(crate) async fn tell_logs_apart(client: &Client, folder: &Path, namespace: &str, pod: &str) -> Result<()> {
    let body = client.get(&format!("/api/v1/namespaces/{namespace}/pods/{pod}")).await?;
    let lists = ["containers", "initContainers"].map(|list| body["spec"][list].as_array());
    let mut logs = Vec::new();
    for container in lists.into_iter().flatten().flatten().filter_map(|container| container["name"].as_str()) {
        let file = log_file(folder, namespace, pod, container);
        fs::File::options().create(true).append(true).open(&file).context("create the log of a container")?;
        logs.push(json!({ "containers": [container], "logsFile": file, "follow": true }));
    }
    let object = json!({
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "Logs",
        "metadata": { "name": pod, "namespace": namespace },
        "spec": { "logs": logs },
    });
    let path = format!("/apis/kwok.x-k8s.io/v1alpha1/namespaces/{namespace}/logs/{pod}");
    // The definition may be a moment younger than the API server's knowledge of it.
    eventually("a pod has its logs", || async { client.apply(&path, &object).await.map(Some) }).await?;
    Ok(())
}

/// Where the log of a container lies that has one of its own.
pub(crate) fn log_file(folder: &Path, namespace: &str, pod: &str, container: &str) -> PathBuf {
    folder.join(format!("{namespace}_{pod}_{container}.log"))
}

/// Creates `count` nodes over three zones and waits until kwok has made them ready.
pub(crate) async fn create_nodes(client: &Client, count: usize) -> Result<()> {
    let mut creating: FuturesUnordered<_> =
        (1..=count).map(|number| async move { client.post("/api/v1/nodes", &node(number)).await }).collect();
    while let Some(created) = creating.next().await {
        created.context("create a node")?;
    }
    eventually("every node is ready", || async {
        let nodes = client.get("/api/v1/nodes").await?;
        let ready = nodes["items"].as_array().map_or(0, |items| items.iter().filter(|node| is_ready(node)).count());
        Ok((ready >= count).then_some(()))
    })
    .await
}

fn is_ready(node: &Value) -> bool {
    let conditions = node["status"]["conditions"].as_array();
    let ready = |condition: &Value| condition["type"] == "Ready" && condition["status"] == "True";
    let reachable = node["spec"]["taints"].as_array().is_none_or(Vec::is_empty);
    reachable && conditions.is_some_and(|conditions| conditions.iter().any(ready))
}

fn node(number: usize) -> Value {
    let name = format!("node-{number}");
    let zone = format!("eu-central-1{}", ["a", "b", "c"][number % 3]);
    let size = json!({ "cpu": "32", "memory": "128Gi", "pods": "4000", "ephemeral-storage": "200Gi" });
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "node.kubernetes.io/instance-type": "m6i.8xlarge",
                "topology.kubernetes.io/region": "eu-central-1",
                "topology.kubernetes.io/zone": zone,
            },
            "annotations": {
                "metrics.k8s.io/resource-metrics-path": format!("/metrics/nodes/{name}/metrics/resource"),
            },
        },
        // Room for 65,000 pods with addresses of their own, apart from those of Services (10.0.0.0/16).
        "spec": { "podCIDR": format!("10.{}.0.0/16", 64 + number % 128) },
        "status": {
            "capacity": size,
            "allocatable": size,
            // The API server and metrics-server call the kubelet where the first of these says.
            "addresses": [
                { "type": "InternalIP", "address": "127.0.0.1" },
                { "type": "Hostname", "address": name },
            ],
            // What kwok would otherwise say is its own version.
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": "",
                "containerRuntimeVersion": "containerd://2.2.1",
                "kernelVersion": "6.12.0",
                "kubeProxyVersion": "",
                "kubeletVersion": "v1.36.3",
                "machineID": name,
                "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 13 (trixie)",
                "systemUUID": name,
            },
        },
    })
}
