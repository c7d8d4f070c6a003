//! Names that objects carry elsewhere than in labels, made searchable like labels: `@` and a word.

use std::sync::Arc;

use crate::source::Source;

/// The class that applies where none is named.
pub(crate) const DEFAULT_CLASS: &str = "@default";
/// When a default class was made: of several the newest applies.
pub(crate) const CREATED: &str = "@created";
/// `namespace/name` of the Helm release that made the object.
pub(crate) const HELM_RELEASE: &str = "@helm";
/// Argo CD's name of the application that tracks the object: `web`, or `team_web` of one in namespace `team`.
pub(crate) const ARGO_APPLICATION: &str = "@argo";
/// Name of the application by the older label, which Helm charts set as well.
pub(crate) const ARGO_LABEL: &str = "@argo-label";
/// `<template>-<set>` of a claim that a StatefulSet's template made, without the ordinal.
pub(crate) const CLAIM_STEM: &str = "@claim";

/// The label with a namespace's name.
pub(crate) const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

const DEFAULT_ANNOTATIONS: [&str; 3] = [
    "ingressclass.kubernetes.io/is-default-class",
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
];

/// The marks of an object.
pub(crate) fn of(source: &Source<'_>) -> Vec<(&'static str, Arc<str>)> {
    let mut marks: Vec<(&'static str, Arc<str>)> = Vec::new();
    if source.key.is("", "PersistentVolumeClaim")
        && let Some((stem, ordinal)) = source.key.name().rsplit_once('-')
        && !ordinal.is_empty()
        && ordinal.bytes().all(|digit| digit.is_ascii_digit())
    {
        marks.push((CLAIM_STEM, stem.into()));
    }
    // The API server gives every namespace its name as a label; manifests leave that to it.
    if source.key.is("", "Namespace") && source.label(NAMESPACE_NAME).is_none() {
        marks.push((NAMESPACE_NAME, source.key.name().into()));
    }
    let global = source.key.is("scheduling.k8s.io", "PriorityClass")
        && source.body.get("globalDefault").and_then(serde_json::Value::as_bool) == Some(true);
    if source.annotations.is_object() {
        if let Some(release) = source.annotation("meta.helm.sh/release-name")
            && source.label("app.kubernetes.io/managed-by") == Some("Helm")
        {
            let namespace = source.annotation("meta.helm.sh/release-namespace").unwrap_or(source.namespace);
            marks.push((HELM_RELEASE, source.shared(&format!("{namespace}/{release}"))));
        }
        if let Some((application, named)) = tracking_id(source).and_then(|id| id.split_once(':'))
            && names_this(named, source)
        {
            marks.push((ARGO_APPLICATION, application.into()));
        }
        if DEFAULT_ANNOTATIONS.iter().any(|name| source.annotation(name) == Some("true")) {
            marks.push((DEFAULT_CLASS, "true".into()));
        }
    }
    // The older way of Argo CD to mark objects is a label that Helm charts set as well; what Helm installed itself, or
    // what a controller made, is not meant.
    let owned = !source.owners.is_empty();
    if !owned
        && tracking_id(source).is_none()
        && !marks.iter().any(|(mark, _)| *mark == HELM_RELEASE)
        && let Some(instance) = source.label("app.kubernetes.io/instance")
    {
        marks.push((ARGO_LABEL, source.shared(instance)));
    }
    if global {
        marks.push((DEFAULT_CLASS, "true".into()));
    }
    if marks.iter().any(|(mark, _)| *mark == DEFAULT_CLASS)
        && let Some(created) = source.text("/metadata/creationTimestamp")
    {
        marks.push((CREATED, created.into()));
    }
    marks
}

/// What Argo CD wrote on the object: `application:group/Kind:namespace/name`.
fn tracking_id<'a>(source: &Source<'a>) -> Option<&'a str> {
    source.annotation("argocd.argoproj.io/tracking-id")
}

/// Whether a tracking id names this very object. Copies of an object carry the id of the original.
/// For cluster-scoped objects Argo CD writes the namespace that the application deploys to.
/// <https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/>
fn names_this(named: &str, source: &Source<'_>) -> bool {
    let Some((kind, place)) = named.split_once(':') else { return false };
    let (group, kind) = kind.split_once('/').unwrap_or(("", kind));
    let (namespace, name) = place.split_once('/').unwrap_or(("", place));
    source.key.is(model::GroupKind::new(group, kind).group.as_ref(), kind)
        && name == source.key.name()
        && (source.namespace.is_empty() || namespace == source.namespace)
}
