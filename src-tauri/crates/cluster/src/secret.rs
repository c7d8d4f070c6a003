//! Keeps the values of Secrets out: wherever a Secret comes from, file or server, what goes on is on the list here.
//!
//! A list of what stays, since what must go has no end: `kubectl apply`, kapp and others repeat the whole manifest in
//! annotations of their own, OpenShift keeps tokens there, and `stringdata` is no field but holds a password all the same.

use serde_json::{Map, Value};

/// Fields whose values are no secrets, beside `metadata`.
const FIELDS: [&str; 4] = ["apiVersion", "kind", "type", "immutable"];
/// Of these the names of the keys stay, each with null.
const KEYED: [&str; 2] = ["data", "stringData"];
/// What stays of `metadata` as it is; of `annotations` some more do.
const METADATA: [&str; 11] = [
    "name",
    "generateName",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "labels",
    "ownerReferences",
    "finalizers",
];
/// Annotations that name another object, which relations are read from; of all others only the names stay.
const ANNOTATIONS: [&str; 12] = [
    "argocd.argoproj.io/tracking-id",
    "cert-manager.io/certificate-name",
    "cert-manager.io/issuer-group",
    "cert-manager.io/issuer-kind",
    "cert-manager.io/issuer-name",
    "helm.sh/hook",
    "helm.sh/resource-policy",
    "kubernetes.io/service-account.name",
    "kubernetes.io/service-account.uid",
    "meta.helm.sh/release-name",
    "meta.helm.sh/release-namespace",
    "replicator.v1.mittwald.de/replicate-from",
];

/// Takes from a Secret's body everything that could be a value.
pub(crate) fn strip(body: &mut Value) {
    let Some(fields) = body.as_object_mut() else { return };
    fields.retain(|name, value| match name.as_str() {
        "metadata" => {
            strip_metadata(value);
            true
        }
        name if KEYED.contains(&name) => {
            match value {
                Value::Object(entries) => forget_values(entries),
                other => *other = Value::Null,
            }
            true
        }
        name => FIELDS.contains(&name) && !value.is_object() && !value.is_array(),
    });
}

fn strip_metadata(metadata: &mut Value) {
    let Some(fields) = metadata.as_object_mut() else { return *metadata = Value::Null };
    fields.retain(|name, value| {
        if name != "annotations" {
            return METADATA.contains(&name.as_str());
        }
        let Some(annotations) = value.as_object_mut() else { return false };
        for (name, value) in annotations {
            if !ANNOTATIONS.contains(&name.as_str()) {
                *value = Value::Null;
            }
        }
        true
    });
}

fn forget_values(entries: &mut Map<String, Value>) {
    entries.values_mut().for_each(|value| *value = Value::Null);
}

/// Whether a body of this `apiVersion` and `kind` is a Secret of the core group, or means to be one: `secret` is no
/// kind, and still what stands in it is not for others to see.
pub(crate) fn is_secret(api_version: &str, kind: &str) -> bool {
    let version = api_version.strip_prefix("core/").unwrap_or(api_version);
    kind.eq_ignore_ascii_case("Secret") && !version.contains('/')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_on_the_list_stays() {
        let mut body = json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "data": {"password": "CANARY"}, "stringData": {"token": "CANARY"}, "stringdata": {"p": "CANARY"},
            "spec": "CANARY", "status": {"x": "CANARY"}, "immutable": {"CANARY": 1},
            "metadata": {"name": "s", "labels": {"app": "shop"}, "note": "CANARY", "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{\"password\":\"CANARY\"}}",
                "openshift.io/token-secret.value": "CANARY",
                "kapp.k14s.io/original": "CANARY",
                "kubernetes.io/service-account.name": "web"}}});
        strip(&mut body);
        assert!(!body.to_string().contains("CANARY"), "{body}");
        assert_eq!(
            body,
            json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                "data": {"password": null}, "stringData": {"token": null},
                "metadata": {"name": "s", "labels": {"app": "shop"}, "annotations": {
                    "kubectl.kubernetes.io/last-applied-configuration": null,
                    "openshift.io/token-secret.value": null,
                    "kapp.k14s.io/original": null,
                    "kubernetes.io/service-account.name": "web"}}})
        );
    }

    #[test]
    fn fields_of_the_wrong_shape_hide_nothing() {
        for mut body in [
            json!({"kind": "Secret", "data": "CANARY", "stringData": ["CANARY"], "metadata": "CANARY"}),
            json!({"kind": "Secret", "type": {"a": "CANARY"}, "metadata": {"annotations": ["CANARY"]}}),
        ] {
            strip(&mut body);
            assert!(!body.to_string().contains("CANARY"), "{body}");
        }
    }

    #[test]
    fn secrets_are_those_of_the_core_group() {
        assert!(is_secret("v1", "Secret") && is_secret("", "secret") && is_secret("core/v1", "Secret"));
        assert!(!is_secret("bitnami.com/v1alpha1", "SealedSecret") && !is_secret("example.com/v1", "Secret"));
    }
}
