//! Relations in words: grouped for the inspector, and one by one with rule and field.

use diagram::picture::plural;
use inventory::Snapshot;
use model::{Health, legible};
use topology::{Graph, Heading, Inside, Line, Neighbour, Neighbours, NodeId};

use crate::types::{EdgeDetail, RelationGroup, RelationMember};

/// A longer list is cut; `total` says how long it is.
const MEMBERS: usize = 200;

/// The relations of a node, as the inspector shows them.
pub(super) fn groups(graph: &Graph, id: NodeId) -> Vec<RelationGroup> {
    graph.neighbours(id).into_iter().map(|group| wire(graph, &group)).collect()
}

fn wire(graph: &Graph, Neighbours { heading, members }: &Neighbours) -> RelationGroup {
    let (class, incoming) = heading.side();
    RelationGroup {
        title: heading.title().to_owned(),
        class: class.word().to_owned(),
        incoming,
        members: members.iter().take(MEMBERS).map(|member| wire_member(graph, *heading, member)).collect(),
        total: u32::try_from(members.len()).unwrap_or(u32::MAX),
    }
}

fn wire_member(graph: &Graph, heading: Heading, member: &Neighbour) -> RelationMember {
    let node = graph.node(member.node);
    let mut caption = node.key.kind().to_owned();
    // What is wrong with it matters here, and how much of it runs.
    let says = matches!(node.health, Health::Failing | Health::Degraded | Health::Pending) || heading == Heading::Runs;
    let said = Some(&*node.caption).filter(|caption| says && !caption.is_empty());
    for part in said.into_iter().chain(member.labels.iter().map(|label| &**label)) {
        if !caption.contains(part) {
            caption.push_str(" · ");
            caption.push_str(part);
        }
    }
    RelationMember {
        key: node.key.to_string(),
        near: member.near.map(|near| graph.node(near).key.to_string()),
        name: legible(node.key.name()).into_owned(),
        caption: legible(&caption).into_owned(),
        health: node.health.word().to_owned(),
        state: member.state.word().to_owned(),
    }
}

/// Why one line is there.
pub(super) fn detail(graph: &Graph, snapshot: &Snapshot, line: &Line<'_>) -> EdgeDetail {
    let edge = line.edge;
    let rule = graph.rule(edge);
    let stands_for: Vec<String> = line.stands_for.iter().map(|inside| words(graph, inside)).collect();
    EdgeDetail {
        from: graph.node(edge.from).key.to_string(),
        to: graph.node(edge.to).key.to_string(),
        relation: rule.id.to_string(),
        row: rule.row.map(u32::from),
        class: edge.class.word().to_owned(),
        state: edge.state.word().to_owned(),
        explanation: rule.explanation.to_string(),
        fields: graph.fields_with_values(snapshot, edge).iter().map(|field| legible(field).into_owned()).collect(),
        label: edge.label.as_ref().map(|label| legible(label).into_owned()),
        optional: edge.optional,
        inferred: edge.inferred,
        permitted: edge.permitted,
        stands_for: (!stands_for.is_empty()).then(|| stands_for.join(" and ")),
    }
}

fn words(graph: &Graph, inside: &Inside) -> String {
    let mut text = plural(inside.count, graph.node(inside.first).key.kind());
    if let Some(card) = inside.card.map(|id| &graph.node(id).key) {
        text.push_str(&format!(" of {} {}", card.kind(), legible(card.name())));
    }
    text
}
