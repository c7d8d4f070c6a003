//! The application that an object belongs to, by its own labels.

use std::sync::Arc;

use serde_json::Value;

use crate::json::field;
use crate::source::Source;

/// Labels that name an application, the most deliberate first.
pub(crate) const APP_LABELS: [&str; 6] = [
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/name",
    "app.kubernetes.io/component",
    "app",
    "k8s-app",
];

/// The application an object names itself: by its labels, or its pod template's. Cluster-scoped objects belong to none.
pub(crate) fn own_app(source: &Source<'_>, template: Option<&Value>) -> Option<Arc<str>> {
    if source.namespace.is_empty() {
        return None;
    }
    let named = |labels: &Value| APP_LABELS.iter().find_map(|name| field(labels, name).map(|app| source.shared(app)));
    named(source.labels).or_else(|| template.and_then(named))
}
