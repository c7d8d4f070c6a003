//! What scales what: HorizontalPodAutoscaler, VerticalPodAutoscaler, KEDA.

use model::Health;
use model::RelationClass::Refers;
use model::{GroupKind, ResourceKey};
use serde_json::Value;

use crate::json::{At, field, group_of, list};
use crate::links::Found;
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const TRIGGERED: &[(&str, &str)] = &[("keda.sh", "ScaledObject"), ("keda.sh", "ScaledJob")];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("autoscaler-scales-workload", 47, Refers)
            .from(&[("autoscaling", "HorizontalPodAutoscaler")])
            .fields(&["spec.scaleTargetRef"])
            .to("a workload", TargetScope::Same)
            .because("The autoscaler sets the replicas of this workload.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(|source, found| workload(source, found, "scaleTargetRef", None)),
        Rule::new("autoscaler-watches-object", 47, Refers)
            .from(&[("autoscaling", "HorizontalPodAutoscaler")])
            .fields(&["spec.metrics[].object.describedObject"])
            .to("the described object", TargetScope::Same)
            .because("The autoscaler follows a metric of this object.")
            .by(described),
        Rule::new("verticalautoscaler-sizes-workload", 48, Refers)
            .from(&[("autoscaling.k8s.io", "VerticalPodAutoscaler")])
            .fields(&["spec.targetRef"])
            .to("a workload", TargetScope::Same)
            .because("The autoscaler sets the requests of this workload's containers.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(|source, found| workload(source, found, "targetRef", None)),
        Rule::new("scaledobject-scales-workload", 49, Refers)
            .from(&[("keda.sh", "ScaledObject")])
            .fields(&["spec.scaleTargetRef"])
            .to("a workload", TargetScope::Same)
            .because("KEDA scales this workload, a Deployment unless another kind is named, through an autoscaler that it owns.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(|source, found| workload(source, found, "scaleTargetRef", Some(("apps", "Deployment")))),
        Rule::new("scaledobject-authenticates-by", 49, Refers)
            .from(TRIGGERED)
            .fields(&["spec.triggers[].authenticationRef"])
            .to("TriggerAuthentication", TargetScope::Same)
            .because("A trigger reads its credentials as this object says.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(authentication),
        Rule::new("triggerauthentication-reads-secret", 49, Refers)
            .from(&[("keda.sh", "TriggerAuthentication"), ("keda.sh", "ClusterTriggerAuthentication")])
            .fields(&["spec.secretTargetRef[].name"])
            .to("Secret", TargetScope::Same)
            .because("The credentials stand in this Secret; those of a ClusterTriggerAuthentication in the namespace of KEDA itself, which is keda unless it was installed elsewhere.")
            .broken(Health::Failing, "Secret {name} missing")
            .by(trigger_secret),
    ]
}

fn workload(source: &Source<'_>, found: &mut Found<'_>, at: &str, default: Option<(&str, &str)>) {
    let Some(target) = source.spec.get(at) else { return };
    let Some(name) = field(target, "name") else { return };
    let kind = match (field(target, "kind"), default) {
        (Some(kind), None) => GroupKind::new(group_of(field(target, "apiVersion").unwrap_or_default()), kind),
        (Some(kind), Some((group, _))) => GroupKind::new(field(target, "apiVersion").map_or(group, group_of), kind),
        (None, Some((group, kind))) => GroupKind::new(group, kind),
        (None, None) => return,
    };
    found.key(ResourceKey::of(&kind, source.namespace, name), format_args!("spec.{at}"));
}

fn described(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, metric) in list(source.spec, "metrics").iter().enumerate() {
        let Some(object) = metric.at("/object/describedObject") else { continue };
        let (Some(kind), Some(name)) = (field(object, "kind"), field(object, "name")) else { continue };
        let kind = GroupKind::new(group_of(field(object, "apiVersion").unwrap_or_default()), kind);
        let key = ResourceKey::of(&kind, source.namespace, name);
        found.key(key, format_args!("spec.metrics[{at}].object.describedObject"));
    }
}

fn authentication(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, trigger) in list(source.spec, "triggers").iter().enumerate() {
        let Some(reference) = trigger.get("authenticationRef") else { continue };
        let Some(name) = field(reference, "name") else { continue };
        let kind = field(reference, "kind").unwrap_or("TriggerAuthentication");
        let namespace = if kind == "ClusterTriggerAuthentication" { "" } else { source.namespace };
        let key = source.key_to("keda.sh", kind, namespace, name);
        found.key(key, format_args!("spec.triggers[{at}].authenticationRef"));
    }
}

fn trigger_secret(source: &Source<'_>, found: &mut Found<'_>) {
    let references = source.spec.get("secretTargetRef").and_then(Value::as_array);
    for (at, reference) in references.into_iter().flatten().enumerate() {
        if let Some(name) = field(reference, "name") {
            let wide = source.namespace.is_empty();
            let key = source.key_to("", "Secret", if wide { "keda" } else { source.namespace }, name);
            found.key(key, format_args!("spec.secretTargetRef[{at}].name")).optional(wide);
        }
    }
}
