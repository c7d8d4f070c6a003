//! Keeps the values of Secrets out: wherever a Secret comes from, only its key names go on.

use serde_json::Value;

/// `kubectl apply` keeps the whole manifest here, values included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Takes from a Secret's body every value of `data` and `stringData` (the keys stay, with null) and the annotation in
/// which `kubectl apply` repeats them.
pub(crate) fn strip(body: &mut Value) {
    for field in ["data", "stringData"] {
        match body.get_mut(field) {
            Some(Value::Object(entries)) => entries.values_mut().for_each(|value| *value = Value::Null),
            Some(other) => *other = Value::Null,
            None => {}
        }
    }
    if let Some(annotations) = body.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
        annotations.remove(LAST_APPLIED);
    }
}

/// Whether a body of this `apiVersion` and `kind` is a Secret of the core group.
pub(crate) fn is_secret(api_version: &str, kind: &str) -> bool {
    kind == "Secret" && !api_version.contains('/')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_key_names_stay() {
        let mut body = json!({"kind": "Secret", "data": {"password": "aHVudGVyMg=="}, "stringData": {"token": "t"},
            "metadata": {"annotations": {LAST_APPLIED: "{\"data\":{\"password\":\"aHVudGVyMg==\"}}", "team": "shop"}}});
        strip(&mut body);
        assert_eq!(
            body,
            json!({"kind": "Secret", "data": {"password": null}, "stringData": {"token": null},
                "metadata": {"annotations": {"team": "shop"}}})
        );
    }
}
