//! From an object's facts to the edges it declares: reads the indexes, changes nothing.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use model::{GroupKind, RelationClass, ResourceKey};

use super::select::selects;
use super::{Known, is_pod_like};
use crate::facts::{Facts, join_fields, join_labels};
use crate::graph::{LeftOut, NodeId};
use crate::kinds;
use crate::links::RelationId;
use crate::links::{ANYWHERE, AllowedRoutes, Export, Link, Permit, Plural, Selection, Target, Through};
use crate::marks::{CREATED, DEFAULT_CLASS, NAMESPACE_NAME};

/// What one object declares.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub(super) drafts: Vec<Draft>,
    /// Keys whose coming (or going) would change the drafts, though no edge leads there.
    pub(super) wants: Vec<ResourceKey>,
    /// Namespaces whose grants matter.
    pub(super) seeks: Vec<Arc<str>>,
    /// What is past [`MOST`].
    pub(super) left_out: Option<Arc<LeftOut>>,
}

/// Far ends of one relation that an object gets by what others say, be it their selectors or what they name: a few
/// thousand selectors that all match a few thousand pods would make tens of millions of edges.
pub(crate) const MOST: usize = 256;

/// An edge whose far end may have no node yet.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) far: Far,
    /// From the object to the far end.
    pub(super) outgoing: bool,
    pub(super) relation: RelationId,
    pub(super) class: RelationClass,
    pub(super) optional: bool,
    pub(super) inferred: bool,
    pub(super) permitted: Option<bool>,
    pub(super) fields: Arc<[Arc<str>]>,
    pub(super) label: Option<Arc<str>>,
}

/// The far end of a draft.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Far {
    Node(NodeId),
    Ghost(ResourceKey),
}

impl Target {
    /// Whether what it names depends on what the server serves.
    pub(super) fn needs_discovery(&self) -> bool {
        match self {
            Self::Plural(_) | Self::Either { .. } | Self::Owner { .. } | Self::Project { .. } => true,
            Self::Through { what, .. } => matches!(what, Through::Params(_)),
            Self::Key(_) | Self::Exact { .. } | Self::FirstOf(_) => false,
        }
    }
}

impl Known {
    pub(super) fn facts(&self, id: NodeId) -> Option<&Arc<Facts>> {
        self.facts.get(id.index()).and_then(Option::as_ref)
    }

    pub(super) fn key(&self, id: NodeId) -> Option<&ResourceKey> {
        self.keys.get(id.index()).and_then(Option::as_ref)
    }

    /// The node of an object that is there.
    pub(super) fn present(&self, key: &ResourceKey) -> Option<NodeId> {
        self.ids.get(key).copied().filter(|id| self.facts(*id).is_some())
    }

    /// The edges that an object declares, ordered and without doubles; none if it is not there.
    pub(super) fn resolve(&self, id: NodeId) -> Resolved {
        let mut resolved = Resolved::default();
        let (Some(key), Some(facts)) = (self.key(id), self.facts(id)) else { return resolved };
        resolved.drafts.reserve(facts.links.len() + 2);
        for link in &facts.links {
            self.follow(key, link, &mut resolved);
        }
        let said_by_others = resolved.drafts.len();
        self.selected(id, key, facts, &mut resolved);
        self.selecting(id, facts, &mut resolved);
        self.leave_out(said_by_others, &mut resolved);
        resolved.drafts.retain(|draft| draft.far != Far::Node(id));
        self.drop_false_calls(key, facts, &mut resolved);
        self.settle(&mut resolved.drafts);
        resolved.wants.sort_unstable();
        resolved.wants.dedup();
        resolved
    }

    /// Keeps, of the drafts from `start` on, the first [`MOST`] far ends by key of each relation, and tells of the others.
    fn leave_out(&self, start: usize, resolved: &mut Resolved) {
        if resolved.drafts.len() - start <= MOST {
            return;
        }
        let mut found = resolved.drafts.split_off(start);
        found.sort_by(|one, other| {
            let relation = |draft: &Draft| (draft.relation, draft.outgoing);
            relation(one).cmp(&relation(other)).then_with(|| self.by_far_key(&one.far, &other.far))
        });
        let mut left_out = LeftOut::default();
        for same in found.chunk_by(|one, other| one.relation == other.relation && one.outgoing == other.outgoing) {
            for (at, draft) in same.chunk_by(|one, other| one.far == other.far).enumerate() {
                match draft {
                    _ if at < MOST => resolved.drafts.extend_from_slice(draft),
                    [Draft { far: Far::Node(far), relation, .. }, ..] => left_out.add(Some((*far, *relation))),
                    _ => left_out.add(None),
                }
            }
        }
        if left_out.count > 0 {
            resolved.left_out = Some(Arc::new(left_out));
        }
    }

