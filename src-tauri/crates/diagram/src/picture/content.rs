//! The content of a namespace: cards, what is folded into them, the edges among them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{EdgeState, Health, RelationClass, ResourceKey};
use rustc_hash::FxHashMap;
use topology::{Edge, Graph, Lens, NodeId, Presence};

use super::hosts::{Role, roles, worst};
use super::kinds::{self, Manner};
use super::plan::Members;
use super::spec::{CardSpec, Content, Outward, Pill};
use super::view::{View, is_furniture};
use super::{Options, blocks, cards};
use crate::scene::{CardLook, Counts};

/// So many cluster-wide objects of one kind are named on a card; more are counted.
const WIDE: usize = 2;

/// A card with the nodes it stands for.
pub(super) struct Draft {
    pub(super) spec: CardSpec,
    /// The node that is the card; none for a fold.
    pub(super) node: Option<NodeId>,
    /// The application named by labels or neighbours.
    pub(super) app: Option<Arc<str>>,
    /// How much an application wants to be named after it.
    pub(super) weight: u8,
    /// The nodes it stands for, pods included.
    pub(super) counts: Counts,
    /// A card it must stand by: a ghost by what refers to it.
    pub(super) by: Option<NodeId>,
}

/// An edge between two cards of the namespace, made of one or more edges of the graph.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) class: RelationClass,
    pub(super) state: EdgeState,
    pub(super) inferred: bool,
    pub(super) count: u32,
    pub(super) labels: Vec<Arc<str>>,
    pub(super) is_turned: bool,
}

/// An edge to a node of another frame.
pub(super) struct Away {
    pub(super) from: usize,
    pub(super) outward: Outward,
}

/// Everything of a namespace before it is divided into blocks.
pub(super) struct Drafts {
    pub(super) cards: Vec<Draft>,
    pub(super) card_of: FxHashMap<NodeId, usize>,
    pub(super) lines: Vec<Line>,
    pub(super) away: Vec<Away>,
}

/// The content of one namespace.
pub(super) fn namespace(graph: &Graph, options: &Options, view: &View, name: &str, members: &Members) -> Content {
    let roles = roles(graph, options, members);
    let mut drafts = Drafts { cards: Vec::new(), card_of: FxHashMap::default(), lines: Vec::new(), away: Vec::new() };
    let mut counts = Counts::default();
    let mut pills = Vec::new();
    let itself = members.itself.map(|id| graph.node(id));
    if let Some(node) = itself {
        if node.presence == Presence::Present {
            counts.add(node.health);
        }
        let labels = node.labels.iter().find(|(label, _)| *label == "pod-security.kubernetes.io/enforce");
        pills.extend(labels.map(|(_, level)| Pill { text: format!("pod-security: {level}").into(), key: None }));
    }
    draw_cards(graph, members, &roles, &mut drafts);
    fold_in(graph, members, &roles, &mut drafts);
    for id in &members.nodes {
        let node = graph.node(*id);
        let is_drawn = !matches!(roles.get(id), Some(Role::Quiet | Role::OnFrame | Role::Badge));
        if node.presence == Presence::Present || (is_drawn && node.presence == Presence::Missing) {
            counts.add(node.health);
        }
        if roles.get(id) == Some(&Role::OnFrame) {
            let word = if node.key.kind() == "ResourceQuota" { "quota" } else { "limits" };
            pills.push(Pill { text: word.into(), key: Some(node.key.clone()) });
        }
    }
    for node in members.adopted.iter().map(|(id, _)| graph.node(*id)) {
        // Strangers are no objects of the cluster.
        if matches!(node.presence, Presence::Present | Presence::Missing) {
            counts.add(node.health);
        }
    }
    draw_lines(graph, options, view, members, &roles, &mut drafts);
    pills.extend(hang_badges(graph, members, &roles, &mut drafts));
    let title: Arc<str> = name.into();
    let id: Arc<str> = format!("ns:{name}").into();
    let (blocks, seats, outward) = blocks::divide(options, &id, name, drafts, members);
    let subtitle = kinds::objects(counts.objects).into();
    Content { id, title, subtitle, counts, badges: pills, is_lane: false, blocks, seats, outward }
}

