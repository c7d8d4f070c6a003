//! Claims, volumes, classes, drivers, attachments, snapshots.

use model::Health;
use model::RelationClass::Refers;
use model::{GroupKind, ResourceKey};
use serde_json::Value;

use super::pod_storage::secrets_of_volume;
use super::select_default;
use crate::json::{field, group_of, list, text};
use crate::links::{Found, Target};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const CLAIM: &[(&str, &str)] = &[("", "PersistentVolumeClaim")];
const VOLUME: &[(&str, &str)] = &[("", "PersistentVolume")];
const STORAGE: &str = "storage.k8s.io";
const SNAPSHOT: &str = "snapshot.storage.k8s.io";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("claim-bound-to-volume", 35, Refers)
            .from(CLAIM)
            .fields(&["spec.volumeName"])
            .to("PersistentVolume", TargetScope::Cluster)
            .because("The claim is bound to this volume.")
            .broken(Health::Failing, "volume {name} lost")
            .by(|source, found| cluster(source, found, "spec.volumeName", ("", "PersistentVolume"))),
        Rule::new("volume-claimed-by", 35, Refers)
            .from(VOLUME)
            .fields(&["spec.claimRef"])
            .to("PersistentVolumeClaim", TargetScope::Cross)
            .because("The volume is kept for this claim. The uid counts: a claim of the same name made later is another one.")
            .by(claim_ref),
        Rule::new("claim-of-storageclass", 36, Refers)
            .from(CLAIM)
            .fields(&["spec.storageClassName"])
            .to("StorageClass", TargetScope::Cluster)
            .because("The volume is provisioned as this class says; where none is named the default class applies, and an empty name means none.")
            .broken(Health::Failing, "StorageClass missing")
            .by(claim_class),
        Rule::new("volume-of-storageclass", 36, Refers)
            .from(VOLUME)
            .fields(&["spec.storageClassName"])
            .to("StorageClass", TargetScope::Cluster)
            .optional()
            .because("The volume belongs to this class; for volumes made by hand the name need not be an object.")
            .by(|source, found| cluster(source, found, "spec.storageClassName", (STORAGE, "StorageClass"))),
        Rule::new("storage-served-by-csidriver", 37, Refers)
            .from(&[(STORAGE, "StorageClass"), ("", "PersistentVolume")])
            .fields(&["provisioner", "spec.csi.driver"])
            .to("CSIDriver", TargetScope::Cluster)
            .because("This driver makes and mounts the volumes. Names of drivers built into Kubernetes are no objects.")
            .by(driver),
        Rule::new("volume-reads-secret", 37, Refers)
            .from(VOLUME)
            .fields(&["spec.csi.*SecretRef", "spec.azureFile.secretName", "spec.{cephfs,flexVolume,iscsi,rbd,scaleIO,storageos}.secretRef"])
            .to("Secret", TargetScope::Cross)
            .because("The driver of the volume is given this Secret.")
            .broken(Health::Degraded, "Secret {name} missing")
            .by(volume_secrets),
        Rule::new("storageclass-reads-secret", 37, Refers)
            .from(&[(STORAGE, "StorageClass")])
            .fields(&["parameters[csi.storage.k8s.io/*-secret-name]", "parameters[*-secret-namespace]", "parameters.{adminSecretName,secretName}"])
            .to("Secret", TargetScope::Cross)
            .because("The driver is given this Secret for the volumes of the class. Names made of a claim's are no certain Secret.")
            .broken(Health::Degraded, "Secret {name} missing")
            .by(class_secrets),
        Rule::new("attachment-attaches-volume", 38, Refers)
            .from(&[(STORAGE, "VolumeAttachment")])
            .fields(&["spec.source.persistentVolumeName"])
            .to("PersistentVolume", TargetScope::Cluster)
            .because("The attachment is of this volume.")
            .by(|source, found| cluster(source, found, "spec.source.persistentVolumeName", ("", "PersistentVolume"))),
        Rule::new("attachment-to-node", 38, Refers)
            .from(&[(STORAGE, "VolumeAttachment")])
            .fields(&["spec.nodeName"])
            .to("Node", TargetScope::Cluster)
            .because("The volume is attached to this node.")
            .by(|source, found| cluster(source, found, "spec.nodeName", ("", "Node"))),
        Rule::new("attachment-by-csidriver", 38, Refers)
            .from(&[(STORAGE, "VolumeAttachment")])
            .fields(&["spec.attacher"])
            .to("CSIDriver", TargetScope::Cluster)
            .because("This driver attaches the volume.")
            .by(|source, found| cluster(source, found, "spec.attacher", (STORAGE, "CSIDriver"))),
        Rule::new("csinode-of-node", 39, Refers)
            .from(&[(STORAGE, "CSINode")])
            .fields(&["metadata.name"])
            .to("Node", TargetScope::Cluster)
            .because("The object lists the drivers on the node of its name.")
            .by(|source, found| {
                found.key(source.key_to("", "Node", "", source.key.name()), "metadata.name");
            }),
        Rule::new("csinode-has-csidriver", 39, Refers)
            .from(&[(STORAGE, "CSINode")])
            .fields(&["spec.drivers[].name"])
            .to("CSIDriver", TargetScope::Cluster)
            .because("This driver runs on the node.")
            .by(node_drivers),
        Rule::new("capacity-of-storageclass", 39, Refers)
            .from(&[(STORAGE, "CSIStorageCapacity")])
            .fields(&["storageClassName"])
            .to("StorageClass", TargetScope::Cluster)
            .because("So much can still be provisioned for this class.")
            .by(|source, found| cluster(source, found, "storageClassName", (STORAGE, "StorageClass"))),
        Rule::new("snapshot-of-claim", 40, Refers)
            .from(&[(SNAPSHOT, "VolumeSnapshot")])
            .fields(&["spec.source.persistentVolumeClaimName"])
            .to("PersistentVolumeClaim", TargetScope::Same)
            .because("The snapshot was taken of this claim's volume.")
            .by(snapshot_claim),
        Rule::new("snapshot-has-content", 40, Refers)
            .from(&[(SNAPSHOT, "VolumeSnapshot")])
            .fields(&["spec.source.volumeSnapshotContentName", "status.boundVolumeSnapshotContentName"])
            .to("VolumeSnapshotContent", TargetScope::Cluster)
            .because("The snapshot's data is this content.")
            .by(|source, found| {
                for at in ["spec.source.volumeSnapshotContentName", "status.boundVolumeSnapshotContentName"] {
                    cluster(source, found, at, (SNAPSHOT, "VolumeSnapshotContent"));
                }
            }),
        Rule::new("snapshot-of-class", 40, Refers)
            .from(&[(SNAPSHOT, "VolumeSnapshot"), (SNAPSHOT, "VolumeSnapshotContent")])
            .fields(&["spec.volumeSnapshotClassName"])
            .to("VolumeSnapshotClass", TargetScope::Cluster)
            .because("The snapshot is taken as this class says.")
            .by(|source, found| cluster(source, found, "spec.volumeSnapshotClassName", (SNAPSHOT, "VolumeSnapshotClass"))),
        Rule::new("claim-restored-from", 40, Refers)
            .from(CLAIM)
            .fields(&["spec.dataSourceRef", "spec.dataSource"])
            .to("VolumeSnapshot or PersistentVolumeClaim", TargetScope::Cross)
            .because("The claim's volume is filled from this snapshot or claim.")
            .by(data_source),
    ]
}

