//! metrics-server behind the API server's aggregation, so that `metrics.k8s.io` and `kubectl top` answer.

use anyhow::Result;
use serde_json::json;

use crate::client::Client;
use crate::wait::eventually;

/// A pod for every node: kwok has no figures for a node that runs nothing, and then metrics-server does not know it.
const POD_PER_NODE: &str = "kube-proxy";

/// Tells the API server where metrics-server listens: a Service whose name resolves to this machine.
pub(crate) async fn register(client: &Client, port: u16) -> Result<()> {
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": "metrics-server", "namespace": "kube-system" },
        "spec": {
            "type": "ExternalName",
            "externalName": "localhost",
            "ports": [{ "port": port, "protocol": "TCP", "name": "https" }],
        },
    });
    client.apply("/api/v1/namespaces/kube-system/services/metrics-server", &service).await?;
    let api = json!({
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": { "name": "v1beta1.metrics.k8s.io" },
        "spec": {
            "group": "metrics.k8s.io",
            "version": "v1beta1",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": true,
            "service": { "name": "metrics-server", "namespace": "kube-system", "port": port },
        },
    });
    client.apply("/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io", &api).await?;
    let labels = json!({ "k8s-app": POD_PER_NODE });
    let usage = json!({ "kwok.x-k8s.io/usage-cpu": "20m", "kwok.x-k8s.io/usage-memory": "40Mi" });
    let daemon_set = json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": { "name": POD_PER_NODE, "namespace": "kube-system", "labels": labels },
        "spec": {
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels, "annotations": usage },
                "spec": {
                    "hostNetwork": true,
                    "priorityClassName": "system-node-critical",
                    "tolerations": [{ "operator": "Exists" }],
                    "containers": [{ "name": POD_PER_NODE, "image": "registry.k8s.io/kube-proxy:v1.36.3" }],
                },
            },
        },
    });
    let path = format!("/apis/apps/v1/namespaces/kube-system/daemonsets/{POD_PER_NODE}");
    client.apply(&path, &daemon_set).await?;
    Ok(())
}

/// Waits until the usage of every node is known: two scrapes, about half a minute after the start.
pub(crate) async fn answering(client: &Client) -> Result<()> {
    eventually("metrics-server knows every node", || async {
        let nodes = client.get("/api/v1/nodes").await?;
        let known = client.get("/apis/metrics.k8s.io/v1beta1/nodes").await?;
        let count = |list: &serde_json::Value| list["items"].as_array().map_or(0, Vec::len);
        Ok((count(&known) > 0 && count(&known) == count(&nodes)).then_some(()))
    })
    .await
}
