//! Where each kind stands: its column, whether it is a card or lies in another's, and the lane of cluster-wide kinds.
//! One table; what is not in it is a card among the referred.

use model::ResourceKey;

/// Columns of an application, in the direction of reading. Gaps leave room for what appears when expanded.
pub(super) mod column {
    pub(in super::super) const GATEWAY: u8 = 0;
    pub(in super::super) const ENTRY: u8 = 10;
    pub(in super::super) const SERVICE: u8 = 20;
    pub(in super::super) const SLICE: u8 = 24;
    pub(in super::super) const WORKLOAD: u8 = 30;
    pub(in super::super) const REPLICAS: u8 = 32;
    pub(in super::super) const POD: u8 = 34;
    pub(in super::super) const REFERRED: u8 = 40;
    pub(in super::super) const BEYOND: u8 = 50;
}

/// How a kind is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// A card.
    Card,
    /// Inside the card of its controller; a card where nothing controls it.
    Folded,
    /// A square inside its workload's card.
    Pod,
    /// Inside its Service's card.
    Slice,
    /// A badge on what it governs, while it is well.
    Badge,
    /// A badge on the namespace.
    OnFrame,
    /// The frame itself.
    Frame,
}

/// Lanes of cluster-wide objects, top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Lane {
    Nodes,
    Storage,
    Identity,
    Classes,
    Extensions,
    Other,
}

impl Lane {
    pub(super) const ALL: [Self; 6] =
        [Self::Nodes, Self::Storage, Self::Identity, Self::Classes, Self::Extensions, Self::Other];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Storage => "storage",
            Self::Identity => "identity",
            Self::Classes => "classes",
            Self::Extensions => "extensions",
            Self::Other => "cluster",
        }
    }

    /// Sorts lanes by id in the order of [`Self::ALL`].
    pub(super) fn id(self) -> String {
        format!("lane:{}", self.title())
    }
}

/// What is known of a kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) column: u8,
    pub(super) manner: Manner,
    pub(super) lane: Lane,
    /// The higher, the more an application is named after it.
    pub(super) weight: u8,
}

const CUSTOM: Kind = Kind { column: column::REFERRED, manner: Manner::Card, lane: Lane::Other, weight: 2 };

const fn card(column: u8, weight: u8) -> Kind {
    Kind { column, manner: Manner::Card, lane: Lane::Other, weight }
}

const fn wide(lane: Lane) -> Kind {
    Kind { column: column::BEYOND, manner: Manner::Card, lane, weight: 0 }
}

const fn inner(column: u8, manner: Manner) -> Kind {
    Kind { column, manner, lane: Lane::Other, weight: 0 }
}