    /// Drops what only looks like a call: of a port that the Service does not have, or of the Service in front of the
    /// caller itself.
    fn drop_false_calls(&self, key: &ResourceKey, facts: &Facts, resolved: &mut Resolved) {
        let calls = self.book.counted.calls;
        let Resolved { drafts, wants, .. } = resolved;
        drafts.retain(|draft| {
            let (true, Far::Node(far)) = (Some(draft.relation) == calls, &draft.far) else { return true };
            let (Some(service), Some(its)) = (self.key(*far), self.facts(*far)) else { return true };
            let mut selections = its.selections.iter().filter(|_| service.namespace() == key.namespace());
            let own = selections.any(|selection| selection.selector.matches(|name| facts.pod_label(name)));
            let ports = its.exports.iter().find_map(|export| match export {
                Export::Ports(ports) => Some(ports),
                _ => None,
            });
            let called = draft.label.as_deref().and_then(|label| label.strip_prefix(':'));
            let closed =
                || called.zip(ports).is_some_and(|(called, ports)| !ports.iter().any(|port| **port == *called));
            let false_call = own || closed();
            if false_call {
                wants.push(service.clone());
            }
            !false_call
        });
    }

    fn follow(&self, source: &ResourceKey, link: &Link, resolved: &mut Resolved) {
        if link.unless_superseded && self.superseded.contains_key(source) {
            return;
        }
        let far = match &link.target {
            Target::Key(key) => Some(key.clone()),
            Target::Exact { key, uid } => {
                let other = self.present(key).and_then(|id| self.facts(id)?.uid.as_ref());
                if uid.is_some() && other.is_some() && uid.as_ref() != other {
                    resolved.wants.push(key.clone());
                    return;
                }
                Some(key.clone())
            }
            Target::FirstOf(keys) => {
                let found = keys.iter().find(|key| self.present(key).is_some()).or(keys.first());
                resolved.wants.extend(keys.iter().filter(|key| Some(*key) != found).cloned());
                found.cloned()
            }
            Target::Plural(named) => self.by_plural(named),
            Target::Project { here } => self.project(here, resolved),
            Target::Owner { here, uid } => match self.owner(source, here, uid.as_ref()) {
                Owner::Node(id) => {
                    resolved.drafts.push(draft(link, Far::Node(id)));
                    return;
                }
                Owner::Absent { key, other } => {
                    resolved.wants.push(other);
                    Some(key)
                }
                Owner::Replaced(key) => {
                    resolved.wants.push(key);
                    return;
                }
            },
            Target::Either { here } => Some(self.either(here, resolved)),
            Target::Through { via, what } => {
                self.through(link, via, what, resolved);
                return;
            }
        };
        if let Some(key) = far {
            let permitted = link.permit.as_ref().and_then(|permit| self.permitted(source, &key, permit, resolved));
            self.point(link, key, permitted, resolved);
        }
    }

    fn point(&self, link: &Link, key: ResourceKey, permitted: Option<bool>, resolved: &mut Resolved) {
        if kinds::is_left_out(&key) || key.name().is_empty() {
            return;
        }
        let far = match self.ids.get(&key) {
            Some(id) if !link.present_only || self.facts(*id).is_some() => Far::Node(*id),
            _ if link.present_only => {
                resolved.wants.push(key);
                return;
            }
            _ => Far::Ghost(key),
        };
        resolved.drafts.push(Draft { permitted, ..draft(link, far) });
    }

    fn by_plural(&self, Plural { group, plural, namespace, name }: &Plural) -> Option<ResourceKey> {
        let kind = self.listed.by_plural(group, plural)?;
        let key = ResourceKey::of(&kind, namespace, name);
        match self.listed.namespaced(&key) {
            true if namespace.is_empty() => None,
            true => Some(key),
            false => Some(key.in_namespace("")),
        }
    }

