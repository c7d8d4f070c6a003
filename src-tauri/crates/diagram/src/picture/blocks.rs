//! Divides the cards of a namespace into applications, by label and neighbours, and what is loose into one quiet block.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{RelationClass, ResourceKey};
use rustc_hash::FxHashMap;
use topology::{Lens, NodeId};

use super::Options;
use super::applications::{OTHER, name_blocks};
use super::block::{block_spec, shared};
use super::drafts::{Away, Draft, Drafts, Line};
use super::folds::{fold_loose, keep};
use super::plan::Members;
use super::spec::{BlockSpec, CardSpec, Outward, Seat, shown};
use crate::scene::{CardLook, Counts};

type Divided = (Vec<Arc<BlockSpec>>, FxHashMap<NodeId, Seat>, Vec<Outward>);

/// Which application each card of a namespace belongs to.
pub(super) struct Applications {
    /// By card.
    pub(super) names: Vec<Arc<str>>,
    /// Cards that lie in others.
    gone: Vec<bool>,
    /// From roles to accounts, in place of the bindings that lie in the roles.
    granted: Vec<Line>,
}

impl Applications {
    /// By all lines of the cards, whatever a lens shows of them. What says nothing of its own is folded in on the way.
    pub(super) fn new(options: &Options, drafts: &mut Drafts, members: &Members) -> Self {
        let (gone, granted) = fold_bindings(options, drafts);
        let adopted: FxHashMap<NodeId, NodeId> = members.adopted.iter().copied().collect();
        Self { names: name_blocks(drafts, &gone, &adopted), gone, granted }
    }

    /// Says of lines that were drawn after the folding what they are instead of those of a folded binding.
    pub(super) fn grant(&self, lines: &mut [Line]) {
        let granted: FxHashMap<(usize, usize), &Line> =
            self.granted.iter().map(|line| ((line.from, line.to), line)).collect();
        for line in lines {
            if let Some(granted) = granted.get(&(line.from, line.to)) {
                *line = (*granted).clone();
            }
        }
    }

    /// The same with the names that these cards have elsewhere.
    pub(super) fn named_as(self, drafts: &Drafts, known: &FxHashMap<ResourceKey, Arc<str>>) -> Self {
        let mut names: Vec<Option<Arc<str>>> =
            drafts.cards.iter().map(|draft| known.get(&draft.spec.key).cloned()).collect();
        // What has no card there goes with the one application that it touches.
        let mut near: BTreeMap<usize, BTreeSet<Arc<str>>> = BTreeMap::new();
        for (one, other) in drafts.lines.iter().flat_map(|line| [(line.from, line.to), (line.to, line.from)]) {
            if let (None, Some(name)) = (&names[one], &names[other]) {
                near.entry(one).or_default().insert(Arc::clone(name));
            }
        }
        for (at, near) in near {
            let mut near = near.into_iter();
            names[at] = match (near.next(), near.next()) {
                (Some(only), None) => Some(only),
                _ => Some(OTHER.into()),
            };
        }
        let names = names.into_iter().zip(self.names).map(|(known, own)| known.unwrap_or(own));
        Self { names: names.collect(), ..self }
    }
}

/// Blocks, the seat of each node in them, and the links that leave a block.
pub(super) fn divide(options: &Options, namespace: &str, drafts: Drafts, applications: &Applications) -> Divided {
    let Applications { names, gone, .. } = applications;
    let mut blocks: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
    for (at, name) in names.iter().enumerate().filter(|(at, _)| !gone[*at]) {
        blocks.entry(Arc::clone(name)).or_default().push(at);
    }
    let mut seat_of = vec![Seat { block: 0, card: 0 }; drafts.cards.len()];
    for (block, cards) in blocks.values().enumerate() {
        for (card, at) in cards.iter().enumerate() {
            seat_of[*at] = Seat { block, card };
        }
    }
    let Drafts { cards: mut all, card_of, lines, away } = drafts;
    let mut inside: Vec<Vec<Line>> = vec![Vec::new(); blocks.len()];
    let mut outward: Vec<Away> = Vec::new();
    for line in lines {
        let (from, to) = (seat_of[line.from], seat_of[line.to]);
        if from.block == to.block {
            inside[from.block].push(line);
        } else {
            outward.extend(leave(options, &mut all, &line, from));
        }
    }
    outward.extend(away.into_iter().filter(|away| is_drawn_between(options.lens, away.outward.class, true)));
    let mut specs = Vec::with_capacity(blocks.len());
    let mut moved: FxHashMap<usize, Seat> = FxHashMap::default();
    for (block, (name, members)) in blocks.iter().enumerate() {
        let is_other = &**name == OTHER;
        let mut group: Vec<(usize, Draft)> = Vec::with_capacity(members.len());
        for at in members {
            group.push((*at, std::mem::replace(&mut all[*at], empty())));
        }
        let title: Arc<str> = if is_other { "other".into() } else { shown(name) };
        let id: Arc<str> = format!("app:{namespace}/{name}").into();
        let lines = std::mem::take(&mut inside[block]);
        let folded = if is_other && !options.expand_all { fold_loose(options, group) } else { keep(group) };
        for (at, card) in &folded.places {
            moved.insert(*at, Seat { block, card: *card });
        }
        // In a grid not every card can be reached from outside.
        let is_reached = || outward.iter().any(|away| members.contains(&away.from));
        let is_grid = is_other && lines.is_empty() && !is_reached();
        specs.push(Arc::new(block_spec(id, title, folded, &lines, is_grid)));
    }
    // Folding moved cards of the quiet block.
    let outward = outward.into_iter().map(|Away { from, outward }| {
        let from = moved.get(&from).copied().unwrap_or(seat_of[from]);
        Outward { from, ..outward }
    });
    let outward = outward.collect();
    let mut seats: FxHashMap<NodeId, Seat> = FxHashMap::default();
    let mut nodes: Vec<(NodeId, usize)> = card_of.into_iter().collect();
    nodes.sort_unstable();
    for (node, at) in nodes {
        if let Some(seat) = moved.get(&at) {
            seats.insert(node, *seat);
        }
    }
    (specs, seats, outward)
}

