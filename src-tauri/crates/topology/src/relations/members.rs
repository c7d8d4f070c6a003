//! What belongs to what without a reference of its own: namespaces, custom kinds, applications, events.

use model::RelationClass::Member;

use crate::rule::{Rule, TargetScope};

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
