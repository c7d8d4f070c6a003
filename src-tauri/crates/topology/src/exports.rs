//! What an object tells to those that refer to it, and whose edges depend on it being there.

use model::{GroupKind, ResourceKey};
use serde_json::Value;

use crate::LabelSelector;
use crate::json::{At, field, list, text};
use crate::links::{AllowedRoutes, Export};
use crate::source::Source;

/// What the object tells.
pub(crate) fn of(source: &Source<'_>) -> Vec<Export> {
    match (source.key.group(), source.key.kind()) {
        ("", "ServiceAccount") => {
            let secrets = list(source.body, "imagePullSecrets").iter();
            secrets.filter_map(|secret| Some(Export::PullSecret(field(secret, "name")?.into()))).collect()
        }
        ("", "Service") => ports(source).into_iter().collect(),
        ("", "ConfigMap") => crate::relations::mentions_of(source),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy" | "MutatingAdmissionPolicy") => {
            param_kind(source.spec).into_iter().collect()
        }
        ("gateway.networking.k8s.io", "Gateway") => list(source.spec, "listeners").iter().map(listener).collect(),
        ("gateway.networking.k8s.io", "ReferenceGrant") => grants(source.spec),
        ("argoproj.io", "AppProject") => {
            let namespaces = list(source.spec, "sourceNamespaces").iter().filter_map(text);
            vec![Export::Project { namespaces: namespaces.map(|name| source.shared(name)).collect() }]
        }
        ("discovery.k8s.io", "EndpointSlice") => vec![slice_endpoints(source.body)],
        ("", "Endpoints") => vec![endpoints(source.body)],
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            let group = field(source.spec, "group").unwrap_or_default();
            let kind = source.text("/spec/names/kind").unwrap_or_default();
            vec![Export::Defines(GroupKind::new(group, kind))]
        }
        _ => Vec::new(),
    }
}

/// Objects whose own edges depend on this one: Endpoints give way to EndpointSlices of the same Service.
pub(crate) fn supersedes(source: &Source<'_>) -> Vec<ResourceKey> {
    if !source.key.is("discovery.k8s.io", "EndpointSlice") {
        return Vec::new();
    }
    let service = source.label("kubernetes.io/service-name");
    service.map(|name| ResourceKey::new("", "Endpoints", source.namespace, name)).into_iter().collect()
}

/// Ports by which a call can be told from a word that looks like one. A Service that stands for a host has any.
fn ports(source: &Source<'_>) -> Option<Export> {
    let ports = list(source.spec, "ports");
    if ports.is_empty() || field(source.spec, "type") == Some("ExternalName") {
        return None;
    }
    let number =
        |port: &Value| port.get("port").and_then(Value::as_u64).map(|number| source.shared(&number.to_string()));
    Some(Export::Ports(ports.iter().filter_map(number).collect()))
}

fn param_kind(spec: &Value) -> Option<Export> {
    let kind = spec.get("paramKind")?;
    let group = field(kind, "apiVersion")?.split_once('/').map_or("", |(group, _)| group);
    Some(Export::ParamKind(GroupKind::new(group, field(kind, "kind")?)))
}

fn listener(listener: &Value) -> Export {
    let namespaces = listener.at("/allowedRoutes/namespaces");
    let from = match namespaces.and_then(|namespaces| field(namespaces, "from")) {
        Some("All") => AllowedRoutes::All,
        Some("Selector") => AllowedRoutes::Matching(
            namespaces
                .and_then(|namespaces| namespaces.get("selector"))
                .map(LabelSelector::from_json)
                .unwrap_or_default(),
        ),
        _ => AllowedRoutes::Same,
    };
    Export::Listener { name: field(listener, "name").unwrap_or_default().into(), from }
}

fn grants(spec: &Value) -> Vec<Export> {
    let kind = |value: &Value| {
        GroupKind::new(field(value, "group").unwrap_or_default(), field(value, "kind").unwrap_or_default())
    };
    let mut grants = Vec::new();
    for from in list(spec, "from") {
        for to in list(spec, "to") {
            grants.push(Export::Grant {
                from: (kind(from), field(from, "namespace").unwrap_or_default().into()),
                to: kind(to),
                name: field(to, "name").map(Into::into),
            });
        }
    }
    grants
}

fn slice_endpoints(body: &Value) -> Export {
    let endpoints = list(body, "endpoints");
    // An absent `ready` means ready: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1
    let ready = |endpoint: &&Value| endpoint.at("/conditions/ready").and_then(Value::as_bool).unwrap_or(true);
    Export::Endpoints { ready: count(endpoints.iter().filter(ready).count()), total: count(endpoints.len()) }
}

fn endpoints(body: &Value) -> Export {
    let sum = |name: &str| list(body, "subsets").iter().map(|subset| list(subset, name).len()).sum::<usize>();
    let ready = sum("addresses");
    Export::Endpoints { ready: count(ready), total: count(ready + sum("notReadyAddresses")) }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
