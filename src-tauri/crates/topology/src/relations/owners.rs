//! Owner references: controllers and what they made, and the node of a mirror pod.

use model::RelationClass::{Owns, Refers};

use crate::facts::{Found, Source, Target, field, group_of};
use crate::rules::{Rule, TargetScope};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("owner-owns-dependent", 1, Owns)
            .fields(&["metadata.ownerReferences[]"])
            .to("any object", TargetScope::Same)
            .because("The dependent names this owner, by uid, in its owner references; it is deleted with its owner.")
            .by(|source, found| owned(source, found, Family::Other)),
        Rule::new("deployment-owns-pods", 2, Owns)
            .from(&[("apps", "ReplicaSet"), ("", "Pod")])
            .fields(&["metadata.ownerReferences[]"])
            .to("Deployment or ReplicaSet", TargetScope::Same)
            .because("The Deployment made the ReplicaSet, the ReplicaSet its pods. A ReplicaSet without replicas is kept for rolling back.")
            .by(|source, found| owned(source, found, Family::Deployment)),
        Rule::new("cronjob-owns-jobs", 3, Owns)
            .from(&[("batch", "Job"), ("", "Pod")])
            .fields(&["metadata.ownerReferences[]"])
            .to("CronJob or Job", TargetScope::Same)
            .because("The CronJob started the Job on schedule, the Job its pods. Old runs go as the history limits say.")
            .by(|source, found| owned(source, found, Family::Job)),
        Rule::new("set-owns-pods", 4, Owns)
            .from(&[("", "Pod"), ("apps", "ControllerRevision"), ("", "PersistentVolumeClaim")])
            .fields(&["metadata.ownerReferences[]"])
            .to("StatefulSet or DaemonSet", TargetScope::Same)
            .because("The set made its pods, and keeps its former templates as revisions.")
            .by(|source, found| owned(source, found, Family::Set)),
        Rule::new("node-mirrors-pod", 7, Refers)
            .from(&[("", "Pod")])
            .fields(&["metadata.ownerReferences[]"])
            .to("Node", TargetScope::Cluster)
            .because("The pod mirrors a static pod that the kubelet of this node runs from a file: where it runs, not what made it.")
            .by(|source, found| owned(source, found, Family::Mirror)),
    ]
}

/// Which of the rules an owner reference belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Deployment,
    Job,
    Set,
    Mirror,
    Other,
}

fn family(dependent: &Source<'_>, group: &str, kind: &str) -> Family {
    match (dependent.key.kind(), group, kind) {
        ("ReplicaSet", "apps", "Deployment") | ("Pod", "apps", "ReplicaSet") => Family::Deployment,
        ("Job", "batch", "CronJob") | ("Pod", "batch", "Job") => Family::Job,
        ("Pod" | "ControllerRevision" | "PersistentVolumeClaim", "apps", "StatefulSet" | "DaemonSet") => Family::Set,
        ("Pod", "", "Node") => Family::Mirror,
        _ => Family::Other,
    }
}

fn owned(source: &Source<'_>, found: &mut Found<'_>, wanted: Family) {
    for (at, owner) in source.owners.iter().enumerate() {
        let (Some(kind), Some(name)) = (field(owner, "kind"), field(owner, "name")) else { continue };
        let group = group_of(field(owner, "apiVersion").unwrap_or_default());
        if family(source, group, kind) != wanted {
            continue;
        }
        let uid = field(owner, "uid").map(|uid| source.shared(uid));
        let target = Target::Owner { here: source.key_to(group, kind, source.namespace, name), uid };
        found.link(target, format_args!("metadata.ownerReferences[{at}]")).reversed();
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check_only;
    use insta::assert_snapshot;

    #[test]
    fn owner_owns_dependent_by_uid_not_by_name() {
        assert_snapshot!(check_only(r"
{apiVersion: example.com/v1, kind: Database, metadata: {name: orders, namespace: shop, uid: d1}}
---
{apiVersion: v1, kind: Secret, metadata: {name: mine, namespace: shop, uid: s1, ownerReferences: [{apiVersion: example.com/v1, kind: Database, name: orders, uid: d1}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: orphan, namespace: shop, uid: s2, ownerReferences: [{apiVersion: example.com/v1, kind: Database, name: orders, uid: dead}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: elsewhere, namespace: other, uid: s3, ownerReferences: [{apiVersion: example.com/v1, kind: Database, name: orders, uid: d1}]}}
", &["owner-owns-dependent"]), @"
        example.com/Database/other/orders -> core/Secret/other/elsewhere owner-owns-dependent missing [metadata.ownerReferences[0]]
        example.com/Database/shop/orders -> core/Secret/shop/mine owner-owns-dependent resolved [metadata.ownerReferences[0]]
        ");
    }

    #[test]
    fn deployment_owns_pods_and_cronjob_owns_jobs_and_set_owns_pods() {
        assert_snapshot!(check_only(r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: d1}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1-a, namespace: shop, uid: p1, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1, controller: true}]}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: report-1, namespace: shop, uid: j1, ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: report, uid: c1, controller: true}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: shop, uid: p2, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: st1, controller: true}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: stray, namespace: shop, uid: p3}}
", &["deployment-owns-pods", "cronjob-owns-jobs", "set-owns-pods"]), @"
        apps/Deployment/shop/web -> apps/ReplicaSet/shop/web-1 deployment-owns-pods resolved [metadata.ownerReferences[0]]
        apps/ReplicaSet/shop/web-1 -> core/Pod/shop/web-1-a deployment-owns-pods resolved [metadata.ownerReferences[0]]
        apps/StatefulSet/shop/db -> core/Pod/shop/db-0 set-owns-pods unknown [metadata.ownerReferences[0]]
        batch/CronJob/shop/report -> batch/Job/shop/report-1 cronjob-owns-jobs unknown [metadata.ownerReferences[0]]
        ");
    }

    #[test]
    fn node_mirrors_pod_is_placement_and_not_ownership() {
        assert_snapshot!(check_only(r"
{apiVersion: v1, kind: Node, metadata: {name: node-a, uid: n1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: etcd-node-a, namespace: kube-system, uid: p1, annotations: {kubernetes.io/config.mirror: x}, ownerReferences: [{apiVersion: v1, kind: Node, name: node-a, uid: n1, controller: true}]}}
", &["node-mirrors-pod", "owner-owns-dependent"]), @"core/Node//node-a -> core/Pod/kube-system/etcd-node-a node-mirrors-pod resolved [metadata.ownerReferences[0]]");
    }
}
