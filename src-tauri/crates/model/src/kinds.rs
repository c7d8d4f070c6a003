//! The table of kinds that are known without a server: those of Kubernetes itself and of widely used extensions, with
//! what their APIs say of them: plural, scope, short names, categories.
//!
//! Where a server or a CustomResourceDefinition says otherwise, that counts.

use crate::GroupKind;

/// What an API says of one of its kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindFacts {
    /// API group, empty for the core group.
    pub group: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// The name in paths: `deployments`.
    pub plural: &'static str,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Names that kubectl takes as well: `deploy`.
    pub short: &'static [&'static str],
    /// Groups of kinds that kubectl knows: `all`.
    pub categories: &'static [&'static str],
}

const ALL: &[&str] = &["all"];

type Words = &'static [&'static str];

const fn kind(
    group: &'static str,
    kind: &'static str,
    plural: &'static str,
    short: Words,
    categories: Words,
) -> KindFacts {
    KindFacts { group, kind, plural, namespaced: true, short, categories }
}

/// A kind whose objects live outside namespaces.
const fn wide(
    group: &'static str,
    kind: &'static str,
    plural: &'static str,
    short: Words,
    categories: Words,
) -> KindFacts {
    KindFacts { group, kind, plural, namespaced: false, short, categories }
}

/// Every known kind, ordered by group and kind.
#[rustfmt::skip]
pub const KINDS: &[KindFacts] = &[
    wide("", "ComponentStatus", "componentstatuses", &["cs"], &[]),
    kind("", "ConfigMap", "configmaps", &["cm"], &[]),
    kind("", "Endpoints", "endpoints", &["ep"], &[]),
    kind("", "Event", "events", &["ev"], &[]),
    kind("", "LimitRange", "limitranges", &["limits"], &[]),
    wide("", "Namespace", "namespaces", &["ns"], &[]),
    wide("", "Node", "nodes", &["no"], &[]),
    wide("", "PersistentVolume", "persistentvolumes", &["pv"], &[]),
    kind("", "PersistentVolumeClaim", "persistentvolumeclaims", &["pvc"], &[]),
    kind("", "Pod", "pods", &["po"], ALL),
    kind("", "ReplicationController", "replicationcontrollers", &["rc"], ALL),
    kind("", "ResourceQuota", "resourcequotas", &["quota"], &[]),
    kind("", "Secret", "secrets", &[], &[]),
    kind("", "Service", "services", &["svc"], ALL),
    kind("", "ServiceAccount", "serviceaccounts", &["sa"], &[]),
    wide("admissionregistration.k8s.io", "MutatingAdmissionPolicy", "mutatingadmissionpolicies", &[], &[]),
    wide("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings", &[], &[]),
    wide("admissionregistration.k8s.io", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", &[], &["api-extensions"]),
    wide("admissionregistration.k8s.io", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", &[], &[]),
    wide("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", &[], &[]),
    wide("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", &[], &["api-extensions"]),
    wide("apiextensions.crossplane.io", "CompositeResourceDefinition", "compositeresourcedefinitions", &[], &[]),
    wide("apiextensions.crossplane.io", "Composition", "compositions", &[], &[]),
    wide("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", &["crd", "crds"], &["api-extensions"]),
    wide("apiregistration.k8s.io", "APIService", "apiservices", &[], &["api-extensions"]),
    kind("apps", "ControllerRevision", "controllerrevisions", &[], &[]),
    kind("apps", "DaemonSet", "daemonsets", &["ds"], ALL),
    kind("apps", "Deployment", "deployments", &["deploy"], ALL),
    kind("apps", "ReplicaSet", "replicasets", &["rs"], ALL),
    kind("apps", "StatefulSet", "statefulsets", &["sts"], ALL),
    kind("argoproj.io", "Application", "applications", &["app", "apps"], &[]),
    wide("argoproj.io", "ClusterAnalysisTemplate", "clusteranalysistemplates", &[], &[]),
    wide("argoproj.io", "ClusterWorkflowTemplate", "clusterworkflowtemplates", &[], &[]),
    kind("argoproj.io", "Rollout", "rollouts", &["ro"], &[]),
    kind("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", &["hpa"], ALL),
    kind("autoscaling.k8s.io", "VerticalPodAutoscaler", "verticalpodautoscalers", &["vpa"], &[]),
    kind("batch", "CronJob", "cronjobs", &["cj"], ALL),
    kind("batch", "Job", "jobs", &[], ALL),
    wide("capsule.clastix.io", "CapsuleConfiguration", "capsuleconfigurations", &[], &[]),
    wide("capsule.clastix.io", "Tenant", "tenants", &[], &[]),
    kind("cert-manager.io", "Certificate", "certificates", &["cert", "certs"], &[]),
    wide("cert-manager.io", "ClusterIssuer", "clusterissuers", &[], &[]),
    kind("cert-manager.io", "Issuer", "issuers", &[], &[]),
    wide("certificates.k8s.io", "CertificateSigningRequest", "certificatesigningrequests", &["csr"], &[]),
    wide("certificates.k8s.io", "ClusterTrustBundle", "clustertrustbundles", &[], &[]),
    wide("cilium.io", "CiliumBGPClusterConfig", "ciliumbgpclusterconfigs", &[], &[]),
    wide("cilium.io", "CiliumBGPPeerConfig", "ciliumbgppeerconfigs", &[], &[]),
    wide("cilium.io", "CiliumCIDRGroup", "ciliumcidrgroups", &[], &[]),
    wide("cilium.io", "CiliumClusterwideEnvoyConfig", "ciliumclusterwideenvoyconfigs", &[], &[]),
    wide("cilium.io", "CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies", &[], &[]),
    wide("cilium.io", "CiliumEgressGatewayPolicy", "ciliumegressgatewaypolicies", &[], &[]),
    wide("cilium.io", "CiliumIdentity", "ciliumidentities", &[], &[]),
    wide("cilium.io", "CiliumL2AnnouncementPolicy", "ciliuml2announcementpolicies", &[], &[]),
    wide("cilium.io", "CiliumLoadBalancerIPPool", "ciliumloadbalancerippools", &[], &[]),
    wide("cilium.io", "CiliumNode", "ciliumnodes", &[], &[]),
    wide("cluster.open-cluster-management.io", "ManagedCluster", "managedclusters", &[], &[]),
    wide("cluster.open-cluster-management.io", "ManagedClusterSet", "managedclustersets", &[], &[]),
    kind("coordination.k8s.io", "Lease", "leases", &[], &[]),
    wide("crd.projectcalico.org", "BGPConfiguration", "bgpconfigurations", &[], &[]),
    wide("crd.projectcalico.org", "FelixConfiguration", "felixconfigurations", &[], &[]),
    wide("crd.projectcalico.org", "GlobalNetworkPolicy", "globalnetworkpolicies", &[], &[]),
    wide("crd.projectcalico.org", "GlobalNetworkSet", "globalnetworksets", &[], &[]),
    wide("crd.projectcalico.org", "IPPool", "ippools", &[], &[]),
    kind("discovery.k8s.io", "EndpointSlice", "endpointslices", &[], &[]),
    kind("events.k8s.io", "Event", "events", &["ev"], &[]),
    wide("external-secrets.io", "ClusterExternalSecret", "clusterexternalsecrets", &[], &[]),
    wide("external-secrets.io", "ClusterPushSecret", "clusterpushsecrets", &[], &[]),
    wide("external-secrets.io", "ClusterSecretStore", "clustersecretstores", &[], &[]),
    kind("external-secrets.io", "ExternalSecret", "externalsecrets", &["es"], &[]),
    wide("flowcontrol.apiserver.k8s.io", "FlowSchema", "flowschemas", &[], &[]),
    wide("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", "prioritylevelconfigurations", &[], &[]),
    kind("gateway.networking.k8s.io", "Gateway", "gateways", &["gtw"], &[]),
    wide("gateway.networking.k8s.io", "GatewayClass", "gatewayclasses", &["gc"], &[]),
    kind("gateway.networking.k8s.io", "HTTPRoute", "httproutes", &[], &[]),
    kind("gateway.networking.k8s.io", "ReferenceGrant", "referencegrants", &["refgrant"], &[]),
    wide("karpenter.k8s.aws", "EC2NodeClass", "ec2nodeclasses", &[], &[]),
    wide("karpenter.sh", "NodeClaim", "nodeclaims", &[], &[]),
    wide("karpenter.sh", "NodePool", "nodepools", &[], &[]),
    wide("keda.sh", "ClusterTriggerAuthentication", "clustertriggerauthentications", &[], &[]),
    kind("keda.sh", "ScaledObject", "scaledobjects", &["so"], &[]),
    wide("kueue.x-k8s.io", "AdmissionCheck", "admissionchecks", &[], &[]),
    wide("kueue.x-k8s.io", "ClusterQueue", "clusterqueues", &[], &[]),
    wide("kueue.x-k8s.io", "Cohort", "cohorts", &[], &[]),
    wide("kueue.x-k8s.io", "ResourceFlavor", "resourceflavors", &[], &[]),
    wide("kueue.x-k8s.io", "Topology", "topologies", &[], &[]),
    wide("kyverno.io", "ClusterCleanupPolicy", "clustercleanuppolicies", &[], &[]),
    wide("kyverno.io", "ClusterPolicy", "clusterpolicies", &[], &[]),
    wide("kyverno.io", "GlobalContextEntry", "globalcontextentries", &[], &[]),
    wide("metrics.k8s.io", "NodeMetrics", "nodemetricses", &[], &[]),
    kind("monitoring.coreos.com", "PodMonitor", "podmonitors", &["pmon"], &[]),
    kind("monitoring.coreos.com", "ServiceMonitor", "servicemonitors", &["smon"], &[]),
    kind("networking.istio.io", "DestinationRule", "destinationrules", &["dr"], &[]),
    kind("networking.istio.io", "VirtualService", "virtualservices", &["vs"], &[]),
    wide("networking.k8s.io", "IPAddress", "ipaddresses", &[], &[]),
    kind("networking.k8s.io", "Ingress", "ingresses", &["ing"], &[]),
    wide("networking.k8s.io", "IngressClass", "ingressclasses", &[], &[]),
    kind("networking.k8s.io", "NetworkPolicy", "networkpolicies", &["netpol"], &[]),
    wide("networking.k8s.io", "ServiceCIDR", "servicecidrs", &[], &[]),
    wide("nfd.k8s-sigs.io", "NodeFeatureRule", "nodefeaturerules", &[], &[]),
    wide("node.k8s.io", "RuntimeClass", "runtimeclasses", &[], &[]),
    wide("pkg.crossplane.io", "Configuration", "configurations", &[], &[]),
    wide("pkg.crossplane.io", "Function", "functions", &[], &[]),
    wide("pkg.crossplane.io", "Provider", "providers", &[], &[]),
    kind("policy", "PodDisruptionBudget", "poddisruptionbudgets", &["pdb"], &[]),
    wide("policy", "PodSecurityPolicy", "podsecuritypolicies", &[], &[]),
    wide("project.openshift.io", "Project", "projects", &[], &[]),
    wide("projectcalico.org", "BGPConfiguration", "bgpconfigurations", &[], &[]),
    wide("projectcalico.org", "FelixConfiguration", "felixconfigurations", &[], &[]),
    wide("projectcalico.org", "GlobalNetworkPolicy", "globalnetworkpolicies", &[], &[]),
    wide("projectcalico.org", "GlobalNetworkSet", "globalnetworksets", &[], &[]),
    wide("projectcalico.org", "IPPool", "ippools", &[], &[]),
    wide("rbac.authorization.k8s.io", "ClusterRole", "clusterroles", &[], &[]),
    wide("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings", &[], &[]),
    kind("rbac.authorization.k8s.io", "Role", "roles", &[], &[]),
    kind("rbac.authorization.k8s.io", "RoleBinding", "rolebindings", &[], &[]),
    wide("resource.k8s.io", "DeviceClass", "deviceclasses", &[], &[]),
    wide("resource.k8s.io", "DeviceTaintRule", "devicetaintrules", &[], &[]),
    wide("resource.k8s.io", "ResourceSlice", "resourceslices", &[], &[]),
    wide("scheduling.k8s.io", "PriorityClass", "priorityclasses", &["pc"], &[]),
    wide("security.openshift.io", "SecurityContextConstraints", "securitycontextconstraintses", &[], &[]),
    kind("snapshot.storage.k8s.io", "VolumeSnapshot", "volumesnapshots", &["vs"], &[]),
    wide("snapshot.storage.k8s.io", "VolumeSnapshotClass", "volumesnapshotclasses", &[], &[]),
    wide("snapshot.storage.k8s.io", "VolumeSnapshotContent", "volumesnapshotcontents", &[], &[]),
    wide("storage.k8s.io", "CSIDriver", "csidrivers", &[], &[]),
    wide("storage.k8s.io", "CSINode", "csinodes", &[], &[]),
    wide("storage.k8s.io", "StorageClass", "storageclasses", &["sc"], &[]),
    wide("storage.k8s.io", "VolumeAttachment", "volumeattachments", &[], &[]),
    wide("storage.k8s.io", "VolumeAttributesClass", "volumeattributesclasses", &[], &[]),
    wide("tekton.dev", "ClusterTask", "clustertasks", &[], &[]),
    wide("wgpolicyk8s.io", "ClusterPolicyReport", "clusterpolicyreports", &[], &[]),
];

/// Groups whose kinds all live outside namespaces, named above or not.
const CLUSTER_GROUPS: &[&str] = &[
    "admissionregistration.k8s.io",
    "apiextensions.crossplane.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "config.openshift.io",
    "constraints.gatekeeper.sh",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "karpenter.azure.com",
    "karpenter.k8s.aws",
    "karpenter.sh",
    "node.k8s.io",
    "pkg.crossplane.io",
    "policy.networking.k8s.io",
    "storagemigration.k8s.io",
    "templates.gatekeeper.sh",
];

impl KindFacts {
    /// What is known of a kind.
    pub fn of(group: &str, kind: &str) -> Option<&'static Self> {
        let at = KINDS.binary_search_by(|facts| (facts.group, facts.kind).cmp(&(group, kind))).ok()?;
        KINDS.get(at)
    }

    /// The kind of a plural.
    pub fn of_plural(group: &str, plural: &str) -> Option<&'static Self> {
        KINDS.iter().find(|facts| facts.group == group && facts.plural == plural)
    }

    /// Whether a word in lower case names the kind: its kind, its plural or a short name.
    pub fn is_called(&self, word: &str) -> bool {
        self.plural == word || self.short.contains(&word) || self.kind.eq_ignore_ascii_case(word)
    }
}