/// A cluster-scoped object named by a plain field.
fn cluster(source: &Source<'_>, found: &mut Found<'_>, at: &str, (group, kind): (&str, &str)) {
    if let Some(name) = source.text(&format!("/{}", at.replace('.', "/"))) {
        found.key(source.key_to(group, kind, "", name), at);
    }
}

fn claim_ref(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(claim) = source.spec.get("claimRef") else { return };
    let (Some(namespace), Some(name)) = (field(claim, "namespace"), field(claim, "name")) else { return };
    let key = source.key_to("", "PersistentVolumeClaim", namespace, name);
    let released = matches!(source.text("/status/phase"), Some("Released" | "Failed"));
    let link = found.link(Target::Exact { key, uid: field(claim, "uid").map(Into::into) }, "spec.claimRef");
    if released {
        // The claim was deleted; that is what Released says.
        link.if_present();
    }
}

fn volume_secrets(source: &Source<'_>, found: &mut Found<'_>) {
    let claim = source.spec.get("claimRef").and_then(|claim| field(claim, "namespace"));
    for (driver, at, secret) in secrets_of_volume(source.spec) {
        // Without a namespace it is in that of the claim, which an unbound volume does not have yet.
        if let (Some(name), Some(namespace)) = (secret.name, secret.namespace.or(claim)) {
            found.key(source.key_to("", "Secret", namespace, name), format_args!("spec.{driver}.{at}"));
        }
    }
}

