//! What the graph needs to know of one object: a pure function of that object and the rule book.
//!
//! Facts are extracted in parallel and kept; the object's body is not.

use std::cell::RefCell;
use std::fmt::Display;
use std::sync::Arc;

use model::{GroupKind, Object, RelationClass, ResourceKey};
use rustc_hash::FxHasher;
use serde_json::Value;

use crate::kinds;
use crate::pool::Pool;
use crate::rules::{Infer, RelationId, Rule, RuleBook};
use crate::status::{self, Appraisal};
use crate::{LabelSelector, Labels};

/// Everything kept of one object.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) version: Arc<str>,
    pub(crate) uid: Option<Arc<str>>,
    pub(crate) labels: Labels,
    /// Names that are not labels but are looked up like labels: the Helm release, the default class.
    pub(crate) marks: Vec<(&'static str, Arc<str>)>,
    /// Labels of the pod template of a workload that nothing controls.
    pub(crate) template: Option<Labels>,
    /// It names an owner.
    pub(crate) owned: bool,
    /// Kind and name of the owner that controls it, as the key it would have in the namespace of the object.
    pub(crate) controller: Option<ResourceKey>,
    pub(crate) links: Vec<Link>,
    pub(crate) selections: Vec<Arc<Selection>>,
    pub(crate) exports: Vec<Export>,
    /// Objects whose edges depend on this one being there.
    pub(crate) pokes: Vec<ResourceKey>,
    /// What this object's status says about another: a key that a Secret lacks.
    pub(crate) remarks: Vec<(ResourceKey, Arc<str>)>,
    pub(crate) appraisal: Appraisal,
    pub(crate) app: Option<Arc<str>>,
}

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
    pub(crate) unless_poked: bool,
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
    /// Ready endpoints and all endpoints of an EndpointSlice or Endpoints object.
    Endpoints { ready: u32, total: u32 },
    /// The kind that a CustomResourceDefinition defines.
    Defines(GroupKind),
}

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
    pub(crate) fields: Arc<[Arc<str>]>,
    pub(crate) label: Option<Arc<str>>,
}

/// An object as the rules read it.
pub(crate) struct Source<'a> {
    pub(crate) object: &'a Object,
    pub(crate) key: &'a ResourceKey,
    pub(crate) body: &'a Value,
    /// `metadata.ownerReferences`.
    pub(crate) owners: Vec<Owner<'a>>,
    /// `metadata.labels`, or null.
    pub(crate) labels: &'a Value,
    /// `metadata.annotations`, or null.
    pub(crate) annotations: &'a Value,
    /// `spec`, or null.
    pub(crate) spec: &'a Value,
    pub(crate) namespace: &'a str,
    /// The pod's own spec, or the template's of a workload that nothing controls, with its path.
    pub(crate) pod: Option<PodSpec<'a>>,
    /// It has a controlling owner.
    pub(crate) controlled: bool,
    pool: &'a RefCell<Pool>,
}

/// A pod spec and the path to it, with the lists that many rules read.
#[derive(Clone, Copy)]
pub(crate) struct PodSpec<'a> {
    pub(crate) spec: &'a Value,
    pub(crate) path: &'static str,
    pub(crate) is_pod: bool,
    pub(crate) volumes: &'a [Value],
    /// All three lists of containers by their names.
    pub(crate) containers: [(&'static str, &'a [Value]); 3],
}

impl<'a> PodSpec<'a> {
    pub(crate) fn new(spec: &'a Value, path: &'static str, is_pod: bool) -> Self {
        let containers = ["initContainers", "containers", "ephemeralContainers"].map(|name| (name, list(spec, name)));
        Self { spec, path, is_pod, volumes: list(spec, "volumes"), containers }
    }

    /// Each container with its list's name.
    pub(crate) fn containers(&self) -> impl Iterator<Item = (&'static str, &'a Value)> + use<'a> {
        self.containers.into_iter().flat_map(|(name, list)| list.iter().map(move |container| (name, container)))
    }
}

/// An owner reference.
pub(crate) struct Owner<'a> {
    pub(crate) group: &'a str,
    /// Empty where it is absent, which no server allows.
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
    pub(crate) uid: Option<&'a str>,
    pub(crate) controls: bool,
}

impl<'a> Owner<'a> {
    fn new(reference: &'a Value) -> Self {
        Self {
            group: group_of(field(reference, "apiVersion").unwrap_or_default()),
            kind: field(reference, "kind").unwrap_or_default(),
            name: field(reference, "name").unwrap_or_default(),
            uid: field(reference, "uid"),
            controls: reference.get("controller").and_then(Value::as_bool) == Some(true),
        }
    }

