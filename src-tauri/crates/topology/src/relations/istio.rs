//! Istio: virtual services, destination rules, gateways.

use model::RelationClass::{Governs, Refers, Routes, Selects};
use model::{Health, ResourceKey};
use serde_json::Value;

use crate::LabelSelector;
use crate::json::{At, field, list, text};
use crate::links::{Among, Found, Namespaces, Target};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const GROUP: &str = "networking.istio.io";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("virtualservice-routes-to-service", 69, Routes)
            .from(&[(GROUP, "VirtualService")])
            .fields(&["spec.{http,tcp,tls}[].route[].destination.host", "spec.http[].mirror.host", "spec.http[].mirrors[].destination.host"])
            .to("Service", TargetScope::Cross)
            .because("Matching requests go (or are copied) to this Service; a short host is one of the own namespace.")
            .broken(Health::Failing, "backend {name} missing")
            .by(routes),
        Rule::new("virtualservice-steers-service", 69, Routes)
            .from(&[(GROUP, "VirtualService")])
            .fields(&["spec.hosts[]"])
            .to("Service", TargetScope::Cross)
            .because("Requests for this Service are routed as it says; a host that is no Service of the cluster is one outside.")
            .by(hosts),
        Rule::new("virtualservice-attaches-to-gateway", 69, Routes)
            .from(&[(GROUP, "VirtualService")])
            .fields(&["spec.gateways[]"])
            .to("Gateway", TargetScope::Cross)
            .because("Requests that reach this Gateway are routed so; `mesh` means those inside the mesh.")
            .broken(Health::Failing, "Gateway {name} missing")
            .by(gateways),
        Rule::new("destinationrule-shapes-service", 69, Governs)
            .from(&[(GROUP, "DestinationRule")])
            .fields(&["spec.host"])
            .to("Service", TargetScope::Cross)
            .because("Requests to this Service follow the rule's balancing, limits and subsets.")
            .by(|source, found| {
                if let Some(host) = field(source.spec, "host") {
                    service(source, found, host, "spec.host".to_owned(), None);
                }
            }),
        Rule::new("istio-gateway-uses-secret", 69, Refers)
            .from(&[(GROUP, "Gateway")])
            .fields(&["spec.servers[].tls.credentialName"])
            .to("Secret", TargetScope::Cross)
            .because("The Gateway serves with the certificate of this Secret, which lies where its proxies run: in its own namespace, istio-system or istio-ingress.")
            .broken(Health::Failing, "TLS Secret {name} missing")
            .by(credentials),
        Rule::new("istio-gateway-selects-pod", 69, Selects)
            .from(&[(GROUP, "Gateway")])
            .fields(&["spec.selector"])
            .to("Pod", TargetScope::Cross)
            .because("Pods with these labels, in any namespace, are the proxies of the Gateway.")
            .by(|source, found| {
                let selector = LabelSelector::from_map(source.spec.get("selector"));
                if !selector.is_everything() {
                    found.select(Among::Pods, Namespaces::All, selector, "spec.selector");
                }
            }),
    ]
}

/// A host as Istio reads it: short names lie in the namespace of the rule, cluster names say where; others are outside.
fn service(source: &Source<'_>, found: &mut Found<'_>, host: &str, at: String, label: Option<String>) {
    if host.contains('*') {
        return;
    }
    let (key, certain) = named(source, host);
    let link = found.key(key, at);
    if !certain {
        link.if_present();
    }
    if let Some(label) = label {
        link.label(label);
    }
}

/// The Service of a host, and whether it can be nothing else: two or more words may also be a host outside, only `svc`
/// makes them a name of the cluster.
fn named(source: &Source<'_>, host: &str) -> (ResourceKey, bool) {
    let mut parts = host.split('.');
    let (name, namespace, rest) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let key = source.key_to("", "Service", namespace.unwrap_or(source.namespace), name);
    (key, namespace.is_none() || rest == Some("svc"))
}

fn credentials(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, server) in list(source.spec, "servers").iter().enumerate() {
        let Some(name) = server.get("tls").and_then(|tls| field(tls, "credentialName")) else { continue };
        let places = [source.namespace, "istio-system", "istio-ingress"];
        let keys = places.map(|namespace| source.key_to("", "Secret", namespace, name));
        // A proxy elsewhere would read it from there.
        found
            .link(Target::FirstOf(Box::new(keys)), format_args!("spec.servers[{at}].tls.credentialName"))
            .optional(source.object.uid.is_some());
    }
}

fn routes(source: &Source<'_>, found: &mut Found<'_>) {
    for protocol in ["http", "tcp", "tls"] {
        for (rule_at, rule) in list(source.spec, protocol).iter().enumerate() {
            for (at, route) in list(rule, "route").iter().enumerate() {
                let Some(host) = route.at("/destination/host").and_then(text) else { continue };
                let at = format!("spec.{protocol}[{rule_at}].route[{at}].destination.host");
                let port = route.at("/destination/port/number").and_then(Value::as_u64);
                service(source, found, host, at, port.map(|port| format!(":{port}")));
            }
        }
    }
    for (rule_at, rule) in list(source.spec, "http").iter().enumerate() {
        let mirror = |host: &str, field: String, found: &mut Found<'_>| {
            service(source, found, host, format!("spec.http[{rule_at}].{field}"), Some("mirror".to_owned()));
        };
        if let Some(host) = rule.at("/mirror/host").and_then(text) {
            mirror(host, "mirror.host".to_owned(), found);
        }
        for (at, copy) in list(rule, "mirrors").iter().enumerate() {
            if let Some(host) = copy.at("/destination/host").and_then(text) {
                mirror(host, format!("mirrors[{at}].destination.host"), found);
            }
        }
    }
}

fn hosts(source: &Source<'_>, found: &mut Found<'_>) {
    let hosts = list(source.spec, "hosts").iter().enumerate().filter_map(|(at, host)| Some((at, text(host)?)));
    for (at, host) in hosts.filter(|(_, host)| !host.contains('*')) {
        // It may be a host outside or one of a ServiceEntry, so that nothing is missing where no Service is.
        found.key(named(source, host).0, format_args!("spec.hosts[{at}]")).if_present();
    }
}

fn gateways(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, gateway) in list(source.spec, "gateways").iter().filter_map(text).enumerate() {
        if gateway == "mesh" {
            continue;
        }
        let (namespace, name) = gateway.split_once('/').unwrap_or((source.namespace, gateway));
        found.key(source.key_to(GROUP, "Gateway", namespace, name), format_args!("spec.gateways[{at}]"));
    }
}
