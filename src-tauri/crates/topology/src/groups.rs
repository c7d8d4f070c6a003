//! The application that an object belongs to, by its own labels.

use std::sync::Arc;

use crate::Labels;
use crate::facts::Source;

/// Labels that name an application, the most deliberate first.
pub(crate) const APP_LABELS: [&str; 6] = [
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/name",
    "app.kubernetes.io/component",
    "app",
    "k8s-app",
];

/// The application an object names itself: by its labels, its pod template's, or, for a Service, its selector's.
/// Cluster-scoped objects belong to none.
pub(crate) fn own_app(source: &Source<'_>, labels: &Labels, template: Option<&Labels>) -> Option<Arc<str>> {
    if source.namespace.is_empty() {
        return None;
    }
    let named = |labels: &Labels| {
        APP_LABELS.iter().find_map(|name| labels.get(name).filter(|app| !app.is_empty()).map(|app| source.shared(app)))
    };
    named(labels).or_else(|| template.and_then(named)).or_else(|| {
        let selector = source.key.is("", "Service").then(|| Labels::from_json(source.spec.get("selector")))?;
        named(&selector)
    })
}
