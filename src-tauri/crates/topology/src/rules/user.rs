//! Rules that a user adds for custom resources, in a file of the same form as our table.

use std::sync::Arc;

use model::{GroupKind, RelationClass, ResourceKey};
use serde::Deserialize;
use serde_json::Value;

use crate::json::{field, group_of, text};
use crate::links::{Found, Target};
use crate::rule::{Infer, Rule, TargetScope};
use crate::source::Source;

/// One rule of a user's file: objects of `source` name objects of `target` in the field at `path`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserRule {
    /// Name of the relation, unique, in kebab case.
    pub id: String,
    /// Kind it is read from.
    pub source: KindName,
    /// Path to the name: `spec.backends[].configRef`; `[]` walks a list or a map. It ends at a string (the name) or at
    /// an object with `name` and perhaps `namespace`, `kind` and `apiGroup` or `apiVersion`.
    pub path: String,
    /// Kind it points to, unless the object at the path says so.
    pub target: KindName,
    /// Where the target is looked for: `same`, `cross` or `cluster`.
    #[serde(default = "same")]
    pub scope: TargetScope,
    /// A missing target is nothing wrong.
    #[serde(default)]
    pub optional: bool,
    /// The class of the edge.
    #[serde(default = "refers")]
    pub class: RelationClass,
    /// Why the edge is there, in a sentence.
    #[serde(default)]
    pub explanation: Option<String>,
}

/// A kind in a rule file; the version does not matter.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KindName {
    /// API group, empty for core.
    #[serde(default)]
    pub group: String,
    /// Ignored: relations match by group and kind.
    #[serde(default)]
    pub version: Option<String>,
    /// Kind.
    pub kind: String,
}

fn same() -> TargetScope {
    TargetScope::Same
}

fn refers() -> RelationClass {
    RelationClass::Refers
}

