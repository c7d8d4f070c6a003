//! Roles and who is given them.

use model::Health;
use model::RelationClass::{Governs, Refers, Selects};
use model::{EXTERNAL_GROUP, GroupKind};
use serde_json::Value;

use crate::LabelSelector;
use crate::json::{field, list, text};
use crate::links::{Among, Found, Namespaces, Plural, Target};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const GROUP: &str = "rbac.authorization.k8s.io";
const BINDINGS: &[(&str, &str)] = &[(GROUP, "RoleBinding"), (GROUP, "ClusterRoleBinding")];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("binding-grants-role", 43, Refers)
            .from(BINDINGS)
            .fields(&["roleRef"])
            .to("Role or ClusterRole", TargetScope::Cluster)
            .because("The binding gives what this role allows; a ClusterRole bound in a namespace counts there only.")
            .broken(Health::Degraded, "{kind} {name} missing")
            .by(role),
        Rule::new("binding-grants-subject", 44, Refers)
            .from(BINDINGS)
            .fields(&["subjects[]"])
            .to("ServiceAccount, User or Group", TargetScope::Cross)
            .because("The binding gives the role to this subject.")
            .by(subjects),
        Rule::new("clusterrole-aggregates", 45, Selects)
            .from(&[(GROUP, "ClusterRole")])
            .fields(&["aggregationRule.clusterRoleSelectors[]"])
            .to("ClusterRole", TargetScope::Cluster)
            .because("The labels of the role match one of the selectors: its rules are part of this role.")
            .by(aggregates),
        Rule::new("role-names-object", 46, Governs)
            .from(&[(GROUP, "Role"), (GROUP, "ClusterRole")])
            .fields(&["rules[].resourceNames[]"])
            .to("the named object", TargetScope::Same)
            .optional()
            .because("The role allows something on this object by name.")
            .by(named),
    ]
}

fn role(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(reference) = source.body.get("roleRef") else { return };
    let (Some(kind), Some(name)) = (field(reference, "kind"), field(reference, "name")) else { return };
    let namespace = if kind == "Role" { source.namespace } else { "" };
    found.key(source.key_to(GROUP, kind, namespace, name), "roleRef");
}

/// Kubernetes' own bindings name the accounts of every controller there could be; most clusters lack some of them.
fn comes_with_kubernetes(source: &Source<'_>) -> bool {
    let labels = source.body.get("metadata").and_then(|metadata| metadata.get("labels"));
    labels.and_then(|labels| field(labels, "kubernetes.io/bootstrapping")) == Some("rbac-defaults")
}

fn subjects(source: &Source<'_>, found: &mut Found<'_>) {
    let optional = comes_with_kubernetes(source);
    let account = |namespace: &str, name: &str| source.key_to("", "ServiceAccount", namespace, name);
    for (at, subject) in source.items("/subjects").iter().enumerate() {
        let (Some(kind), Some(name)) = (field(subject, "kind"), field(subject, "name")) else { continue };
        let at = format!("subjects[{at}]");
        match kind {
            "ServiceAccount" => {
                let namespace = field(subject, "namespace").unwrap_or(source.namespace);
                // In a ClusterRoleBinding the namespace is required; without it the subject is nobody.
                if !namespace.is_empty() {
                    found.key(account(namespace, name), at).optional(optional);
                }
            }
            "User" => {
                let parts = name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
                let key = match parts {
                    Some((namespace, name)) => account(namespace, name),
                    None => source.key_to(EXTERNAL_GROUP, "User", "", name),
                };
                found.key(key, at).optional(optional);
            }
            "Group" => {
                found.key(source.key_to(EXTERNAL_GROUP, "Group", "", name), at.clone());
                if let Some(namespace) = name.strip_prefix("system:serviceaccounts:") {
                    let namespaces = Namespaces::Named(vec![namespace.into()]);
                    let among = Among::Kind(GroupKind::new("", "ServiceAccount"));
                    found.select(among, namespaces, LabelSelector::default(), at);
                }
            }
            _ => {}
        }
    }
}

fn aggregates(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, selector) in source.items("/aggregationRule/clusterRoleSelectors").iter().enumerate() {
        found.select(
            Among::Kind(GroupKind::new(GROUP, "ClusterRole")),
            Namespaces::Named(vec!["".into()]),
            LabelSelector::from_json(selector),
            format!("aggregationRule.clusterRoleSelectors[{at}]"),
        );
    }
}

fn named(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, rule) in source.items("/rules").iter().enumerate() {
        let names: Vec<&str> =
            list(rule, "resourceNames").iter().filter_map(text).filter(|name| *name != "*").collect();
        if names.is_empty() {
            continue;
        }
        let verbs: Vec<&str> = list(rule, "verbs").iter().filter_map(text).collect();
        for group in list(rule, "apiGroups").iter().filter_map(Value::as_str).filter(|group| *group != "*") {
            for resource in list(rule, "resources").iter().filter_map(text).filter(|resource| *resource != "*") {
                let plural = resource.split_once('/').map_or(resource, |(plural, _)| plural);
                for name in &names {
                    let target = Target::Plural(Box::new(Plural {
                        group: group.into(),
                        plural: plural.into(),
                        namespace: source.namespace.into(),
                        name: (*name).into(),
                    }));
                    let field = format_args!("rules[{at}].resourceNames[{name}]");
                    found.link(target, field).if_present().label(verbs.join(", "));
                }
            }
        }
    }
}