impl GroupKind {
    /// Whether objects of the kind live in namespaces, where that is known without a server.
    pub fn is_namespaced(&self) -> Option<bool> {
        let known = KindFacts::of(&self.group, &self.kind).map(|facts| facts.namespaced);
        known.or_else(|| CLUSTER_GROUPS.contains(&&*self.group).then_some(false))
    }

    /// The name in paths: the known one, else the one that apimachinery's `meta.UnsafeGuessKindToResource` guesses.
    pub fn plural(&self) -> String {
        KindFacts::of(&self.group, &self.kind).map_or_else(|| guess_plural(&self.kind), |facts| facts.plural.to_owned())
    }
}

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
    use super::*;

    #[test]
    fn the_table_is_ordered_and_names_each_kind_once() {
        assert!(KINDS.is_sorted_by(|a, b| (a.group, a.kind) < (b.group, b.kind)));
    }

    #[test]
    fn short_names_and_plurals_mean_their_kind() {
        for (word, group, kind) in
            [("deploy", "apps", "Deployment"), ("svc", "", "Service"), ("ingresses", "networking.k8s.io", "Ingress")]
        {
            assert!(KindFacts::of(group, kind).is_some_and(|facts| facts.is_called(word)), "{word}");
        }
        assert_eq!(KindFacts::of_plural("", "endpoints").map(|facts| facts.kind), Some("Endpoints"));
    }

    #[test]
    fn what_is_not_in_the_table_is_guessed() {
        for (group, kind, namespaced, plural) in [
            ("", "Node", Some(false), "nodes"),
            ("networking.k8s.io", "NetworkPolicy", Some(true), "networkpolicies"),
            ("constraints.gatekeeper.sh", "K8sRequiredLabels", Some(false), "k8srequiredlabelses"),
            ("example.com", "Node", None, "nodes"),
        ] {
            let kind = GroupKind::new(group, kind);
            assert_eq!((kind.is_namespaced(), kind.plural().as_str()), (namespaced, plural), "{kind}");
        }
    }
}
