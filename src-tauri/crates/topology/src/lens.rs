//! Which edges a question looks at: a table from rows of the catalogue to lenses.

use crate::rules::Rule;
use model::RelationClass;

/// A way to look at the graph. The graph always holds every edge; a lens decides which are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

    #[test]
    fn every_drawn_relation_but_containment_is_in_some_lens() {
        for rule in crate::rules() {
            let seen = Lens::ALL.iter().filter(|lens| **lens != Lens::All).any(|lens| lens.shows(&rule));
            assert!(seen || matches!(rule.row, Some(9 | 58 | 73)), "{} is in no lens", rule.id);
        }
    }
}
