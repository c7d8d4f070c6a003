//! The table of drawings. Quiet, of one weight, told apart by outline at 16 pixels.

use super::Icon;

const GATEWAY: &str = "gateway.networking.k8s.io";
const ISTIO: &str = "networking.istio.io";
const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// A custom resource without a drawing of its own.
pub(super) const CUSTOM: Icon =
    Icon { id: "custom", kinds: &[], path: "M8 2.2L13.8 8L8 13.8L2.2 8ZM8 5.7V10.3M5.7 8H10.3" };

const fn icon(id: &'static str, kinds: &'static [(&'static str, &'static str)], path: &'static str) -> Icon {
    Icon { id, kinds, path }
}

/// Every drawing.
pub const ICONS: &[Icon] = &[
    // Workloads
    icon(
        "pod",
        &[("core", "Pod"), ("core", "PodTemplate"), ("metrics.k8s.io", "PodMetrics")],
        "M8 2L13.2 5V11L8 14L2.8 11V5ZM2.8 5L8 8L13.2 5M8 8V14",
    ),
    icon(
        "deployment",
        &[("apps", "Deployment"), ("argoproj.io", "Rollout")],
        "M8 2.2L13.6 5.2L8 8.2L2.4 5.2ZM2.4 8L8 11L13.6 8M2.4 10.8L8 13.8L13.6 10.8",
    ),
    icon(
        "replicaset",
        &[("apps", "ReplicaSet"), ("core", "ReplicationController")],
        "M3.5 5.5H9.5A1 1 0 0 1 10.5 6.5V12.5A1 1 0 0 1 9.5 13.5H3.5A1 1 0 0 1 2.5 12.5V6.5A1 1 0 0 1 3.5 5.5Z\
         M5.5 2.5H12.5A1 1 0 0 1 13.5 3.5V10.5",
    ),
    icon(
        "statefulset",
        &[("apps", "StatefulSet")],
        "M3 4.2C3 3.1 5.2 2.2 8 2.2S13 3.1 13 4.2S10.8 6.2 8 6.2S3 5.3 3 4.2ZM3 4.2V11.8C3 12.9 5.2 13.8 8 13.8\
         S13 12.9 13 11.8V4.2M3 8C3 9.1 5.2 10 8 10S13 9.1 13 8",
    ),
    icon(
        "daemonset",
        &[("apps", "DaemonSet")],
        "M2.5 2.5H6.7V6.7H2.5ZM9.3 2.5H13.5V6.7H9.3ZM2.5 9.3H6.7V13.5H2.5ZM9.3 9.3H13.5V13.5H9.3Z",
    ),
    icon("job", &[("batch", "Job")], "M8 2A6 6 0 0 1 8 14A6 6 0 0 1 8 2ZM6.7 5.6L10.4 8L6.7 10.4Z"),
    icon("cronjob", &[("batch", "CronJob")], "M8 2A6 6 0 0 1 8 14A6 6 0 0 1 8 2ZM8 4.8V8L10.3 9.4"),
    icon(
        "history",
        &[("apps", "ControllerRevision")],
        "M3.1 5.6A5.6 5.6 0 1 1 2.4 8.4M2.6 2.6V5.6H5.6M8 5.2V8.2L10 9.5",
    ),
    // Network
    icon(
        "service",
        &[("core", "Service"), ("serving.knative.dev", "Service"), (ISTIO, "ServiceEntry")],
        "M8 5A3 3 0 0 1 8 11A3 3 0 0 1 8 5ZM8 1.8V5M8 11V14.2M1.8 8H5M11 8H14.2",
    ),
    icon("endpoints", &[("core", "Endpoints")], HUB),
    icon(
        "endpointslice",
        &[("discovery.k8s.io", "EndpointSlice")],
        "M3 4H3.02M3 8H3.02M3 12H3.02M6 4H13.5M6 8H13.5M6 12H13.5",
    ),
    icon("ingress", &[("networking.k8s.io", "Ingress")], "M1.8 8H9.6M6.6 5L9.6 8L6.6 11M13 3V13"),
    icon(
        "ingressclass",
        &[("networking.k8s.io", "IngressClass")],
        "M1.8 5.6H8M5.4 3L8 5.6L5.4 8.2M11.6 2.6V8.6M2 12.6H13.6",
    ),
    icon(
        "gateway",
        &[(GATEWAY, "Gateway"), (GATEWAY, "ListenerSet"), (ISTIO, "Gateway")],
        "M2.6 13.6V7.8A5.4 5.4 0 0 1 13.4 7.8V13.6ZM6 13.6V8.8A2 2 0 0 1 10 8.8V13.6",
    ),
    icon(
        "gatewayclass",
        &[(GATEWAY, "GatewayClass")],
        "M3.4 10.6V6.8A4.6 4.6 0 0 1 12.6 6.8V10.6M6.4 10.6V7.6A1.6 1.6 0 0 1 9.6 7.6V10.6M2 10.6H14M2 13.6H14",
    ),
    icon(
        "route",
        &[
            (GATEWAY, "HTTPRoute"),
            (ISTIO, "VirtualService"),
            ("traefik.io", "IngressRoute"),
            ("route.openshift.io", "Route"),
        ],
        "M2 8H4.5C7.6 8 7.2 4 10.3 4H13.6M4.5 8C7.6 8 7.2 12 10.3 12H13.6M11.6 2L13.6 4L11.6 6M11.6 10L13.6 12L11.6 14",
    ),
    icon("grpc-route", &[(GATEWAY, "GRPCRoute")], "M2 5.4H13M10.6 3L13 5.4L10.6 7.8M14 10.6H3M5.4 8.2L3 10.6L5.4 13"),
    icon(
        "stream-route",
        &[(GATEWAY, "TLSRoute"), (GATEWAY, "TCPRoute"), (GATEWAY, "UDPRoute")],
        "M2 5H14M2 8H14M2 11H9M11.6 8.6L14 11L11.6 13.4",
    ),
    icon(
        "grant",
        &[(GATEWAY, "ReferenceGrant"), (ISTIO, "DestinationRule")],
        "M6.4 9.6L9.6 6.4M7.4 4.9L9 3.3A2.6 2.6 0 0 1 12.7 7L11.1 8.6M8.6 11.1L7 12.7A2.6 2.6 0 0 1 3.3 9L4.9 7.4",
    ),
    icon(
        "network-policy",
        &[
            ("networking.k8s.io", "NetworkPolicy"),
            ("cilium.io", "CiliumNetworkPolicy"),
            ("cilium.io", "CiliumClusterwideNetworkPolicy"),
            ("crd.projectcalico.org", "NetworkPolicy"),
            ("policy.networking.k8s.io", "*"),
        ],
        "M2.2 3H13.8V13H2.2ZM2.2 6.3H13.8M2.2 9.7H13.8M8 3V6.3M5.2 6.3V9.7M10.8 6.3V9.7M8 9.7V13",
    ),
    // Configuration and identity
    icon(
        "configmap",
        &[("core", "ConfigMap")],
        "M4.6 2H9.4L12.6 5.2V13A1 1 0 0 1 11.6 14H4.4A1 1 0 0 1 3.4 13V3.2A1.2 1.2 0 0 1 4.6 2Z\
         M5.8 6.2H7.6M5.8 8.7H10.2M5.8 11.2H10.2",
    ),
    icon(
        "secret",
        &[("core", "Secret"), ("bitnami.com", "SealedSecret"), ("external-secrets.io", "*")],
        "M4.5 7.2H11.5A1 1 0 0 1 12.5 8.2V12.8A1 1 0 0 1 11.5 13.8H4.5A1 1 0 0 1 3.5 12.8V8.2A1 1 0 0 1 4.5 7.2Z\
         M5.6 7.2V4.8A2.4 2.4 0 0 1 10.4 4.8V7.2M8 9.8V11.2",
    ),
    icon(
        "serviceaccount",
        &[("core", "ServiceAccount")],
        "M8 2.4A2.8 2.8 0 0 1 8 8A2.8 2.8 0 0 1 8 2.4ZM3 13.8A5 4.6 0 0 1 13 13.8",
    ),
    icon("role", &[(RBAC, "Role")], SHIELD),
    icon(
        "clusterrole",
        &[(RBAC, "ClusterRole")],
        "M8 2L13 3.8V7.5C13 10.7 10.9 12.8 8 14C5.1 12.8 3 10.7 3 7.5V3.8ZM5.7 7.8L7.4 9.5L10.4 6.3",
    ),
    icon(
        "rolebinding",
        &[(RBAC, "RoleBinding")],
        "M3.5 6.2A1.8 1.8 0 0 1 3.5 9.8A1.8 1.8 0 0 1 3.5 6.2ZM5.3 8H7.4\
         M10.9 3.8L14.3 5V7.7C14.3 9.9 12.9 11.4 10.9 12.2C8.9 11.4 7.5 9.9 7.5 7.7V5Z",
    ),
    icon(
        "clusterrolebinding",
        &[(RBAC, "ClusterRoleBinding")],
        "M3.5 6.2A1.8 1.8 0 0 1 3.5 9.8A1.8 1.8 0 0 1 3.5 6.2ZM5.3 8H7.4\
         M10.9 3.8L14.3 5V7.7C14.3 9.9 12.9 11.4 10.9 12.2C8.9 11.4 7.5 9.9 7.5 7.7V5ZM9.6 8L10.6 9L12.2 7.2",
    ),
    icon(
        "certificate",
        &[("cert-manager.io", "*"), ("acme.cert-manager.io", "*"), ("certificates.k8s.io", "*")],
        "M8 1.8A4.2 4.2 0 0 1 8 10.2A4.2 4.2 0 0 1 8 1.8ZM5.6 9.6L4.9 14L8 12.4L11.1 14L10.4 9.6",
    ),
    // Storage
    icon(
        "persistentvolumeclaim",
        &[("core", "PersistentVolumeClaim")],
        "M3 4.8H13A1 1 0 0 1 14 5.8V10.2A1 1 0 0 1 13 11.2H3A1 1 0 0 1 2 10.2V5.8A1 1 0 0 1 3 4.8ZM4.8 8H4.82M7.4 8H11.4",
    ),
    icon(
        "persistentvolume",
        &[("core", "PersistentVolume")],
        "M2.2 9.4H13.8V12.6A1 1 0 0 1 12.8 13.6H3.2A1 1 0 0 1 2.2 12.6ZM2.2 9.4L4.2 2.6H11.8L13.8 9.4M11 11.5H11.02M5 11.5H8",
    ),
    icon(
        "storageclass",
        &[("storage.k8s.io", "StorageClass")],
        "M3.4 2.6H12.6A1 1 0 0 1 13.6 3.6V12.4A1 1 0 0 1 12.6 13.4H3.4A1 1 0 0 1 2.4 12.4V3.6A1 1 0 0 1 3.4 2.6Z\
         M2.4 6.2H13.6M2.4 9.8H13.6",
    ),
    icon(
        "snapshot",
        &[("snapshot.storage.k8s.io", "*")],
        "M2.2 5H5L6.3 3H9.7L11 5H13.8V13H2.2ZM8 6.4A2.3 2.3 0 0 1 8 11A2.3 2.3 0 0 1 8 6.4Z",
    ),
    icon(
        "storage-driver",
        &[("storage.k8s.io", "*")],
        "M2.4 3H13.6V7H2.4ZM5 5H5.02M8 7V10.4M8 10.4H4.4V13.4M8 10.4H11.6V13.4",
    ),
    // Cluster
    icon(
        "node",
        &[("core", "Node"), ("metrics.k8s.io", "NodeMetrics")],
        "M3.4 2.8H12.6A1 1 0 0 1 13.6 3.8V7H2.4V3.8A1 1 0 0 1 3.4 2.8ZM2.4 7V12.2A1 1 0 0 0 3.4 13.2H12.6\
         A1 1 0 0 0 13.6 12.2V7M5 4.9H5.02M5 10.1H5.02M7.6 4.9H11M7.6 10.1H11",
    ),
    icon(
        "namespace",
        &[("core", "Namespace")],
        "M5.6 2.4H2.4V5.6M10.4 2.4H13.6V5.6M10.4 13.6H13.6V10.4M5.6 13.6H2.4V10.4",
    ),
    icon("event", &[("core", "Event"), ("events.k8s.io", "Event")], "M9.2 1.8L3.4 9H7.4L6.8 14.2L12.6 7H8.6Z"),
    icon(
        "autoscaler",
        &[("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "*")],
        "M8 3.6V12.4M1.8 8H6M14.2 8H10M4 5.6L1.8 8L4 10.4M12 5.6L14.2 8L12 10.4",
    ),
    icon(
        "vertical-autoscaler",
        &[("autoscaling.k8s.io", "*")],
        "M3.6 8H12.4M8 1.8V6M8 14.2V10M5.6 4L8 1.8L10.4 4M5.6 12L8 14.2L10.4 12",
    ),
    icon(
        "budget",
        &[("policy", "PodDisruptionBudget")],
        "M8 2V3.2M2.2 9A5.8 5.8 0 0 1 13.8 9ZM8 9V12.4A1.6 1.6 0 0 0 11.2 12.4",
    ),
    icon("quota", &[("core", "ResourceQuota")], "M3.6 12.4A6 6 0 1 1 12.4 12.4M8 9.2L10.6 5.8"),
    icon("limits", &[("core", "LimitRange")], "M1.8 5.4H14.2V10.6H1.8ZM5 5.4V7.6M8 5.4V8.4M11 5.4V7.6"),
    icon("priority", &[("scheduling.k8s.io", "PriorityClass")], "M3.2 7.8L8 3L12.8 7.8M3.2 12.8L8 8L12.8 12.8"),
    icon(
        "runtime",
        &[("node.k8s.io", "RuntimeClass"), ("resource.k8s.io", "*")],
        "M4.5 4.5H11.5V11.5H4.5ZM6.5 2V4.5M9.5 2V4.5M6.5 11.5V14M9.5 11.5V14M2 6.5H4.5M2 9.5H4.5M11.5 6.5H14M11.5 9.5H14",
    ),
    icon(
        "definition",
        &[("apiextensions.k8s.io", "CustomResourceDefinition")],
        "M6 2.4C3.4 2.4 5.2 7 2.4 8C5.2 9 3.4 13.6 6 13.6M10 2.4C12.6 2.4 10.8 7 13.6 8C10.8 9 12.6 13.6 10 13.6M8 8H8.02",
    ),
    icon(
        "api-service",
        &[("apiregistration.k8s.io", "APIService")],
        "M5.5 1.8V5.2M10.5 1.8V5.2M3.4 5.2H12.6V7A4.6 4.6 0 0 1 3.4 7ZM8 11.6V14.2",
    ),
    icon(
        "validation",
        &[(ADMISSION, "*"), ("kyverno.io", "*"), ("templates.gatekeeper.sh", "*"), ("constraints.gatekeeper.sh", "*")],
        "M3.6 2.6H12.4A1 1 0 0 1 13.4 3.6V12.4A1 1 0 0 1 12.4 13.4H3.6A1 1 0 0 1 2.6 12.4V3.6A1 1 0 0 1 3.6 2.6Z\
         M5.2 8L7.2 10L10.8 6",
    ),
    icon(
        "mutation",
        &[(ADMISSION, "MutatingWebhookConfiguration"), (ADMISSION, "MutatingAdmissionPolicy")],
        "M2.6 13.4L3.4 10.2L10.6 3A1.7 1.7 0 0 1 13 5.4L5.8 12.6ZM9 4.6L11.4 7",
    ),
    icon(
        "gitops",
        &[("argoproj.io", "*"), ("*.toolkit.fluxcd.io", "*")],
        "M4.5 2A1.7 1.7 0 0 1 4.5 5.4A1.7 1.7 0 0 1 4.5 2ZM4.5 10.6A1.7 1.7 0 0 1 4.5 14A1.7 1.7 0 0 1 4.5 10.6Z\
         M11.5 3.4A1.7 1.7 0 0 1 11.5 6.8A1.7 1.7 0 0 1 11.5 3.4ZM4.5 5.4V10.6M11.5 6.8C11.5 9.6 4.5 7.6 4.5 10.6",
    ),
    icon("monitor", &[("monitoring.coreos.com", "*")], "M1.8 8H4.6L6.6 3L9.6 13L11.4 8H14.2"),
    // Outside the cluster
    icon(
        "external-host",
        &[("external", "Host")],
        "M8 2A6 6 0 0 1 8 14A6 6 0 0 1 8 2ZM2 8H14M8 2C10.2 3.8 10.8 5.8 10.8 8S10.2 12.2 8 14C5.8 12.2 5.2 10.2 5.2 8S5.8 3.8 8 2Z",
    ),
    icon(
        "external-address",
        &[("external", "Address"), ("external", "IP"), ("external", "CIDR")],
        "M8 14.2C8 14.2 12.6 10.2 12.6 6.5A4.6 4.6 0 0 0 3.4 6.5C3.4 10.2 8 14.2 8 14.2ZM8 4.8A1.7 1.7 0 0 1 8 8.2A1.7 1.7 0 0 1 8 4.8Z",
    ),
    icon(
        "external-user",
        &[("external", "User"), ("external", "Principal")],
        "M8 2A6 6 0 0 1 8 14A6 6 0 0 1 8 2ZM8 4.6A2.1 2.1 0 0 1 8 8.8A2.1 2.1 0 0 1 8 4.6ZM4 12.4A4.2 4.2 0 0 1 12 12.4",
    ),
    icon(
        "external-group",
        &[("external", "Group")],
        "M6 3A2.3 2.3 0 0 1 6 7.6A2.3 2.3 0 0 1 6 3ZM1.8 13.2A4.2 4.2 0 0 1 10.2 13.2M10.6 3.2A2.3 2.3 0 0 1 10.6 7.4\
         M12.2 9.6A4.2 4.2 0 0 1 14.2 13.2",
    ),
    // Not a kind
    icon(
        "fold",
        &[],
        "M3.4 6.8H12.6A1 1 0 0 1 13.6 7.8V12.6A1 1 0 0 1 12.6 13.6H3.4A1 1 0 0 1 2.4 12.6V7.8A1 1 0 0 1 3.4 6.8ZM4.2 4.4H11.8M5.8 2H10.2",
    ),
    CUSTOM,
];

const SHIELD: &str = "M8 2L13 3.8V7.5C13 10.7 10.9 12.8 8 14C5.1 12.8 3 10.7 3 7.5V3.8Z";
const HUB: &str = "M4 6.2A1.8 1.8 0 0 1 4 9.8A1.8 1.8 0 0 1 4 6.2ZM12 2.4A1.8 1.8 0 0 1 12 6A1.8 1.8 0 0 1 12 2.4Z\
                   M12 10A1.8 1.8 0 0 1 12 13.6A1.8 1.8 0 0 1 12 10ZM5.6 7.2L10.4 5M5.6 8.8L10.4 11";
