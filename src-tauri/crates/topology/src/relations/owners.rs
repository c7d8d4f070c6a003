//! Owner references, and the node of a mirror pod.

use model::GroupKind;
use model::RelationClass::{Owns, Refers};

use crate::facts::{Found, Source, Target, field, group_of};
use crate::rules::{Rule, TargetScope};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("owner-owns-dependent", 1, Owns)
            .fields(&["metadata.ownerReferences[]"])
            .to("any object", TargetScope::Same)
            .because("The dependent names this owner, by uid, in its owner references; it is deleted with its owner.")
            .by(owners),
        Rule::new("node-mirrors-pod", 7, Refers)
            .from(&[("", "Pod")])
            .fields(&["metadata.ownerReferences[]"])
            .to("Node", TargetScope::Cluster)
            .because("The pod mirrors a static pod that the kubelet of this node runs from a file.")
            .by(mirrors),
    ]
}

fn references<'a>(source: &Source<'a>) -> impl Iterator<Item = (Target, String, bool)> + 'a {
    let key = source.key;
    let owners = source.items("/metadata/ownerReferences").iter().enumerate();
    owners.filter_map(move |(at, owner)| {
        let kind = field(owner, "kind")?;
        let kind = GroupKind::new(group_of(field(owner, "apiVersion").unwrap_or_default()), kind);
        let is_node = &*kind.kind == "Node" && kind.group.is_empty() && key.is("", "Pod");
        let target =
            Target::Owner { kind, name: field(owner, "name")?.into(), uid: field(owner, "uid").map(Into::into) };
        Some((target, format!("metadata.ownerReferences[{at}]"), is_node))
    })
}

fn owners(source: &Source<'_>, found: &mut Found<'_>) {
    for (target, field, _) in references(source).filter(|(.., is_node)| !is_node) {
        found.link(target, field).reversed();
    }
}

fn mirrors(source: &Source<'_>, found: &mut Found<'_>) {
    for (target, field, _) in references(source).filter(|(.., is_node)| *is_node) {
        found.link(target, field).reversed();
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn the_uid_decides_not_the_name() {
        assert_snapshot!(check(r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: d1}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-0, namespace: shop, uid: r0, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: dead, controller: true}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: gone-1, namespace: shop, uid: p1, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: gone, uid: r9, controller: true}]}}
"), @r"
        apps/Deployment/shop/web -> apps/ReplicaSet/shop/web-1 owner-owns-dependent resolved [metadata.ownerReferences[0]]
        apps/ReplicaSet/shop/gone -> core/Pod/shop/gone-1 owner-owns-dependent missing [metadata.ownerReferences[0]]
        ");
    }
}
