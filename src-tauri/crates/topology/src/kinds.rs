//! What the rules know of kinds: where their pod templates lie, which are drawn, which are custom.

use model::ResourceKey;
use serde_json::Value;

use crate::json::{At, list};

/// Kinds that hold a pod template, with the path to the template's parent. Rollouts are workloads everywhere.
pub(crate) const WORKLOADS: &[(&str, &str)] = &[
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("batch", "Job"),
    ("batch", "CronJob"),
    ("", "ReplicationController"),
    ("", "PodTemplate"),
    ("argoproj.io", "Rollout"),
    ("keda.sh", "ScaledJob"),
];

/// Pods and the kinds that hold a pod template.
pub(crate) const POD_SOURCES: &[(&str, &str)] = &[
    ("", "Pod"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("batch", "Job"),
    ("batch", "CronJob"),
    ("", "ReplicationController"),
    ("", "PodTemplate"),
    ("argoproj.io", "Rollout"),
    ("keda.sh", "ScaledJob"),
];

/// Whether objects of this kind are nodes of the graph. Events and Leases are facts about others: they are counted in the
/// coverage alone.
pub fn is_drawn(group: &str, kind: &str) -> bool {
    match kind {
        "Event" => !matches!(group, "" | "events.k8s.io"),
        "Lease" => group != "coordination.k8s.io",
        _ => true,
    }
}

pub(crate) fn is_left_out(key: &ResourceKey) -> bool {
    !is_drawn(key.group(), key.kind())
}

/// The pod template of a workload.
pub(crate) fn pod_template<'a>(body: &'a Value, key: &ResourceKey) -> Option<&'a Value> {
    match (key.group(), key.kind()) {
        ("batch", "CronJob") => body.at("/spec/jobTemplate/spec/template"),
        ("keda.sh", "ScaledJob") => body.at("/spec/jobTargetRef/template"),
        ("", "PodTemplate") => body.get("template"),
        _ => body.at("/spec/template"),
    }
}

/// What volumes are made of, as far as rules read it; several together are a set.
pub(crate) mod volume {
    pub(crate) const CONFIG_MAP: u8 = 1;
    pub(crate) const SECRET: u8 = 1 << 1;
    pub(crate) const PROJECTED: u8 = 1 << 2;
    pub(crate) const CLAIM: u8 = 1 << 3;
    pub(crate) const EPHEMERAL: u8 = 1 << 4;
    pub(crate) const CSI: u8 = 1 << 5;
    /// What an older driver serves.
    pub(crate) const DRIVER: u8 = 1 << 6;

    pub(super) fn of(field: &str) -> u8 {
        match field {
            "configMap" => CONFIG_MAP,
            "secret" => SECRET,
            "projected" => PROJECTED,
            "persistentVolumeClaim" => CLAIM,
            "ephemeral" => EPHEMERAL,
            "csi" => CSI,
            "azureFile" | "cephfs" | "flexVolume" | "iscsi" | "rbd" | "scaleIO" | "storageos" => DRIVER,
            _ => 0,
        }
    }
}

/// A pod spec and the path to it, with the lists that many rules read.
#[derive(Clone, Copy)]
pub(crate) struct PodSpec<'a> {
    pub(crate) spec: &'a Value,
    pub(crate) path: &'static str,
    pub(crate) is_pod: bool,
    volumes: &'a [Value],
    /// What they are made of: most rules look for what no volume of most pods has.
    volumes_hold: u8,
    /// All three lists of containers by their names.
    pub(crate) containers: [(&'static str, &'a [Value]); 3],
}

impl<'a> PodSpec<'a> {
    pub(crate) fn new(spec: &'a Value, path: &'static str, is_pod: bool) -> Self {
        let containers = ["initContainers", "containers", "ephemeralContainers"].map(|name| (name, list(spec, name)));
        let volumes = list(spec, "volumes");
        let fields = volumes.iter().filter_map(Value::as_object).flat_map(|volume| volume.keys());
        let volumes_hold = fields.fold(0, |hold, field| hold | volume::of(field));
        Self { spec, path, is_pod, volumes, volumes_hold, containers }
    }

