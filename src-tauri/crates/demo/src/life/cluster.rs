//! Nodes: their status, their leases, and which of them gets the next pod.

use serde_json::{Value, json};

use super::{Action, World};
use crate::random::uid as random_uid;
use crate::scenario::Manifest;
use crate::time::{DAY, MINUTE, SECOND, Time};
use crate::usage::Load;

/// A node of the simulation.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) ip: String,
    /// Share of the pods of the start.
    pub(crate) weight: u32,
    /// How many pods are there.
    pub(crate) pods: u32,
    /// What runs on it outside of pods.
    pub(crate) load: Load,
    /// Cordoned, or under pressure.
    pub(crate) closed: bool,
}

/// The kubelet renews its lease this often.
const HEARTBEAT: i64 = 10 * SECOND;

impl World {
    /// Adds a node from its manifest, with the status that a kubelet reports.
    pub(crate) fn add_node(&mut self, manifest: Manifest) {
        let (mut object, notes) = (manifest.object, manifest.notes);
        let index = self.nodes.len();
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let age = notes.age.map_or(90 * DAY, |age| age.0);
        let created = self.now.minus(age);
        let ip = format!("10.20.0.{}", 11 + index);
        let metadata = &mut object["metadata"];
        metadata["uid"] = self.uid("Node", "", &name).into();
        metadata["creationTimestamp"] = created.rfc3339().into();
        metadata["labels"]["kubernetes.io/hostname"] = name.as_str().into();
        for (label, value) in [
            ("beta.kubernetes.io/arch", "amd64"),
            ("beta.kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", "amd64"),
            ("kubernetes.io/os", "linux"),
        ] {
            metadata["labels"][label] = value.into();
        }
        metadata["annotations"] = json!({
            "csi.volume.kubernetes.io/nodeid": format!("{{\"ebs.csi.aws.com\":\"{name}\"}}"),
            "node.alpha.kubernetes.io/ttl": "0",
            "volumes.kubernetes.io/controller-managed-attach-detach": "true",
        });
        let spec = &mut object["spec"];
        spec["podCIDR"] = format!("10.244.{index}.0/24").into();
        spec["podCIDRs"] = json!([format!("10.244.{index}.0/24")]);
        spec["providerID"] = format!("demo:///eu-1/{name}").into();
        let cordoned = spec["unschedulable"] == true;
        let mut taints = Vec::new();
        let changed = self.now.minus(47 * MINUTE);
        if cordoned {
            taints.push(json!({
                "key": "node.kubernetes.io/unschedulable",
                "effect": "NoSchedule",
                "timeAdded": self.now.minus(3 * DAY).rfc3339(),
            }));
        }
        if notes.pressure.as_deref() == Some("memory") {
            taints.push(json!({
                "key": "node.kubernetes.io/memory-pressure",
                "effect": "NoSchedule",
                "timeAdded": changed.rfc3339(),
            }));
        }
        if !taints.is_empty() {
            spec["taints"] = json!(taints);
        }
        let capacity = object["status"]["capacity"].clone();
        object["status"] = status(&name, &ip, capacity, created, self.now, &notes.pressure, changed);
        self.nodes.push(Node {
            name: name.clone(),
            ip,
            weight: notes.weight,
            load: notes.load(),
            pods: 0,
            closed: cordoned || notes.pressure.is_some(),
        });
        self.incidents.extend(notes.incident);
        self.update(object);
        self.write_lease(index);
        let mut metadata = self.metadata("CSINode", "", &name, created);
        let uid = self.uid("Node", "", &name);
        metadata["ownerReferences"] = json!([{"apiVersion": "v1", "kind": "Node", "name": name, "uid": uid}]);
        self.update(json!({
            "apiVersion": "storage.k8s.io/v1",
            "kind": "CSINode",
            "metadata": metadata,
            "spec": {"drivers": [{
                "name": "ebs.csi.aws.com",
                "nodeID": name,
                "topologyKeys": ["topology.kubernetes.io/zone"],
                "allocatable": {"count": 25},
            }]},
        }));
    }

    /// The node for a pod of the start (by weight), or of later life (the emptiest that is open).
    pub(crate) fn choose_node(&self, starting: bool) -> Option<usize> {
        let open = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.weight > 0 && if starting { true } else { !node.closed });
        open.min_by_key(|(index, node)| {
            let weight = if starting { node.weight } else { 1 };
            (node.pods * 1_000 / weight, *index)
        })
        .map(|(index, _)| index)
    }

    pub(crate) fn heartbeat(&mut self) {
        for index in 0..self.nodes.len() {
            self.write_lease(index);
        }
        self.plan(HEARTBEAT, Action::Heartbeat);
    }

    fn write_lease(&mut self, index: usize) {
        let name = self.nodes[index].name.clone();
        let created = self
            .stored("", "Node", &name)
            .and_then(|node| Time::parse(node["metadata"]["creationTimestamp"].as_str()?))
            .unwrap_or(self.now);
        let mut metadata = self.metadata("Lease", "kube-node-lease", &name, created);
        let uid = self.uid("Node", "", &name);
        metadata["ownerReferences"] = json!([{"apiVersion": "v1", "kind": "Node", "name": name, "uid": uid}]);
        let renewed = self.now.minus(700 * (index as i64 + 1));
        self.update(json!({
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": metadata,
            "spec": {
                "holderIdentity": name,
                "leaseDurationSeconds": 40,
                "renewTime": renewed.micros(),
            },
        }));
    }
}

fn status(
    name: &str,
    ip: &str,
    capacity: Value,
    created: Time,
    now: Time,
    pressure: &Option<String>,
    changed: Time,
) -> Value {
    let heartbeat = now.minus(2 * MINUTE).rfc3339();
    let condition = |kind: &str, status: bool, reason: &str, message: &str, since: Time| {
        json!({
            "type": kind,
            "status": if status { "True" } else { "False" },
            "reason": reason,
            "message": message,
            "lastHeartbeatTime": heartbeat,
            "lastTransitionTime": since.rfc3339(),
        })
    };
    let memory = if pressure.as_deref() == Some("memory") {
        condition(
            "MemoryPressure",
            true,
            "KubeletHasInsufficientMemory",
            "kubelet has insufficient memory available",
            changed,
        )
    } else {
        condition(
            "MemoryPressure",
            false,
            "KubeletHasSufficientMemory",
            "kubelet has sufficient memory available",
            created,
        )
    };
    let mut allocatable = capacity.clone();
    if let Some(memory) = capacity["memory"].as_str().and_then(|text| text.strip_suffix("Ki")) {
        let kib: u64 = memory.parse().unwrap_or(0);
        allocatable["memory"] = format!("{}Ki", kib.saturating_sub(102_400)).into();
    }
    json!({
        "addresses": [
            {"type": "InternalIP", "address": ip},
            {"type": "Hostname", "address": name},
        ],
        "capacity": capacity,
        "allocatable": allocatable,
        "conditions": [
            memory,
            condition("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure", created),
            condition("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available", created),
            condition("Ready", true, "KubeletReady", "kubelet is posting ready status", created.plus(20 * SECOND)),
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "architecture": "amd64",
            "bootID": random_uid(0, &["boot", name]),
            "containerRuntimeVersion": "containerd://2.2.1",
            "kernelVersion": "6.12.57-cloud-amd64",
            "kubeProxyVersion": "",
            "kubeletVersion": "v1.36.3",
            "machineID": random_uid(0, &["machine", name]).replace('-', ""),
            "operatingSystem": "linux",
            "osImage": "Debian GNU/Linux 13 (trixie)",
            "systemUUID": random_uid(0, &["system", name]),
        },
    })
}