    /// Whether it says whom it names.
    pub(crate) fn is_whole(&self) -> bool {
        !self.kind.is_empty() && !self.name.is_empty()
    }
}

impl<'a> Source<'a> {
    pub(crate) fn new(object: &'a Object, pool: &'a RefCell<Pool>) -> Self {
        // Every rule asks for some of these, so they are looked up once.
        let body: &Value = &object.body;
        let part = |value: &'a Value, name: &str| value.get(name).unwrap_or(&Value::Null);
        let metadata = part(body, "metadata");
        let owners: Vec<Owner<'a>> = list(metadata, "ownerReferences").iter().map(Owner::new).collect();
        let controlled = owners.iter().any(|owner| owner.controls);
        let key = &object.key;
        // A controlled workload repeats its controller's template, and an old ReplicaSet one that nothing runs any more:
        // its references would be doubles or false alarms.
        let is_pod = key.is("", "Pod");
        let pod = kinds::pod_spec(body, key).filter(|_| is_pod || !controlled);
        Self {
            object,
            key,
            body,
            owners,
            labels: part(metadata, "labels"),
            annotations: part(metadata, "annotations"),
            spec: part(body, "spec"),
            namespace: key.namespace(),
            pod,
            controlled,
            pool,
        }
    }

    /// The key of another object.
    pub(crate) fn key_to(&self, group: &str, kind: &str, namespace: &str, name: &str) -> ResourceKey {
        self.pool.borrow_mut().key([group, kind, namespace, name])
    }

    /// A text that other objects say as well.
    pub(crate) fn shared(&self, text: &str) -> Arc<str> {
        self.pool.borrow_mut().text(text)
    }

