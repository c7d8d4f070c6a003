//! What a server serves: every kind that can be listed and watched, in the one version the server prefers.

use std::collections::{BTreeMap, BTreeSet};

use http::header::CONTENT_TYPE;
use model::{GroupKind, KINDS, ResourceKind};
use serde::Deserialize;

use crate::client::{ApiClient, Ask, Limit, read_all};
use crate::failure::Failure;

/// Two requests instead of two per group, where the server can (Kubernetes 1.27 and later).
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
    application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// What discovery found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Served {
    /// Ordered by group and kind.
    pub(crate) kinds: Vec<ResourceKind>,
    /// Groups whose server does not answer at the moment: nothing is known of their kinds.
    pub(crate) silent_groups: BTreeSet<String>,
    /// The account may not ask: the kinds are those that every server has, and nothing is known of others.
    pub(crate) is_guessed: bool,
}

/// What every server of these years serves, in the version it is served in.
const BUILT_IN: [(&str, &str, &[&str]); 14] = [
    (
        "",
        "v1",
        &[
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
        ],
    ),
    ("admissionregistration.k8s.io", "v1", &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]),
    ("apiextensions.k8s.io", "v1", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", "v1", &["APIService"]),
    ("apps", "v1", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    ("autoscaling", "v2", &["HorizontalPodAutoscaler"]),
    ("batch", "v1", &["CronJob", "Job"]),
    ("coordination.k8s.io", "v1", &["Lease"]),
    ("discovery.k8s.io", "v1", &["EndpointSlice"]),
    ("networking.k8s.io", "v1", &["Ingress", "IngressClass", "NetworkPolicy"]),
    ("policy", "v1", &["PodDisruptionBudget"]),
    ("rbac.authorization.k8s.io", "v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
    ("scheduling.k8s.io", "v1", &["PriorityClass"]),
    ("storage.k8s.io", "v1", &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"]),
];

impl Served {
    fn of(resources: Vec<Resource>, silent_groups: BTreeSet<String>) -> Self {
        let mut kinds: BTreeMap<GroupKind, ResourceKind> = BTreeMap::new();
        for resource in resources {
            let can = |verb: &str| resource.verbs.iter().any(|other| other == verb);
            // Subresources carry a slash; the first version of a group is the preferred one.
            if can("list") && can("watch") && !resource.plural.contains('/') {
                let group_kind = GroupKind::new(&resource.group, &resource.kind);
                kinds.entry(group_kind.clone()).or_insert_with(|| ResourceKind {
                    group_kind,
                    version: resource.version.as_str().into(),
                    plural: resource.plural.as_str().into(),
                    namespaced: resource.namespaced,
                });
            }
        }
        // The same events are served under both groups.
        if kinds.contains_key(&GroupKind::new("", "Event")) {
            kinds.remove(&GroupKind::new("events.k8s.io", "Event"));
        }
        Self { kinds: kinds.into_values().collect(), silent_groups, is_guessed: false }
    }

    /// What every server serves, for an account that may not ask.
    pub(crate) fn guessed() -> Self {
        let named =
            BUILT_IN.iter().flat_map(|(group, version, kinds)| kinds.iter().map(move |kind| (*group, *version, *kind)));
        let kinds: BTreeMap<GroupKind, ResourceKind> = named
            .filter_map(|(group, version, kind)| {
                let facts = KINDS.iter().find(|facts| facts.group == group && facts.kind == kind)?;
                let group_kind = GroupKind::new(group, kind);
                let kind = ResourceKind {
                    group_kind: group_kind.clone(),
                    version: version.into(),
                    plural: facts.plural.into(),
                    namespaced: facts.namespaced,
                };
                Some((group_kind, kind))
            })
            .collect();
        Self { kinds: kinds.into_values().collect(), silent_groups: BTreeSet::new(), is_guessed: true }
    }
}

/// One line of discovery, in the order of the server's preference.
#[derive(Debug)]
struct Resource {
    group: String,
    version: String,
    plural: String,
    kind: String,
    namespaced: bool,
    verbs: Vec<String>,
}

/// Asks the server.
pub(crate) async fn discover(client: &ApiClient) -> Result<Served, Failure> {
    let (core, groups) = tokio::join!(ask(client, "/api"), ask(client, "/apis"));
    if let (Err(Failure::Forbidden(_)), _) | (_, Err(Failure::Forbidden(_))) = (&core, &groups) {
        return Ok(Served::guessed());
    }
    let mut resources = Vec::new();
    let mut silent = BTreeSet::new();
    match core? {
        Answer::Aggregated(list) => list.flatten(&mut resources, &mut silent),
        Answer::Legacy(bytes) => {
            let core: CoreVersions = read(&bytes)?;
            for version in core.versions {
                legacy_version(client, "", &version, &mut resources, &mut silent).await?;
            }
        }
    }
    match groups? {
        Answer::Aggregated(list) => list.flatten(&mut resources, &mut silent),
        Answer::Legacy(bytes) => {
            let groups: Groups = read(&bytes)?;
            for group in groups.groups {
                let mut versions: Vec<String> = group.versions.into_iter().map(|version| version.version).collect();
                versions.sort_by_key(|version| group.preferred_version.version != *version);
                for version in versions {
                    legacy_version(client, &group.name, &version, &mut resources, &mut silent).await?;
                }
            }
        }
    }
    Ok(Served::of(resources, silent))
}

enum Answer {
    Aggregated(GroupList),
    Legacy(bytes::Bytes),
}

async fn ask(client: &ApiClient, path: &str) -> Result<Answer, Failure> {
    let gzip = false;
    let answer = client.get(Ask { path, accept: AGGREGATED, gzip }).await?;
    let content =
        answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let bytes = read_all(answer.into_body(), Limit::DISCOVERY).await?;
    if content.contains("as=APIGroupDiscoveryList") {
        Ok(Answer::Aggregated(read(&bytes)?))
    } else {
        Ok(Answer::Legacy(bytes))
    }
}

async fn legacy_version(
    client: &ApiClient,
    group: &str,
    version: &str,
    resources: &mut Vec<Resource>,
    silent: &mut BTreeSet<String>,
) -> Result<(), Failure> {
    let path = if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
    match client.json::<ResourceList>(&path, Limit::DISCOVERY).await {
        Ok(list) => resources.extend(list.resources.into_iter().map(|resource| Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: resource.name,
            kind: resource.kind,
            namespaced: resource.namespaced,
            verbs: resource.verbs,
        })),
        // An aggregated API whose server is away answers 503; the others are there all the same.
        Err(Failure::Busy { .. } | Failure::NotFound(_) | Failure::Malformed(_)) if !group.is_empty() => {
            silent.insert(group.to_owned());
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| Failure::Malformed(error.to_string()))
}

#[derive(Deserialize)]
struct GroupList {
    #[serde(default)]
    items: Vec<AggregatedGroup>,
}

#[derive(Deserialize)]
struct AggregatedGroup {
    #[serde(default)]
    metadata: Name,
    #[serde(default)]
    versions: Vec<AggregatedVersion>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Name {
    name: String,
}

#[derive(Deserialize)]
struct AggregatedVersion {
    version: String,
    #[serde(default)]
    freshness: String,
    #[serde(default)]
    resources: Vec<AggregatedResource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AggregatedResource {
    resource: String,
    #[serde(default)]
    response_kind: Option<ResponseKind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    verbs: Vec<String>,
}

#[derive(Deserialize)]
struct ResponseKind {
    kind: String,
}

impl GroupList {
    fn flatten(self, resources: &mut Vec<Resource>, silent: &mut BTreeSet<String>) {
        for group in self.items {
            for version in group.versions {
                if version.freshness == "Stale" {
                    silent.insert(group.metadata.name.clone());
                }
                for resource in version.resources {
                    let Some(kind) = resource.response_kind else { continue };
                    resources.push(Resource {
                        group: group.metadata.name.clone(),
                        version: version.version.clone(),
                        plural: resource.resource,
                        kind: kind.kind,
                        namespaced: resource.scope == "Namespaced",
                        verbs: resource.verbs,
                    });
                }
            }
        }
    }
}

#[derive(Deserialize)]
struct CoreVersions {
    versions: Vec<String>,
}

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    groups: Vec<LegacyGroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LegacyGroup {
    name: String,
    #[serde(default)]
    versions: Vec<GroupVersion>,
    #[serde(default)]
    preferred_version: GroupVersion,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GroupVersion {
    version: String,
}

#[derive(Deserialize)]
struct ResourceList {
    #[serde(default)]
    resources: Vec<LegacyResource>,
}

#[derive(Deserialize)]
struct LegacyResource {
    name: String,
    kind: String,
    #[serde(default)]
    namespaced: bool,
    #[serde(default)]
    verbs: Vec<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_kind_that_is_guessed_is_in_the_table_of_kinds() {
        let wanted: usize = BUILT_IN.iter().map(|(.., kinds)| kinds.len()).sum();
        assert_eq!(Served::guessed().kinds.len(), wanted);
    }

    #[test]
    fn one_preferred_version_of_what_can_be_watched() {
        let list = r#"{"items": [
            {"metadata": {"name": ""}, "versions": [{"version": "v1", "resources": [
                {"resource": "events", "responseKind": {"kind": "Event"}, "scope": "Namespaced", "verbs": ["list", "watch"]},
                {"resource": "nodes", "responseKind": {"kind": "Node"}, "scope": "Cluster", "verbs": ["list", "watch"]},
                {"resource": "bindings", "responseKind": {"kind": "Binding"}, "scope": "Namespaced", "verbs": ["create"]}]}]},
            {"metadata": {"name": "events.k8s.io"}, "versions": [{"version": "v1", "resources": [
                {"resource": "events", "responseKind": {"kind": "Event"}, "scope": "Namespaced", "verbs": ["list", "watch"]}]}]},
            {"metadata": {"name": "autoscaling"}, "versions": [
                {"version": "v2", "resources": [{"resource": "horizontalpodautoscalers", "responseKind": {"kind": "HorizontalPodAutoscaler"}, "scope": "Namespaced", "verbs": ["list", "watch"]}]},
                {"version": "v1", "resources": [{"resource": "horizontalpodautoscalers", "responseKind": {"kind": "HorizontalPodAutoscaler"}, "scope": "Namespaced", "verbs": ["list", "watch"]}]}]},
            {"metadata": {"name": "away.example.com"}, "versions": [{"version": "v1", "freshness": "Stale"}]}]}"#;
        let (mut resources, mut silent) = (Vec::new(), BTreeSet::new());
        serde_json::from_str::<GroupList>(list).unwrap().flatten(&mut resources, &mut silent);
        let served = Served::of(resources, silent);
        let kinds: Vec<String> = served
            .kinds
            .iter()
            .map(|kind| format!("{} {} {}", kind.group_kind, kind.version, kind.namespaced))
            .collect();
        assert_eq!(kinds, ["core/Event v1 true", "core/Node v1 false", "autoscaling/HorizontalPodAutoscaler v2 true"]);
        assert!(served.silent_groups.contains("away.example.com"));
    }
}
