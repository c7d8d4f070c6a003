//! cert-manager: certificates, their issuers, and who is given the authority.

use model::Health;
use model::RelationClass::Refers;

use crate::json::field;
use crate::links::{Found, Target};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const GROUP: &str = "cert-manager.io";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("certificate-from-issuer", 62, Refers)
            .from(&[(GROUP, "Certificate"), (GROUP, "CertificateRequest")])
            .fields(&["spec.issuerRef"])
            .to("Issuer or ClusterIssuer", TargetScope::Same)
            .because("This issuer signs the certificate; an Issuer unless another kind is named.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(issuer),
        Rule::new("certificate-fills-secret", 62, Refers)
            .from(&[(GROUP, "Certificate")])
            .fields(&["spec.secretName"])
            .to("Secret", TargetScope::Same)
            .optional()
            .because("cert-manager writes key and certificate into this Secret once it is issued.")
            .by(|source, found| {
                if let Some(name) = field(source.spec, "secretName") {
                    found.key(source.key_to("", "Secret", source.namespace, name), "spec.secretName");
                }
            }),
        Rule::new("ingress-asks-issuer", 62, Refers)
            .from(&[("networking.k8s.io", "Ingress"), ("gateway.networking.k8s.io", "Gateway")])
            .fields(&[
                "metadata.annotations[cert-manager.io/cluster-issuer]",
                "metadata.annotations[cert-manager.io/{issuer,issuer-kind,issuer-group}]",
            ])
            .to("Issuer or ClusterIssuer", TargetScope::Same)
            .because("cert-manager has its certificates signed by this issuer.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(annotated),
        Rule::new("injects-authority-of-certificate", 63, Refers)
            .from(&[
                ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
                ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
                ("apiextensions.k8s.io", "CustomResourceDefinition"),
                ("apiregistration.k8s.io", "APIService"),
            ])
            .fields(&["metadata.annotations[cert-manager.io/inject-ca-from]"])
            .to("Certificate", TargetScope::Cross)
            .because("cert-manager writes the authority of this certificate into the object.")
            .broken(Health::Degraded, "Certificate {name} missing")
            .by(injected),
    ]
}

fn issuer(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(reference) = source.spec.get("issuerRef") else { return };
    let Some(name) = field(reference, "name") else { return };
    let kind = field(reference, "kind").unwrap_or("Issuer");
    let group = field(reference, "group").unwrap_or(GROUP);
    ask(source, found, [group, kind, name], "spec.issuerRef");
}

/// An issuer, cert-manager's own or one of another group, whose scope its kind does not tell.
fn ask(source: &Source<'_>, found: &mut Found<'_>, [group, kind, name]: [&str; 3], at: impl std::fmt::Display) {
    if group == GROUP {
        let namespace = if kind == "ClusterIssuer" { "" } else { source.namespace };
        found.key(source.key_to(group, kind, namespace, name), at);
    } else {
        found.link(Target::Either { here: source.key_to(group, kind, source.namespace, name) }, at);
    }
}

fn annotated(source: &Source<'_>, found: &mut Found<'_>) {
    const CLUSTER: &str = "cert-manager.io/cluster-issuer";
    const ISSUER: &str = "cert-manager.io/issuer";
    if let Some(name) = source.annotation(CLUSTER) {
        ask(source, found, [GROUP, "ClusterIssuer", name], format_args!("metadata.annotations[{CLUSTER}]"));
    }
    if let Some(name) = source.annotation(ISSUER) {
        let kind = source.annotation("cert-manager.io/issuer-kind").unwrap_or("Issuer");
        let group = source.annotation("cert-manager.io/issuer-group").unwrap_or(GROUP);
        ask(source, found, [group, kind, name], format_args!("metadata.annotations[{ISSUER}]"));
    }
}

fn injected(source: &Source<'_>, found: &mut Found<'_>) {
    const ANNOTATION: &str = "cert-manager.io/inject-ca-from";
    if let Some((namespace, name)) = source.annotation(ANNOTATION).and_then(|text| text.split_once('/')) {
        found.key(source.key_to(GROUP, "Certificate", namespace, name), format!("metadata.annotations[{ANNOTATION}]"));
    }
}
