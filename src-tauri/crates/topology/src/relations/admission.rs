//! Services that the API server calls, and policies it evaluates: webhooks, aggregated APIs, conversions, flow control.

use model::Health;
use model::RelationClass::Refers;
use model::{GroupKind, ResourceKey};
use serde_json::Value;

use crate::LabelSelector;
use crate::json::{At, field};
use crate::links::{Among, Found, Namespaces, Params, Target, Through};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const ADMISSION: &str = "admissionregistration.k8s.io";
const POLICY_BINDINGS: &[(&str, &str)] =
    &[(ADMISSION, "ValidatingAdmissionPolicyBinding"), (ADMISSION, "MutatingAdmissionPolicyBinding")];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("webhook-calls-service", 53, Refers)
            .from(&[(ADMISSION, "ValidatingWebhookConfiguration"), (ADMISSION, "MutatingWebhookConfiguration")])
            .fields(&["webhooks[].clientConfig.service"])
            .to("Service", TargetScope::Cross)
            .because("The API server asks this Service before it admits an object.")
            .broken(Health::Failing, "Service {name} missing")
            .by(webhooks),
        Rule::new("apiservice-served-by-service", 54, Refers)
            .from(&[("apiregistration.k8s.io", "APIService")])
            .fields(&["spec.service"])
            .to("Service", TargetScope::Cross)
            .because("The API server hands requests for this API to the Service; without one it serves the API itself.")
            .broken(Health::Failing, "Service {name} missing")
            .by(|source, found| service(source.spec.get("service"), found, "spec.service".to_owned())),
        Rule::new("crd-converted-by-service", 55, Refers)
            .from(&[("apiextensions.k8s.io", "CustomResourceDefinition")])
            .fields(&["spec.conversion.webhook.clientConfig.service"])
            .to("Service", TargetScope::Cross)
            .because("This Service converts the objects of the kind between versions.")
            .broken(Health::Failing, "Service {name} missing")
            .by(|source, found| {
                let at = "spec.conversion.webhook.clientConfig.service";
                service(source.body.at("/spec/conversion/webhook/clientConfig/service"), found, at.to_owned());
            }),
        Rule::new("policybinding-applies-policy", 57, Refers)
            .from(POLICY_BINDINGS)
            .fields(&["spec.policyName"])
            .to("the admission policy", TargetScope::Cluster)
            .because("The binding puts this policy into force.")
            .broken(Health::Failing, "policy {name} missing")
            .by(policy),
        Rule::new("policybinding-has-params", 57, Refers)
            .from(POLICY_BINDINGS)
            .fields(&["spec.paramRef", "spec.paramRef.selector"])
            .to("an object of the policy's parameter kind", TargetScope::Cross)
            .because("The policy is evaluated with this object; its kind stands in the policy.")
            .broken(Health::Degraded, "{kind} {name} missing")
            .by(params),
        Rule::new("flowschema-uses-prioritylevel", 59, Refers)
            .from(&[("flowcontrol.apiserver.k8s.io", "FlowSchema")])
            .fields(&["spec.priorityLevelConfiguration.name"])
            .to("PriorityLevelConfiguration", TargetScope::Cluster)
            .because("Requests that match the schema queue at this level.")
            .broken(Health::Failing, "priority level {name} missing")
            .by(priority_level),
    ]
}

fn service(reference: Option<&Value>, found: &mut Found<'_>, at: String) {
    let Some(reference) = reference else { return };
    if let (Some(namespace), Some(name)) = (field(reference, "namespace"), field(reference, "name")) {
        let link = found.key(ResourceKey::new("", "Service", namespace, name), at);
        if let Some(port) = reference.get("port").and_then(Value::as_u64) {
            link.label(format!(":{port}"));
        }
    }
}

fn webhooks(source: &Source<'_>, found: &mut Found<'_>) {
    for webhook in source.items("/webhooks") {
        let name = field(webhook, "name").unwrap_or_default();
        service(webhook.at("/clientConfig/service"), found, format!("webhooks[{name}].clientConfig.service"));
    }
}

fn policy_key(source: &Source<'_>) -> Option<ResourceKey> {
    let name = field(source.spec, "policyName")?;
    Some(source.key_to(ADMISSION, source.key.kind().trim_end_matches("Binding"), "", name))
}

fn policy(source: &Source<'_>, found: &mut Found<'_>) {
    if let Some(key) = policy_key(source) {
        found.key(key, "spec.policyName");
    }
}

fn params(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(reference) = source.spec.get("paramRef") else { return };
    let Some(via) = policy_key(source) else { return };
    let namespace = field(reference, "namespace");
    // The API server takes either a name or a selector, and of an empty selector every object of the kind.
    if let Some(name) = field(reference, "name") {
        let params = Params { namespace: namespace.map(Into::into), name: name.into() };
        found.link(Target::Through { via, what: Through::Params(Box::new(params)) }, "spec.paramRef");
    } else if let Some(selector) = reference.get("selector") {
        let namespaces = namespace.map_or(Namespaces::All, |namespace| Namespaces::Named(vec![namespace.into()]));
        let selector = LabelSelector::from_json(selector);
        found.select(Among::ParamsOf(via), namespaces, selector, "spec.paramRef.selector").at_selector = true;
    }
}

fn priority_level(source: &Source<'_>, found: &mut Found<'_>) {
    if let Some(name) = source.text("/spec/priorityLevelConfiguration/name") {
        let kind = GroupKind::new("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration");
        found.key(ResourceKey::of(&kind, "", name), "spec.priorityLevelConfiguration.name");
    }
}
