//! Nodes, over three zones.

use serde_json::{Value, json};

use super::Maker;
use crate::time::MINUTE;

impl Maker {
    pub(in crate::generate) fn node(&self, index: usize) -> Value {
        let name = self.node_name(index);
        let mut metadata = self.metadata("Node", "", &name, 120);
        let zone = ["a", "b", "c"][index % 3];
        metadata["labels"] = json!({
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "node.kubernetes.io/instance-type": "m7.8xlarge",
            "topology.kubernetes.io/region": "eu-1",
            "topology.kubernetes.io/zone": format!("eu-1{zone}"),
        });
        let since = metadata["creationTimestamp"].clone();
        let heartbeat = self.start.minus(MINUTE).rfc3339();
        let condition = |kind: &str, status: &str, reason: &str, message: &str| {
            json!({
                "type": kind, "status": status, "reason": reason, "message": message,
                "lastHeartbeatTime": heartbeat, "lastTransitionTime": since,
            })
        };
        let resources =
            json!({"cpu": "32", "memory": "131072000Ki", "pods": "250", "ephemeral-storage": "205082043Ki"});
        json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": metadata,
            "spec": {"podCIDR": format!("10.{}.{}.0/24", 128 + index / 256, index % 256), "providerID": format!("demo:///eu-1/{name}")},
            "status": {
                "addresses": [
                    {"type": "InternalIP", "address": format!("10.20.{}.{}", index / 250, index % 250 + 1)},
                    {"type": "Hostname", "address": name},
                ],
                "allocatable": resources,
                "capacity": resources,
                "conditions": [
                    condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                    condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                    condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                    condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
                ],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
                "nodeInfo": {
                    "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "containerd://2.2.1",
                    "kernelVersion": "6.12.57-cloud-amd64", "kubeProxyVersion": "", "kubeletVersion": "v1.36.3",
                    "machineID": "", "operatingSystem": "linux", "osImage": "Debian GNU/Linux 13 (trixie)", "systemUUID": "",
                },
            },
        })
    }
}
