//! Operators that make Secrets: External Secrets, Sealed Secrets.

use model::Health;
use model::RelationClass::Refers;

use crate::facts::{Found, Source, field};
use crate::rules::{Rule, TargetScope};

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

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn externalsecret_reads_store_externalsecret_fills_secret_sealedsecret_fills_secret() {
        // Of: externalsecret-reads-store, externalsecret-fills-secret, sealedsecret-fills-secret.
        assert_snapshot!(check(r"
{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: keys, namespace: shop}, spec: {secretStoreRef: {name: vault}}}
---
{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: other, namespace: shop}, spec: {secretStoreRef: {name: vault, kind: ClusterSecretStore}, target: {name: made}}}
---
{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: sealed, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: other, namespace: shop}}
"), @"
        bitnami.com/SealedSecret/shop/sealed -> core/Secret/shop/sealed sealedsecret-fills-secret missing [spec.template.metadata.name] optional
        external-secrets.io/ExternalSecret/shop/keys -> core/Secret/shop/keys externalsecret-fills-secret resolved [spec.target.name] optional
        external-secrets.io/ExternalSecret/shop/keys -> external-secrets.io/SecretStore/shop/vault externalsecret-reads-store unknown [spec.secretStoreRef]
        external-secrets.io/ExternalSecret/shop/other -> core/Secret/shop/made externalsecret-fills-secret missing [spec.target.name] optional
        external-secrets.io/ExternalSecret/shop/other -> external-secrets.io/ClusterSecretStore//vault externalsecret-reads-store unknown [spec.secretStoreRef]
        ");
    }
}
