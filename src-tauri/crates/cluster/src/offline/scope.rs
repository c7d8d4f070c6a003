//! Which kinds live outside namespaces, for sources that have no server to ask.

use std::collections::BTreeMap;

use model::{GroupKind, Object};
use serde_json::Value;

/// What the CRDs of the source say of their kinds.
#[derive(Default)]
pub(super) struct Scopes {
    custom: BTreeMap<GroupKind, Custom>,
}

struct Custom {
    namespaced: bool,
    plural: String,
}

impl Scopes {
    /// Reads the CRDs among the objects.
    pub(super) fn of<'a>(objects: impl Iterator<Item = &'a Object>) -> Self {
        let definitions = objects.filter(|object| object.key.is("apiextensions.k8s.io", "CustomResourceDefinition"));
        Self { custom: definitions.filter_map(|object| definition(&object.body)).collect() }
    }

    /// Whether objects of the kind live in namespaces.
    pub(super) fn is_namespaced(&self, kind: &GroupKind) -> bool {
        // What is neither described by a CRD in the source nor known is namespaced.
        self.custom.get(kind).map_or_else(|| kind.is_namespaced().unwrap_or(true), |custom| custom.namespaced)
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
