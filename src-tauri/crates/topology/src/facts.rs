//! What the graph needs to know of one object: a pure function of that object and the rule book.
//!
//! Facts are extracted in parallel and kept; the object's body is not.

use std::cell::RefCell;
use std::sync::Arc;

use model::{Object, ResourceKey};
use rustc_hash::FxHasher;
use serde_json::Value;

use crate::Labels;
use crate::json::At;
use crate::kinds;
use crate::links::{Export, Found, Link, Selection};
use crate::pool::Pool;
use crate::rule::Infer;
use crate::rules::RuleBook;
use crate::source::Source;
use crate::status::{self, Appraisal};

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
    pub(crate) supersedes: Vec<ResourceKey>,
    /// What this object's status says about another: a key that a Secret lacks.
    pub(crate) remarks: Vec<(ResourceKey, Arc<str>)>,
    /// A pod whose containers have ended for good.
    pub(crate) ended: bool,
    pub(crate) appraisal: Appraisal,
    pub(crate) app: Option<Arc<str>>,
}

/// Reads an object.
pub(crate) fn extract(object: &Object, book: &RuleBook, pool: &RefCell<Pool>) -> Facts {
    let source = Source::new(object, pool);
    let mut links = Vec::with_capacity(8);
    let mut selections = Vec::new();
    for (id, rule) in book.for_kind(&object.key) {
        let start = links.len();
        let mut found = Found {
            id,
            class: rule.class,
            optional: rule.optional,
            inferred: rule.inferred,
            pool,
            links: &mut links,
            selections: &mut selections,
        };
        match &rule.infer {
            Infer::Code(infer) => infer(&source, &mut found),
            Infer::Path(infer) => infer(&source, &mut found),
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
        supersedes: crate::exports::supersedes(&source),
        remarks: status::remarks(&source),
        ended: source.key.is("", "Pod") && matches!(source.text("/status/phase"), Some("Succeeded" | "Failed")),
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

/// Makes one link of several that differ only in their fields: several reasons, one edge.
fn merge(links: &mut Vec<Link>, start: usize) {
    let Some(tail) = links.get_mut(start..) else { return };
    if tail.len() < 2 {
        return;
    }
    tail.sort_by(|a, b| (&a.target, a.reversed, called(a)).cmp(&(&b.target, b.reversed, called(b))));
    let found = links.split_off(start);
    for link in found {
        match links.get_mut(start..).and_then(<[Link]>::last_mut) {
            Some(last)
                if last.target == link.target && last.reversed == link.reversed && called(last) == called(&link) =>
            {
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

/// The port of a guessed call: whether the Service has it is for the graph to say, so that calls of different ports stay
/// apart until then.
fn called(link: &Link) -> Option<&str> {
    link.label.as_deref().filter(|_| link.inferred)
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
            && self.ended == other.ended
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
