//! Ingresses: where their traffic goes, by which class, with which certificates.

use model::Health;
use model::RelationClass::{Refers, Routes};
use model::{GroupKind, ResourceKey};
use serde_json::Value;

use super::select_default;
use crate::json::{At, field, list};
use crate::links::{Found, Target};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const INGRESS: &[(&str, &str)] = &[("networking.k8s.io", "Ingress")];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("ingress-routes-to-service", 16, Routes)
            .from(INGRESS)
            .fields(&[
                "spec.rules[].http.paths[].backend.service",
                "spec.defaultBackend.service",
                "backend.serviceName of v1beta1",
            ])
            .to("Service", TargetScope::Same)
            .because("The Ingress sends requests for this host and path to the Service.")
            .broken(Health::Failing, "backend does not exist")
            .by(routes),
        Rule::new("ingress-of-class", 17, Refers)
            .from(INGRESS)
            .fields(&["spec.ingressClassName", "metadata.annotations[kubernetes.io/ingress.class]"])
            .to("IngressClass", TargetScope::Cluster)
            .because("The controller of this class serves the Ingress; where none is named, the default class applies.")
            .broken(Health::Degraded, "IngressClass {name} missing")
            .by(class),
        Rule::new("ingress-uses-tls-secret", 18, Refers)
            .from(INGRESS)
            .fields(&["spec.tls[].secretName"])
            .to("Secret", TargetScope::Same)
            .because("The Ingress serves its hosts with the certificate of this Secret.")
            .broken(Health::Failing, "TLS Secret missing")
            .by(tls),
        Rule::new("ingressclass-has-parameters", 19, Refers)
            .from(&[("networking.k8s.io", "IngressClass")])
            .fields(&["spec.parameters"])
            .to("what it names", TargetScope::Cross)
            .because("The controller reads its settings for this class from this object.")
            .by(parameters),
    ]
}

fn routes(source: &Source<'_>, found: &mut Found<'_>) {
    let several_hosts = list(source.spec, "rules").len() > 1;
    let mut backend = |backend: &Value, at: String, label: String| {
        if let Some(resource) = backend.get("resource")
            && let (Some(kind), Some(name)) = (field(resource, "kind"), field(resource, "name"))
        {
            let kind = GroupKind::new(field(resource, "apiGroup").unwrap_or_default(), kind);
            found.key(ResourceKey::of(&kind, source.namespace, name), format_args!("{at}.resource"));
        }
        let (name, port, at) = match backend.get("service") {
            Some(service) => (field(service, "name"), port(service), format!("{at}.service")),
            // v1beta1, which manifests still carry.
            None => (field(backend, "serviceName"), old_port(backend), format!("{at}.serviceName")),
        };
        let Some(name) = name else { return };
        let key = source.key_to("", "Service", source.namespace, name);
        let link = found.key(key, at);
        let label = join(&label, &port);
        if !label.is_empty() {
            link.label(label);
        }
    };
    for name in ["defaultBackend", "backend"] {
        if let Some(default) = source.spec.get(name) {
            backend(default, format!("spec.{name}"), String::new());
        }
    }
    for (rule_at, rule) in list(source.spec, "rules").iter().enumerate() {
        let host = field(rule, "host").unwrap_or_default();
        for (path_at, path) in rule.at("/http/paths").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let at = format!("spec.rules[{rule_at}].http.paths[{path_at}].backend");
            // The host stands on the Ingress's card where there is one only.
            let path_text = field(path, "path").filter(|path| *path != "/").unwrap_or_default();
            let label = if several_hosts { format!("{host}{path_text}") } else { path_text.to_owned() };
            if let Some(target) = path.get("backend") {
                backend(target, at, label);
            }
        }
    }
}

fn join(place: &str, port: &str) -> String {
    if place.is_empty() || port.is_empty() { format!("{place}{port}") } else { format!("{place} {port}") }
}

fn port(service: &Value) -> String {
    let port = service.get("port");
    let number = port.and_then(|port| port.get("number")).and_then(Value::as_u64).map(|number| number.to_string());
    let port = number.or_else(|| port.and_then(|port| field(port, "name")).map(str::to_owned));
    port.map(|port| format!(":{port}")).unwrap_or_default()
}

fn old_port(backend: &Value) -> String {
    match backend.get("servicePort") {
        Some(Value::Number(number)) => format!(":{number}"),
        Some(Value::String(name)) => format!(":{name}"),
        _ => String::new(),
    }
}

fn class(source: &Source<'_>, found: &mut Found<'_>) {
    const ANNOTATION: &str = "kubernetes.io/ingress.class";
    let key = |name: &str| source.key_to("networking.k8s.io", "IngressClass", "", name);
    if let Some(name) = field(source.spec, "ingressClassName") {
        found.key(key(name), "spec.ingressClassName");
    } else if let Some(name) = source.annotation(ANNOTATION) {
        // The annotation is a word that controllers understand; there need be no object of that name.
        found.key(key(name), format_args!("metadata.annotations[{ANNOTATION}]")).optional(true).if_present();
    } else {
        select_default(found, "networking.k8s.io", "IngressClass", "spec.ingressClassName");
    }
}

fn tls(source: &Source<'_>, found: &mut Found<'_>) {
    let annotations = source.body.at("/metadata/annotations").and_then(Value::as_object);
    let is_issuer = |name: &String| {
        matches!(name.as_str(), "cert-manager.io/cluster-issuer" | "cert-manager.io/issuer" | "kubernetes.io/tls-acme")
    };
    let to_be_made = annotations.is_some_and(|map| map.keys().any(is_issuer));
    for (at, tls) in list(source.spec, "tls").iter().enumerate() {
        if let Some(name) = field(tls, "secretName") {
            let key = source.key_to("", "Secret", source.namespace, name);
            found.key(key, format_args!("spec.tls[{at}].secretName")).optional(to_be_made);
        }
    }
}

fn parameters(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(parameters) = source.spec.get("parameters") else { return };
    let (Some(kind), Some(name)) = (field(parameters, "kind"), field(parameters, "name")) else { return };
    let kind = GroupKind::new(field(parameters, "apiGroup").unwrap_or_default(), kind);
    let namespace = field(parameters, "namespace").filter(|_| field(parameters, "scope") == Some("Namespace"));
    let key = ResourceKey::of(&kind, namespace.unwrap_or_default(), name);
    found.link(Target::Key(key), "spec.parameters");
}