#[rustfmt::skip]
const KINDS: &[(&str, &str, Kind)] = &[
    ("", "Namespace", inner(0, Manner::Frame)),
    ("", "ResourceQuota", inner(column::REFERRED, Manner::OnFrame)),
    ("", "LimitRange", inner(column::REFERRED, Manner::OnFrame)),
    ("", "Pod", inner(column::WORKLOAD, Manner::Pod)),
    ("", "Service", card(column::SERVICE, 6)),
    ("", "Endpoints", inner(column::SLICE, Manner::Slice)),
    ("discovery.k8s.io", "EndpointSlice", inner(column::SLICE, Manner::Slice)),
    ("", "ConfigMap", card(column::REFERRED, 0)),
    ("", "Secret", card(column::REFERRED, 0)),
    ("", "ServiceAccount", card(column::REFERRED, 0)),
    ("", "PersistentVolumeClaim", card(column::REFERRED, 1)),
    ("", "ReplicationController", card(column::WORKLOAD, 7)),
    ("apps", "Deployment", card(column::WORKLOAD, 10)),
    ("apps", "StatefulSet", card(column::WORKLOAD, 9)),
    ("apps", "DaemonSet", card(column::WORKLOAD, 8)),
    ("apps", "ReplicaSet", inner(column::WORKLOAD, Manner::Folded)),
    ("apps", "ControllerRevision", inner(column::REPLICAS, Manner::Folded)),
    ("argoproj.io", "Rollout", card(column::WORKLOAD, 10)),
    ("batch", "CronJob", card(column::SERVICE, 7)),
    ("batch", "Job", card(column::WORKLOAD, 5)),
    ("keda.sh", "ScaledJob", card(column::SERVICE, 7)),
    ("keda.sh", "ScaledObject", card(column::REFERRED, 1)),
    ("autoscaling", "HorizontalPodAutoscaler", card(column::REFERRED, 1)),
    ("autoscaling.k8s.io", "VerticalPodAutoscaler", card(column::REFERRED, 1)),
    ("policy", "PodDisruptionBudget", inner(column::REFERRED, Manner::Badge)),
    ("networking.k8s.io", "NetworkPolicy", inner(column::REFERRED, Manner::Badge)),
    ("networking.k8s.io", "Ingress", card(column::ENTRY, 4)),
    ("gateway.networking.k8s.io", "Gateway", card(column::GATEWAY, 5)),
    ("gateway.networking.k8s.io", "HTTPRoute", card(column::ENTRY, 4)),
    ("gateway.networking.k8s.io", "GRPCRoute", card(column::ENTRY, 4)),
    ("gateway.networking.k8s.io", "TLSRoute", card(column::ENTRY, 4)),
    ("gateway.networking.k8s.io", "TCPRoute", card(column::ENTRY, 4)),
    ("gateway.networking.k8s.io", "UDPRoute", card(column::ENTRY, 4)),
    ("networking.istio.io", "Gateway", card(column::GATEWAY, 5)),
    ("networking.istio.io", "VirtualService", card(column::ENTRY, 4)),
    ("rbac.authorization.k8s.io", "Role", card(column::BEYOND, 0)),
    ("rbac.authorization.k8s.io", "RoleBinding", card(column::BEYOND, 0)),
    ("rbac.authorization.k8s.io", "ClusterRole", wide(Lane::Identity)),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", wide(Lane::Identity)),
    ("external", "User", wide(Lane::Identity)),
    ("external", "Group", wide(Lane::Identity)),
    ("cert-manager.io", "Certificate", card(column::ENTRY, 1)),
    ("cert-manager.io", "CertificateRequest", inner(column::SERVICE, Manner::Folded)),
    ("acme.cert-manager.io", "Order", inner(column::SERVICE, Manner::Folded)),
    ("acme.cert-manager.io", "Challenge", inner(column::SERVICE, Manner::Folded)),
    ("", "Node", wide(Lane::Nodes)),
    ("storage.k8s.io", "CSINode", wide(Lane::Nodes)),
    ("", "PersistentVolume", wide(Lane::Storage)),
    ("storage.k8s.io", "StorageClass", wide(Lane::Storage)),
    ("storage.k8s.io", "CSIDriver", wide(Lane::Storage)),
    ("storage.k8s.io", "VolumeAttachment", wide(Lane::Storage)),
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass", wide(Lane::Storage)),
    ("snapshot.storage.k8s.io", "VolumeSnapshotContent", wide(Lane::Storage)),
    ("networking.k8s.io", "IngressClass", wide(Lane::Classes)),
    ("gateway.networking.k8s.io", "GatewayClass", wide(Lane::Classes)),
    ("scheduling.k8s.io", "PriorityClass", wide(Lane::Classes)),
    ("node.k8s.io", "RuntimeClass", wide(Lane::Classes)),
    ("apiextensions.k8s.io", "CustomResourceDefinition", wide(Lane::Extensions)),
    ("apiregistration.k8s.io", "APIService", wide(Lane::Extensions)),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", wide(Lane::Extensions)),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration", wide(Lane::Extensions)),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy", wide(Lane::Extensions)),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", wide(Lane::Extensions)),
];

/// What is known of the kind of this key.
pub(super) fn of(key: &ResourceKey) -> &'static Kind {
    let group = if key.is_external() { "external" } else { key.group() };
    let found = KINDS.iter().find(|(of, kind, _)| *kind == key.kind() && *of == group);
    found.map_or(&CUSTOM, |(_, _, kind)| kind)
}

/// "3 ConfigMaps", "2 Ingresses".
pub fn plural(count: usize, kind: &str) -> String {
    let ending = match kind {
        _ if count == 1 => "",
        _ if kind.ends_with("ss") || kind.ends_with("ch") || kind.ends_with('x') => "es",
        // Endpoints, NodeMetrics: one of them is several already.
        _ if kind.ends_with('s') => "",
        _ => "s",
    };
    match kind.strip_suffix('y') {
        Some(stem) if count != 1 && !stem.ends_with(['a', 'e', 'o']) => format!("{count} {stem}ies"),
        _ => format!("{count} {kind}{ending}"),
    }
}

/// "1 object", "74 objects".
pub(super) fn objects(count: u32) -> String {
    if count == 1 { "1 object".to_owned() } else { format!("{count} objects") }
}