/// A card per node that has one, and one per CronJob for its runs.
fn draw_cards(graph: &Graph, members: &Members, roles: &FxHashMap<NodeId, Role>, drafts: &mut Drafts) {
    let adopted = members.adopted.iter().map(|(id, by)| (*id, Some(*by)));
    for (id, by) in members.nodes.iter().map(|id| (*id, None)).chain(adopted) {
        let Some(Role::Card(column)) = roles.get(&id).copied() else { continue };
        let by = by.or_else(|| ghost_host(graph, id));
        drafts.card_of.insert(id, drafts.cards.len());
        drafts.cards.push(card(graph, id, column, by));
    }
    let mut runs: FxHashMap<NodeId, usize> = FxHashMap::default();
    for id in members.nodes.iter().copied() {
        let Some(Role::RunOf(host)) = roles.get(&id).copied() else { continue };
        let node = graph.node(id);
        let at = *runs.entry(host).or_insert_with(|| {
            drafts.cards.push(run(graph, host));
            drafts.cards.len() - 1
        });
        drafts.card_of.insert(id, at);
        let draft = &mut drafts.cards[at];
        draft.counts.add(node.health);
        draft.spec.folded += 1;
        // Names of Jobs end in the minute of their run: the last one by name is the newest, and it counts.
        draft.spec.health = node.health;
        draft.spec.caption = Arc::clone(if node.caption.is_empty() { &node.status } else { &node.caption });
        draft.spec.name =
            if draft.spec.folded == 1 { "1 run".into() } else { format!("{} runs", draft.spec.folded).into() };
    }
}

/// Ghosts have no labels: they stand by the first that refers to them.
fn ghost_host(graph: &Graph, id: NodeId) -> Option<NodeId> {
    if graph.node(id).presence == Presence::Present {
        return None;
    }
    graph
        .incoming(id)
        .find(|edge| !edge.optional)
        .or_else(|| graph.outgoing(id).next())
        .map(|edge| if edge.from == id { edge.to } else { edge.from })
}

fn card(graph: &Graph, id: NodeId, column: u8, by: Option<NodeId>) -> Draft {
    let node = graph.node(id);
    let kind = kinds::of(&node.key);
    let look = cards::look(node.presence);
    let caption: Arc<str> = match look {
        CardLook::Missing => "not in this cluster".into(),
        CardLook::Unknown => "not visible here".into(),
        _ if !node.caption.is_empty() => Arc::clone(&node.caption),
        _ if !node.status.is_empty() => Arc::clone(&node.status),
        _ => node.key.kind().into(),
    };
    let mut counts = Counts::default();
    if !matches!(look, CardLook::External | CardLook::Unknown) {
        counts.add(node.health);
    }
    let spec = CardSpec {
        key: node.key.clone(),
        look,
        name: node.key.name().replace("%2F", "/").into(),
        caption,
        health: node.health,
        status: Arc::clone(&node.status),
        pods: Vec::new(),
        tallies: Vec::new(),
        badges: Vec::new(),
        note: node.note.clone().filter(|note| *note != node.caption && *note != node.status),
        meters: None,
        folded: 0,
        column,
    };
    Draft { spec, node: Some(id), app: node.app.clone(), weight: kind.weight, counts, by }
}

/// The card that stands for the runs of a CronJob.
fn run(graph: &Graph, host: NodeId) -> Draft {
    let node = graph.node(host);
    let key = ResourceKey::new("batch", "Job", node.key.namespace(), &format!("*{}", node.key.name()));
    let spec = CardSpec {
        key,
        look: CardLook::Fold,
        name: "".into(),
        caption: "".into(),
        health: Health::Neutral,
        status: "".into(),
        pods: Vec::new(),
        tallies: Vec::new(),
        badges: Vec::new(),
        note: None,
        meters: None,
        folded: 0,
        column: kinds::column::WORKLOAD,
    };
    Draft { spec, node: None, app: node.app.clone(), weight: 0, counts: Counts::default(), by: Some(host) }
}

