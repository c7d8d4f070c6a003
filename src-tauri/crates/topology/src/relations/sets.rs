//! Selectors of workloads, and the Service that names a StatefulSet's pods.

use model::GroupKind;
use model::Health;
use model::RelationClass::{Refers, Selects};

use crate::LabelSelector;
use crate::facts::{Among, Found, Namespaces, Source, field};
use crate::rules::{Rule, TargetScope};

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
            .because("The pod's labels match the workload's selector. Counts for pods without owner only: where there is one, its uid is surer.")
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

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn statefulset_uses_service_if_it_names_one() {
        assert_snapshot!(check(r"
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: data}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: data}, spec: {serviceName: db}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: none, namespace: data}, spec: {serviceName: ''}}
"), @"apps/StatefulSet/data/db -> core/Service/data/db statefulset-uses-service resolved [spec.serviceName]");
    }

    #[test]
    fn workload_selects_pod_that_no_owner_has() {
        assert_snapshot!(check(r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {selector: {matchLabels: {app: web}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: orphan, namespace: shop, labels: {app: web}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: owned, namespace: shop, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1}]}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: same-labels, namespace: shop, labels: {app: web}}, spec: {template: {metadata: {labels: {app: web}}}}}
"), @"
        apps/Deployment/shop/web -> core/Pod/shop/orphan workload-selects-pod resolved [spec.selector]
        apps/ReplicaSet/shop/web-1 -> core/Pod/shop/owned deployment-owns-pods unknown [metadata.ownerReferences[0]]
        ");
    }
}
