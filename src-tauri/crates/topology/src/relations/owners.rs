//! Owner references: controllers and what they made, and the node of a mirror pod.

use model::RelationClass::{Owns, Refers};

use crate::links::{Found, Target};
use crate::rule::{Rule, TargetScope};
use crate::source::{Owner, Source};

/// The kubelet's mark on the pod that it shows the API server for a static one.
const MIRROR: &str = "kubernetes.io/config.mirror";

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
            .fields(&["metadata.ownerReferences[]", "metadata.annotations[kubernetes.io/config.mirror]"])
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
        ("Pod", "", "Node") if dependent.annotation(MIRROR).is_some() => Family::Mirror,
        _ => Family::Other,
    }
}

fn owned(source: &Source<'_>, found: &mut Found<'_>, wanted: Family) {
    for (at, owner) in source.owners.iter().enumerate().filter(|(_, owner)| owner.is_whole()) {
        let Owner { group, kind, name, .. } = *owner;
        if family(source, group, kind) != wanted {
            continue;
        }
        let uid = owner.uid.map(|uid| source.shared(uid));
        let target = Target::Owner { here: source.key_to(group, kind, source.namespace, name), uid };
        found.link(target, format_args!("metadata.ownerReferences[{at}]")).reversed();
    }
}