    /// A label.
    pub(crate) fn label(&self, name: &str) -> Option<&'a str> {
        self.labels.get(name)?.as_str()
    }

    /// An annotation.
    pub(crate) fn annotation(&self, name: &str) -> Option<&'a str> {
        self.annotations.get(name)?.as_str()
    }

    /// A string at a JSON pointer, none where it is empty.
    pub(crate) fn text(&self, pointer: &str) -> Option<&'a str> {
        text(self.body.at(pointer)?)
    }

    /// The items of a list at a JSON pointer.
    pub(crate) fn items(&self, pointer: &str) -> &'a [Value] {
        self.body.at(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// Reading by path.
pub(crate) trait At {
    /// The value at a JSON pointer. Unlike serde_json's own, it allocates nothing and knows no escapes: the names of
    /// fields of Kubernetes hold neither `~` nor `/`.
    fn at(&self, pointer: &str) -> Option<&Self>;
}

impl At for Value {
    fn at(&self, pointer: &str) -> Option<&Self> {
        let mut value = self;
        let mut rest = pointer.strip_prefix('/')?;
        while !rest.is_empty() {
            let step = match rest.bytes().position(|sign| sign == b'/') {
                Some(end) => {
                    let step = rest.get(..end)?;
                    rest = rest.get(end + 1..)?;
                    step
                }
                None => std::mem::take(&mut rest),
            };
            value = match value {
                Self::Object(map) => map.get(step)?,
                Self::Array(list) => list.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(value)
    }
}

/// The text of a string value, none where it is empty.
pub(crate) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// The text of a field of an object, none where it is empty or absent.
pub(crate) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(text)
}

/// The items of a list field.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Where a rule puts what it finds.
pub(crate) struct Found<'f> {
    rule: &'f Rule,
    id: RelationId,
    pool: &'f RefCell<Pool>,
    links: &'f mut Vec<Link>,
    selections: &'f mut Vec<Arc<Selection>>,
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
            class: self.rule.class,
            target,
            reversed: false,
            present_only: self.rule.inferred,
            unless_poked: false,
            optional: self.rule.optional,
            inferred: self.rule.inferred,
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
            class: self.rule.class,
            among,
            namespaces,
            selector,
            reversed: false,
            orphans: false,
            at_selector: false,
            optional: self.rule.optional,
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

/// Reads an object.
pub(crate) fn extract(object: &Object, book: &RuleBook, pool: &RefCell<Pool>) -> Facts {
    let source = Source::new(object, pool);
    let mut links = Vec::with_capacity(8);
    let mut selections = Vec::new();
    for (id, rule) in book.for_kind(&object.key) {
        let start = links.len();
        let mut found = Found { rule, id, pool, links: &mut links, selections: &mut selections };
        match &rule.infer {
            Infer::Code(infer) => infer(&source, &mut found),
            Infer::Path(user) => user.infer(&source, &mut found),
            Infer::Attribute => {}
        }
        merge(&mut links, start);
    }
    links.shrink_to_fit();
    let read_labels = |map: Option<&Value>| Labels::from_json_with(map, &mut pool.borrow_mut());
    let labels = read_labels(Some(source.labels));
    let is_template = !source.controlled && kinds::WORKLOADS.contains(&(source.key.group(), source.key.kind()));
    let template = is_template.then(|| kinds::pod_template(source.body, source.key)).flatten();
    let template = template.map(|template| template.at("/metadata/labels"));
    let mut appraisal = status::appraise(&source);
    appraisal.status = source.shared(&appraisal.status);
    appraisal.caption = source.shared(&appraisal.caption);
    Facts {
        version: source.shared(&object.version),
        uid: object.uid.clone(),
        app: crate::groups::own_app(&source, template.flatten()),
        marks: crate::marks::of(&source),
        controller: controller(&source),
        owned: !source.owners.is_empty(),
        exports: crate::exports::of(&source),
        pokes: crate::exports::pokes(&source),
        remarks: status::remarks(&source),
        appraisal,
        labels,
        template: template.map(read_labels),
        links,
        selections,
    }
}

/// The owner that controls it. A mirror pod names its node, which is where it runs and not what controls it.
fn controller(source: &Source<'_>) -> Option<ResourceKey> {
    let owner = source.owners.iter().find(|owner| owner.controls).filter(|owner| owner.is_whole())?;
    (owner.kind != "Node").then(|| source.key_to(owner.group, owner.kind, source.namespace, owner.name))
}

/// The group of an `apiVersion`.
pub(crate) fn group_of(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

/// Makes one link of several that differ only in their fields: several reasons, one edge.
fn merge(links: &mut Vec<Link>, start: usize) {
    let Some(tail) = links.get_mut(start..) else { return };
    if tail.len() < 2 {
        return;
    }
    tail.sort_by(|a, b| (&a.target, a.reversed).cmp(&(&b.target, b.reversed)));
    let found = links.split_off(start);
    for link in found {
        match links.get_mut(start..).and_then(<[Link]>::last_mut) {
            Some(last) if last.target == link.target && last.reversed == link.reversed => {
                last.optional &= link.optional;
                last.inferred &= link.inferred;
                last.present_only &= link.present_only;
                last.label = join_labels(last.label.take(), link.label);
                last.permit = last.permit.take().or(link.permit);
                last.fields = join_fields(&last.fields, &link.fields);
            }
            _ => links.push(link),
        }
    }
}

/// The fields of two edges that became one, each once, ordered.
pub(crate) fn join_fields(one: &[Arc<str>], other: &[Arc<str>]) -> Arc<[Arc<str>]> {
    let mut fields: Vec<Arc<str>> = one.iter().chain(other).cloned().collect();
    fields.sort_unstable();
    fields.dedup();
    fields.into()
}

/// Both labels of two edges that became one, each once, ordered.
pub(crate) fn join_labels(one: Option<Arc<str>>, other: Option<Arc<str>>) -> Option<Arc<str>> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => {
            let mut parts: Vec<&str> = one.split(", ").chain(other.split(", ")).collect();
            parts.sort_unstable();
            parts.dedup();
            Some(parts.join(", ").into())
        }
        (one, other) => one.or(other),
    }
}

impl Facts {
    /// Whether selectors see no difference.
    pub(crate) fn is_selected_like(&self, other: &Self) -> bool {
        self.labels == other.labels
            && self.template == other.template
            && self.marks == other.marks
            && self.owned == other.owned
            && self.uid.is_some() == other.uid.is_some()
    }

    /// A label, or a mark that is looked up like one.
    pub(crate) fn label(&self, name: &str) -> Option<&str> {
        let mark = || self.marks.iter().find(|(mark, _)| *mark == name).map(|(_, value)| &**value);
        self.labels.get(name).or_else(mark)
    }

    /// A label of the pods that it is or would make.
    pub(crate) fn pod_label(&self, name: &str) -> Option<&str> {
        self.template.as_ref().unwrap_or(&self.labels).get(name)
    }
}

/// A number for a label pair, by which selectors and objects find each other. Two pairs may share one:
/// whoever looks up compares the labels afterwards.
pub(crate) fn pair_hash(key: &str, value: &str) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = FxHasher::default();
    (key, value).hash(&mut hasher);
    hasher.finish()
}
