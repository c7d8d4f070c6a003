//! As whom a pod runs and with which credentials it pulls: ServiceAccounts, pull secrets, tokens.

use model::Health;
use model::RelationClass::Refers;

use crate::json::{field, list};
use crate::kinds::POD_SOURCES;
use crate::links::{Found, Target, Through};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("pod-pulls-with-secret", 32, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.imagePullSecrets[]", "imagePullSecrets[] of its ServiceAccount"])
            .to("Secret", TargetScope::Same)
            .because("The kubelet pulls the pod's images with this Secret; a pod that names none takes its ServiceAccount's.")
            .by(pulls),
        Rule::new("serviceaccount-pulls-with-secret", 32, Refers)
            .from(&[("", "ServiceAccount")])
            .fields(&["imagePullSecrets[]"])
            .to("Secret", TargetScope::Same)
            .because("Pods of this account that name no pull secret are given this one.")
            .by(|source, found| secrets(source, found, "imagePullSecrets")),
        Rule::new("pod-runs-as-serviceaccount", 41, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.serviceAccountName", "spec.serviceAccount"])
            .to("ServiceAccount", TargetScope::Same)
            .because("The pod's processes speak to the API server as this account; where none is named, as default.")
            .broken(Health::Degraded, "ServiceAccount {name} missing")
            .by(account),
        Rule::new("serviceaccount-has-token-secret", 42, Refers)
            .from(&[("", "ServiceAccount")])
            .fields(&["secrets[]"])
            .to("Secret", TargetScope::Same)
            .because("The account lists this Secret as its token.")
            .by(|source, found| secrets(source, found, "secrets")),
        Rule::new("token-secret-of-serviceaccount", 42, Refers)
            .from(&[("", "Secret")])
            .fields(&["metadata.annotations[kubernetes.io/service-account.name]"])
            .to("ServiceAccount", TargetScope::Same)
            .because("The Secret holds a token of this account.")
            .by(token),
    ]
}

fn account_name<'a>(source: &Source<'a>) -> Option<(&'a str, bool)> {
    let spec = source.pod?.spec;
    let named = field(spec, "serviceAccountName").or_else(|| field(spec, "serviceAccount"));
    Some((named.unwrap_or("default"), named.is_some()))
}

fn pulls(source: &Source<'_>, found: &mut Found<'_>) {
    let (Some(pod), Some((account, _))) = (source.pod, account_name(source)) else { return };
    let own = list(pod.spec, "imagePullSecrets");
    for secret in own.iter().filter_map(|secret| field(secret, "name")) {
        let key = source.key_to("", "Secret", source.namespace, secret);
        found.key(key, format_args!("{}.imagePullSecrets[{secret}]", pod.path));
    }
    if own.is_empty() {
        let via = source.key_to("", "ServiceAccount", source.namespace, account);
        let target = Target::Through { via, what: Through::PullSecrets };
        found.link(target, format_args!("{}.serviceAccountName", pod.path));
    }
}

fn secrets(source: &Source<'_>, found: &mut Found<'_>, name: &str) {
    for secret in list(source.body, name).iter().filter_map(|secret| field(secret, "name")) {
        found.key(source.key_to("", "Secret", source.namespace, secret), format_args!("{name}[{secret}]"));
    }
}

fn account(source: &Source<'_>, found: &mut Found<'_>) {
    let (Some(pod), Some((name, named))) = (source.pod, account_name(source)) else { return };
    let old = named && field(pod.spec, "serviceAccountName").is_none();
    let at = format_args!("{}.{}", pod.path, if old { "serviceAccount" } else { "serviceAccountName" });
    let link = found.key(source.key_to("", "ServiceAccount", source.namespace, name), at);
    // Every namespace is given a default account; manifests do not hold it and miss nothing.
    if name == "default" {
        link.if_present();
    }
}

fn token(source: &Source<'_>, found: &mut Found<'_>) {
    const ANNOTATION: &str = "kubernetes.io/service-account.name";
    if let Some(name) = source.annotation(ANNOTATION) {
        let key = source.key_to("", "ServiceAccount", source.namespace, name);
        found.key(key, format_args!("metadata.annotations[{ANNOTATION}]"));
    }
}
