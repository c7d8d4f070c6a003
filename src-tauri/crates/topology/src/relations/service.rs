//! Services and the pods they select.

use model::RelationClass::Selects;

use crate::LabelSelector;
use crate::facts::{Among, Found, Namespaces, Source, field};
use crate::rules::{Rule, TargetScope};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("service-selects-pod", 11, Selects)
            .from(&[("", "Service")])
            .fields(&["spec.selector"])
            .to("Pod", TargetScope::Same)
            .because("The labels of the pod match the Service's selector; in manifests, those of the pod template.")
            .by(selects),
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

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn an_empty_selector_selects_nothing() {
        assert_snapshot!(check(r"
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}}}
---
{apiVersion: v1, kind: Service, metadata: {name: none, namespace: shop}, spec: {selector: {}}}
---
{apiVersion: v1, kind: Service, metadata: {name: away, namespace: shop}, spec: {type: ExternalName, externalName: example.com, selector: {app: web}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web, tier: front}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: other, labels: {app: web}}}
"), @"core/Service/shop/web -> core/Pod/shop/web-1 service-selects-pod resolved [spec.selector]");
    }
}