/// Why a rule file cannot be used. Repeating does not help; the file must be changed.
#[derive(Debug, thiserror::Error)]
pub enum RuleFileError {
    /// The file is no list of rules, or `{rules: [...]}`.
    #[error("expected a list of rules, or a map with the one key `rules`")]
    NoList,
    /// A rule has a wrong or unknown field.
    #[error("rule {number}: {reason}")]
    Rule {
        /// Counted from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl UserRule {
    /// Reads a parsed rule file (YAML and JSON look the same once parsed).
    ///
    /// # Errors
    /// Names the first rule that cannot be used and why.
    pub fn from_file(file: &Value) -> Result<Vec<Self>, RuleFileError> {
        let items =
            file.as_array().or_else(|| file.get("rules").and_then(Value::as_array)).ok_or(RuleFileError::NoList)?;
        let mut rules: Vec<Self> = Vec::with_capacity(items.len());
        let own = crate::relations::all();
        for (at, item) in items.iter().enumerate() {
            let fail = |reason: String| RuleFileError::Rule { number: at + 1, reason };
            let rule: Self = serde_json::from_value(item.clone()).map_err(|error| fail(error.to_string()))?;
            rule.check().map_err(fail)?;
            if own.iter().any(|other| other.id == rule.id) || rules.iter().any(|other| other.id == rule.id) {
                return Err(fail(format!("there is another rule with the id `{}`", rule.id)));
            }
            rules.push(rule);
        }
        Ok(rules)
    }

    fn check(&self) -> Result<(), String> {
        let plain =
            |id: &str| id.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-');
        if self.id.is_empty() || !plain(&self.id) {
            return Err(format!("id `{}` must be lower-case letters, digits and dashes", self.id));
        }
        if self.source.kind.is_empty() || self.target.kind.is_empty() {
            return Err("source and target need a kind".to_owned());
        }
        let steps: Vec<&str> = self.path.split('.').collect();
        if steps.iter().any(|step| step.is_empty() || step.trim_end_matches("[]").contains(['[', ']', '$', '*'])) {
            return Err(format!("path `{}` must be field names joined by dots, `[]` after a list", self.path));
        }
        if self.scope == TargetScope::Outside {
            return Err("scope must be same, cross or cluster".to_owned());
        }
        Ok(())
    }

    pub(super) fn into_rule(self) -> Rule {
        let explanation = self.explanation.clone().unwrap_or_else(|| {
            format!("{} of the {} names this {}, says a rule of yours.", self.path, self.source.kind, self.target.kind)
        });
        Rule {
            id: self.id.clone().into(),
            row: None,
            class: self.class,
            sources: vec![(self.source.group.clone().into(), self.source.kind.clone().into())],
            fields: vec![self.path.clone().into()],
            target: self.target.kind.clone().into(),
            scope: self.scope,
            optional: self.optional,
            inferred: false,
            explanation: explanation.into(),
            broken: None,
            infer: Infer::Path(Arc::new(move |source, found| self.infer(source, found))),
        }
    }

    fn infer(&self, source: &Source<'_>, found: &mut Found<'_>) {
        let steps: Vec<&str> = self.path.split('.').collect();
        self.walk(source, source.body, &steps, String::new(), found);
    }

    fn walk(&self, source: &Source<'_>, value: &Value, steps: &[&str], at: String, found: &mut Found<'_>) {
        let Some((step, rest)) = steps.split_first() else {
            self.point(source, value, at, found);
            return;
        };
        let name = step.trim_end_matches("[]");
        let Some(value) = value.get(name) else { return };
        let at = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        if !step.ends_with("[]") {
            self.walk(source, value, rest, at, found);
            return;
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.walk(source, item, rest, format!("{at}[{index}]"), found);
        }
        for (key, item) in value.as_object().into_iter().flatten() {
            self.walk(source, item, rest, format!("{at}[{key}]"), found);
        }
    }

    fn point(&self, source: &Source<'_>, value: &Value, at: String, found: &mut Found<'_>) {
        let Some(name) = text(value).or_else(|| field(value, "name")) else { return };
        let kind = field(value, "kind").unwrap_or(&self.target.kind);
        let group = match field(value, "apiVersion") {
            Some(version) => group_of(version),
            None => value
                .get("apiGroup")
                .or_else(|| value.get("group"))
                .and_then(Value::as_str)
                .unwrap_or(&self.target.group),
        };
        let kind = GroupKind::new(group, kind);
        let target = match self.scope {
            TargetScope::Cluster => Target::Key(ResourceKey::of(&kind, "", name)),
            TargetScope::Cross => {
                let namespace = field(value, "namespace").unwrap_or(source.namespace);
                Target::Either { here: ResourceKey::of(&kind, namespace, name) }
            }
            TargetScope::Same | TargetScope::Outside => Target::Key(ResourceKey::of(&kind, source.namespace, name)),
        };
        found.link(target, at);
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::UserRule;
    use crate::RuleBook;
    use crate::testing::{edges, graph_by};

    #[test]
    fn a_rule_for_a_custom_resource() {
        let file = json!({"rules": [
            {"id": "database-uses-bucket", "source": {"group": "example.com", "kind": "Database"}, "path": "spec.backups[].bucketName",
             "target": {"group": "example.com", "version": "v1", "kind": "Bucket"}, "class": "refers"},
            {"id": "database-of-plan", "source": {"group": "example.com", "kind": "Database"}, "path": "spec.plan",
             "target": {"group": "example.com", "kind": "Plan"}, "scope": "cluster", "optional": true},
        ]});
        let rules = UserRule::from_file(&file).expect("rules");
        let graph = graph_by(
            RuleBook::with_user_rules(rules),
            r"
{apiVersion: example.com/v1, kind: Database, metadata: {name: orders, namespace: shop}, spec: {backups: [{bucketName: nightly}, {bucketName: gone}], plan: {name: big}}}
---
{apiVersion: example.com/v1, kind: Bucket, metadata: {name: nightly, namespace: shop}}
---
{apiVersion: example.com/v1, kind: Bucket, metadata: {name: gone, namespace: other}}
",
        );
        assert_snapshot!(edges(&graph, |_| true), @"
        example.com/Database/shop/orders -> example.com/Bucket/shop/gone database-uses-bucket missing [spec.backups[1].bucketName]
        example.com/Database/shop/orders -> example.com/Bucket/shop/nightly database-uses-bucket resolved [spec.backups[0].bucketName]
        example.com/Database/shop/orders -> example.com/Plan//big database-of-plan unknown [spec.plan] optional
        ");
    }

    #[test]
    fn errors_name_the_rule_and_the_reason() {
        let rule = |change: &dyn Fn(&mut serde_json::Value)| {
            let mut rule = json!({"id": "a", "source": {"kind": "A"}, "path": "spec.b", "target": {"kind": "B"}});
            change(&mut rule);
            UserRule::from_file(&json!([rule])).err().map(|error| error.to_string()).unwrap_or_default()
        };
        let set = |name: &'static str, value: serde_json::Value| rule(&|rule| rule[name] = value.clone());
        let said = [
            UserRule::from_file(&json!("x")).err().map(|error| error.to_string()).unwrap_or_default(),
            rule(&|_| {}),
            set("id", json!("Not Kebab")),
            set("id", json!("service-selects-pod")),
            set("path", json!("$.spec[*]")),
            set("target", json!({})),
            set("colour", json!("red")),
            set("scope", json!("outside")),
        ];
        assert_snapshot!(said.join("\n"), @"
        expected a list of rules, or a map with the one key `rules`

        rule 1: id `Not Kebab` must be lower-case letters, digits and dashes
        rule 1: there is another rule with the id `service-selects-pod`
        rule 1: path `$.spec[*]` must be field names joined by dots, `[]` after a list
        rule 1: missing field `kind`
        rule 1: unknown field `colour`, expected one of `id`, `source`, `path`, `target`, `scope`, `optional`, `class`, `explanation`
        rule 1: scope must be same, cross or cluster
        ");
    }
}
