//! What the rules find in an object: references, selections, and what it tells those that refer to it. They know of no
//! rule but its number.

use std::cell::RefCell;
use std::fmt::Display;
use std::sync::Arc;

use model::{GroupKind, RelationClass, ResourceKey};

use crate::LabelSelector;
use crate::pool::Pool;

/// A rule's number in its rule book. Cheap to copy and compare; [`crate::RuleBook::rule`] gives the rest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct RelationId(pub(crate) u16);

/// One reference, with every field that makes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) rule: RelationId,
    pub(crate) class: RelationClass,
    pub(crate) target: Target,
    /// The edge runs from the target to the object that declares it.
    pub(crate) reversed: bool,
    /// No ghost: the edge is there only while the target is.
    pub(crate) present_only: bool,
    /// Not while EndpointSlices stand in for the object that declares it.
    pub(crate) unless_superseded: bool,
    pub(crate) optional: bool,
    pub(crate) inferred: bool,
    pub(crate) fields: Arc<[Arc<str>]>,
    pub(crate) label: Option<Arc<str>>,
    pub(crate) permit: Option<Box<Permit>>,
}

/// What a reference points to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// An object by its whole name.
    Key(ResourceKey),
    /// The owner: by uid where there is one; in the namespace of the dependent, as `here` says, or cluster-scoped.
    Owner { here: ResourceKey, uid: Option<Arc<str>> },
    /// An object by its whole name and, where known, its uid.
    Exact { key: ResourceKey, uid: Option<Arc<str>> },
    /// A kind that may be namespaced (then it is `here`) or cluster-scoped.
    Either { here: ResourceKey },
    /// The first of several that is there, else the first.
    FirstOf(Box<[ResourceKey]>),
    /// The AppProject of an Argo CD Application, by the key it has if it stands beside the Application. Argo CD looks for
    /// projects in its own namespace alone, which no field of an Application names.
    Project { here: ResourceKey },
    /// A kind by its plural, which discovery knows.
    Plural(Box<Plural>),
    /// Whatever another object says.
    Through { via: ResourceKey, what: Through },
}

/// An object by the plural of its kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plural {
    pub(crate) group: Arc<str>,
    pub(crate) plural: Arc<str>,
    pub(crate) namespace: Arc<str>,
    pub(crate) name: Arc<str>,
}

/// What to take from the other object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Through {
    /// The image pull secrets of a ServiceAccount.
    PullSecrets,
    /// The Services that a ConfigMap's values name; all values, or those of one key.
    Mentions(Option<Arc<str>>),
    /// An object of the parameter kind that an admission policy declares.
    Params(Box<Params>),
}

/// The parameter object that a policy's binding names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Params {
    pub(crate) namespace: Option<Arc<str>>,
    pub(crate) name: Arc<str>,
}

/// What an object tells to those that refer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    /// A ServiceAccount's image pull secret.
    PullSecret(Arc<str>),
    /// A Service that a ConfigMap's value names.
    Mention { key: Arc<str>, service: ResourceKey, label: Option<Arc<str>> },
    /// The parameter kind of an admission policy.
    ParamKind(GroupKind),
    /// The listeners of a Gateway: name and which namespaces' routes they take.
    Listener { name: Arc<str>, from: AllowedRoutes },
    /// One permission of a ReferenceGrant.
    Grant { from: (GroupKind, Arc<str>), to: GroupKind, name: Option<Arc<str>> },
    /// An AppProject: the namespaces beside Argo CD's own whose Applications it takes, as patterns.
    Project { namespaces: Box<[Arc<str>]> },
    /// The ports of a Service.
    Ports(Box<[Arc<str>]>),
    /// Ready endpoints and all endpoints of an EndpointSlice or Endpoints object.
    Endpoints { ready: u32, total: u32 },
    /// The kind that a CustomResourceDefinition defines.
    Defines(GroupKind),
}

impl Export {
    /// The namespace whose references depend on what an object tells: that of a ReferenceGrant. An AppProject may be meant
    /// from any namespace; all of them stand under the empty name.
    pub(crate) fn concerns(key: &ResourceKey, exports: &[Self]) -> Option<Arc<str>> {
        match exports.first()? {
            Self::Grant { .. } => Some(key.namespace().into()),
            Self::Project { .. } => Some(ANYWHERE.into()),
            _ => None,
        }
    }
}

