//! Custom resources as they are found in the world: the definitions that upstream publishes.

use std::fs;

use anyhow::{Context, Result};

use crate::control_plane::{ControlPlane, items};
use crate::folder::control_plane_folder;
use crate::kubectl;
use crate::wait::eventually;

const OBJECTS: &str = include_str!("../control-plane/custom-resources.yaml");

impl ControlPlane {
    /// Installs the definitions of Gateway API, cert-manager, Argo CD and Rollouts, Flux, Istio, KEDA, the Prometheus
    /// operator, External and Sealed Secrets, volume snapshots, VPA, Karpenter and Cluster API, and waits until the API
    /// server serves them. Answers how many there are.
    pub async fn install_crds(&self) -> Result<usize> {
        let folder = control_plane_folder()?.join("crds");
        let files = folder.read_dir().with_context(|| format!("read {}", folder.display()))?;
        // In one call: kubectl is slow to start.
        let mut documents = String::new();
        for file in files {
            let path = file.context("read a folder")?.path();
            documents += "\n---\n";
            documents += &fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        }
        let arguments = ["apply", "--server-side", "--force-conflicts", "--filename", "-"];
        let applied = kubectl::run(self.kubectl_path(), self.admin(), arguments, Some(&documents)).await?;
        let count = applied.lines().count();
        let client = self.client()?;
        eventually("every definition is established", || async {
            let definitions = client.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").await?;
            let established = items(&definitions).iter().all(|definition| {
                let conditions = definition["status"]["conditions"].as_array().into_iter().flatten();
                conditions.into_iter().any(|found| found["type"] == "Established" && found["status"] == "True")
            });
            Ok((established && items(&definitions).len() >= count).then_some(()))
        })
        .await?;
        Ok(count)
    }

    /// One object, or a few that belong together, of each kind that a rule of the topology reads; namespace `custom`.
    /// Needs [`Self::install_crds`].
    pub async fn custom_resources(&self) -> Result<()> {
        self.apply(OBJECTS).await
    }
}
