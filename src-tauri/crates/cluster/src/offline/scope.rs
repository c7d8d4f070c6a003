//! Which kinds live outside namespaces, for sources that have no server to ask.

use std::collections::{BTreeMap, BTreeSet};

use model::{GroupKind, Object};
use serde_json::Value;

/// What the CRDs of the source say of their kinds.
#[derive(Default)]
pub(super) struct Scopes {
    custom: BTreeMap<GroupKind, Custom>,
    /// Kinds without CRD of which the source has objects that were in a cluster and in no namespace.
    cluster_scoped: BTreeSet<GroupKind>,
}

struct Custom {
    namespaced: bool,
    plural: String,
}

impl Scopes {
    /// Reads the CRDs among the objects, and what objects that a server has printed show of their kinds.
    pub(super) fn of<'a>(objects: impl Iterator<Item = &'a Object> + Clone) -> Self {
        let is_definition = |object: &&Object| object.key.is("apiextensions.k8s.io", "CustomResourceDefinition");
        let custom = objects.clone().filter(is_definition).filter_map(|object| definition(&object.body)).collect();
        let (mut shown, mut namespaced) = (BTreeSet::new(), BTreeSet::new());
        for object in objects.filter(|object| object.key.group_kind().is_namespaced().is_none()) {
            if !object.key.namespace().is_empty() {
                namespaced.insert(object.key.group_kind());
            } else if object.uid.is_some() {
                // A server gives every namespaced object its namespace before it gives it a uid.
                shown.insert(object.key.group_kind());
            }
        }
        Self { custom, cluster_scoped: &shown - &namespaced }
    }

    /// Whether objects of the kind live in namespaces.
    pub(super) fn is_namespaced(&self, kind: &GroupKind) -> bool {
        // What is neither described by a CRD in the source nor known is namespaced, unless an object shows otherwise.
        self.custom.get(kind).map_or_else(
            || kind.is_namespaced().unwrap_or_else(|| !self.cluster_scoped.contains(kind)),
            |custom| custom.namespaced,
        )
    }

    /// The name in URLs: the CRD's, else the known or guessed one.
    pub(super) fn plural(&self, kind: &GroupKind) -> String {
        self.custom.get(kind).map_or_else(|| kind.plural(), |custom| custom.plural.clone())
    }
}

fn definition(body: &Value) -> Option<(GroupKind, Custom)> {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    let kind = text("/spec/names/kind")?;
    let group_kind = GroupKind::new(text("/spec/group")?, kind);
    let plural = text("/spec/names/plural").map_or_else(|| group_kind.plural(), str::to_owned);
    Some((group_kind, Custom { namespaced: text("/spec/scope") != Some("Cluster"), plural }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_definition_in_the_source_decides() {
        let definition = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "fleets.example.com"},
            "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "Fleet", "plural": "fleetz"}}});
        let objects = Object::from_json(definition).into_iter().collect::<Vec<_>>();
        let scopes = Scopes::of(objects.iter());
        let fleet = GroupKind::new("example.com", "Fleet");
        assert!(!scopes.is_namespaced(&fleet));
        assert_eq!(scopes.plural(&fleet), "fleetz");
    }

    #[test]
    fn an_object_of_a_cluster_without_namespace_has_none() {
        let object = |group: &str, kind: &str, namespace: &str, uid: &str| {
            let metadata = json!({"name": "a", "namespace": namespace, "uid": uid});
            Object::from_json(json!({"apiVersion": format!("{group}/v1"), "kind": kind, "metadata": metadata})).ok()
        };
        let objects: Vec<Object> = [
            object("example.com", "Fleet", "", "u1"),
            object("example.com", "Boat", "", ""),
            object("example.com", "Port", "", "u2"),
            object("example.com", "Port", "shop", "u3"),
            object("apps", "Deployment", "", "u4"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let scopes = Scopes::of(objects.iter());
        let namespaced = |group: &str, kind: &str| scopes.is_namespaced(&GroupKind::new(group, kind));
        assert!(!namespaced("example.com", "Fleet"));
        assert!(
            namespaced("example.com", "Boat") && namespaced("example.com", "Port") && namespaced("apps", "Deployment")
        );
    }

    #[test]
    fn without_one_the_table_does_and_the_rest_is_namespaced() {
        let scopes = Scopes::default();
        for (group, kind, namespaced, plural) in [
            ("", "Node", false, "nodes"),
            ("", "Endpoints", true, "endpoints"),
            ("networking.k8s.io", "NetworkPolicy", true, "networkpolicies"),
            ("networking.k8s.io", "IngressClass", false, "ingressclasses"),
            ("constraints.gatekeeper.sh", "K8sRequiredLabels", false, "k8srequiredlabelses"),
            ("example.com", "Node", true, "nodes"),
        ] {
            let kind = GroupKind::new(group, kind);
            assert_eq!(scopes.is_namespaced(&kind), namespaced, "{kind}");
            assert_eq!(scopes.plural(&kind), plural);
        }
    }
}