/// Where objects stand that may be meant from any namespace.
pub(crate) const ANYWHERE: &str = "";

/// Which namespaces a Gateway listener takes routes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedRoutes {
    Same,
    All,
    Matching(LabelSelector),
}

/// What an edge across namespaces needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Permit {
    /// A ReferenceGrant in the target's namespace.
    Grant,
    /// The Gateway's listener must take routes of this namespace; `told` is what the route's status says.
    Route { section: Option<Arc<str>>, told: Option<bool> },
}

/// Which objects a selection looks among.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Among {
    /// Pods; where there are none to be had, the workloads that would make them.
    Pods,
    Kind(GroupKind),
    /// Objects of the parameter kind that the admission policy of this key declares.
    ParamsOf(ResourceKey),
    /// Objects of every kind that carry a label.
    Everything,
}

/// Which namespaces a selection looks in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Namespaces {
    Named(Vec<Arc<str>>),
    All,
    Matching(LabelSelector),
}

/// A label selector and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) rule: RelationId,
    pub(crate) class: RelationClass,
    pub(crate) among: Among,
    pub(crate) namespaces: Namespaces,
    pub(crate) selector: LabelSelector,
    /// The edge runs from what is selected to what selects.
    pub(crate) reversed: bool,
    /// Only objects that no owner controls.
    pub(crate) orphans: bool,
    /// The edge is stored at the object that selects: for selectors that many objects share and that match few.
    pub(crate) at_selector: bool,
    pub(crate) optional: bool,
    /// Only pods that are not over: nothing is sent to one that was evicted.
    pub(crate) live: bool,
    pub(crate) fields: Arc<[Arc<str>]>,
    pub(crate) label: Option<Arc<str>>,
}

/// Where a rule puts what it finds.
pub(crate) struct Found<'f> {
    /// The rule, and how its links are unless they say otherwise.
    pub(crate) id: RelationId,
    pub(crate) class: RelationClass,
    pub(crate) optional: bool,
    pub(crate) inferred: bool,
    pub(crate) pool: &'f RefCell<Pool>,
    pub(crate) links: &'f mut Vec<Link>,
    pub(crate) selections: &'f mut Vec<Arc<Selection>>,
}

impl Found<'_> {
    /// A reference by key.
    pub(crate) fn key(&mut self, target: ResourceKey, field: impl Display) -> &mut Link {
        self.link(Target::Key(target), field)
    }

    /// A reference.
    pub(crate) fn link(&mut self, target: Target, field: impl Display) -> &mut Link {
        let at = self.links.len();
        self.links.push(Link {
            rule: self.id,
            class: self.class,
            target,
            reversed: false,
            present_only: self.inferred,
            unless_superseded: false,
            optional: self.optional,
            inferred: self.inferred,
            fields: self.pool.borrow_mut().field(field),
            label: None,
            permit: None,
        });
        &mut self.links[at]
    }

    /// A selection: what it looks among, where, by what, and the field that says so.
    pub(crate) fn select(
        &mut self,
        among: Among,
        namespaces: Namespaces,
        selector: LabelSelector,
        field: impl Display,
    ) -> &mut Selection {
        let at = self.selections.len();
        self.selections.push(Arc::new(Selection {
            rule: self.id,
            class: self.class,
            among,
            namespaces,
            selector,
            reversed: false,
            orphans: false,
            at_selector: false,
            live: false,
            optional: self.optional,
            fields: self.pool.borrow_mut().field(field),
            label: None,
        }));
        Arc::make_mut(&mut self.selections[at])
    }
}

impl Link {
    pub(crate) fn optional(&mut self, optional: bool) -> &mut Self {
        self.optional |= optional;
        self
    }

    pub(crate) fn reversed(&mut self) -> &mut Self {
        self.reversed = true;
        self
    }

    pub(crate) fn if_present(&mut self) -> &mut Self {
        self.present_only = true;
        self
    }

    pub(crate) fn label(&mut self, label: impl Into<Arc<str>>) -> &mut Self {
        self.label = Some(label.into());
        self
    }

    pub(crate) fn permit(&mut self, permit: Permit) -> &mut Self {
        self.permit = Some(Box::new(permit));
        self
    }
}