/// Puts pods and other folded nodes into their cards.
fn fold_in(graph: &Graph, members: &Members, roles: &FxHashMap<NodeId, Role>, drafts: &mut Drafts) {
    let all = members.nodes.iter().chain(members.adopted.iter().map(|(id, _)| id));
    for id in all.copied() {
        let (host, is_pod) = match roles.get(&id).copied() {
            Some(Role::PodIn(host)) => (host, true),
            Some(Role::In(host)) => (host, false),
            _ => continue,
        };
        let Some(at) = drafts.card_of.get(&host).copied() else { continue };
        drafts.card_of.insert(id, at);
        let node = graph.node(id);
        let draft = &mut drafts.cards[at];
        if node.presence == Presence::Present {
            draft.counts.add(node.health);
        }
        if is_pod {
            draft.spec.pods.push((node.key.clone(), node.health));
        } else {
            draft.spec.folded += 1;
        }
    }
    for draft in &mut drafts.cards {
        if draft.spec.pods.len() >= cards::FOLD_PODS {
            draft.spec.tallies = cards::tallies(&draft.spec.pods);
            draft.spec.folded += u32::try_from(draft.spec.pods.len()).unwrap_or(u32::MAX);
            draft.spec.pods = Vec::new();
        }
        if draft.node.is_none() && draft.spec.health == Health::Neutral {
            draft.spec.health = worst(draft.spec.pods.iter().map(|pod| pod.1));
        }
    }
}

/// Lifts the edges of the graph to the cards.
fn draw_lines(
    graph: &Graph,
    options: &Options,
    view: &View,
    members: &Members,
    roles: &FxHashMap<NodeId, Role>,
    drafts: &mut Drafts,
) {
    let mut lines: Vec<(usize, usize, &Edge)> = Vec::new();
    let mut wide: BTreeMap<(usize, &str), BTreeSet<&ResourceKey>> = BTreeMap::new();
    let all = members.nodes.iter().chain(members.adopted.iter().map(|(id, _)| id));
    for id in all.copied() {
        if matches!(roles.get(&id), Some(Role::Badge | Role::OnFrame | Role::Quiet)) {
            continue;
        }
        let Some(from) = drafts.card_of.get(&id).copied() else { continue };
        for edge in graph.outgoing(id) {
            if !view.shows(edge.to) || !options.lens.shows(graph.rule(edge)) {
                continue;
            }
            // What was put there by whom is membership; under every other lens the frames say who belongs where.
            if edge.class == RelationClass::Member && (options.lens != Lens::Gitops || is_frame(graph, id)) {
                continue;
            }
            let far = graph.node(edge.to);
            // An account folded into its one user's card is told there; the runs of a CronJob would point back at it.
            let is_told = far.key.is("", "ServiceAccount") && matches!(roles.get(&edge.to), Some(Role::In(_)));
            if is_furniture(&far.key) || is_told {
                continue;
            }
            match drafts.card_of.get(&edge.to).copied() {
                Some(to) if to == from => {}
                Some(to) => lines.push((from, to, edge)),
                None if is_far(&far.key, graph.node(id).key.namespace()) => {
                    let outward = Outward {
                        from: super::spec::Seat { block: 0, card: from },
                        to: edge.to,
                        class: edge.class,
                        state: edge.state,
                        inferred: edge.inferred,
                        label: edge.label.clone(),
                    };
                    drafts.away.push(Away { from, outward });
                }
                None if far.key.namespace().is_empty() && options.lens != Lens::All => {
                    wide.entry((from, far.key.kind())).or_default().insert(&far.key);
                }
                None => {}
            }
        }
    }
    for ((card, kind), keys) in wide {
        drafts.cards[card].spec.badges.extend(wide_badges(kind, &keys));
    }
    lines.sort_by_key(|(from, to, edge)| (*from, *to, edge.class, edge.relation));
    for part in lines.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (from, to, first) = part[0];
        drafts.lines.push(line(graph, from, to, first, part.iter().map(|line| line.2)));
    }
    // A CronJob owns its runs, which are not among the nodes.
    for at in 0..drafts.cards.len() {
        let (None, Some(host)) = (drafts.cards[at].node, drafts.cards[at].by) else { continue };
        let Some(from) = drafts.card_of.get(&host).copied() else { continue };
        if !drafts.lines.iter().any(|line| (line.from, line.to) == (from, at)) {
            drafts.lines.push(Line {
                from,
                to: at,
                class: RelationClass::Owns,
                state: EdgeState::Resolved,
                inferred: false,
                count: drafts.cards[at].spec.folded,
                labels: Vec::new(),
                is_turned: false,
            });
        }
    }
}

