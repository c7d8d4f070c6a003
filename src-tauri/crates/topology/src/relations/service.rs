//! Services: the pods they select, their endpoints, and the addresses outside.

use model::EXTERNAL_GROUP;
use model::RelationClass::{Owns, Refers, Routes, Selects};
use serde_json::Value;

use crate::LabelSelector;
use crate::facts::{Among, At, Found, Namespaces, Source, field, list, text};
use crate::rules::{Rule, TargetScope};

const SLICE: &[(&str, &str)] = &[("discovery.k8s.io", "EndpointSlice")];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("service-selects-pod", 11, Selects)
            .from(&[("", "Service")])
            .fields(&["spec.selector"])
            .to("Pod", TargetScope::Same)
            .because("The labels of the pod match the Service's selector; in manifests, those of the pod template.")
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
    found.select(Among::Pods, Namespaces::Named(vec![source.namespace.into()]), selector, "spec.selector");
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
    found.key(key, "metadata.name").reversed().if_present().unless_poked = true;
}

fn outside(source: &Source<'_>, found: &mut Found<'_>) {
    let host = |name: &str| source.key_to(EXTERNAL_GROUP, "Host", "", name);
    let address = |name: &str| source.key_to(EXTERNAL_GROUP, "Address", "", name);
    let name = field(source.spec, "externalName").filter(|_| field(source.spec, "type") == Some("ExternalName"));
    if let Some(name) = name {
        found.key(host(name), "spec.externalName");
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

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn service_selects_pod_but_an_empty_selector_selects_nothing() {
        assert_snapshot!(check(r"
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}}}
---
{apiVersion: v1, kind: Service, metadata: {name: none, namespace: shop}, spec: {selector: {}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web, tier: front}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: other, labels: {app: web}}}
"), @"core/Service/shop/web -> core/Pod/shop/web-1 service-selects-pod resolved [spec.selector]");
    }

    #[test]
    fn in_manifests_a_service_selects_the_template() {
        assert_snapshot!(check(r"
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {template: {metadata: {labels: {app: web}}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: other, namespace: shop, labels: {app: web}}, spec: {template: {metadata: {labels: {app: other}}}}}
"), @"core/Service/shop/web -> apps/Deployment/shop/web service-selects-pod resolved [spec.selector]");
    }

    #[test]
    fn service_has_endpointslice_and_endpointslice_routes_to_pod_and_endpointslice_names_node() {
        assert_snapshot!(check(r"
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-a}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-x, namespace: shop, labels: {kubernetes.io/service-name: web}}
endpoints:
- {addresses: [10.0.0.1], conditions: {ready: false, serving: true, terminating: true}, targetRef: {kind: Pod, name: web-1}, nodeName: node-a}
- {addresses: [10.0.0.9]}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: hand-made, namespace: shop}, endpoints: [{addresses: [192.0.2.1]}]}
"), @r#"
        core/Service/shop/web -> discovery.k8s.io/EndpointSlice/shop/web-x service-has-endpointslice resolved [metadata.labels[kubernetes.io/service-name]]
        discovery.k8s.io/EndpointSlice/shop/web-x -> core/Node//node-a endpointslice-names-node resolved [endpoints[0].nodeName]
        discovery.k8s.io/EndpointSlice/shop/web-x -> core/Pod/shop/web-1 endpointslice-routes-to-pod resolved [endpoints[0].targetRef] "serving"
        "#);
    }

    #[test]
    fn service_has_endpoints_unless_slices_exist() {
        assert_snapshot!(check(r"
{apiVersion: v1, kind: Service, metadata: {name: old, namespace: shop}}
---
{apiVersion: v1, kind: Endpoints, metadata: {name: old, namespace: shop}}
---
{apiVersion: v1, kind: Service, metadata: {name: sliced, namespace: shop}}
---
{apiVersion: v1, kind: Endpoints, metadata: {name: sliced, namespace: shop}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: sliced-x, namespace: shop, labels: {kubernetes.io/service-name: sliced}}}
"), @"
        core/Service/shop/old -> core/Endpoints/shop/old service-has-endpoints resolved [metadata.name]
        core/Service/shop/sliced -> discovery.k8s.io/EndpointSlice/shop/sliced-x service-has-endpointslice resolved [metadata.labels[kubernetes.io/service-name]]
        ");
    }

    #[test]
    fn service_reaches_outside() {
        assert_snapshot!(check(r"
{apiVersion: v1, kind: Service, metadata: {name: pay, namespace: shop}, spec: {type: ExternalName, externalName: pay.example.com, selector: {app: web}}}
---
{apiVersion: v1, kind: Service, metadata: {name: edge, namespace: shop}, spec: {type: LoadBalancer, externalIPs: [192.0.2.7]}, status: {loadBalancer: {ingress: [{ip: 203.0.113.4}, {hostname: lb.example.com}]}}}
---
{apiVersion: v1, kind: Service, metadata: {name: inner, namespace: shop}, spec: {type: ClusterIP, externalName: left-over.example.com, clusterIP: 10.0.0.1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web}}}
"), @"
        core/Service/shop/edge -> external/Address//192.0.2.7 service-reaches-outside resolved [spec.externalIPs[0]]
        core/Service/shop/edge -> external/Address//203.0.113.4 service-reaches-outside resolved [status.loadBalancer.ingress[0].ip]
        core/Service/shop/edge -> external/Host//lb.example.com service-reaches-outside resolved [status.loadBalancer.ingress[1].hostname]
        core/Service/shop/pay -> external/Host//pay.example.com service-reaches-outside resolved [spec.externalName]
        ");
    }
}