    fn owner(&self, source: &ResourceKey, here: &ResourceKey, uid: Option<&Arc<str>>) -> Owner {
        // The uid decides. An owner in another namespace is none: the garbage collector would not follow it either.
        let by_uid = uid.and_then(|uid| self.uids.get(uid)).copied();
        let reachable = by_uid.filter(|id| {
            let namespace = self.key(*id).map_or("", ResourceKey::namespace);
            namespace.is_empty() || namespace == source.namespace()
        });
        if let Some(id) = reachable {
            return Owner::Node(id);
        }
        let (here, cluster) = (here.clone(), here.in_namespace(""));
        for key in [&here, &cluster] {
            let Some(id) = self.present(key) else { continue };
            let other = self.facts(id).and_then(|facts| facts.uid.as_ref());
            return match (uid, other) {
                (Some(_), Some(_)) => Owner::Replaced(key.clone()),
                _ => Owner::Node(id),
            };
        }
        let (key, other) = if self.listed.namespaced(&here) { (here, cluster) } else { (cluster, here) };
        Owner::Absent { key, other }
    }

    /// The AppProject that an Application means: the one beside it, else the one that takes Applications of its namespace,
    /// else any of that name; of one that is not there, the key it would have where the other projects are. None where
    /// that cannot be told of a kind that is listed: nobody knows that it is missing.
    fn project(&self, here: &ResourceKey, resolved: &mut Resolved) -> Option<ResourceKey> {
        resolved.seeks.push(ANYWHERE.into());
        let ids = self.grants.get(ANYWHERE).into_iter().flatten();
        let projects = || ids.clone().filter_map(|id| Some((self.key(*id)?, self.facts(*id)?)));
        let takes = |facts: &Facts| {
            facts.exports.iter().any(|export| match export {
                Export::Project { namespaces } => namespaces.iter().any(|name| matches_glob(name, here.namespace())),
                _ => false,
            })
        };
        let named = projects().filter(|(key, _)| key.name() == here.name());
        let rank = |(key, facts): &(&ResourceKey, &Arc<Facts>)| (*key != here, !takes(facts), (*key).clone());
        if let Some((key, _)) = named.min_by_key(rank) {
            return Some(key.clone());
        }
        let homes: BTreeSet<&str> = projects().map(|(key, _)| key.namespace()).collect();
        match homes.first() {
            _ if homes.contains(here.namespace()) => Some(here.clone()),
            Some(home) if homes.len() == 1 => Some(here.in_namespace(home)),
            _ => (!self.listed.has(here)).then(|| here.clone()),
        }
    }

    fn either(&self, here: &ResourceKey, resolved: &mut Resolved) -> ResourceKey {
        let (here, cluster) = (here.clone(), here.in_namespace(""));
        let (first, second) = if self.listed.namespaced(&here) { (here, cluster) } else { (cluster, here) };
        if self.present(&first).is_none() && self.present(&second).is_some() {
            resolved.wants.push(first);
            return second;
        }
        resolved.wants.push(second);
        first
    }

    fn through(&self, link: &Link, via: &ResourceKey, what: &Through, resolved: &mut Resolved) {
        resolved.wants.push(via.clone());
        let start = resolved.drafts.len();
        let facts = self.ids.get(via).and_then(|id| self.facts(*id));
        for export in facts.into_iter().flat_map(|facts| &facts.exports) {
            match (what, export) {
                (Through::PullSecrets, Export::PullSecret(name)) => {
                    let key = ResourceKey::new("", "Secret", via.namespace(), name);
                    self.point(link, key, None, resolved);
                }
                (Through::Mentions(only), Export::Mention { key, service, label })
                    if only.as_ref().is_none_or(|only| only == key) =>
                {
                    let mut link = link.clone();
                    link.label = label.clone();
                    link.fields = link.fields.iter().map(|field| format!("{field} → data[{key}]").into()).collect();
                    self.point(&link, service.clone(), None, resolved);
                }
                (Through::Params(params), Export::ParamKind(kind)) => {
                    let key = match &params.namespace {
                        Some(namespace) => ResourceKey::of(kind, namespace, &params.name),
                        None => ResourceKey::of(kind, "", &params.name),
                    };
                    // Of a namespaced kind it is the one in the namespace of whatever is being admitted: no certain one.
                    if params.namespace.is_some() || !self.listed.namespaced(&key) {
                        self.point(link, key, None, resolved);
                    }
                }
                _ => {}
            }
        }
        self.leave_out(start, resolved);
    }

