//! Volumes of pods: claims, CSI drivers and what they need; claims of StatefulSets.

use model::GroupKind;
use model::Health;
use model::RelationClass::{Owns, Refers};

use crate::LabelSelector;
use crate::json::{field, list};
use crate::kinds::POD_SOURCES;
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
        Rule::new("pod-uses-csidriver", 34, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.volumes[].csi.driver"])
            .to("CSIDriver", TargetScope::Cluster)
            .because("An inline volume of the pod is served by this driver.")
            .by(drivers),
        Rule::new("pod-csi-reads-secret", 34, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.volumes[].csi.nodePublishSecretRef"])
            .to("Secret", TargetScope::Same)
            .because("The driver of an inline volume is given this Secret.")
            .broken(Health::Degraded, "Secret {name} missing")
            .by(publish_secrets),
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
    for volume in pod.volumes {
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

fn csi<'a>(source: &Source<'a>) -> impl Iterator<Item = (&'a serde_json::Value, String)> {
    let pod = source.pod;
    pod.into_iter().flat_map(|pod| {
        pod.volumes.iter().filter_map(move |volume| {
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

fn publish_secrets(source: &Source<'_>, found: &mut Found<'_>) {
    for (volume, at) in csi(source) {
        if let Some(name) = volume.get("nodePublishSecretRef").and_then(|reference| field(reference, "name")) {
            let key = source.key_to("", "Secret", source.namespace, name);
            found.key(key, format_args!("{at}.nodePublishSecretRef"));
        }
    }
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