/// Between blocks traffic is drawn, and what selects across the applications of a namespace; everything else hangs on
/// as a badge. A lens that asks for other relations gets them as lines.
fn is_drawn_between(lens: Lens, class: RelationClass, leaves_namespace: bool) -> bool {
    match (lens, class) {
        (_, RelationClass::Routes) => true,
        (Lens::All, RelationClass::Selects) => !leaves_namespace,
        (Lens::All, _) => false,
        _ => true,
    }
}

/// A line that leaves its block: traffic goes on as a link, a reference stays as a badge with the target's name.
fn leave(options: &Options, all: &mut [Draft], line: &Line, from: Seat) -> Option<Away> {
    if is_drawn_between(options.lens, line.class, false) {
        let to = all[line.to].node?;
        let labels = line.labels.clone();
        let Line { class, state, inferred, .. } = *line;
        return Some(Away { from: line.from, outward: Outward { from, to, class, state, inferred, labels } });
    }
    if line.class == RelationClass::Refers {
        let pill = shared(&all[line.to].spec.key);
        all[line.from].spec.badges.push(pill);
    }
    None
}

/// A binding whose role and accounts stand beside it says nothing of its own: it lies in the role's card, and a line
/// runs from the role to the account.
fn fold_bindings(options: &Options, drafts: &mut Drafts) -> (Vec<bool>, Vec<Line>) {
    let mut gone = vec![false; drafts.cards.len()];
    if options.expand_all {
        return (gone, Vec::new());
    }
    let is_binding = |draft: &Draft| {
        let key = &draft.spec.key;
        key.group() == "rbac.authorization.k8s.io" && key.kind().ends_with("Binding")
    };
    let mut bindings: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for line in drafts.lines.iter().filter(|line| is_binding(&drafts.cards[line.from])) {
        bindings.entry(line.from).or_default().push(line.to);
    }
    let mut granted = Vec::new();
    for (at, targets) in bindings {
        let is = |card: usize, kind: &str| drafts.cards[card].spec.key.kind() == kind;
        let mut roles = targets.iter().copied().filter(|to| is(*to, "Role") || is(*to, "ClusterRole"));
        let (Some(role), None) = (roles.next(), roles.next()) else { continue };
        let accounts: Vec<usize> = targets.iter().copied().filter(|to| is(*to, "ServiceAccount")).collect();
        if accounts.is_empty()
            || drafts.cards[role].spec.look != CardLook::Object
            || options.expanded.contains(&drafts.cards[role].spec.key)
            || accounts.len() + 1 != targets.len()
        {
            continue;
        }
        gone[at] = true;
        let counts = std::mem::take(&mut drafts.cards[at].counts);
        drafts.cards[role].counts.merge(&counts);
        drafts.cards[role].spec.folded += 1;
        granted.extend(accounts.into_iter().map(|account| Line::plain(role, account, RelationClass::Governs, 1)));
        if let Some(node) = drafts.cards[at].node {
            drafts.card_of.insert(node, role);
        }
    }
    drafts.lines.retain(|line| !gone[line.from] && !gone[line.to]);
    drafts.lines.extend(granted.iter().cloned());
    (gone, granted)
}

fn empty() -> Draft {
    let spec = CardSpec::bare(ResourceKey::new("", "Nothing", "", "moved"), CardLook::Fold, 0);
    Draft { spec, node: None, app: None, weight: 0, counts: Counts::default(), by: None }
}
