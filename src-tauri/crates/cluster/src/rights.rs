//! What the account may: asked by one SelfSubjectRulesReview for a namespace in place of one refusal for each kind in it.
//!
//! The review is a POST, the only one of this crate; it changes nothing and leaves nothing behind.

use http::Request;
use model::{ResourceKind, Scope};
use serde::Deserialize;
use serde_json::json;

use crate::client::{ApiClient, Limit};
use crate::failure::Failure;

const PATH: &str = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";

/// A review is always of a namespace. In one that cannot be, since this is no name, only what is granted across all of
/// them counts.
const NOWHERE: &str = "-";

/// The account's rights in one scope.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rights {
    #[serde(default)]
    resource_rules: Vec<Rule>,
    /// The server cannot name all of them: what is not among the rules may be allowed all the same.
    #[serde(default)]
    incomplete: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    api_groups: Vec<String>,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    resource_names: Vec<String>,
}

#[derive(Deserialize)]
struct Review {
    status: Rights,
}

/// What a right says of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Allowed,
    Refused,
    /// Only asking tells.
    Unknown,
}

impl Rights {
    /// Of a server that does not tell.
    pub(crate) fn unknown() -> Self {
        Self { resource_rules: Vec::new(), incomplete: true }
    }

    /// Whether the server tells all of them.
    pub(crate) fn are_complete(&self) -> bool {
        !self.incomplete
    }

    /// Whether objects of the kind may be followed in the scope that was asked for. A Namespace is followed in its own
    /// scope by asking for it.
    pub(crate) fn on(&self, kind: &ResourceKind, scope: &Scope) -> Word {
        let (verb, name) = match scope {
            Scope::Namespace(name) if !kind.namespaced => ("get", Some(&**name)),
            _ => ("list", None),
        };
        let has = |list: &[String], wanted: &str| list.iter().any(|item| item == "*" || item == wanted);
        let allows = |rule: &Rule| {
            let named = rule.resource_names.is_empty()
                || name.is_some_and(|name| rule.resource_names.iter().any(|item| item == name));
            named
                && has(&rule.verbs, verb)
                && has(&rule.api_groups, &kind.group_kind.group)
                && has(&rule.resources, &kind.plural)
        };
        match (self.resource_rules.iter().any(allows), self.incomplete) {
            (true, _) => Word::Allowed,
            (false, true) => Word::Unknown,
            (false, false) => Word::Refused,
        }
    }
}

/// Asks what the account may in a scope.
pub(crate) async fn review(client: &ApiClient, scope: &Scope) -> Result<Rights, Failure> {
    let namespace = match scope {
        Scope::Cluster => NOWHERE,
        Scope::Namespace(name) => name,
    };
    let question = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": { "namespace": namespace },
    });
    let answer = client.exchange(|| Request::post(PATH), question.to_string().as_bytes(), Limit::RIGHTS).await?;
    let review: Review = serde_json::from_slice(&answer).map_err(|error| Failure::Malformed(error.to_string()))?;
    Ok(review.status)
}

/// The words of a refusal that was foreseen: those that the server would use.
pub(crate) fn refusal(kind: &ResourceKind, namespace: &str) -> String {
    let (plural, group) = (&kind.plural, &kind.group_kind.group);
    format!(
        "{plural} is forbidden: the account cannot list resource \"{plural}\" in API group \"{group}\" in the namespace \
         \"{namespace}\""
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use model::GroupKind;

    use super::*;

    fn kind(group: &str, kind: &str, plural: &str, namespaced: bool) -> ResourceKind {
        ResourceKind {
            group_kind: GroupKind::new(group, kind),
            version: "v1".into(),
            plural: plural.into(),
            namespaced,
        }
    }

    fn rights(incomplete: bool) -> Rights {
        let status = json!({
            "incomplete": incomplete,
            "resourceRules": [
                {"verbs": ["get", "list"], "apiGroups": ["", "apps"], "resources": ["pods", "deployments"]},
                {"verbs": ["*"], "apiGroups": ["*"], "resources": ["services"]},
                {"verbs": ["get"], "apiGroups": [""], "resources": ["namespaces"], "resourceNames": ["shop"]},
                {"verbs": ["list"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["one"]},
                {"verbs": ["create"], "apiGroups": [""], "resources": ["events"]},
            ],
        });
        serde_json::from_value(status).unwrap()
    }

    #[test]
    fn rules_say_what_may_be_followed() {
        let shop = Scope::Namespace("shop".into());
        let on = |group, name, plural| rights(false).on(&kind(group, name, plural, true), &shop);
        assert_eq!(on("", "Pod", "pods"), Word::Allowed);
        assert_eq!(on("apps", "Deployment", "deployments"), Word::Allowed);
        assert_eq!(on("example.com", "Service", "services"), Word::Allowed);
        assert_eq!(on("", "Secret", "secrets"), Word::Refused, "a list of one by its name is no list");
        assert_eq!(on("", "Event", "events"), Word::Refused);
        let namespaces = kind("", "Namespace", "namespaces", false);
        let one = |name: &str| rights(false).on(&namespaces, &Scope::Namespace(name.into()));
        assert_eq!((one("shop"), one("other")), (Word::Allowed, Word::Refused));
    }

    #[test]
    fn what_is_not_named_may_be_allowed_where_the_rules_are_incomplete() {
        let on = |plural: &str| rights(true).on(&kind("", "Any", plural, true), &Scope::Cluster);
        assert_eq!((on("pods"), on("secrets")), (Word::Allowed, Word::Unknown));
    }
}
