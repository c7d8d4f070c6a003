//! Selectors of workloads, and the Service that names a StatefulSet's pods.

use model::GroupKind;
use model::Health;
use model::RelationClass::{Refers, Selects};

use crate::LabelSelector;
use crate::json::field;
use crate::links::{Among, Found, Namespaces};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("statefulset-uses-service", 6, Refers)
            .from(&[("apps", "StatefulSet")])
            .fields(&["spec.serviceName"])
            .to("Service", TargetScope::Same)
            .because("The Service gives each pod of the set its DNS name.")
            .broken(Health::Degraded, "Service {name} missing")
            .by(service_name),
        Rule::new("workload-selects-pod", 10, Selects)
            .from(&[
                ("apps", "Deployment"),
                ("apps", "ReplicaSet"),
                ("apps", "StatefulSet"),
                ("apps", "DaemonSet"),
                ("batch", "Job"),
                ("", "ReplicationController"),
                ("argoproj.io", "Rollout"),
            ])
            .fields(&["spec.selector"])
            .to("Pod", TargetScope::Same)
            .because("The pod's labels match the workload's selector. Counts in manifests only: in a cluster the controller adopts the pods that are its own, and their owner says so.")
            .by(selects),
    ]
}

fn service_name(source: &Source<'_>, found: &mut Found<'_>) {
    if let Some(name) = field(source.spec, "serviceName") {
        found.key(source.key_to("", "Service", source.namespace, name), "spec.serviceName");
    }
}

fn selects(source: &Source<'_>, found: &mut Found<'_>) {
    let selector = source.spec.get("selector");
    let selector = match source.key.kind() {
        "ReplicationController" => LabelSelector::from_map(selector),
        _ => selector.map(LabelSelector::from_json).unwrap_or_default(),
    };
    if source.controlled || selector.is_everything() {
        return;
    }
    let namespaces = Namespaces::Named(vec![source.namespace.into()]);
    found.select(Among::Kind(GroupKind::new("", "Pod")), namespaces, selector, "spec.selector").orphans = true;
}
