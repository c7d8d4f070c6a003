//! Volumes of pods: claims, CSI drivers and what they need; claims of StatefulSets.

use model::GroupKind;
use model::Health;
use model::RelationClass::{Owns, Refers};
use serde_json::Value;

use crate::LabelSelector;
use crate::json::{At, field, list};
use crate::kinds::{POD_SOURCES, volume};
use crate::links::{Among, Found, Namespaces};
use crate::marks::CLAIM_STEM;
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("statefulset-owns-claim", 5, Owns)
            .from(&[("apps", "StatefulSet")])
            .fields(&["spec.volumeClaimTemplates[]"])
            .to("PersistentVolumeClaim", TargetScope::Same)
            .because("The claim is named <template>-<set>-<ordinal>: the StatefulSet made it for one of its pods, and keeps it after scaling down.")
            .by(set_claims),
        Rule::new("pod-mounts-claim", 33, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.volumes[].persistentVolumeClaim.claimName", "spec.volumes[].ephemeral"])
            .to("PersistentVolumeClaim", TargetScope::Same)
            .because("The pod mounts the volume of this claim.")
            .broken(Health::Degraded, "claim {name} missing")
            .by(claims),
        Rule::new("pod-volume-of-storageclass", 36, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.volumes[].ephemeral.volumeClaimTemplate.spec.storageClassName"])
            .to("StorageClass", TargetScope::Cluster)
            .because("The claim made for the pod's ephemeral volume asks for this class.")
            .broken(Health::Failing, "StorageClass {name} missing")
            .by(ephemeral_classes),
        Rule::new("pod-uses-csidriver", 34, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.volumes[].csi.driver"])
            .to("CSIDriver", TargetScope::Cluster)
            .because("An inline volume of the pod is served by this driver.")
            .by(drivers),
        Rule::new("pod-volume-reads-secret", 34, Refers)
            .from(POD_SOURCES)
            .fields(&[
                "spec.volumes[].csi.nodePublishSecretRef",
                "spec.volumes[].azureFile.secretName",
                "spec.volumes[].{cephfs,flexVolume,iscsi,rbd,scaleIO,storageos}.secretRef",
            ])
            .to("Secret", TargetScope::Same)
            .because("The driver of the volume is given this Secret.")
            .broken(Health::Degraded, "Secret {name} missing")
            .by(volume_secrets),
        Rule::new("pod-uses-secretproviderclass", 34, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.volumes[].csi.volumeAttributes.secretProviderClass"])
            .to("SecretProviderClass", TargetScope::Same)
            .because("The secrets store driver mounts what this class describes.")
            .broken(Health::Degraded, "SecretProviderClass {name} missing")
            .by(provider_classes),
    ]
}

fn set_claims(source: &Source<'_>, found: &mut Found<'_>) {
    for template in list(source.spec, "volumeClaimTemplates") {
        let Some(name) = template.get("metadata").and_then(|metadata| field(metadata, "name")) else { continue };
        let stem = format!("{name}-{}", source.key.name());
        found
            .select(
                Among::Kind(GroupKind::new("", "PersistentVolumeClaim")),
                Namespaces::Named(vec![source.namespace.into()]),
                LabelSelector::label(CLAIM_STEM, &stem),
                format!("spec.volumeClaimTemplates[{name}]"),
            )
            .label = Some(name.into());
    }
}

fn claims(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(pod) = source.pod else { return };
    let key = |name: &str| source.key_to("", "PersistentVolumeClaim", source.namespace, name);
    for volume in pod.volumes_of(volume::CLAIM | volume::EPHEMERAL) {
        let Some(name) = field(volume, "name") else { continue };
        let path = pod.path;
        if let Some(claim) = volume.get("persistentVolumeClaim").and_then(|claim| field(claim, "claimName")) {
            found.key(key(claim), format_args!("{path}.volumes[{name}].persistentVolumeClaim.claimName")).label(name);
        }
        // The claim of an ephemeral volume carries the pod's name, which a template does not have yet.
        if pod.is_pod && volume.get("ephemeral").is_some_and(|ephemeral| ephemeral.is_object()) {
            let claim = format!("{}-{name}", source.key.name());
            found.key(key(&claim), format_args!("{path}.volumes[{name}].ephemeral.volumeClaimTemplate")).label(name);
        }
    }
}

fn ephemeral_classes(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(pod) = source.pod else { return };
    for volume in pod.volumes_of(volume::EPHEMERAL) {
        let class = volume.at("/ephemeral/volumeClaimTemplate/spec").and_then(|spec| field(spec, "storageClassName"));
        if let Some(class) = class {
            let of = field(volume, "name").unwrap_or_default();
            let at = format_args!("{}.volumes[{of}].ephemeral.volumeClaimTemplate.spec.storageClassName", pod.path);
            found.key(source.key_to("storage.k8s.io", "StorageClass", "", class), at);
        }
    }
}

fn csi<'a>(source: &Source<'a>) -> impl Iterator<Item = (&'a Value, String)> {
    let pod = source.pod;
    pod.into_iter().flat_map(|pod| {
        pod.volumes_of(volume::CSI).iter().filter_map(move |volume| {
            let csi = volume.get("csi")?;
            Some((csi, format!("{}.volumes[{}].csi", pod.path, field(volume, "name").unwrap_or_default())))
        })
    })
}

fn drivers(source: &Source<'_>, found: &mut Found<'_>) {
    for (volume, at) in csi(source) {
        if let Some(driver) = field(volume, "driver") {
            found.key(source.key_to("storage.k8s.io", "CSIDriver", "", driver), format_args!("{at}.driver"));
        }
    }
}

fn volume_secrets(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(pod) = source.pod else { return };
    for volume in pod.volumes_of(volume::CSI | volume::DRIVER) {
        for (driver, at, secret) in secrets_of_volume(volume) {
            if let Some(name) = secret.name {
                let key = source.key_to("", "Secret", source.namespace, name);
                let of = field(volume, "name").unwrap_or_default();
                found.key(key, format_args!("{}.volumes[{of}].{driver}.{at}", pod.path));
            }
        }
    }
}

/// The Secret that a driver of volumes is given; PersistentVolumes name its namespace.
pub(super) struct VolumeSecret<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) namespace: Option<&'a str>,
}

