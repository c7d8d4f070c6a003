//! The content of a namespace: cards, what is folded into them, what hangs on them.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Health, RelationClass, ResourceKey};
use rustc_hash::FxHashMap;
use topology::{Graph, Lens, NodeId, Presence};

use super::blocks::Applications;
use super::drafts::{Draft, Drafts};
use super::hosts::{Role, roles, worst};
use super::kinds;
use super::lines::draw_lines;
use super::plan::Members;
use super::spec::{CardSpec, Content, Pill, shown};
use super::subject::set_aside;
use super::view::View;
use super::{Options, blocks, cards};
use crate::scene::{CardLook, Counts};

/// The content of one namespace. `whole` are all members of it, where a view shows but some.
pub(super) fn namespace(
    graph: &Graph,
    options: &Options,
    view: &View,
    name: &str,
    members: &Members,
    whole: Option<&Members>,
) -> Content {
    let roles = roles(graph, options, members);
    let mut drafts = Drafts::default();
    let mut counts = Counts::default();
    let mut pills = Vec::new();
    let itself = members.itself.map(|id| graph.node(id));
    if let Some(node) = itself {
        if node.presence == Presence::Present {
            counts.add(node.health);
        }
        let labels = node.labels.iter().find(|(label, _)| *label == "pod-security.kubernetes.io/enforce");
        pills.extend(labels.map(|(_, level)| Pill::new(format!("pod-security: {level}"), None)));
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
            pills.push(Pill::new(word, Some(node.key.clone())));
        }
    }
    for node in members.adopted.iter().map(|(id, _)| graph.node(*id)) {
        // Strangers are no objects of the cluster.
        if matches!(node.presence, Presence::Present | Presence::Missing) {
            counts.add(node.health);
        }
    }
    let leans_on = tell_causes(graph, name, &mut drafts);
    draw_lines(graph, Lens::All, view, members, &roles, &mut drafts);
    pills.extend(hang_badges(graph, members, &roles, &mut drafts));
    let applications = Applications::new(options, &mut drafts, members);
    let applications = match whole {
        Some(whole) => applications.named_as(&drafts, &of_whole(graph, options, whole)),
        // A lens draws as cards what hangs on others otherwise: that takes nothing into another application either.
        None if options.lens != Lens::All => applications.named_as(&drafts, &of_whole(graph, options, members)),
        None => applications,
    };
    if options.lens != Lens::All {
        drafts.lines.clear();
        drafts.away.clear();
        draw_lines(graph, options.lens, view, members, &roles, &mut drafts);
        applications.grant(&mut drafts.lines);
        set_aside(graph, options.lens, view, members, &mut drafts);
    }
    let title: Arc<str> = name.into();
    let id: Arc<str> = format!("ns:{name}").into();
    let (blocks, seats, outward) = blocks::divide(options, name, drafts, &applications);
    let subtitle = kinds::objects(counts.objects).into();
    Content { id, title, subtitle, counts, badges: pills, is_lane: false, blocks, seats, outward, leans_on }
}

/// The applications of all cards of a namespace, as they are without a filter.
fn of_whole(graph: &Graph, options: &Options, members: &Members) -> FxHashMap<ResourceKey, Arc<str>> {
    let options = &Options { lens: Lens::All, ..options.clone() };
    let roles = roles(graph, options, members);
    let mut drafts = Drafts::default();
    draw_cards(graph, members, &roles, &mut drafts);
    fold_in(graph, members, &roles, &mut drafts);
    draw_lines(graph, Lens::All, &View::default(), members, &roles, &mut drafts);
    hang_badges(graph, members, &roles, &mut drafts);
    let applications = Applications::new(options, &mut drafts, members);
    let keys = drafts.cards.into_iter().map(|draft| draft.spec.key);
    keys.zip(applications.names).collect()
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
        draft.spec.caption = shown(if node.caption.is_empty() { &node.status } else { &node.caption });
        draft.spec.name =
            if draft.spec.folded == 1 { "1 run".into() } else { format!("{} runs", draft.spec.folded).into() };
    }
}

/// Ghosts have no labels: they stand by the first that refers to them.
fn ghost_host(graph: &Graph, id: NodeId) -> Option<NodeId> {
    if graph.node(id).presence.is_held() {
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
    let note = node.note.as_ref().filter(|note| **note != node.caption && **note != node.status).map(shown);
    let spec = CardSpec { note, ..CardSpec::of(node, column) };
    let mut counts = Counts::default();
    if !matches!(spec.look, CardLook::External | CardLook::Unknown) {
        counts.add(node.health);
    }
    Draft { spec, node: Some(id), app: node.app.clone(), weight: kinds::of(&node.key).weight, counts, by }
}

/// The card that stands for the runs of a CronJob.
fn run(graph: &Graph, host: NodeId) -> Draft {
    let node = graph.node(host);
    let key = ResourceKey::new("batch", "Job", node.key.namespace(), &format!("*{}", node.key.name()));
    let spec = CardSpec::bare(key, CardLook::Fold, kinds::column::WORKLOAD);
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

/// Says under each card in trouble what lies behind it; under one that is well, why a pod in it failed.
/// Gives the objects of other namespaces that were looked at for it.
fn tell_causes(graph: &Graph, namespace: &str, drafts: &mut Drafts) -> BTreeSet<ResourceKey> {
    let mut leans_on = BTreeSet::new();
    for draft in &mut drafts.cards {
        let Some(id) = draft.node else { continue };
        let node = graph.node(id);
        if node.presence != Presence::Present {
            continue;
        }
        if node.health.is_problem() {
            let cause = graph.cause(id, &mut |seen| {
                let key = &graph.node(seen).key;
                if key.namespace() != namespace {
                    leans_on.insert(key.clone());
                }
            });
            let cause = cause.map(|cause| shown(&cause.into())).filter(|cause| *cause != draft.spec.caption);
            draft.spec.note = cause.or(draft.spec.note.take());
        } else if draft.spec.note.is_none() {
            // One that is starting is nothing to tell.
            let failed = draft.spec.pods.iter().find(|(_, health)| *health == Health::Failing);
            let failed = failed.and_then(|(pod, _)| graph.id(pod));
            draft.spec.note = failed.map(|pod| shown(&graph.node(pod).status)).filter(|note| !note.is_empty());
        }
    }
    leans_on
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
            on_frame.push(Pill::new(text, Some(node.key.clone())));
            continue;
        }
        for card in &governed {
            drafts.cards[*card].spec.badges.push(Pill::new(Arc::clone(&text), Some(node.key.clone())));
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
