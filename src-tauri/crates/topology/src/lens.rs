//! Which edges a question looks at: a table from rows of the catalogue to lenses.

use model::RelationClass;
use serde::{Deserialize, Serialize};

use crate::rule::Rule;

/// A way to look at the graph. The graph always holds every edge; a lens decides which are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Lens {
    /// Who receives whose requests.
    Traffic,
    /// What is configured by what.
    Config,
    /// Claims, volumes, classes, drivers.
    Storage,
    /// Accounts, roles, bindings.
    Identity,
    /// What limits, protects, scales or admits what.
    Policy,
    /// What runs where.
    Placement,
    /// What was put there by whom.
    Gitops,
    /// Everything.
    #[default]
    All,
}

/// Rows of the catalogue per lens. A row may stand in several.
const ROWS: &[(Lens, &[u8])] = &[
    (Lens::Traffic, &[6, 11, 12, 13, 14, 15, 16, 17, 19, 20, 22, 23, 24, 25, 53, 54, 55, 60, 65, 69, 75]),
    (Lens::Config, &[18, 21, 30, 31, 32, 34, 57, 60, 61, 62, 63, 70, 72, 74]),
    (Lens::Storage, &[5, 33, 34, 35, 36, 37, 38, 39, 40]),
    (Lens::Identity, &[32, 41, 42, 43, 44, 45, 46]),
    (Lens::Policy, &[24, 25, 26, 27, 28, 29, 47, 48, 49, 50, 53, 57, 59]),
    (Lens::Placement, &[7, 8, 38, 39, 50, 51, 52, 71]),
    (Lens::Gitops, &[1, 2, 3, 4, 10, 56, 64, 66, 67, 68]),
];

impl Lens {
    /// Every lens, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Traffic,
        Self::Config,
        Self::Storage,
        Self::Identity,
        Self::Policy,
        Self::Placement,
        Self::Gitops,
        Self::All,
    ];

    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Traffic => "traffic",
            Self::Config => "config",
            Self::Storage => "storage",
            Self::Identity => "identity",
            Self::Policy => "policy",
            Self::Placement => "placement",
            Self::Gitops => "gitops",
            Self::All => "all",
        }
    }

    /// The lens of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lens| lens.word() == word)
    }

    /// Whether edges of a rule are shown. A user's rule is shown where its class belongs.
    pub fn shows(self, rule: &Rule) -> bool {
        if self == Self::All {
            return true;
        }
        match rule.row {
            Some(row) => ROWS.iter().any(|(lens, rows)| *lens == self && rows.contains(&row)),
            None => {
                self == match rule.class {
                    RelationClass::Routes | RelationClass::Selects => Self::Traffic,
                    RelationClass::Refers => Self::Config,
                    RelationClass::Governs => Self::Policy,
                    RelationClass::Owns | RelationClass::Member => Self::Gitops,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::UserRule;
    use crate::testing::{edges, graph};
    use crate::{Filter, RuleBook};

    #[test]
    fn every_drawn_relation_but_containment_is_in_some_lens() {
        for rule in crate::rules() {
            let seen = Lens::ALL.iter().filter(|lens| **lens != Lens::All).any(|lens| lens.shows(&rule));
            assert!(seen || matches!(rule.row, Some(9 | 58 | 73)), "{} is in no lens", rule.id);
        }
    }

    #[test]
    fn every_lens_has_a_word_and_nothing_else_has() {
        for lens in Lens::ALL {
            assert_eq!(Lens::parse(lens.word()), Some(lens));
        }
        assert_eq!((Lens::parse("Traffic"), Lens::parse("")), (None, None));
    }

    /// One small cluster through every lens: who calls whom, who is configured by what, and so on.
    #[test]
    fn each_lens_answers_its_question() {
        let graph = graph(
            r"
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop}, spec: {tls: [{secretName: web-tls}], defaultBackend: {service: {name: web, port: {number: 80}}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: shop, uid: r}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1-a, namespace: shop, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r, controller: true}]}, spec: {nodeName: node-a, serviceAccountName: web, volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: cfg, configMap: {name: cfg}}]}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web, namespace: shop}, spec: {selector: {matchLabels: {app: web}}}}
",
        );
        let seen = |lens: Lens| {
            let filter = Filter { lens, ..Filter::default() };
            assert_eq!(filter.nodes(&graph).len(), graph.len(), "a lens hides no node");
            let mut relations: Vec<&str> = graph
                .nodes()
                .flat_map(|(id, _)| graph.outgoing(id))
                .filter(|edge| filter.shows(&graph, edge))
                .map(|edge| graph.relation(edge))
                .collect();
            relations.sort_unstable();
            relations.dedup();
            relations.join(" ")
        };
        assert_eq!(seen(Lens::Traffic), "ingress-routes-to-service service-selects-pod");
        assert_eq!(seen(Lens::Config), "ingress-uses-tls-secret pod-uses-configmap");
        assert_eq!(seen(Lens::Storage), "pod-mounts-claim");
        assert_eq!(seen(Lens::Identity), "pod-runs-as-serviceaccount");
        assert_eq!(seen(Lens::Policy), "budget-protects-pod");
        assert_eq!(seen(Lens::Placement), "pod-runs-on-node");
        assert_eq!(seen(Lens::Gitops), "deployment-owns-pods");
        let all = edges(&graph, |_| true);
        assert_eq!(seen(Lens::All).split(' ').count(), 10, "containment too: {all}");
    }

    #[test]
    fn a_users_rule_is_seen_where_its_class_belongs() {
        let classes = ["routes", "selects", "refers", "governs", "owns", "member"];
        let seen = classes.map(|class| {
            let file = serde_json::json!([{
                "id": "own", "source": {"kind": "A"}, "path": "spec.b", "target": {"kind": "B"}, "class": class,
            }]);
            let book = RuleBook::with_user_rules(UserRule::from_file(&file).expect("a rule"));
            let rule = book.find("own").map(|id| book.rule(id)).expect("the rule");
            let lenses = Lens::ALL.into_iter().filter(|lens| lens.shows(rule));
            lenses.map(Lens::word).collect::<Vec<_>>().join(" ")
        });
        let expected = ["traffic all", "traffic all", "config all", "policy all", "gitops all", "gitops all"];
        assert_eq!(seen, expected);
    }
}
