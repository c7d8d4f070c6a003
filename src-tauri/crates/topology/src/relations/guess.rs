//! References in custom resources that no rule knows, by the names of their fields. The lowest priority of all.

use model::RelationClass::Refers;
use serde_json::Value;

use crate::json::{field, group_of, text};
use crate::links::{Found, Target};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

/// Deeper than this no API nests its references; a bound for what is no API.
const DEPTH: usize = 12;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("resource-names-object", 74, Refers)
            .fields(&["spec.**.*Ref", "spec.**.*Refs[]", "spec.**.*SecretName", "spec.**.*ClaimName", "spec.**.*ConfigMapName"])
            .to("what the field's name says", TargetScope::Cross)
            .inferred()
            .because("The field is called like a reference and an object of that name exists: a guess, dropped where a rule knows better.")
            .by(guess),
    ]
}

fn guess(source: &Source<'_>, found: &mut Found<'_>) {
    if crate::kinds::is_built_in(source.key.group()) {
        return;
    }
    walk(source, source.spec, "spec", DEPTH, found);
}

fn walk(source: &Source<'_>, value: &Value, at: &str, depth: usize, found: &mut Found<'_>) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let at = format!("{at}.{name}");
                point(source, name, value, &at, found);
                walk(source, value, &at, depth - 1, found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(source, value, &format!("{at}[{index}]"), depth - 1, found);
            }
        }
        _ => {}
    }
}

const NAMES: &[(&str, &str)] =
    &[("SecretName", "Secret"), ("ClaimName", "PersistentVolumeClaim"), ("ConfigMapName", "ConfigMap")];

fn point(source: &Source<'_>, name: &str, value: &Value, at: &str, found: &mut Found<'_>) {
    let ends = |suffix: &str| name.ends_with(suffix) || name.eq_ignore_ascii_case(suffix);
    if let (Some((_, kind)), Some(target)) = (NAMES.iter().find(|(suffix, _)| ends(suffix)), text(value)) {
        found.key(source.key_to("", kind, source.namespace, target), at);
        return;
    }
    let stem = name.strip_suffix("Refs").or_else(|| name.strip_suffix("Ref"));
    let Some(stem) = stem else { return };
    if let Some(items) = value.as_array() {
        for (index, item) in items.iter().enumerate() {
            object(source, stem, item, format!("{at}[{index}]"), found);
        }
    } else {
        object(source, stem, value, at.to_owned(), found);
    }
}

fn object(source: &Source<'_>, stem: &str, value: &Value, at: String, found: &mut Found<'_>) {
    let Some(name) = field(value, "name") else { return };
    let group =
        field(value, "apiVersion").map(group_of).or_else(|| field(value, "group")).or_else(|| field(value, "apiGroup"));
    let Some(kind) = field(value, "kind").map(str::to_owned).or_else(|| kind_of(stem)) else { return };
    // A kind without group is one of the core, or a sister of the resource that names it.
    let group = group.unwrap_or(if is_core(&kind) { "" } else { source.key.group() });
    let namespace = field(value, "namespace").unwrap_or(source.namespace);
    found.link(Target::Either { here: source.key_to(group, &kind, namespace, name) }, at);
}

/// `clusterIssuer` names a ClusterIssuer, `tlsSecret` a Secret.
fn kind_of(stem: &str) -> Option<String> {
    for core in ["Secret", "ConfigMap", "ServiceAccount", "Service", "PersistentVolumeClaim", "Namespace"] {
        if stem.len() >= core.len() && stem.to_lowercase().ends_with(&core.to_lowercase()) {
            return Some(core.to_owned());
        }
    }
    let mut signs = stem.chars();
    let first = signs.next()?;
    Some(first.to_uppercase().chain(signs).collect())
}

fn is_core(kind: &str) -> bool {
    matches!(
        kind,
        "Secret"
            | "ConfigMap"
            | "ServiceAccount"
            | "Service"
            | "PersistentVolumeClaim"
            | "PersistentVolume"
            | "Namespace"
            | "Pod"
            | "Node"
    )
}
