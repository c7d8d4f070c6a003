//! Which kinds are listed first: those the eye looks for.

use model::GroupKind;

/// Lower comes first.
pub(super) fn rank(kind: &GroupKind) -> u8 {
    match (&*kind.group, &*kind.kind) {
        // Pods early because they are many: what follows is listed beside them. These two are asked for while discovery is
        // under way.
        ("", "Namespace" | "Pod") => 0,
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet") => 1,
        ("apps", "ReplicaSet") | ("batch", "Job" | "CronJob") => 3,
        ("", "Service" | "Node") => 4,
        ("networking.k8s.io" | "gateway.networking.k8s.io", _) => 5,
        ("", "Event") => 8,
        ("coordination.k8s.io", _) => 7,
        _ => 6,
    }
}
