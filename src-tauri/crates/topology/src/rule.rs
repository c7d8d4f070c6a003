//! One rule: what a relation is, where it is read from, and why it is there. The table of them is made of the entries in
//! `relations/`, and kept by `rules`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use model::{Health, RelationClass};

use crate::links::Found;
use crate::source::Source;

/// A text of a rule: static for our own, owned for a user's.
pub type Text = Cow<'static, str>;

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

/// Finds edges by the field path of a user's rule.
pub(crate) type ByPath = dyn Fn(&Source<'_>, &mut Found<'_>) + Send + Sync;

/// How a rule finds its edges.
#[derive(Clone)]
pub(crate) enum Infer {
    /// By code beside the entry.
    Code(fn(&Source<'_>, &mut Found<'_>)),
    /// By the field path of a user's rule.
    Path(Arc<ByPath>),
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
