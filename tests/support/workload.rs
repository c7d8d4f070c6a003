//! Something to look at: the small shop of `tests/control-plane/workload.yaml`, and any number of pods besides.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::control_plane::{ControlPlane, items};
use crate::wait::eventually;

const SHOP: &str = include_str!("../control-plane/workload.yaml");

/// Where it lives: what else runs on the cluster is not waited for.
const NAMESPACES: [&str; 4] = ["shop", "payments", "data", "monitoring"];

/// Deployments whose pods are meant to fail.
const BROKEN: [&str; 2] = ["payments/ledger-worker", "payments/webhook"];

/// Pods of one Deployment, and Deployments of one namespace, that fill a cluster.
const REPLICAS: usize = 100;
const DEPLOYMENTS: usize = 20;

impl ControlPlane {
    /// Applies the shop (namespaces `shop`, `payments`, `data`, `monitoring`) and waits until what can run runs. Needs
    /// controllers and nodes.
    pub async fn workload(&self) -> Result<()> {
        self.apply(SHOP).await?;
        let client = self.client()?;
        eventually("the shop runs", || async {
            let deployments = client.get("/apis/apps/v1/deployments").await?;
            let waiting: Vec<String> = items(&deployments)
                .iter()
                .filter_map(|deployment| {
                    let field = |name: &str| deployment["metadata"][name].as_str().unwrap_or_default();
                    let name = format!("{}/{}", field("namespace"), field("name"));
                    let is_of_shop = NAMESPACES.contains(&field("namespace")) && !BROKEN.contains(&name.as_str());
                    let available = deployment["status"]["availableReplicas"].as_u64();
                    (is_of_shop && available < deployment["spec"]["replicas"].as_u64()).then_some(name)
                })
                .collect();
            let databases = client.get("/apis/apps/v1/namespaces/data/statefulsets/postgres").await?;
            let available = &databases["status"]["availableReplicas"];
            ensure!(waiting.is_empty(), "not available: {}", waiting.join(", "));
            ensure!(*available == 2, "available databases: {available}");
            Ok(Some(()))
        })
        .await
    }

    /// Rolls out Deployments with so many pods in all, over namespaces `load-1` and so on. Does not wait for them.
    pub async fn load(&self, pods: usize) -> Result<()> {
        let client = self.client()?;
        for number in 0..pods.div_ceil(REPLICAS) {
            let namespace = format!("load-{}", number / DEPLOYMENTS + 1);
            if number % DEPLOYMENTS == 0 {
                let made = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } });
                client.apply(&format!("/api/v1/namespaces/{namespace}"), &made).await?;
            }
            let name = format!("load-{}", number % DEPLOYMENTS + 1);
            let labels = json!({ "app": name });
            let usage = json!({ "kwok.x-k8s.io/usage-cpu": "5m", "kwok.x-k8s.io/usage-memory": "16Mi" });
            let deployment = json!({
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": { "name": name, "namespace": namespace },
                "spec": {
                    "replicas": REPLICAS.min(pods - number * REPLICAS),
                    "selector": { "matchLabels": labels },
                    "template": {
                        "metadata": { "labels": labels, "annotations": usage },
                        "spec": { "containers": [{ "name": "main", "image": "registry.example.com/load:1.0" }] },
                    },
                },
            });
            client.apply(&format!("/apis/apps/v1/namespaces/{namespace}/deployments/{name}"), &deployment).await?;
        }
        Ok(())
    }

    /// How many of those pods run.
    pub async fn load_running(&self) -> Result<u64> {
        let deployments = self.client()?.get("/apis/apps/v1/deployments").await?;
        let load = items(&deployments).iter().filter(|deployment| {
            deployment["metadata"]["namespace"].as_str().is_some_and(|namespace| namespace.starts_with("load-"))
        });
        Ok(load.filter_map(|deployment| deployment["status"]["readyReplicas"].as_u64()).sum())
    }
}
