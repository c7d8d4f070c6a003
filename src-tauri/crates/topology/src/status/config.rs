//! Kinds that have no health of their own: ConfigMaps, Secrets, roles and bindings.

use model::Health;
use serde_json::Value;

use super::{Appraisal, counted};
use crate::json::{field, list, text};
use crate::source::Source;

pub(super) fn config_map(source: &Source<'_>) -> Appraisal {
    let keys = entries(source, "data") + entries(source, "binaryData");
    Appraisal::new(Health::Neutral, "", format!("ConfigMap · {}", counted(keys, "key", "keys")))
}

pub(super) fn secret(source: &Source<'_>) -> Appraisal {
    // Live, only metadata is watched; the keys are known from manifests alone, their values never.
    let keys = entries(source, "data") + entries(source, "stringData");
    let caption = match (keys, field(source.body, "type")) {
        (_, Some("kubernetes.io/tls")) => "TLS Secret".to_owned(),
        (0, _) => "Secret".to_owned(),
        (keys, _) => format!("Secret · {}", counted(keys, "key", "keys")),
    };
    Appraisal::new(Health::Neutral, "", caption)
}

fn entries(source: &Source<'_>, name: &str) -> u64 {
    source.body.get(name).and_then(Value::as_object).map_or(0, |map| map.len() as u64)
}

/// `get, list on secrets`
pub(super) fn role(source: &Source<'_>) -> Appraisal {
    let rules = list(source.body, "rules");
    let words = |rule: &Value, name: &str| list(rule, name).iter().filter_map(text).collect::<Vec<_>>().join(", ");
    let caption = match rules {
        [] => String::new(),
        [rule] => format!("{} on {}", words(rule, "verbs"), words(rule, "resources")),
        rules => counted(rules.len() as u64, "rule", "rules"),
    };
    Appraisal::new(Health::Neutral, "", caption)
}

pub(super) fn binding(source: &Source<'_>) -> Appraisal {
    let role = source.text("/roleRef/name").unwrap_or_default();
    let subjects = source.items("/subjects").len() as u64;
    Appraisal::new(Health::Neutral, "", format!("{role} · {}", counted(subjects, "subject", "subjects")))
}
