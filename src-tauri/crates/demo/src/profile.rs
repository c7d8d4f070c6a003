//! What is known of a workload beside its objects: how much it uses and what it logs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::life::behaviour::Behaviour;
use crate::random::hash;
use crate::usage::Load;

/// The facts that metrics and logs are made from.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) load: Load,
    /// The style of the log.
    pub(crate) logs: String,
    /// What the log says, with blanks.
    pub(crate) says: Arc<[String]>,
    pub(crate) behaviour: Behaviour,
}

/// The profiles of a cluster's workloads, by `namespace/name`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profiles {
    pub(crate) workloads: BTreeMap<String, Profile>,
    /// What runs on a node outside of pods: millicores and MiB, by the node's name.
    pub(crate) nodes: BTreeMap<String, Load>,
}

impl Profiles {
    /// The profile of a workload; one that nobody described is given something plausible.
    pub(crate) fn of(&self, workload: &str) -> Profile {
        if let Some(profile) = self.workloads.get(workload) {
            return profile.clone();
        }
        let dice = hash(11, &[workload]);
        let styles = ["json", "plain", "access", "java"];
        Profile {
            load: Load { cpu: 10 + dice % 240, memory: 24 + dice / 256 % 400, swing: 20 },
            logs: styles[(dice / 65_536 % 4) as usize].to_owned(),
            says: Arc::default(),
            behaviour: Behaviour::Steady,
        }
    }
}

/// `namespace/name` of the workload at the top of a pod's owners, as far as names tell.
pub(crate) fn workload_of(metadata: &Value) -> String {
    let namespace = metadata["namespace"].as_str().unwrap_or_default();
    let own = metadata["name"].as_str().unwrap_or_default();
    let owner = &metadata["ownerReferences"][0];
    let name = owner["name"].as_str().unwrap_or(own);
    // A ReplicaSet is named after its Deployment and a hash, a Job after its CronJob and a minute.
    let name = match owner["kind"].as_str() {
        Some("ReplicaSet" | "Job") => name.rsplit_once('-').map_or(name, |(front, _)| front),
        _ => name,
    };
    format!("{namespace}/{name}")
}
