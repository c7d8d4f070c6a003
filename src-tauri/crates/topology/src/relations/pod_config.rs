//! ConfigMaps and Secrets that a pod, or the pod template of a workload, reads.

use model::Health;
use model::RelationClass::Refers;
use serde_json::Value;

use crate::json::{field, list};
use crate::kinds::{POD_SOURCES, volume};
use crate::links::Found;
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("pod-uses-configmap", 30, Refers)
            .from(POD_SOURCES)
            .fields(&[
                "volumes[].configMap.name",
                "volumes[].projected.sources[].configMap.name",
                "containers[].env[].valueFrom.configMapKeyRef",
                "containers[].envFrom[].configMapRef",
            ])
            .to("ConfigMap", TargetScope::Same)
            .because("A container reads this ConfigMap as environment or as files.")
            .broken(Health::Degraded, "ConfigMap {name} missing")
            .by(|source, found| references(source, found, &CONFIG_MAP)),
        Rule::new("pod-uses-secret", 31, Refers)
            .from(POD_SOURCES)
            .fields(&[
                "volumes[].secret.secretName",
                "volumes[].projected.sources[].secret.name",
                "containers[].env[].valueFrom.secretKeyRef",
                "containers[].envFrom[].secretRef",
            ])
            .to("Secret", TargetScope::Same)
            .because("A container reads this Secret as environment or as files.")
            .broken(Health::Degraded, "Secret {name} missing")
            .by(|source, found| references(source, found, &SECRET)),
    ]
}

/// How a kind of configuration is named in a pod spec.
struct Names {
    kind: &'static str,
    volume: &'static str,
    volume_kind: u8,
    volume_name: &'static str,
    key_ref: &'static str,
    env_from: &'static str,
}

const CONFIG_MAP: Names = Names {
    kind: "ConfigMap",
    volume: "configMap",
    volume_kind: volume::CONFIG_MAP,
    volume_name: "name",
    key_ref: "configMapKeyRef",
    env_from: "configMapRef",
};

const SECRET: Names = Names {
    kind: "Secret",
    volume: "secret",
    volume_kind: volume::SECRET,
    // Projected sources say `name`, plain volumes `secretName`.
    volume_name: "secretName",
    key_ref: "secretKeyRef",
    env_from: "secretRef",
};

pub(super) fn is_optional(reference: &Value) -> bool {
    reference.get("optional").and_then(Value::as_bool) == Some(true)
}

fn references(source: &Source<'_>, found: &mut Found<'_>, names: &Names) {
    let Some(pod) = source.pod else { return };
    let path = pod.path;
    let key = |name: &str| source.key_to("", names.kind, source.namespace, name);
    for volume in pod.volumes_of(names.volume_kind | volume::PROJECTED) {
        let of = || field(volume, "name").unwrap_or_default();
        if let Some(plain) = volume.get(names.volume)
            && let Some(name) = field(plain, names.volume_name)
        {
            let at = format_args!("{path}.volumes[{}].{}.{}", of(), names.volume, names.volume_name);
            found.key(key(name), at).optional(is_optional(plain));
        }
        let Some(projected) = volume.get("projected") else { continue };
        for projection in list(projected, "sources").iter().filter_map(|projection| projection.get(names.volume)) {
            if let Some(name) = field(projection, "name") {
                let at = format_args!("{path}.volumes[{}].projected.sources[].{}.name", of(), names.volume);
                let link = found.key(key(name), at).optional(is_optional(projection));
                // Every namespace is given it; manifests do not hold it and miss nothing.
                if name == "kube-root-ca.crt" {
                    link.if_present();
                }
            }
        }
    }
    for (kind, container) in pod.containers() {
        let of = || field(container, "name").unwrap_or_default();
        for variable in list(container, "env") {
            let Some(reference) = variable.get("valueFrom").and_then(|value| value.get(names.key_ref)) else {
                continue;
            };
            if let Some(name) = field(reference, "name") {
                let variable = field(variable, "name").unwrap_or_default();
                let at = format_args!("{path}.{kind}[{}].env[{variable}].valueFrom.{}", of(), names.key_ref);
                found.key(key(name), at).optional(is_optional(reference));
            }
        }
        for (at, reference) in list(container, "envFrom").iter().enumerate() {
            let Some(reference) = reference.get(names.env_from) else { continue };
            if let Some(name) = field(reference, "name") {
                let at = format_args!("{path}.{kind}[{}].envFrom[{at}].{}", of(), names.env_from);
                found.key(key(name), at).optional(is_optional(reference));
            }
        }
    }
}
