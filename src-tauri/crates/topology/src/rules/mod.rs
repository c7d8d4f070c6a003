//! The table of rules: what a relation is, where it is read from, and why it is there.
//!
//! Entries live in `relations/`, one relation (or a few that share their fields) per file. The rule book adds the rules
//! of a user's file and knows which rules apply to which kind.

mod reference;
mod user;

use model::{GroupKind, ResourceKey};
use rustc_hash::FxHashMap;

use crate::links::RelationId;
use crate::rule::Rule;

pub use user::{RuleFileError, UserRule};

/// Every rule in force, by number and by source kind.
#[derive(Clone, Debug)]
pub struct RuleBook {
    rules: Vec<Rule>,
    /// By the first two parts of a key's text, `core/Pod`, so that looking up allocates nothing.
    by_kind: FxHashMap<String, Vec<RelationId>>,
    for_all: Vec<RelationId>,
    /// Rules whose edges are counted, because a caption tells their number.
    pub(crate) counted: Counted,
}

/// Numbers of the rules that captions and groups are made from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    pub(crate) selected: Option<RelationId>,
    pub(crate) hosted: Option<RelationId>,
    pub(crate) bound: Option<RelationId>,
    pub(crate) guess: Option<RelationId>,
    pub(crate) calls: Option<RelationId>,
}

impl Default for RuleBook {
    fn default() -> Self {
        Self::with_user_rules(Vec::new())
    }
}

impl RuleBook {
    /// Our own rules and a user's.
    pub fn with_user_rules(extra: Vec<UserRule>) -> Self {
        let mut rules = crate::relations::all();
        rules.extend(extra.into_iter().map(UserRule::into_rule));
        let mut by_kind: FxHashMap<String, Vec<RelationId>> = FxHashMap::default();
        let mut for_all = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let id = RelationId(u16::try_from(number).unwrap_or(u16::MAX));
            if !rule.draws_edges() {
                continue;
            }
            if rule.sources.is_empty() {
                for_all.push(id);
            }
            for (group, kind) in &rule.sources {
                by_kind.entry(GroupKind::new(group, kind).to_string()).or_default().push(id);
            }
        }
        let number = |id: &str| {
            let at = rules.iter().position(|rule| rule.id == id)?;
            u16::try_from(at).ok().map(RelationId)
        };
        let counted = Counted {
            selected: number("service-selects-pod"),
            hosted: number("pod-runs-on-node"),
            bound: number("binding-grants-subject"),
            guess: number("resource-names-object"),
            calls: number("workload-calls-service"),
        };
        Self { by_kind, for_all, counted, rules }
    }

    /// Every rule, in the order of the catalogue, a user's last.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of a number of this book.
    pub fn rule(&self, id: RelationId) -> &Rule {
        // Numbers come from this book; a number of a longer one falls back to the first rule instead of a panic.
        let at = usize::from(id.0).min(self.rules.len().saturating_sub(1));
        &self.rules[at]
    }

    /// The number of a rule.
    pub fn find(&self, id: &str) -> Option<RelationId> {
        let at = self.rules.iter().position(|rule| rule.id == id)?;
        u16::try_from(at).ok().map(RelationId)
    }

    /// The rules that are read from objects of a kind.
    pub(crate) fn for_kind<'a>(&'a self, key: &ResourceKey) -> impl Iterator<Item = (RelationId, &'a Rule)> {
        let own = self.by_kind.get(key.kind_prefix()).map_or(&[][..], Vec::as_slice);
        own.iter().chain(&self.for_all).map(|id| (*id, self.rule(*id)))
    }
}

/// Our own rules, for the reference page and the panel "why is this edge here?".
pub fn rules() -> Vec<Rule> {
    crate::relations::all()
}
