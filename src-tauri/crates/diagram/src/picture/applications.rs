//! Which application each card of a namespace belongs to: by label, by what it stands by, by what it hangs together
//! with.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::RelationClass;
use rustc_hash::FxHashMap;
use topology::NodeId;

use super::drafts::Drafts;
use crate::scene::CardLook;

/// Name of the block of loose cards; sorts after every application.
pub(super) const OTHER: &str = "~other";

/// The name of each card's block.
pub(super) fn name_blocks(drafts: &Drafts, gone: &[bool], adopted: &FxHashMap<NodeId, NodeId>) -> Vec<Arc<str>> {
    let count = drafts.cards.len();
    let mut tree = Forest((0..count).collect());
    let mut first_of: FxHashMap<&str, usize> = FxHashMap::default();
    for (at, draft) in drafts.cards.iter().enumerate() {
        if let Some(app) = &draft.app {
            tree.join(*first_of.entry(app).or_insert(at), at);
        }
    }
    // What cannot have labels stands by what it serves.
    for (at, draft) in drafts.cards.iter().enumerate() {
        let by = draft.by.or_else(|| draft.node.and_then(|node| adopted.get(&node).copied()));
        if let Some(host) = by.and_then(|by| drafts.card_of.get(&by)) {
            tree.join(*host, at);
        }
    }
    // Connected objects without an application form one of their own, unless what connects them is shared.
    let (mut users, mut leaving) = (vec![0_usize; count], vec![0_usize; count]);
    for line in &drafts.lines {
        users[line.to] += usize::from(line.class == RelationClass::Refers);
        leaving[line.from] += 1;
    }
    let is_free = |at: usize| drafts.cards[at].app.is_none();
    let apps_of: Vec<Option<Arc<str>>> = group_apps(&mut tree, drafts);
    for line in &drafts.lines {
        let is_shared = line.class == RelationClass::Refers && users[line.to] > 1;
        let (from, to) = (line.from, line.to);
        if is_shared || line.inferred {
            continue;
        }
        match (&apps_of[from], &apps_of[to]) {
            (None, None) => tree.join(from, to),
            // A governor or reference without labels goes with the one application it touches.
            (Some(_), None) if is_free(to) && users[to] <= 1 => tree.join(from, to),
            (None, Some(_)) if is_free(from) && leaving[from] == 1 => tree.join(to, from),
            _ => {}
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in (0..count).filter(|at| !gone[*at]) {
        groups.entry(tree.root(at)).or_default().push(at);
    }
    let mut names: Vec<Arc<str>> = vec![OTHER.into(); count];
    for cards in groups.values() {
        let app = cards.iter().find_map(|at| drafts.cards[*at].app.clone());
        let rank = |at: &&usize| {
            let spec = &drafts.cards[**at].spec;
            (drafts.cards[**at].weight, spec.look == CardLook::Object, std::cmp::Reverse(spec.key.clone()))
        };
        let best = cards.iter().max_by_key(rank).map(|at| &drafts.cards[*at]);
        let is_loose = cards.len() == 1 && best.is_some_and(|draft| draft.weight < 4);
        let name = match (app, best) {
            _ if is_loose => continue,
            (Some(app), _) => app,
            (None, Some(draft)) => draft.spec.key.name().into(),
            (None, None) => continue,
        };
        for at in cards {
            names[*at] = Arc::clone(&name);
        }
    }
    names
}

/// The application of each card's group so far.
fn group_apps(tree: &mut Forest, drafts: &Drafts) -> Vec<Option<Arc<str>>> {
    let mut apps: FxHashMap<usize, Arc<str>> = FxHashMap::default();
    for (at, draft) in drafts.cards.iter().enumerate() {
        if let Some(app) = &draft.app {
            apps.insert(tree.root(at), Arc::clone(app));
        }
    }
    (0..drafts.cards.len()).map(|at| apps.get(&tree.root(at)).cloned()).collect()
}

/// Disjoint sets; the smaller number is the root, so the result does not depend on the order of joins.
struct Forest(Vec<usize>);

impl Forest {
    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