    fn permitted(
        &self,
        source: &ResourceKey,
        target: &ResourceKey,
        permit: &Permit,
        resolved: &mut Resolved,
    ) -> Option<bool> {
        match permit {
            Permit::Grant if source.namespace() == target.namespace() => None,
            Permit::Grant => {
                let namespace: Arc<str> = target.namespace().into();
                let grants = self.grants.get(&namespace).into_iter().flatten();
                let mut exports = grants.filter_map(|id| self.facts(*id)).flat_map(|facts| &facts.exports);
                let granted = exports.any(|export| grants_it(export, source, target));
                resolved.seeks.push(namespace);
                Some(granted)
            }
            Permit::Route { section, told } => {
                // A listener may choose by the labels of the route's namespace.
                resolved.wants.push(ResourceKey::new("", "Namespace", "", source.namespace()));
                told.or_else(|| self.route_allowed(source, target, section.as_ref()))
            }
        }
    }

    fn route_allowed(&self, route: &ResourceKey, gateway: &ResourceKey, section: Option<&Arc<str>>) -> Option<bool> {
        let facts = self.facts(self.present(gateway)?)?;
        let mut listeners = facts.exports.iter().filter_map(|export| match export {
            Export::Listener { name, from } if section.is_none_or(|section| section == name) => Some(from),
            _ => None,
        });
        Some(listeners.any(|from| match from {
            AllowedRoutes::All => true,
            AllowedRoutes::Same => route.namespace() == gateway.namespace(),
            AllowedRoutes::Matching(selector) => selector.matches(|name| self.namespace_label(route.namespace(), name)),
        }))
    }

    /// Edges from objects whose selectors match this one.
    fn selected(&self, id: NodeId, key: &ResourceKey, facts: &Facts, resolved: &mut Resolved) {
        let as_pod = is_pod_like(key, facts, self.pods_hidden);
        for (declarer, selection) in self.select.candidates(key, facts, as_pod) {
            if selection.at_selector || *declarer == id {
                continue;
            }
            if self.selects(selection, key, facts, as_pod) {
                resolved.drafts.push(Draft {
                    far: Far::Node(*declarer),
                    outgoing: selection.reversed,
                    relation: selection.rule,
                    class: selection.class,
                    optional: selection.optional,
                    inferred: false,
                    permitted: None,
                    fields: selection.fields.clone(),
                    label: selection.label.clone(),
                });
            }
        }
    }

    /// Edges of selections that are stored at the object that selects.
    fn selecting(&self, id: NodeId, facts: &Facts, resolved: &mut Resolved) {
        for selection in facts.selections.iter().filter(|selection| selection.at_selector) {
            let mut targets = self.select.targets(selection, None);
            if selection.selector.required().any(|(label, _)| label == DEFAULT_CLASS) {
                self.keep_newest(selection, &mut targets);
            }
            for target in targets {
                let (Some(key), Some(facts)) = (self.key(target), self.facts(target)) else { continue };
                let as_pod = is_pod_like(key, facts, self.pods_hidden);
                let matches = self.selects(selection, key, facts, as_pod);
                if target != id && matches {
                    resolved.drafts.push(Draft {
                        far: Far::Node(target),
                        outgoing: !selection.reversed,
                        relation: selection.rule,
                        class: selection.class,
                        optional: selection.optional,
                        inferred: false,
                        permitted: None,
                        fields: selection.fields.clone(),
                        label: selection.label.clone(),
                    });
                }
            }
        }
    }

    /// Of several default classes the one made last applies, of those made at once the first by name.
    /// <https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass>
    fn keep_newest(&self, selection: &Selection, targets: &mut Vec<NodeId>) {
        targets.retain(|id| match (self.key(*id), self.facts(*id)) {
            (Some(key), Some(facts)) => self.selects(selection, key, facts, false),
            _ => false,
        });
        let created = |id: &NodeId| self.facts(*id).and_then(|facts| facts.label(CREATED));
        let newest =
            targets.iter().copied().max_by(|a, b| created(a).cmp(&created(b)).then(self.key(*b).cmp(&self.key(*a))));
        targets.retain(|id| Some(*id) == newest);
    }

