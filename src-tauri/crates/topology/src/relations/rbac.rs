//! Roles and who is given them.

use model::Health;
use model::RelationClass::{Governs, Refers, Selects};
use model::{EXTERNAL_GROUP, GroupKind};
use serde_json::Value;

use crate::LabelSelector;
use crate::facts::{Among, Found, Namespaces, Plural, Source, Target, field, list, text};
use crate::rules::{Rule, TargetScope};

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

fn subjects(source: &Source<'_>, found: &mut Found<'_>) {
    let account = |namespace: &str, name: &str| source.key_to("", "ServiceAccount", namespace, name);
    for (at, subject) in source.items("/subjects").iter().enumerate() {
        let (Some(kind), Some(name)) = (field(subject, "kind"), field(subject, "name")) else { continue };
        let at = format!("subjects[{at}]");
        match kind {
            "ServiceAccount" => {
                let namespace = field(subject, "namespace").unwrap_or(source.namespace);
                // In a ClusterRoleBinding the namespace is required; without it the subject is nobody.
                if !namespace.is_empty() {
                    found.key(account(namespace, name), at);
                }
            }
            "User" => {
                let parts = name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
                let key = match parts {
                    Some((namespace, name)) => account(namespace, name),
                    None => source.key_to(EXTERNAL_GROUP, "User", "", name),
                };
                found.key(key, at);
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

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn binding_grants_role_to_binding_grants_subject() {
        assert_snapshot!(check(r"
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- {kind: ServiceAccount, name: web}
- {kind: User, name: 'oidc:team/ann'}
- {kind: Group, name: 'system:serviceaccounts:ci'}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: all}, roleRef: {kind: ClusterRole, name: gone}, subjects: [{kind: ServiceAccount, name: no-namespace}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: view}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: other}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: builder, namespace: ci}}
"), @"
        rbac.authorization.k8s.io/ClusterRoleBinding//all -> rbac.authorization.k8s.io/ClusterRole//gone binding-grants-role missing [roleRef]
        rbac.authorization.k8s.io/RoleBinding/shop/readers -> core/ServiceAccount/ci/builder binding-grants-subject resolved [subjects[2]]
        rbac.authorization.k8s.io/RoleBinding/shop/readers -> core/ServiceAccount/shop/web binding-grants-subject resolved [subjects[0]]
        rbac.authorization.k8s.io/RoleBinding/shop/readers -> external/Group//system:serviceaccounts:ci binding-grants-subject resolved [subjects[2]]
        rbac.authorization.k8s.io/RoleBinding/shop/readers -> external/User//oidc:team%2Fann binding-grants-subject resolved [subjects[1]]
        rbac.authorization.k8s.io/RoleBinding/shop/readers -> rbac.authorization.k8s.io/ClusterRole//view binding-grants-role resolved [roleRef]
        ");
    }

    #[test]
    fn clusterrole_aggregates_by_any_of_its_selectors() {
        assert_snapshot!(check(r"
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: admin}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-admin: 'true'}}, {matchLabels: {to-edit: 'true'}}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: edit, labels: {to-edit: 'true'}}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: view, labels: {to-view: 'true'}}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: edit, namespace: shop, labels: {to-edit: 'true'}}}
"), @"rbac.authorization.k8s.io/ClusterRole//admin -> rbac.authorization.k8s.io/ClusterRole//edit clusterrole-aggregates resolved [aggregationRule.clusterRoleSelectors[1]]");
    }

    #[test]
    fn role_names_object_by_plural_but_not_everything() {
        assert_snapshot!(check(r"
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: keys, namespace: shop}, rules: [{apiGroups: [''], resources: [secrets], resourceNames: [keys], verbs: [get]}, {apiGroups: [''], resources: ['*'], resourceNames: [keys], verbs: [get]}, {apiGroups: [''], resources: [secrets], verbs: [list]}]}
---
{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: other, namespace: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: keys, namespace: shop}}
"), @r#"rbac.authorization.k8s.io/Role/shop/keys -> core/Secret/shop/keys role-names-object resolved [rules[0].resourceNames[keys]] "get" optional"#);
    }
}