    /// Its volumes, where some are made of one of these.
    pub(crate) fn volumes_of(&self, kinds: u8) -> &'a [Value] {
        if self.volumes_hold & kinds == 0 { &[] } else { self.volumes }
    }

    /// Each container with its list's name.
    pub(crate) fn containers(&self) -> impl Iterator<Item = (&'static str, &'a Value)> + use<'a> {
        self.containers.into_iter().flat_map(|(name, list)| list.iter().map(move |container| (name, container)))
    }
}

/// The pod spec of a pod or of a workload's template, with its path.
pub(crate) fn pod_spec<'a>(body: &'a Value, key: &ResourceKey) -> Option<PodSpec<'a>> {
    let group_kind = (key.group(), key.kind());
    let (path, spec, is_pod) = match group_kind {
        ("", "Pod") => ("spec", body.get("spec"), true),
        ("batch", "CronJob") => {
            ("spec.jobTemplate.spec.template.spec", body.at("/spec/jobTemplate/spec/template/spec"), false)
        }
        ("keda.sh", "ScaledJob") => {
            ("spec.jobTargetRef.template.spec", body.at("/spec/jobTargetRef/template/spec"), false)
        }
        ("", "PodTemplate") => ("template.spec", body.at("/template/spec"), false),
        _ if WORKLOADS.contains(&group_kind) => ("spec.template.spec", body.at("/spec/template/spec"), false),
        _ => return None,
    };
    Some(PodSpec::new(spec?, path, is_pod))
}

/// Whether the API is part of Kubernetes itself; all others are custom resources.
pub(crate) fn is_built_in(group: &str) -> bool {
    !group.contains('.')
        || matches!(
            group,
            "admissionregistration.k8s.io"
                | "apiextensions.k8s.io"
                | "apiregistration.k8s.io"
                | "authentication.k8s.io"
                | "authorization.k8s.io"
                | "certificates.k8s.io"
                | "coordination.k8s.io"
                | "discovery.k8s.io"
                | "events.k8s.io"
                | "flowcontrol.apiserver.k8s.io"
                | "internal.apiserver.k8s.io"
                | "networking.k8s.io"
                | "node.k8s.io"
                | "rbac.authorization.k8s.io"
                | "resource.k8s.io"
                | "scheduling.k8s.io"
                | "storage.k8s.io"
                | "storagemigration.k8s.io"
                | "metrics.k8s.io"
        )
}

/// Whether Kubernetes makes the object of this name itself, in every cluster or every namespace.
pub(crate) fn comes_with_kubernetes(key: &ResourceKey) -> bool {
    let (namespace, name) = (key.namespace(), key.name());
    match (key.group(), key.kind()) {
        ("rbac.authorization.k8s.io", "ClusterRole") => {
            matches!(name, "admin" | "cluster-admin" | "edit" | "view") || name.starts_with("system:")
        }
        ("rbac.authorization.k8s.io", "Role") => {
            let bootstrap = name.starts_with("system:") || name == "extension-apiserver-authentication-reader";
            bootstrap && matches!(namespace, "kube-system" | "kube-public")
        }
        ("scheduling.k8s.io", "PriorityClass") => {
            matches!(name, "system-cluster-critical" | "system-node-critical")
        }
        ("", "ServiceAccount") => name == "default",
        ("", "ConfigMap") => {
            name == "kube-root-ca.crt" || (namespace == "kube-system" && name == "extension-apiserver-authentication")
        }
        ("", "Namespace") => matches!(name, "default" | "kube-node-lease" | "kube-public" | "kube-system"),
        ("", "Service") => namespace == "default" && name == "kubernetes",
        _ => false,
    }
}
