//! Gateway API: gateways, routes, the policies on them, and the grants that let them cross namespaces.

use model::Health;
use model::RelationClass::{Governs, Refers, Routes};
use model::{GroupKind, ResourceKey};
use serde_json::Value;

use crate::json::{At, field, list};
use crate::links::{Found, Permit, Target};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const GROUP: &str = "gateway.networking.k8s.io";

const ROUTES: &[(&str, &str)] =
    &[(GROUP, "HTTPRoute"), (GROUP, "GRPCRoute"), (GROUP, "TLSRoute"), (GROUP, "TCPRoute"), (GROUP, "UDPRoute")];

const POLICIES: &[(&str, &str)] = &[
    (GROUP, "BackendTLSPolicy"),
    (GROUP, "BackendLBPolicy"),
    ("gateway.networking.x-k8s.io", "XBackendTrafficPolicy"),
    ("gateway.envoyproxy.io", "BackendTrafficPolicy"),
    ("gateway.envoyproxy.io", "ClientTrafficPolicy"),
    ("gateway.envoyproxy.io", "EnvoyExtensionPolicy"),
    ("gateway.envoyproxy.io", "SecurityPolicy"),
    ("gateway.kgateway.dev", "TrafficPolicy"),
    ("security.istio.io", "AuthorizationPolicy"),
    ("security.istio.io", "RequestAuthentication"),
    ("extensions.istio.io", "WasmPlugin"),
    ("telemetry.istio.io", "Telemetry"),
];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("gateway-of-class", 20, Refers)
            .from(&[(GROUP, "Gateway")])
            .fields(&["spec.gatewayClassName"])
            .to("GatewayClass", TargetScope::Cluster)
            .because("The controller of this class runs the Gateway.")
            .broken(Health::Failing, "GatewayClass {name} missing")
            .by(class),
        Rule::new("gatewayclass-has-parameters", 20, Refers)
            .from(&[(GROUP, "GatewayClass"), (GROUP, "Gateway")])
            .fields(&["spec.parametersRef", "spec.infrastructure.parametersRef"])
            .to("what it names", TargetScope::Cross)
            .because("The controller reads its settings from this object.")
            .by(parameters),
        Rule::new("gateway-uses-certificate", 21, Refers)
            .from(&[(GROUP, "Gateway"), (GROUP, "ListenerSet"), ("gateway.networking.x-k8s.io", "XListenerSet")])
            .fields(&["spec.listeners[].tls.certificateRefs[]"])
            .to("Secret", TargetScope::Cross)
            .because("A listener serves with this certificate; one of another namespace needs a ReferenceGrant there.")
            .broken(Health::Failing, "certificate {name} missing")
            .by(certificates),
        Rule::new("route-attaches-to-gateway", 22, Routes)
            .from(ROUTES)
            .fields(&["spec.parentRefs[]"])
            .to("Gateway or Service", TargetScope::Cross)
            .because("The route takes requests from this Gateway, or in a mesh from clients of this Service.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(parents),
        Rule::new("listenerset-attaches-to-gateway", 22, Routes)
            .from(&[(GROUP, "ListenerSet"), ("gateway.networking.x-k8s.io", "XListenerSet")])
            .fields(&["spec.parentRef"])
            .to("Gateway", TargetScope::Cross)
            .because("The listeners are added to this Gateway.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(listener_set),
        Rule::new("route-sends-to-backend", 23, Routes)
            .from(ROUTES)
            .fields(&["spec.rules[].backendRefs[]", "spec.rules[].filters[].requestMirror", "spec.rules[].filters[].extensionRef"])
            .to("Service", TargetScope::Cross)
            .because("Matching requests go (or are copied) to this backend; one of another namespace needs a ReferenceGrant there.")
            .broken(Health::Failing, "backend {name} missing")
            .by(backends),
        Rule::new("policy-targets-object", 24, Governs)
            .from(POLICIES)
            .fields(&["spec.targetRefs[]", "spec.targetRef"])
            .to("what it names", TargetScope::Same)
            .because("The policy applies to this object.")
            .by(targets),
        Rule::new("referencegrant-permits", 25, Governs)
            .from(&[(GROUP, "ReferenceGrant")])
            .fields(&["spec.from[]", "spec.to[]"])
            .to("references from other namespaces", TargetScope::Cross)
            .because("A grant marks the references that it allows as permitted; it has no edges of its own, which would be as many as both its sides together."),
    ]
}

fn class(source: &Source<'_>, found: &mut Found<'_>) {
    if let Some(name) = field(source.spec, "gatewayClassName") {
        found.key(source.key_to(GROUP, "GatewayClass", "", name), "spec.gatewayClassName");
    }
}

fn parameters(source: &Source<'_>, found: &mut Found<'_>) {
    let places = [
        ("/spec/parametersRef", "spec.parametersRef"),
        ("/spec/infrastructure/parametersRef", "spec.infrastructure.parametersRef"),
    ];
    for (pointer, at) in places {
        let Some(reference) = source.body.at(pointer) else { continue };
        let (Some(kind), Some(name)) = (field(reference, "kind"), field(reference, "name")) else { continue };
        let kind = GroupKind::new(field(reference, "group").unwrap_or_default(), kind);
        let namespace = field(reference, "namespace").unwrap_or(source.namespace);
        found.link(Target::Key(ResourceKey::of(&kind, namespace, name)), at);
    }
}

