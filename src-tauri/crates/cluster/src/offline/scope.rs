//! Which kinds live outside namespaces, for sources that have no server to ask.

use std::collections::BTreeMap;

use model::{GroupKind, Object};
use serde_json::Value;

/// Well-known cluster-scoped kinds: those of Kubernetes itself, then those of widely used extensions. `*` stands for
/// every kind of the group. What is neither here nor described by a CRD in the source is namespaced.
const CLUSTER_SCOPED: &[(&str, &[&str])] = &[
    ("", &["Namespace", "Node", "PersistentVolume", "ComponentStatus"]),
    ("admissionregistration.k8s.io", &["*"]),
    ("apiextensions.k8s.io", &["*"]),
    ("apiregistration.k8s.io", &["*"]),
    ("certificates.k8s.io", &["CertificateSigningRequest", "ClusterTrustBundle"]),
    ("flowcontrol.apiserver.k8s.io", &["*"]),
    ("internal.apiserver.k8s.io", &["*"]),
    ("metrics.k8s.io", &["NodeMetrics"]),
    ("networking.k8s.io", &["IngressClass", "IPAddress", "ServiceCIDR"]),
    ("node.k8s.io", &["*"]),
    ("policy", &["PodSecurityPolicy"]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding"]),
    ("resource.k8s.io", &["DeviceClass", "DeviceTaintRule", "ResourceSlice"]),
    ("scheduling.k8s.io", &["PriorityClass"]),
    ("storage.k8s.io", &["StorageClass", "CSIDriver", "CSINode", "VolumeAttachment", "VolumeAttributesClass"]),
    ("storagemigration.k8s.io", &["*"]),
    // Extensions.
    ("apiextensions.crossplane.io", &["*"]),
    ("argoproj.io", &["ClusterAnalysisTemplate", "ClusterWorkflowTemplate"]),
    ("capsule.clastix.io", &["Tenant", "CapsuleConfiguration"]),
    ("cert-manager.io", &["ClusterIssuer"]),
    (
        "cilium.io",
        &[
            "CiliumBGPClusterConfig",
            "CiliumBGPPeerConfig",
            "CiliumCIDRGroup",
            "CiliumClusterwideEnvoyConfig",
            "CiliumClusterwideNetworkPolicy",
            "CiliumEgressGatewayPolicy",
            "CiliumIdentity",
            "CiliumL2AnnouncementPolicy",
            "CiliumLoadBalancerIPPool",
            "CiliumNode",
        ],
    ),
    ("cluster.open-cluster-management.io", &["ManagedCluster", "ManagedClusterSet"]),
    ("config.openshift.io", &["*"]),
    ("constraints.gatekeeper.sh", &["*"]),
    (
        "crd.projectcalico.org",
        &["BGPConfiguration", "FelixConfiguration", "GlobalNetworkPolicy", "GlobalNetworkSet", "IPPool"],
    ),
    ("external-secrets.io", &["ClusterExternalSecret", "ClusterPushSecret", "ClusterSecretStore"]),
    ("gateway.networking.k8s.io", &["GatewayClass"]),
    ("karpenter.azure.com", &["*"]),
    ("karpenter.k8s.aws", &["*"]),
    ("karpenter.sh", &["*"]),
    ("keda.sh", &["ClusterTriggerAuthentication"]),
    ("kueue.x-k8s.io", &["AdmissionCheck", "ClusterQueue", "Cohort", "ResourceFlavor", "Topology"]),
    ("kyverno.io", &["ClusterCleanupPolicy", "ClusterPolicy", "GlobalContextEntry"]),
    ("nfd.k8s-sigs.io", &["NodeFeatureRule"]),
    ("pkg.crossplane.io", &["*"]),
    ("policy.networking.k8s.io", &["*"]),
    ("project.openshift.io", &["Project"]),
    (
        "projectcalico.org",
        &["BGPConfiguration", "FelixConfiguration", "GlobalNetworkPolicy", "GlobalNetworkSet", "IPPool"],
    ),
    ("security.openshift.io", &["SecurityContextConstraints"]),
    ("snapshot.storage.k8s.io", &["VolumeSnapshotClass", "VolumeSnapshotContent"]),
    ("tekton.dev", &["ClusterTask"]),
    ("templates.gatekeeper.sh", &["*"]),
    ("wgpolicyk8s.io", &["ClusterPolicyReport"]),
];

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
        self.custom.get(kind).map_or_else(|| !is_well_known_cluster_scoped(kind), |custom| custom.namespaced)
    }

    /// The name in URLs: the CRD's, else the one Kubernetes would guess.
    pub(super) fn plural(&self, kind: &GroupKind) -> String {
        self.custom.get(kind).map_or_else(|| guess_plural(&kind.kind), |custom| custom.plural.clone())
    }
}

fn definition(body: &Value) -> Option<(GroupKind, Custom)> {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    let kind = text("/spec/names/kind")?;
    let plural = text("/spec/names/plural").map_or_else(|| guess_plural(kind), str::to_owned);
    Some((
        GroupKind::new(text("/spec/group")?, kind),
        Custom { namespaced: text("/spec/scope") != Some("Cluster"), plural },
    ))
}

fn is_well_known_cluster_scoped(kind: &GroupKind) -> bool {
    CLUSTER_SCOPED
        .iter()
        .filter(|(group, _)| *group == &*kind.group)
        .any(|(_, kinds)| kinds.iter().any(|name| *name == "*" || *name == &*kind.kind))
}

/// As `meta.UnsafeGuessKindToResource` of apimachinery does it.
fn guess_plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    match lower.as_bytes().last() {
        _ if lower.ends_with("endpoints") => lower,
        Some(b's') => format!("{lower}es"),
        Some(b'y') => format!("{}ies", lower.trim_end_matches('y')),
        _ => format!("{lower}s"),
    }
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
