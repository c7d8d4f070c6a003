//! Reviews: what the caller may do. Everything that the demo can do, which is to read.

use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::time::Time;

const READ: [&str; 3] = ["get", "list", "watch"];

/// Who everybody is.
const USER: &str = "admin";

/// Answers the review named `plural`, if it is one.
pub(crate) fn review(plural: &str, mut body: Value, now: Time) -> Result<Value, Refusal> {
    let status = match plural {
        "selfsubjectaccessreviews" => access(&body["spec"]),
        "selfsubjectrulesreviews" => json!({
            "resourceRules": [{"verbs": READ, "apiGroups": ["*"], "resources": ["*"]}],
            "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["*"]}],
            "incomplete": false,
        }),
        "selfsubjectreviews" => {
            body["metadata"] = json!({"creationTimestamp": now.rfc3339()});
            json!({"userInfo": {"username": USER, "uid": USER, "groups": ["system:authenticated"]}})
        }
        other => return Err(Refusal::not_implemented(&format!("creating {other}"))),
    };
    if plural == "selfsubjectrulesreviews" {
        // The namespace asked for is not repeated.
        body["spec"] = json!({});
    }
    if body["metadata"].is_null() {
        body["metadata"] = json!({});
    }
    body["status"] = status;
    Ok(body)
}

fn access(spec: &Value) -> Value {
    let resource = &spec["resourceAttributes"];
    let verb =
        if resource.is_object() { resource["verb"].as_str() } else { spec["nonResourceAttributes"]["verb"].as_str() };
    if verb.is_some_and(|verb| READ.contains(&verb)) {
        json!({"allowed": true})
    } else {
        json!({"allowed": false, "reason": "the demo cluster is read-only"})
    }
}
