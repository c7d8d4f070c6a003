//! Operators that make Secrets: External Secrets, Sealed Secrets.

use model::Health;
use model::RelationClass::Refers;

use crate::json::field;
use crate::links::Found;
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const EXTERNAL: &str = "external-secrets.io";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("externalsecret-reads-store", 70, Refers)
            .from(&[(EXTERNAL, "ExternalSecret")])
            .fields(&["spec.secretStoreRef"])
            .to("SecretStore or ClusterSecretStore", TargetScope::Same)
            .because("The values come from this store.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(store),
        Rule::new("externalsecret-fills-secret", 70, Refers)
            .from(&[(EXTERNAL, "ExternalSecret")])
            .fields(&["spec.target.name"])
            .to("Secret", TargetScope::Same)
            .optional()
            .because("The operator writes the values into this Secret, of its own name unless another is given.")
            .by(|source, found| {
                let name = source.text("/spec/target/name").unwrap_or(source.key.name());
                found.key(source.key_to("", "Secret", source.namespace, name), "spec.target.name");
            }),
        Rule::new("sealedsecret-fills-secret", 70, Refers)
            .from(&[("bitnami.com", "SealedSecret")])
            .fields(&["spec.template.metadata.name"])
            .to("Secret", TargetScope::Same)
            .optional()
            .because("The operator unseals the values into the Secret of its own name.")
            .by(|source, found| {
                let name = source.text("/spec/template/metadata/name").unwrap_or(source.key.name());
                found.key(source.key_to("", "Secret", source.namespace, name), "spec.template.metadata.name");
            }),
    ]
}

fn store(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(reference) = source.spec.get("secretStoreRef") else { return };
    if let Some(name) = field(reference, "name") {
        let kind = field(reference, "kind").unwrap_or("SecretStore");
        let namespace = if kind == "ClusterSecretStore" { "" } else { source.namespace };
        found.key(source.key_to(EXTERNAL, kind, namespace, name), "spec.secretStoreRef");
    }
}