fn class_secrets(source: &Source<'_>, found: &mut Found<'_>) {
    let parameters = source.body.get("parameters").and_then(Value::as_object);
    for (parameter, value) in parameters.into_iter().flatten() {
        let namespace = match parameter.strip_suffix("-name") {
            Some(stem) if stem.starts_with("csi.storage.k8s.io/") && stem.ends_with("-secret") => {
                format!("{stem}-namespace")
            }
            None if matches!(parameter.as_str(), "adminSecretName" | "secretName") => {
                parameter.replace("Name", "Namespace")
            }
            _ => continue,
        };
        let namespace = parameters.and_then(|parameters| parameters.get(&namespace)).and_then(text);
        let (Some(name), Some(namespace)) = (text(value), namespace) else { continue };
        if !name.contains('$') && !namespace.contains('$') {
            found.key(source.key_to("", "Secret", namespace, name), format_args!("parameters[{parameter}]"));
        }
    }
}

fn claim_class(source: &Source<'_>, found: &mut Found<'_>) {
    const ANNOTATION: &str = "volume.beta.kubernetes.io/storage-class";
    let key = |name: &str| source.key_to(STORAGE, "StorageClass", "", name);
    // Once bound, the class has done its work; for volumes made by hand it never was an object.
    let bound = field(source.spec, "volumeName").is_some();
    if let Some(name) = source.annotation(ANNOTATION).filter(|name| !name.is_empty()) {
        found.key(key(name), format_args!("metadata.annotations[{ANNOTATION}]")).optional(bound);
        return;
    }
    match source.spec.get("storageClassName").and_then(Value::as_str) {
        Some("") => {}
        Some(name) => {
            found.key(key(name), "spec.storageClassName").optional(bound);
        }
        None => select_default(found, STORAGE, "StorageClass", "spec.storageClassName"),
    }
}

fn driver(source: &Source<'_>, found: &mut Found<'_>) {
    let (name, at) = match source.key.kind() {
        "StorageClass" => (source.text("/provisioner"), "provisioner"),
        _ => (source.text("/spec/csi/driver"), "spec.csi.driver"),
    };
    if let Some(name) = name.filter(|name| !name.starts_with("kubernetes.io/")) {
        // Provisioners that are no CSI drivers (a local path provisioner) have no object either.
        found.key(source.key_to(STORAGE, "CSIDriver", "", name), at).if_present();
    }
}

fn node_drivers(source: &Source<'_>, found: &mut Found<'_>) {
    for name in list(source.spec, "drivers").iter().filter_map(|driver| field(driver, "name")) {
        found
            .key(source.key_to(STORAGE, "CSIDriver", "", name), format_args!("spec.drivers[{name}].name"))
            .if_present();
    }
}

fn snapshot_claim(source: &Source<'_>, found: &mut Found<'_>) {
    if let Some(name) = source.text("/spec/source/persistentVolumeClaimName") {
        let key = source.key_to("", "PersistentVolumeClaim", source.namespace, name);
        // A snapshot outlives its claim.
        found.key(key, "spec.source.persistentVolumeClaimName").optional(true);
    }
}

fn data_source(source: &Source<'_>, found: &mut Found<'_>) {
    for at in ["dataSourceRef", "dataSource"] {
        let Some(reference) = source.spec.get(at) else { continue };
        let (Some(kind), Some(name)) = (field(reference, "kind"), field(reference, "name")) else { continue };
        let group = field(reference, "apiGroup").map(|group| if group.contains('/') { group_of(group) } else { group });
        let kind = GroupKind::new(group.unwrap_or_default(), kind);
        let namespace = field(reference, "namespace").unwrap_or(source.namespace);
        found.key(ResourceKey::of(&kind, namespace, name), format_args!("spec.{at}")).optional(true);
    }
}