/// A reference with the defaults of Gateway API.
fn reference(value: &Value, group: &str, kind: &str, namespace: &str) -> Option<ResourceKey> {
    // An empty group is the core group and no default.
    let group = value.get("group").and_then(Value::as_str).unwrap_or(group);
    let kind = field(value, "kind").unwrap_or(kind);
    let namespace = field(value, "namespace").unwrap_or(namespace);
    Some(ResourceKey::new(group, kind, namespace, field(value, "name")?))
}

fn certificates(source: &Source<'_>, found: &mut Found<'_>) {
    for listener in list(source.spec, "listeners") {
        let of = field(listener, "name").unwrap_or_default();
        for (at, certificate) in
            listener.get("tls").map_or(&[][..], |tls| list(tls, "certificateRefs")).iter().enumerate()
        {
            if let Some(key) = reference(certificate, "", "Secret", source.namespace) {
                found.key(key, format_args!("spec.listeners[{of}].tls.certificateRefs[{at}]")).permit(Permit::Grant);
            }
        }
    }
}

fn parents(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, parent) in list(source.spec, "parentRefs").iter().enumerate() {
        let Some(key) = reference(parent, GROUP, "Gateway", source.namespace) else { continue };
        let is_gateway = key.kind() == "Gateway";
        let link = found.key(key, format_args!("spec.parentRefs[{at}]"));
        if is_gateway {
            let section = field(parent, "sectionName").map(Into::into);
            link.permit(Permit::Route { section, told: accepted(source, parent) });
        }
        if let Some(section) = field(parent, "sectionName") {
            link.label(section);
        }
    }
}

/// What the Gateway's controller wrote into the route's status about this parent.
fn accepted(source: &Source<'_>, parent: &Value) -> Option<bool> {
    let same = |told: &Value| {
        let told = told.get("parentRef");
        ["name", "sectionName"].iter().all(|name| told.and_then(|told| field(told, name)) == field(parent, name))
            && told.and_then(|told| field(told, "namespace")).unwrap_or(source.namespace)
                == field(parent, "namespace").unwrap_or(source.namespace)
    };
    let status = source.items("/status/parents").iter().find(|told| same(told))?;
    let condition = list(status, "conditions").iter().find(|condition| field(condition, "type") == Some("Accepted"))?;
    Some(field(condition, "status")? == "True")
}

fn listener_set(source: &Source<'_>, found: &mut Found<'_>) {
    let parent = source.spec.get("parentRef");
    if let Some(key) = parent.and_then(|parent| reference(parent, GROUP, "Gateway", source.namespace)) {
        found.key(key, "spec.parentRef");
    }
}

fn backends(source: &Source<'_>, found: &mut Found<'_>) {
    for (rule_at, rule) in list(source.spec, "rules").iter().enumerate() {
        let filters = |filters: &[Value], at: &str, found: &mut Found<'_>| {
            for (filter_at, filter) in filters.iter().enumerate() {
                let at = format!("{at}.filters[{filter_at}]");
                let mirror = filter.get("requestMirror").and_then(|mirror| mirror.get("backendRef"));
                if let Some(key) = mirror.and_then(|mirror| reference(mirror, "", "Service", source.namespace)) {
                    found.key(key, format_args!("{at}.requestMirror.backendRef")).permit(Permit::Grant).label("mirror");
                }
                let extension = filter.get("extensionRef");
                if let Some(key) = extension.and_then(|extension| reference(extension, "", "", source.namespace)) {
                    found.key(key, format_args!("{at}.extensionRef")).label("filter");
                }
            }
        };
        filters(list(rule, "filters"), &format!("spec.rules[{rule_at}]"), found);
        for (at, backend) in list(rule, "backendRefs").iter().enumerate() {
            let at = format!("spec.rules[{rule_at}].backendRefs[{at}]");
            filters(list(backend, "filters"), &at, found);
            let Some(key) = reference(backend, "", "Service", source.namespace) else { continue };
            let link = found.key(key, at).permit(Permit::Grant);
            let port = backend.get("port").and_then(Value::as_u64).map(|port| format!(":{port}"));
            let idle = backend.get("weight").and_then(Value::as_u64) == Some(0);
            let label = [port, idle.then(|| "weight 0".to_owned())].into_iter().flatten().collect::<Vec<_>>().join(" ");
            if !label.is_empty() {
                link.label(label);
            }
        }
    }
}

fn targets(source: &Source<'_>, found: &mut Found<'_>) {
    let mut target = |value: &Value, at: String| {
        // Targets of a policy lie in its own namespace, whatever the old form could say.
        if let (Some(kind), Some(name)) = (field(value, "kind"), field(value, "name")) {
            let here = source.key_to(field(value, "group").unwrap_or_default(), kind, source.namespace, name);
            found.link(Target::Either { here }, at);
        }
    };
    for (at, value) in list(source.spec, "targetRefs").iter().enumerate() {
        target(value, format!("spec.targetRefs[{at}]"));
    }
    if let Some(value) = source.spec.get("targetRef") {
        target(value, "spec.targetRef".to_owned());
    }
}
