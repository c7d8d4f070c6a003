//! Prometheus operator: what is scraped, and by which Prometheus.

use model::GroupKind;
use model::Health;
use model::RelationClass::{Refers, Routes, Selects};
use serde_json::Value;

use crate::LabelSelector;
use crate::json::{field, list, text};
use crate::links::{Among, Found, Namespaces};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const GROUP: &str = "monitoring.coreos.com";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("servicemonitor-selects-service", 60, Selects)
            .from(&[(GROUP, "ServiceMonitor")])
            .fields(&["spec.selector", "spec.namespaceSelector"])
            .to("Service", TargetScope::Cross)
            .because("The monitor's selector matches the Service: its endpoints are scraped.")
            .by(|source, found| scraped(source, found, &Among::Kind(GroupKind::new("", "Service")))),
        Rule::new("podmonitor-selects-pod", 60, Selects)
            .from(&[(GROUP, "PodMonitor")])
            .fields(&["spec.selector", "spec.namespaceSelector"])
            .to("Pod", TargetScope::Cross)
            .because("The monitor's selector matches the pod: it is scraped.")
            .by(|source, found| scraped(source, found, &Among::Pods)),
        Rule::new("prometheus-selects-monitor", 61, Selects)
            .from(&[(GROUP, "Prometheus"), (GROUP, "PrometheusAgent")])
            .fields(&["spec.*Selector", "spec.*NamespaceSelector"])
            .to("ServiceMonitor, PodMonitor, Probe, PrometheusRule", TargetScope::Cross)
            .because("The Prometheus takes this object in: an empty selector takes all, an absent one none; without namespace selector, of its own namespace only.")
            .by(monitors),
        Rule::new("prometheus-runs-as-serviceaccount", 61, Refers)
            .from(&[(GROUP, "Prometheus"), (GROUP, "PrometheusAgent"), (GROUP, "Alertmanager"), (GROUP, "ThanosRuler")])
            .fields(&["spec.serviceAccountName"])
            .to("ServiceAccount", TargetScope::Same)
            .because("The pods that the operator makes run as this account.")
            .broken(Health::Degraded, "ServiceAccount {name} missing")
            .by(|source, found| {
                if let Some(name) = field(source.spec, "serviceAccountName").filter(|name| *name != "default") {
                    found.key(source.key_to("", "ServiceAccount", source.namespace, name), "spec.serviceAccountName");
                }
            }),
        Rule::new("prometheus-alerts-by-service", 61, Routes)
            .from(&[(GROUP, "Prometheus")])
            .fields(&["spec.alerting.alertmanagers[]"])
            .to("Service", TargetScope::Cross)
            .because("Alerts are sent to the Alertmanagers behind this Service.")
            .broken(Health::Degraded, "Service {name} missing")
            .by(alertmanagers),
        Rule::new("prometheus-reads-secret", 61, Refers)
            .from(&[(GROUP, "Prometheus"), (GROUP, "PrometheusAgent"), (GROUP, "Alertmanager")])
            .fields(&["spec.additional{Scrape,AlertRelabel,AlertManager}Configs.name", "spec.secrets[]", "spec.configSecret"])
            .to("Secret", TargetScope::Same)
            .because("Its configuration, or a file of its pods, stands in this Secret.")
            .broken(Health::Degraded, "Secret {name} missing")
            .by(secrets),
    ]
}

fn alertmanagers(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, manager) in source.items("/spec/alerting/alertmanagers").iter().enumerate() {
        if let Some(name) = field(manager, "name") {
            let namespace = field(manager, "namespace").unwrap_or(source.namespace);
            found.key(source.key_to("", "Service", namespace, name), format_args!("spec.alerting.alertmanagers[{at}]"));
        }
    }
}

fn secrets(source: &Source<'_>, found: &mut Found<'_>) {
    let key = |name: &str| source.key_to("", "Secret", source.namespace, name);
    for at in ["additionalScrapeConfigs", "additionalAlertRelabelConfigs", "additionalAlertManagerConfigs"] {
        let Some(reference) = source.spec.get(at) else { continue };
        if let Some(name) = field(reference, "name") {
            let optional = reference.get("optional").and_then(Value::as_bool) == Some(true);
            found.key(key(name), format_args!("spec.{at}.name")).optional(optional);
        }
    }
    for name in list(source.spec, "secrets").iter().filter_map(text) {
        found.key(key(name), format_args!("spec.secrets[{name}]"));
    }
    if let Some(name) = field(source.spec, "configSecret") {
        found.key(key(name), "spec.configSecret");
    }
}

fn scraped(source: &Source<'_>, found: &mut Found<'_>, among: &Among) {
    let selector = source.spec.get("selector").map(LabelSelector::from_json).unwrap_or_default();
    let wanted = source.spec.get("namespaceSelector");
    let named: Vec<std::sync::Arc<str>> =
        wanted.map_or(&[][..], |wanted| list(wanted, "matchNames")).iter().filter_map(text).map(Into::into).collect();
    let namespaces = if wanted.and_then(|wanted| wanted.get("any")).and_then(Value::as_bool) == Some(true) {
        Namespaces::All
    } else if named.is_empty() {
        Namespaces::Named(vec![source.namespace.into()])
    } else {
        Namespaces::Named(named)
    };
    found.select(among.clone(), namespaces, selector, "spec.selector");
}

const TAKEN: &[(&str, &str, &str)] = &[
    ("ServiceMonitor", "serviceMonitorSelector", "serviceMonitorNamespaceSelector"),
    ("PodMonitor", "podMonitorSelector", "podMonitorNamespaceSelector"),
    ("Probe", "probeSelector", "probeNamespaceSelector"),
    ("PrometheusRule", "ruleSelector", "ruleNamespaceSelector"),
];

fn monitors(source: &Source<'_>, found: &mut Found<'_>) {
    for (kind, selector, namespaces) in TAKEN {
        let present = |name: &str| source.spec.get(name).filter(|value| value.is_object());
        let Some(labels) = present(selector).map(LabelSelector::from_json) else { continue };
        let scope = match present(namespaces).map(LabelSelector::from_json) {
            None => Namespaces::Named(vec![source.namespace.into()]),
            Some(any) if any.is_everything() => Namespaces::All,
            Some(matching) => Namespaces::Matching(matching),
        };
        found.select(Among::Kind(GroupKind::new(GROUP, kind)), scope, labels, format!("spec.{selector}"));
    }
}
