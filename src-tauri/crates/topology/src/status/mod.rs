//! How well an object is by itself: the word kubectl prints, the line of its card, its health.
//! One kind per file; a table says which function reads which kind.

mod cluster;
mod config;
mod custom;
mod job;
mod network;
mod pod;
mod policy;
mod storage;
mod workload;

use std::sync::Arc;

use model::{Health, ResourceKey};
use serde_json::Value;

use crate::json::At;
use crate::source::Source;

pub(crate) use pod::{absent_key, remarks};

/// What an object says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Appraisal {
    pub(crate) status: Arc<str>,
    pub(crate) caption: Arc<str>,
    pub(crate) health: Health,
    /// A word of trouble that also stands on its owners.
    pub(crate) trouble: Option<Arc<str>>,
    pub(crate) ready: Option<(u32, u32)>,
}

impl Default for Appraisal {
    fn default() -> Self {
        Self { status: Arc::default(), caption: Arc::default(), health: Health::Neutral, trouble: None, ready: None }
    }
}

impl Appraisal {
    pub(crate) fn new(health: Health, status: impl Into<Arc<str>>, caption: impl Into<Arc<str>>) -> Self {
        Self { status: status.into(), caption: caption.into(), health, trouble: None, ready: None }
    }

    pub(crate) fn ready(mut self, ready: u64, wanted: u64) -> Self {
        let short = |number| u32::try_from(number).unwrap_or(u32::MAX);
        self.ready = Some((short(ready), short(wanted)));
        self
    }
}

type Appraise = fn(&Source<'_>) -> Appraisal;

const GATEWAY: &str = "gateway.networking.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";

const TABLE: &[((&str, &str), Appraise)] = &[
    (("", "Pod"), pod::appraise),
    (("apps", "Deployment"), workload::deployment),
    (("argoproj.io", "Rollout"), workload::deployment),
    (("apps", "ReplicaSet"), workload::replica_set),
    (("", "ReplicationController"), workload::replica_set),
    (("apps", "StatefulSet"), workload::stateful_set),
    (("apps", "DaemonSet"), workload::daemon_set),
    (("batch", "Job"), job::job),
    (("batch", "CronJob"), job::cron_job),
    (("", "Service"), network::service),
    (("", "Endpoints"), network::endpoints),
    (("discovery.k8s.io", "EndpointSlice"), network::endpoints),
    (("networking.k8s.io", "Ingress"), network::ingress),
    (("networking.k8s.io", "NetworkPolicy"), network::network_policy),
    ((GATEWAY, "HTTPRoute"), network::route),
    ((GATEWAY, "GRPCRoute"), network::route),
    ((GATEWAY, "TLSRoute"), network::route),
    ((GATEWAY, "TCPRoute"), network::route),
    ((GATEWAY, "UDPRoute"), network::route),
    (("", "PersistentVolumeClaim"), storage::claim),
    (("", "PersistentVolume"), storage::volume),
    (("storage.k8s.io", "StorageClass"), storage::class),
    (("", "Node"), cluster::node),
    (("", "Namespace"), cluster::namespace),
    (("", "ResourceQuota"), cluster::quota),
    (("apiextensions.k8s.io", "CustomResourceDefinition"), cluster::definition),
    (("apiregistration.k8s.io", "APIService"), cluster::api_service),
    (("autoscaling", "HorizontalPodAutoscaler"), policy::autoscaler),
    (("policy", "PodDisruptionBudget"), policy::budget),
    (("", "ConfigMap"), config::config_map),
    (("", "Secret"), config::secret),
    ((RBAC, "Role"), config::role),
    ((RBAC, "ClusterRole"), config::role),
    ((RBAC, "RoleBinding"), config::binding),
    ((RBAC, "ClusterRoleBinding"), config::binding),
    (("argoproj.io", "Application"), custom::application),
];

/// What the object says of itself.
pub(crate) fn appraise(source: &Source<'_>) -> Appraisal {
    // The kind first: groups are the same for half of the table, and this is asked of every object.
    let (group, kind) = (source.key.group(), source.key.kind());
    let row = TABLE.iter().find(|((its_group, its_kind), _)| *its_kind == kind && *its_group == group);
    let appraise = row.map(|(_, appraise)| *appraise);
    match appraise {
        Some(appraise) => appraise(source),
        None if crate::kinds::is_built_in(source.key.group()) => Appraisal::default(),
        None => custom::appraise(source),
    }
}

/// Whether anything has told how the object fares; manifests say nothing.
pub(crate) fn has_status(body: &Value) -> bool {
    body.get("status").and_then(Value::as_object).is_some_and(|status| !status.is_empty())
}

/// The health of what works by being there: well in a cluster, nothing to say in a manifest.
pub(crate) fn plainly_alive(source: &Source<'_>) -> Health {
    if source.object.uid.is_some() { Health::Ok } else { Health::Neutral }
}

/// `1 key`, `2 keys`
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// An integer at a JSON pointer, zero where it is absent.
pub(crate) fn number(body: &Value, pointer: &str) -> u64 {
    body.at(pointer).and_then(Value::as_u64).unwrap_or(0)
}

/// A condition of `status.conditions` by its type.
pub(crate) fn condition<'a>(body: &'a Value, kind: &str) -> Option<&'a Value> {
    let conditions = body.at("/status/conditions").and_then(Value::as_array)?;
    conditions.iter().find(|condition| condition.get("type").and_then(Value::as_str) == Some(kind))
}

/// Whether a condition has this status.
pub(crate) fn condition_is(body: &Value, kind: &str, status: &str) -> bool {
    condition(body, kind).and_then(|condition| condition.get("status")).and_then(Value::as_str) == Some(status)
}

/// Whether the object is being deleted.
pub(crate) fn is_terminating(body: &Value) -> bool {
    body.at("/metadata/deletionTimestamp").is_some_and(|stamp| !stamp.is_null())
}

pub(crate) type Remarks = Vec<(ResourceKey, Arc<str>)>;

#[cfg(test)]
mod tests;
