//! Services: the pods they select, their endpoints, and the addresses outside.

use model::RelationClass::{Owns, Refers, Routes, Selects};
use model::{EXTERNAL_GROUP, Health};
use serde_json::Value;

use crate::LabelSelector;
use crate::json::{At, field, list, text};
use crate::links::{Among, Found, Namespaces};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const SLICE: &[(&str, &str)] = &[("discovery.k8s.io", "EndpointSlice")];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("service-selects-pod", 11, Selects)
            .from(&[("", "Service")])
            .fields(&["spec.selector"])
            .to("Pod", TargetScope::Same)
            .because("The labels of the pod match the Service's selector; in manifests, those of the pod template; a pod that has ended is left out.")
            .by(selects),
        Rule::new("service-has-endpointslice", 12, Owns)
            .from(SLICE)
            .fields(&["metadata.labels[kubernetes.io/service-name]"])
            .to("Service", TargetScope::Same)
            .because("The slice lists endpoints of this Service.")
            .by(slice_service),
        Rule::new("endpointslice-routes-to-pod", 13, Routes)
            .from(SLICE)
            .fields(&["endpoints[].targetRef"])
            .to("Pod", TargetScope::Same)
            .because("Requests to the Service reach this pod while it is ready.")
            .by(slice_pods),
        Rule::new("endpointslice-names-node", 13, Refers)
            .from(SLICE)
            .fields(&["endpoints[].nodeName"])
            .to("Node", TargetScope::Cluster)
            .because("An endpoint of the slice is on this node.")
            .by(slice_nodes),
        Rule::new("service-has-endpoints", 14, Owns)
            .from(&[("", "Endpoints")])
            .fields(&["metadata.name"])
            .to("Service", TargetScope::Same)
            .because("The Endpoints object of the Service's name lists its addresses. Left out where EndpointSlices say the same.")
            .by(endpoints_service),
        Rule::new("address-of-service", 15, Refers)
            .from(&[("networking.k8s.io", "IPAddress")])
            .fields(&["spec.parentRef"])
            .to("Service", TargetScope::Cross)
            .because("The address is taken by this Service.")
            .by(|source, found| {
                let Some(parent) = source.spec.get("parentRef") else { return };
                if let (Some("services"), Some(name)) = (field(parent, "resource"), field(parent, "name")) {
                    let namespace = field(parent, "namespace").unwrap_or_default();
                    found.key(source.key_to("", "Service", namespace, name), "spec.parentRef");
                }
            }),
        Rule::new("service-stands-for-service", 15, Routes)
            .from(&[("", "Service")])
            .fields(&["spec.externalName"])
            .to("Service", TargetScope::Cross)
            .because("The external name is the DNS name of this Service of the cluster.")
            .broken(Health::Degraded, "Service {name} missing")
            .by(stands_for),
        Rule::new("service-reaches-outside", 15, Routes)
            .from(&[("", "Service")])
            .fields(&["spec.externalName", "spec.externalIPs[]", "status.loadBalancer.ingress[]"])
            .to("a host or an address", TargetScope::Outside)
            .because("The Service stands for this host, or is reached from outside under this address.")
            .by(outside),
    ]
}

fn selects(source: &Source<'_>, found: &mut Found<'_>) {
    let selector = LabelSelector::from_map(source.spec.get("selector"));
    // An absent or empty selector selects nothing: the endpoints are made by hand.
    if selector.is_everything() || field(source.spec, "type") == Some("ExternalName") {
        return;
    }
    found.select(Among::Pods, Namespaces::Named(vec![source.namespace.into()]), selector, "spec.selector").live = true;
}

fn slice_service(source: &Source<'_>, found: &mut Found<'_>) {
    const LABEL: &str = "kubernetes.io/service-name";
    if let Some(name) = source.label(LABEL) {
        let key = source.key_to("", "Service", source.namespace, name);
        found.key(key, format_args!("metadata.labels[{LABEL}]")).reversed();
    }
}

fn slice_pods(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, endpoint) in list(source.body, "endpoints").iter().enumerate() {
        let Some(target) = endpoint.get("targetRef").filter(|target| field(target, "kind") == Some("Pod")) else {
            continue;
        };
        let Some(name) = field(target, "name") else { continue };
        let key = source.key_to("", "Pod", field(target, "namespace").unwrap_or(source.namespace), name);
        let link = found.key(key, format_args!("endpoints[{at}].targetRef"));
        let condition = |name: &str| {
            endpoint.at("/conditions").and_then(|conditions| conditions.get(name)).and_then(Value::as_bool)
        };
        if condition("ready") == Some(false) {
            // A terminating pod may still serve what is under way.
            link.label(if condition("serving") == Some(true) { "serving" } else { "not ready" });
        }
    }
}

fn slice_nodes(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, endpoint) in list(source.body, "endpoints").iter().enumerate() {
        if let Some(node) = field(endpoint, "nodeName") {
            found.key(source.key_to("", "Node", "", node), format_args!("endpoints[{at}].nodeName"));
        }
    }
}

fn endpoints_service(source: &Source<'_>, found: &mut Found<'_>) {
    let key = source.key_to("", "Service", source.namespace, source.key.name());
    // Endpoints without a Service are left by leader elections of old and mean nothing.
    found.key(key, "metadata.name").reversed().if_present().unless_superseded = true;
}

/// Only a Service of type ExternalName stands for another name.
fn external_name<'a>(source: &Source<'a>) -> Option<&'a str> {
    field(source.spec, "externalName").filter(|_| field(source.spec, "type") == Some("ExternalName"))
}

/// Namespace and name of the Service whose DNS name this is: `db.data.svc`, `db.data.svc.cluster.local`.
fn service_of(host: &str) -> Option<(&str, &str)> {
    let mut words = host.trim_end_matches('.').split('.');
    match (words.next(), words.next(), words.next()) {
        (Some(name), Some(namespace), Some("svc")) if !name.is_empty() && !namespace.is_empty() => {
            Some((namespace, name))
        }
        _ => None,
    }
}

fn stands_for(source: &Source<'_>, found: &mut Found<'_>) {
    if let Some((namespace, name)) = external_name(source).and_then(service_of) {
        found.key(source.key_to("", "Service", namespace, name), "spec.externalName");
    }
}

fn outside(source: &Source<'_>, found: &mut Found<'_>) {
    let host = |name: &str| source.key_to(EXTERNAL_GROUP, "Host", "", name);
    let address = |name: &str| source.key_to(EXTERNAL_GROUP, "Address", "", name);
    if let Some(name) = external_name(source).filter(|name| service_of(name).is_none()) {
        // A name with credentials in it is none; it is shown all the same, without them.
        found.key(host(&model::mask_credentials(name)), "spec.externalName");
    }
    for (at, ip) in list(source.spec, "externalIPs").iter().filter_map(text).enumerate() {
        found.key(address(ip), format_args!("spec.externalIPs[{at}]"));
    }
    for (at, ingress) in source.items("/status/loadBalancer/ingress").iter().enumerate() {
        if let Some(ip) = field(ingress, "ip") {
            found.key(address(ip), format_args!("status.loadBalancer.ingress[{at}].ip"));
        }
        if let Some(name) = field(ingress, "hostname") {
            found.key(host(name), format_args!("status.loadBalancer.ingress[{at}].hostname"));
        }
    }
}
