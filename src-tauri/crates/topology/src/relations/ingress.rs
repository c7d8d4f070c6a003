//! Ingresses: where their traffic goes.

use model::Health;
use model::RelationClass::Routes;
use model::ResourceKey;
use serde_json::Value;

use crate::facts::{Found, Source, field, list};
use crate::rules::{Rule, TargetScope};

const INGRESS: &[(&str, &str)] = &[("networking.k8s.io", "Ingress"), ("extensions", "Ingress")];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("ingress-routes-to-service", 16, Routes)
            .from(INGRESS)
            .fields(&["spec.rules[].http.paths[].backend.service", "spec.defaultBackend.service"])
            .to("Service", TargetScope::Same)
            .because("The Ingress sends requests for this host and path to the Service.")
            .broken(Health::Failing, "backend does not exist")
            .by(routes),
    ]
}

fn routes(source: &Source<'_>, found: &mut Found<'_>) {
    let several_hosts = list(source.spec, "rules").len() > 1;
    let mut backend = |backend: &Value, at: String, label: String| {
        let Some(service) = backend.get("service") else { return };
        let Some(name) = field(service, "name") else { return };
        let key = ResourceKey::new("", "Service", source.namespace, name);
        let link = found.key(key, format!("{at}.service"));
        let label = join(&label, &port(service));
        if !label.is_empty() {
            link.label(label);
        }
    };
    if let Some(default) = source.spec.get("defaultBackend") {
        backend(default, "spec.defaultBackend".to_owned(), String::new());
    }
    for (rule_at, rule) in list(source.spec, "rules").iter().enumerate() {
        let host = field(rule, "host").unwrap_or_default();
        for (path_at, path) in rule.pointer("/http/paths").and_then(Value::as_array).into_iter().flatten().enumerate() {
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
