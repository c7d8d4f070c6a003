//! Claims, the volumes made for them, and their attachment to nodes.

use serde_json::{Value, json};

use super::World;
use super::defaults;
use super::events::{About, Said, Source};
use crate::random::hash;
use crate::time::{SECOND, Time};

impl World {
    /// A claim is bound to a volume made for it, where its class exists.
    pub(crate) fn claim(&mut self, claim: &mut Value) {
        let class = claim["spec"]["storageClassName"].as_str().unwrap_or_default().to_owned();
        let created = claim["metadata"]["creationTimestamp"].as_str().and_then(Time::parse).unwrap_or(self.now);
        let name = claim["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let namespace = claim["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
        let claim_uid = claim["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
        claim["spec"]["volumeMode"] = "Filesystem".into();
        claim["metadata"]["finalizers"] = json!(["kubernetes.io/pvc-protection"]);
        let Some(class_object) = self.stored("storage.k8s.io", "StorageClass", &class) else {
            claim["status"] = json!({"phase": "Pending"});
            let about = About {
                api_version: "v1",
                kind: "PersistentVolumeClaim",
                namespace,
                name,
                uid: claim_uid,
                field_path: None,
            };
            let said = Said {
                first: created,
                last: self.now.minus(11 * SECOND),
                count: u32::try_from(self.now.since(created) / (15 * SECOND)).unwrap_or(1),
            };
            let message = format!("storageclass.storage.k8s.io \"{class}\" not found");
            let source = Source::of("persistentvolume-controller");
            self.record(&about, &source, "Warning", "ProvisioningFailed", &message, said);
            return;
        };
        let provisioner = class_object["provisioner"].clone();
        let volume = format!("pvc-{claim_uid}");
        let capacity = claim["spec"]["resources"]["requests"].clone();
        let modes = claim["spec"]["accessModes"].clone();
        claim["spec"]["volumeName"] = volume.as_str().into();
        claim["metadata"]["annotations"] = json!({
            "pv.kubernetes.io/bind-completed": "yes",
            "pv.kubernetes.io/bound-by-controller": "yes",
            "volume.kubernetes.io/storage-provisioner": provisioner,
        });
        claim["status"] = json!({"phase": "Bound", "accessModes": modes, "capacity": capacity});
        let mut metadata = self.metadata("PersistentVolume", "", &volume, created.plus(4 * SECOND));
        metadata["annotations"] = json!({"pv.kubernetes.io/provisioned-by": provisioner});
        metadata["finalizers"] =
            json!(["external-provisioner.volume.kubernetes.io/finalizer", "kubernetes.io/pv-protection"]);
        let handle = format!("vol-{:017x}", hash(self.seed, &[&volume]) >> 4);
        self.update(json!({
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": metadata,
            "spec": {
                "accessModes": modes,
                "capacity": capacity,
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "namespace": namespace,
                    "name": name,
                    "uid": claim_uid,
                },
                "csi": {"driver": provisioner, "fsType": "ext4", "volumeHandle": handle},
                "persistentVolumeReclaimPolicy": class_object["reclaimPolicy"],
                "storageClassName": class,
                "volumeMode": "Filesystem",
            },
            "status": {"phase": "Bound", "lastPhaseTransitionTime": created.plus(4 * SECOND).rfc3339()},
        }));
    }

    /// The claims that a StatefulSet's templates have made.
    pub(crate) fn claims_of(&mut self, index: usize) {
        let workload = self.workloads[index].clone();
        if workload.kind != "StatefulSet" {
            return;
        }
        let templates = workload.object["spec"]["volumeClaimTemplates"].as_array();
        for template in templates.into_iter().flatten() {
            for ordinal in 0..workload.desired() {
                let name = format!(
                    "{}-{}-{ordinal}",
                    template["metadata"]["name"].as_str().unwrap_or_default(),
                    workload.name
                );
                let mut metadata = self.metadata("PersistentVolumeClaim", &workload.namespace, &name, workload.created);
                metadata["labels"] = workload.object["spec"]["selector"]["matchLabels"].clone();
                let mut spec = template["spec"].clone();
                defaults::prune(&mut spec);
                let mut claim = json!({
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "metadata": metadata,
                    "spec": spec,
                });
                self.claim(&mut claim);
                self.update(claim);
            }
        }
    }

    /// The volumes of running pods are attached to their nodes.
    pub(crate) fn attach_volumes(&mut self) {
        let mut mounts: Vec<(String, String, Time)> = Vec::new();
        for pod in self.pods.values().filter(|pod| pod.phase() == "Running") {
            let Some(place) = &pod.place else {
                continue;
            };
            for volume in pod.spec["volumes"].as_array().into_iter().flatten() {
                if let Some(claim) = volume["persistentVolumeClaim"]["claimName"].as_str() {
                    let key = format!("{}/{claim}", pod.namespace);
                    mounts.push((key, place.node_name.clone(), place.since));
                }
            }
        }
        for (claim, node, since) in mounts {
            let claim = self.stored("", "PersistentVolumeClaim", &claim);
            let Some(volume) = claim.as_ref().and_then(|claim| claim["spec"]["volumeName"].as_str()) else {
                continue;
            };
            let digest = [1, 2, 3, 4].map(|part| format!("{:016x}", hash(part, &[volume, &node]))).concat();
            let metadata = self.metadata("VolumeAttachment", "", &format!("csi-{digest}"), since);
            self.update(json!({
                "apiVersion": "storage.k8s.io/v1",
                "kind": "VolumeAttachment",
                "metadata": metadata,
                "spec": {
                    "attacher": "ebs.csi.aws.com",
                    "nodeName": node,
                    "source": {"persistentVolumeName": volume},
                },
                "status": {"attached": true},
            }));
        }
    }
}