/// The Secrets that a volume of a pod or a PersistentVolume names, with driver and field.
pub(super) fn secrets_of_volume(
    volume: &Value,
) -> impl Iterator<Item = (&'static str, &'static str, VolumeSecret<'_>)> {
    const REFERENCES: [(&str, &str); 11] = [
        ("csi", "nodePublishSecretRef"),
        ("csi", "nodeStageSecretRef"),
        ("csi", "controllerPublishSecretRef"),
        ("csi", "controllerExpandSecretRef"),
        ("csi", "nodeExpandSecretRef"),
        ("cephfs", "secretRef"),
        ("flexVolume", "secretRef"),
        ("iscsi", "secretRef"),
        ("rbd", "secretRef"),
        ("scaleIO", "secretRef"),
        ("storageos", "secretRef"),
    ];
    let references = REFERENCES.into_iter().filter_map(|(driver, at)| {
        let reference = volume.get(driver)?.get(at)?;
        let secret = VolumeSecret { name: field(reference, "name"), namespace: field(reference, "namespace") };
        Some((driver, at, secret))
    });
    let file = volume.get("azureFile").map(|file| {
        let secret = VolumeSecret { name: field(file, "secretName"), namespace: field(file, "secretNamespace") };
        ("azureFile", "secretName", secret)
    });
    references.chain(file)
}

fn provider_classes(source: &Source<'_>, found: &mut Found<'_>) {
    for (volume, at) in csi(source) {
        let attributes = volume.get("volumeAttributes");
        if let Some(name) = attributes.and_then(|attributes| field(attributes, "secretProviderClass")) {
            let key = source.key_to("secrets-store.csi.x-k8s.io", "SecretProviderClass", source.namespace, name);
            found.key(key, format_args!("{at}.volumeAttributes.secretProviderClass"));
        }
    }
}
