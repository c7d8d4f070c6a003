//! Where nodes come from: Karpenter, Cluster API; what Crossplane composes.

use model::RelationClass::{Owns, Refers};
use model::{GroupKind, Health, ResourceKey};
use serde_json::Value;

use crate::json::{At, field, group_of, list};
use crate::links::{Found, Target};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const KARPENTER: &str = "karpenter.sh";
const POOL_LABEL: &str = "karpenter.sh/nodepool";
const CLUSTER_API: &str = "cluster.x-k8s.io";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("node-from-nodeclaim", 71, Refers)
            .from(&[(KARPENTER, "NodeClaim")])
            .fields(&["status.nodeName"])
            .to("Node", TargetScope::Cluster)
            .because("Karpenter launched the node for this claim.")
            .by(|source, found| {
                if let Some(name) = source.text("/status/nodeName") {
                    found.key(source.key_to("", "Node", "", name), "status.nodeName").reversed();
                }
            }),
        Rule::new("in-nodepool", 71, Refers)
            .from(&[(KARPENTER, "NodeClaim"), ("", "Node")])
            .fields(&["metadata.labels[karpenter.sh/nodepool]"])
            .to("NodePool", TargetScope::Cluster)
            .because("It was launched for this pool.")
            .by(|source, found| {
                if let Some(name) = source.label(POOL_LABEL) {
                    found.key(source.key_to(KARPENTER, "NodePool", "", name), format!("metadata.labels[{POOL_LABEL}]"));
                }
            }),
        Rule::new("nodepool-of-nodeclass", 71, Refers)
            .from(&[(KARPENTER, "NodePool"), (KARPENTER, "NodeClaim")])
            .fields(&["spec.template.spec.nodeClassRef", "spec.nodeClassRef"])
            .to("the provider's node class", TargetScope::Cluster)
            .because("Machines are made as this class says.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(node_class),
        Rule::new("clusterapi-refers-to", 71, Refers)
            .from(&[
                (CLUSTER_API, "Cluster"),
                (CLUSTER_API, "Machine"),
                (CLUSTER_API, "MachineSet"),
                (CLUSTER_API, "MachineDeployment"),
                (CLUSTER_API, "MachinePool"),
                ("controlplane.cluster.x-k8s.io", "KubeadmControlPlane"),
            ])
            .fields(&["spec.infrastructureRef", "spec.controlPlaneRef", "spec.bootstrap.configRef", "status.nodeRef"])
            .to("what it names", TargetScope::Same)
            .because("The machine or cluster is made by way of this object.")
            .by(cluster_api),
        Rule::new("composite-composes", 71, Owns)
            .fields(&["spec.resourceRefs[]", "spec.crossplane.resourceRefs[]"])
            .to("composed resources", TargetScope::Cross)
            .because("Crossplane composed this resource for the composite.")
            .by(composed),
    ]
}

fn node_class(source: &Source<'_>, found: &mut Found<'_>) {
    for (pointer, at) in [
        ("/spec/template/spec/nodeClassRef", "spec.template.spec.nodeClassRef"),
        ("/spec/nodeClassRef", "spec.nodeClassRef"),
    ] {
        let Some(reference) = source.body.at(pointer) else { continue };
        if let (Some(kind), Some(name)) = (field(reference, "kind"), field(reference, "name")) {
            let kind = GroupKind::new(field(reference, "group").unwrap_or_default(), kind);
            found.key(ResourceKey::of(&kind, "", name), at);
        }
    }
}

fn reference(source: &Source<'_>, value: &Value) -> Option<Target> {
    let version = field(value, "apiVersion");
    let group = version.map(group_of).or_else(|| field(value, "apiGroup")).unwrap_or_default();
    let namespace = field(value, "namespace").unwrap_or(source.namespace);
    Some(Target::Either { here: source.key_to(group, field(value, "kind")?, namespace, field(value, "name")?) })
}

fn cluster_api(source: &Source<'_>, found: &mut Found<'_>) {
    for (pointer, at) in [
        ("/spec/infrastructureRef", "spec.infrastructureRef"),
        ("/spec/controlPlaneRef", "spec.controlPlaneRef"),
        ("/spec/bootstrap/configRef", "spec.bootstrap.configRef"),
        ("/spec/template/spec/infrastructureRef", "spec.template.spec.infrastructureRef"),
        ("/spec/template/spec/bootstrap/configRef", "spec.template.spec.bootstrap.configRef"),
    ] {
        if let Some(target) = source.body.at(pointer).and_then(|value| reference(source, value)) {
            found.link(target, at);
        }
    }
    // The node is one of the workload cluster, which only sometimes is this one.
    if let Some(name) = source.text("/status/nodeRef/name") {
        found.key(source.key_to("", "Node", "", name), "status.nodeRef").if_present();
    }
}

fn composed(source: &Source<'_>, found: &mut Found<'_>) {
    if crate::kinds::is_built_in(source.key.group()) {
        return;
    }
    let newer = source.spec.get("crossplane").unwrap_or(&Value::Null);
    for (spec, prefix) in [(source.spec, "spec"), (newer, "spec.crossplane")] {
        for (at, value) in list(spec, "resourceRefs").iter().enumerate() {
            if let Some(target) = reference(source, value) {
                found.link(target, format_args!("{prefix}.resourceRefs[{at}]"));
            }
        }
    }
}