    fn selects(&self, selection: &Selection, key: &ResourceKey, facts: &Facts, as_pod: bool) -> bool {
        let is_param_of =
            |policy: &ResourceKey| self.param_kind(policy).is_some_and(|kind| key.is(&kind.group, &kind.kind));
        selects(selection, key, facts, as_pod, is_param_of, |name| self.namespace_label(key.namespace(), name))
    }

    /// The parameter kind that an admission policy declares.
    fn param_kind(&self, policy: &ResourceKey) -> Option<&GroupKind> {
        let exports = &self.facts(self.present(policy)?)?.exports;
        exports.iter().find_map(|export| match export {
            Export::ParamKind(kind) => Some(kind),
            _ => None,
        })
    }

    /// A label of a namespace. Every namespace carries its own name, even one that is not in the source.
    pub(super) fn namespace_label<'a>(&'a self, namespace: &'a str, name: &str) -> Option<&'a str> {
        if name == NAMESPACE_NAME {
            return Some(namespace);
        }
        let id = self.present(&ResourceKey::new("", "Namespace", "", namespace))?;
        self.facts(id)?.labels.get(name)
    }

    /// Orders drafts by far end and relation, makes one of doubles, and drops a guess where a rule knows.
    fn settle(&self, settled: &mut Vec<Draft>) {
        settled.sort_by(|a, b| {
            self.by_far_key(&a.far, &b.far).then(a.relation.cmp(&b.relation)).then(a.outgoing.cmp(&b.outgoing))
        });
        settled.dedup_by(|draft, last| {
            let same = last.far == draft.far && last.relation == draft.relation && last.outgoing == draft.outgoing;
            if same {
                last.optional &= draft.optional;
                last.inferred &= draft.inferred;
                last.permitted = match (last.permitted, draft.permitted) {
                    (Some(one), Some(other)) => Some(one && other),
                    (one, other) => one.or(other),
                };
                last.fields = join_fields(&last.fields, &draft.fields);
                last.label = join_labels(last.label.take(), draft.label.take());
            }
            same
        });
        if let Some(guess) = self.book.counted.guess
            && settled.iter().any(|draft| draft.relation == guess)
        {
            // Membership is no reason to drop a reference; anything else between the two says more than a guess.
            let known: Vec<Far> = settled
                .iter()
                .filter(|draft| draft.relation != guess && draft.outgoing && draft.class != RelationClass::Member)
                .map(|draft| draft.far.clone())
                .collect();
            settled.retain(|draft| draft.relation != guess || !known.contains(&draft.far));
        }
    }

    fn by_far_key(&self, one: &Far, other: &Far) -> Ordering {
        match (one, other) {
            (Far::Node(one), Far::Node(other)) if self.in_order || one == other => one.cmp(other),
            _ => self.far_key(one).cmp(&self.far_key(other)),
        }
    }

    fn far_key<'a>(&'a self, far: &'a Far) -> Option<&'a ResourceKey> {
        match far {
            Far::Node(id) => self.key(*id),
            Far::Ghost(key) => Some(key),
        }
    }
}

enum Owner {
    Node(NodeId),
    /// Not there; it could also turn up under the other key.
    Absent {
        key: ResourceKey,
        other: ResourceKey,
    },
    /// An object of that name is there, but it is another one.
    Replaced(ResourceKey),
}

fn draft(link: &Link, far: Far) -> Draft {
    Draft {
        far,
        outgoing: !link.reversed,
        relation: link.rule,
        class: link.class,
        optional: link.optional,
        inferred: link.inferred,
        permitted: None,
        fields: link.fields.clone(),
        label: link.label.clone(),
    }
}

/// Whether a name fits a pattern in which `*` stands for any characters and `?` for one, as in a shell.
fn matches_glob(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut in_name) = (0, 0);
    // Where the last star stands and what of the name it has taken.
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = name.get(in_name) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, in_name));
                at += 1;
            }
            Some(wanted) if wanted == letter || *wanted == b'?' => (at, in_name) = (at + 1, in_name + 1),
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                (at, in_name) = (place + 1, taken + 1);
            }
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == b'*')
}

fn grants_it(export: &Export, source: &ResourceKey, target: &ResourceKey) -> bool {
    let Export::Grant { from: (kind, namespace), to, name } = export else { return false };
    source.is(&kind.group, &kind.kind)
        && &**namespace == source.namespace()
        && target.is(&to.group, &to.kind)
        && name.as_ref().is_none_or(|name| &**name == target.name())
}