/// What a card refers to among the cluster-wide objects, as badges: each by name, or how many where they are more.
fn wide_badges(kind: &str, keys: &BTreeSet<&ResourceKey>) -> Vec<Pill> {
    if keys.len() > WIDE {
        return vec![Pill { text: kinds::plural(keys.len(), &kind.to_lowercase()).into(), key: None }];
    }
    let text = |key: &ResourceKey| match kind {
        _ if kind.ends_with("Class") => format!("class: {}", key.name()),
        "PersistentVolume" => format!("volume: {}", key.name()),
        "Node" => format!("on {}", key.name()),
        _ => key.name().to_owned(),
    };
    keys.iter().map(|key| Pill { text: text(key).into(), key: Some((*key).clone()) }).collect()
}

/// Whether a node is no card but the frame around others.
fn is_frame(graph: &Graph, id: NodeId) -> bool {
    kinds::of(&graph.node(id).key).manner == Manner::Frame
}

/// Whether a link to another frame is worth its way: traffic is, what cluster-wide things are used for is not.
fn is_far(target: &ResourceKey, namespace: &str) -> bool {
    !target.namespace().is_empty() && target.namespace() != namespace
}

/// One line of several edges between two cards.
fn line<'a>(graph: &Graph, from: usize, to: usize, first: &Edge, edges: impl Iterator<Item = &'a Edge>) -> Line {
    let mut line = Line {
        from,
        to,
        class: first.class,
        state: EdgeState::Resolved,
        inferred: true,
        count: 0,
        labels: Vec::new(),
        is_turned: false,
    };
    let mut relation = None;
    let mut selects = false;
    for edge in edges {
        let start = &graph.node(edge.from).key;
        // Endpoints repeat what the Service's selector says.
        selects |= edge.class == RelationClass::Selects || kinds::of(start).manner == Manner::Slice;
        line.count += u32::from(relation != Some(edge.relation));
        relation = Some(edge.relation);
        line.inferred &= edge.inferred;
        line.state = match (line.state, edge.state) {
            (EdgeState::Missing, _) | (_, EdgeState::Missing) => EdgeState::Missing,
            (EdgeState::Unknown, _) | (_, EdgeState::Unknown) => EdgeState::Unknown,
            _ => EdgeState::Resolved,
        };
        line.labels.extend(edge.label.iter().filter(|label| !label.is_empty()).cloned());
        let end = &graph.node(edge.to).key;
        line.is_turned |= end.kind() == "Gateway" && start.kind().ends_with("Route");
    }
    if selects && line.class == RelationClass::Routes {
        line.class = RelationClass::Selects;
    }
    line.labels.sort();
    line.labels.dedup();
    line
}

/// Policies and budgets become badges on what they govern; so do accounts that several share.
fn hang_badges(graph: &Graph, members: &Members, roles: &FxHashMap<NodeId, Role>, drafts: &mut Drafts) -> Vec<Pill> {
    let mut on_frame = Vec::new();
    let workloads = drafts.cards.iter().filter(|draft| draft.spec.column == kinds::column::WORKLOAD).count();
    for id in members.nodes.iter().copied() {
        if roles.get(&id) != Some(&Role::Badge) {
            continue;
        }
        let node = graph.node(id);
        let mut governed: Vec<usize> = graph
            .outgoing(id)
            .filter(|edge| edge.class == RelationClass::Governs)
            .filter_map(|edge| drafts.card_of.get(&edge.to).copied())
            .collect();
        governed.sort_unstable();
        governed.dedup();
        let text: Arc<str> = match node.key.kind() {
            "PodDisruptionBudget" if !node.caption.is_empty() => format!("budget: {}", node.caption).into(),
            "PodDisruptionBudget" => "budget".into(),
            _ => node.key.name().into(),
        };
        // What governs (nearly) everything is said once, on the frame.
        if governed.len() >= 3 && governed.len() * 4 >= workloads * 3 {
            on_frame.push(Pill { text, key: Some(node.key.clone()) });
            continue;
        }
        for card in &governed {
            drafts.cards[*card].spec.badges.push(Pill { text: Arc::clone(&text), key: Some(node.key.clone()) });
        }
        match governed[..] {
            // What governs one thing lies in it; what governs several or nothing drawn has a card among the others.
            [only] => {
                drafts.card_of.insert(id, only);
                drafts.cards[only].counts.add(node.health);
                drafts.cards[only].spec.folded += 1;
            }
            _ => {
                drafts.card_of.insert(id, drafts.cards.len());
                drafts.cards.push(card(graph, id, kinds::of(&node.key).column, None));
            }
        }
    }
    on_frame
}
