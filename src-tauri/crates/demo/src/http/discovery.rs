//! Which groups, versions and resources there are, in the legacy and in the aggregated form.

use axum::response::Response;
use http::{HeaderValue, header};
use serde_json::{Value, json};

use super::refusal::{Refusal, json_response};
use crate::kinds::{Kind, Registry};

/// The demo is read-only, and discovery says so.
const VERBS: [&str; 3] = ["get", "list", "watch"];

/// Resources that are not stored: (group, version, plural, kind, namespaced, verbs).
type Virtual = (&'static str, &'static str, &'static str, &'static str, bool, &'static [&'static str]);

const VIRTUAL: &[Virtual] = &[
    ("", "v1", "pods/log", "Pod", true, &["get"]),
    ("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false, &["create"]),
    ("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", false, &["create"]),
    ("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", false, &["create"]),
    ("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", false, &["get", "list"]),
    ("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", true, &["get", "list"]),
];

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// Whether the request prefers aggregated discovery.
pub(crate) fn wants_aggregated(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        parts.next() == Some("application/json")
            && parts.clone().any(|part| part == "as=APIGroupDiscoveryList")
            && parts.any(|part| part == "v=v2")
    })
}

/// `/api` and `/apis` in one answer per prefix, resources included.
pub(crate) fn aggregated(registry: &Registry, core: bool) -> Response {
    let items: Vec<Value> = groups(registry)
        .into_iter()
        .filter(|(group, _)| group.is_empty() == core)
        .map(|(group, version)| {
            let mut metadata = json!({"creationTimestamp": null});
            if !group.is_empty() {
                metadata["name"] = group.into();
            }
            json!({
                "metadata": metadata,
                "versions": [{
                    "version": version,
                    "resources": aggregated_resources(registry, group, version),
                    "freshness": "Current",
                }],
            })
        })
        .collect();
    let mut response = json_response(&json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    }));
    let content = HeaderValue::from_static(AGGREGATED);
    response.headers_mut().insert(header::CONTENT_TYPE, content);
    response
}

fn aggregated_resources(registry: &Registry, group: &str, version: &str) -> Vec<Value> {
    let mut resources: Vec<Value> = kinds(registry, group, version)
        .map(|kind| {
            let mut resource = json!({
                "resource": kind.plural,
                "responseKind": {"group": group, "version": version, "kind": kind.kind},
                "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
                "singularResource": kind.kind.to_lowercase(),
                "verbs": VERBS,
            });
            if !kind.short.is_empty() {
                resource["shortNames"] = json!(kind.short);
            }
            if !kind.categories.is_empty() {
                resource["categories"] = json!(kind.categories);
            }
            resource
        })
        .collect();
    for (_, _, plural, kind, namespaced, verbs) in virtuals(group, version) {
        let response_kind = json!({"group": group, "version": version, "kind": kind});
        if let Some((parent, subresource)) = plural.split_once('/') {
            let parent = resources.iter_mut().find(|resource| resource["resource"] == parent);
            if let Some(parent) = parent {
                parent["subresources"] = json!([{
                    "subresource": subresource,
                    "responseKind": response_kind,
                    "verbs": verbs,
                }]);
            }
            continue;
        }
        resources.push(json!({
            "resource": plural,
            "responseKind": response_kind,
            "scope": if *namespaced { "Namespaced" } else { "Cluster" },
            "singularResource": "",
            "verbs": verbs,
        }));
    }
    resources
}

/// `/api`.
pub(crate) fn core_versions(address: &str) -> Value {
    json!({
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    })
}

/// `/apis`.
pub(crate) fn group_list(registry: &Registry) -> Value {
    let groups: Vec<Value> = groups(registry)
        .into_iter()
        .filter(|(group, _)| !group.is_empty())
        .map(|(group, version)| group_entry(group, version))
        .collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// `/apis/GROUP`.
pub(crate) fn group(registry: &Registry, group: &str) -> Result<Value, Refusal> {
    let (group, version) = groups(registry)
        .into_iter()
        .find(|(name, _)| !name.is_empty() && *name == group)
        .ok_or_else(Refusal::no_such_resource)?;
    let mut entry = group_entry(group, version);
    entry["kind"] = "APIGroup".into();
    entry["apiVersion"] = "v1".into();
    Ok(entry)
}

/// `/api/v1` and `/apis/GROUP/VERSION`.
pub(crate) fn resources(registry: &Registry, group: &str, version: &str) -> Result<Value, Refusal> {
    if !groups(registry).contains(&(group, version)) {
        return Err(Refusal::no_such_resource());
    }
    let mut resources: Vec<Value> = kinds(registry, group, version)
        .map(|kind| {
            let mut resource = json!({
                "name": kind.plural,
                "singularName": kind.kind.to_lowercase(),
                "namespaced": kind.namespaced,
                "kind": kind.kind,
                "verbs": VERBS,
            });
            if !kind.short.is_empty() {
                resource["shortNames"] = json!(kind.short);
            }
            if !kind.categories.is_empty() {
                resource["categories"] = json!(kind.categories);
            }
            resource
        })
        .collect();
    resources.extend(virtuals(group, version).map(|(_, _, plural, kind, namespaced, verbs)| {
        json!({
            "name": plural,
            "singularName": "",
            "namespaced": namespaced,
            "kind": kind,
            "verbs": verbs,
        })
    }));
    let group_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    let mut list = json!({"kind": "APIResourceList", "groupVersion": group_version, "resources": resources});
    // The core group's is written as before there were groups, without its own version.
    if !group.is_empty() {
        list["apiVersion"] = "v1".into();
    }
    Ok(list)
}

fn group_entry(group: &str, version: &str) -> Value {
    let version = json!({"groupVersion": format!("{group}/{version}"), "version": version});
    json!({"name": group, "versions": [version], "preferredVersion": version})
}

fn groups(registry: &Registry) -> Vec<(&str, &str)> {
    let mut groups = registry.groups();
    for (group, version, ..) in VIRTUAL {
        if !groups.contains(&(*group, *version)) {
            groups.push((group, version));
        }
    }
    groups
}

/// Whether there is anything of that group.
pub(crate) fn serves(registry: &Registry, group: &str) -> bool {
    groups(registry).iter().any(|(known, _)| *known == group)
}

fn kinds<'a>(registry: &'a Registry, group: &'a str, version: &'a str) -> impl Iterator<Item = &'a Kind> {
    registry.iter().map(|(_, kind)| kind).filter(move |kind| kind.group == group && kind.version == version)
}

fn virtuals<'a>(group: &'a str, version: &'a str) -> impl Iterator<Item = &'a Virtual> {
    VIRTUAL.iter().filter(move |(of_group, of_version, ..)| *of_group == group && *of_version == version)
}
