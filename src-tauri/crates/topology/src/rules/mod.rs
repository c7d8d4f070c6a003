//! The table of rules: what a relation is, where it is read from, and why it is there.
//!
//! Entries live in `relations/`, one relation (or a few that share their fields) per file. The rule book adds the rules
//! of a user's file and knows which rules apply to which kind.

mod reference;
mod user;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use model::{GroupKind, Health, RelationClass, ResourceKey};
use rustc_hash::FxHashMap;

use crate::facts::{Found, Source};

pub use user::{RuleFileError, UserRule};

/// A text of a rule: static for our own, owned for a user's.
pub type Text = Cow<'static, str>;

/// A rule's number in its rule book. Cheap to copy and compare; [`RuleBook::rule`] gives the rest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct RelationId(pub(crate) u16);

/// Where a rule looks for its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetScope {
    /// In the namespace of the source only.
    Same,
    /// In any namespace, which a field names.
    Cross,
    /// Among cluster-scoped objects.
    Cluster,
    /// Outside the cluster's objects: users, hosts, addresses.
    Outside,
}

impl TargetScope {
    /// The scope in words, for the reference page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same namespace",
            Self::Cross => "any namespace",
            Self::Cluster => "cluster",
            Self::Outside => "outside",
        }
    }
}

/// What a missing target of the rule means for the object that refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The health that the source falls to.
    pub health: Health,
    /// The second line of its card; `{kind}` and `{name}` stand for the target.
    pub caption: Text,
}

/// How a rule finds its edges.
#[derive(Clone)]
pub(crate) enum Infer {
    /// By code beside the entry.
    Code(fn(&Source<'_>, &mut Found<'_>)),
    /// By the field path of a user's rule.
    Path(Arc<UserRule>),
    /// It finds no edge: it is told by a caption, a count or an attribute, as its explanation says.
    Attribute,
}

/// One entry of the table.
#[derive(Clone)]
pub struct Rule {
    /// The name of the relation in the canonical JSON: `service-selects-pod`.
    pub id: Text,
    /// Its row in the relationship catalogue; none for a user's rule.
    pub row: Option<u8>,
    /// Its class.
    pub class: RelationClass,
    /// Kinds it is read from, as group and kind; empty for every kind.
    pub sources: Vec<(Text, Text)>,
    /// Fields it is read from.
    pub fields: Vec<Text>,
    /// What it points to, in words or as a kind.
    pub target: Text,
    /// Where the target is looked for.
    pub scope: TargetScope,
    /// The reference may dangle without anything being wrong.
    pub optional: bool,
    /// Guessed from names or values, kept only where the target exists.
    pub inferred: bool,
    /// Why the edge is there, in a sentence.
    pub explanation: Text,
    /// What a missing target means.
    pub broken: Option<Broken>,
    pub(crate) infer: Infer,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("id", &self.id).field("row", &self.row).field("class", &self.class).finish()
    }
}

impl Rule {
    /// Starts an entry; the rest is said by the methods below.
    pub(crate) fn new(id: &'static str, row: u8, class: RelationClass) -> Self {
        Self {
            id: id.into(),
            row: Some(row),
            class,
            sources: Vec::new(),
            fields: Vec::new(),
            target: "".into(),
            scope: TargetScope::Same,
            optional: false,
            inferred: false,
            explanation: "".into(),
            broken: None,
            infer: Infer::Attribute,
        }
    }

    pub(crate) fn from(mut self, kinds: &[(&'static str, &'static str)]) -> Self {
        self.sources.extend(kinds.iter().map(|(group, kind)| (Text::Borrowed(*group), Text::Borrowed(*kind))));
        self
    }

    pub(crate) fn fields(mut self, fields: &[&'static str]) -> Self {
        self.fields = fields.iter().map(|field| Text::Borrowed(*field)).collect();
        self
    }

    pub(crate) fn to(mut self, target: &'static str, scope: TargetScope) -> Self {
        self.target = target.into();
        self.scope = scope;
        self
    }

    pub(crate) fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(crate) fn inferred(mut self) -> Self {
        self.inferred = true;
        self
    }

    pub(crate) fn because(mut self, explanation: &'static str) -> Self {
        self.explanation = explanation.into();
        self
    }

    pub(crate) fn broken(mut self, health: Health, caption: &'static str) -> Self {
        self.broken = Some(Broken { health, caption: caption.into() });
        self
    }

    pub(crate) fn by(mut self, infer: fn(&Source<'_>, &mut Found<'_>)) -> Self {
        self.infer = Infer::Code(infer);
        self
    }

    /// Whether the rule draws edges; otherwise what it says stands in captions, counts and attributes.
    pub fn draws_edges(&self) -> bool {
        !matches!(self.infer, Infer::Attribute)
    }
}

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
