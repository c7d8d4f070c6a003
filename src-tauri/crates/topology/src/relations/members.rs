//! What belongs to what without a reference of its own: namespaces, custom kinds, applications, events.

use model::RelationClass::Member;

use crate::rules::{Rule, TargetScope};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("crd-defines-object", 56, Member)
            .from(&[("apiextensions.k8s.io", "CustomResourceDefinition")])
            .fields(&["spec.group", "spec.names.kind"])
            .to("objects of the kind", TargetScope::Cross)
            .because("The definition tells how many objects of its kind there are; an edge to each would say no more."),
        Rule::new("namespace-contains-object", 58, Member)
            .fields(&["metadata.namespace"])
            .to("every object of the namespace", TargetScope::Same)
            .because("The object lies in this namespace and goes with it.")
            .by(|source, found| {
                if !source.namespace.is_empty() {
                    let key = source.key_to("", "Namespace", "", source.namespace);
                    found.key(key, "metadata.namespace").reversed().if_present();
                }
            }),
        Rule::new("app-groups-object", 68, Member)
            .fields(&["metadata.labels[app.kubernetes.io/part-of, instance, name, component]", "metadata.labels[app, k8s-app]"])
            .to("objects of the application", TargetScope::Same)
            .because("The object carries the application's label, or its controller does, or all its neighbours agree; the application is an attribute of the node."),
        Rule::new("event-tells-of-object", 73, Member)
            .from(&[("", "Event"), ("events.k8s.io", "Event")])
            .fields(&["involvedObject", "regarding"])
            .to("the object it tells of", TargetScope::Cross)
            .because("Events are facts about others: they are shown with the object they tell of and are no nodes."),
    ]
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, check_only, graph, nodes};
    use insta::assert_snapshot;

    #[test]
    fn namespace_contains_object_of_its_own() {
        assert_snapshot!(check_only(r"
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: nowhere}}
---
{apiVersion: v1, kind: Node, metadata: {name: shop}}
", &["namespace-contains-object"]), @"core/Namespace//shop -> core/ConfigMap/shop/a namespace-contains-object resolved [metadata.namespace]");
    }

    #[test]
    fn crd_defines_object_as_a_count() {
        assert_snapshot!(nodes(&graph(r"
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: dbs.example.com}, spec: {group: example.com, names: {kind: Db}}}
---
{apiVersion: example.com/v1, kind: Db, metadata: {name: a, namespace: shop}}
---
{apiVersion: example.com/v1, kind: Db, metadata: {name: b, namespace: shop}}
---
{apiVersion: other.com/v1, kind: Db, metadata: {name: c, namespace: shop}}
")), @"
        apiextensions.k8s.io/CustomResourceDefinition//dbs.example.com neutral  | 2 objects
        example.com/Db/shop/a neutral  | 
        example.com/Db/shop/b neutral  | 
        other.com/Db/shop/c neutral  |
        ");
    }

    #[test]
    fn app_groups_object_by_label_controller_and_one_hop() {
        assert_snapshot!(nodes(&graph(r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, labels: {app.kubernetes.io/name: web, app: wrong}, uid: d1}, spec: {template: {spec: {volumes: [{name: a, configMap: {name: own}}, {name: b, configMap: {name: shared}}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, uid: p1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: cart, namespace: shop, labels: {app: cart}}, spec: {template: {spec: {volumes: [{name: b, configMap: {name: shared}}]}}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: own, namespace: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: shared, namespace: shop}}
")), @"
        apps/Deployment/shop/cart neutral  | 1 replica [cart]
        apps/Deployment/shop/web neutral  | 1 replica [web]
        core/ConfigMap/shop/own neutral  | ConfigMap · 0 keys [web]
        core/ConfigMap/shop/shared neutral  | ConfigMap · 0 keys
        core/Pod/shop/web-1 neutral  | 0 containers [web]
        ");
    }

    #[test]
    fn event_tells_of_object_and_is_no_node() {
        assert_snapshot!(check(r"
{apiVersion: v1, kind: Event, metadata: {name: e, namespace: shop}, involvedObject: {kind: Pod, name: web, namespace: shop}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}}
"), @"");
    }
}
