//! What a lens is about: the objects that its relations join, and those that it shows whether they join anything or not.

use model::{RelationClass, ResourceKey};
use topology::{Edge, Graph, Lens, NodeId};

use super::drafts::Drafts;
use super::plan::Members;
use super::view::{View, is_noise};

/// Sets the cards aside that have no part in what the lens shows. They keep their places.
pub(super) fn set_aside(graph: &Graph, lens: Lens, view: &View, members: &Members, drafts: &mut Drafts) {
    for draft in &mut drafts.cards {
        draft.spec.aside = !is_subject(lens, &draft.spec.key);
    }
    let all = members.nodes.iter().chain(members.adopted.iter().map(|(id, _)| id));
    for id in all.copied() {
        let Some(at) = drafts.card_of.get(&id).copied() else { continue };
        let leaves_card = |edge: &Edge| drafts.card_of.get(&other(edge, id)) != Some(&at);
        let takes_part = graph.touching(id).any(|edge| joins(graph, lens, view, edge, id) && leaves_card(edge));
        drafts.cards[at].spec.aside &= !takes_part;
    }
}

/// Whether a cluster-wide object has a part in what the lens shows.
pub(super) fn takes_part(graph: &Graph, lens: Lens, view: &View, id: NodeId) -> bool {
    let is_joined = || graph.touching(id).any(|edge| joins(graph, lens, view, edge, id));
    lens == Lens::All || is_subject(lens, &graph.node(id).key) || is_joined()
}

fn other(edge: &Edge, id: NodeId) -> NodeId {
    if edge.from == id { edge.to } else { edge.from }
}

fn joins(graph: &Graph, lens: Lens, view: &View, edge: &Edge, id: NodeId) -> bool {
    // Who owns whom says nothing of who put it there, and belonging to a namespace says nothing at all.
    let is_of_lens = lens.shows(graph.rule(edge)) && edge.class != RelationClass::Owns;
    let is_namespace = graph.node(other(edge, id)).key.is("", "Namespace");
    let is_drawn = lens == Lens::Gitops || edge.class != RelationClass::Member;
    is_of_lens && is_drawn && !is_namespace && !is_noise(graph, edge) && view.shows(other(edge, id))
}

/// Kinds that a lens shows even where they join nothing: a policy without subjects, a claim that waits.
fn is_subject(lens: Lens, key: &ResourceKey) -> bool {
    let kinds: &[&str] = match lens {
        Lens::All => return true,
        Lens::Traffic => &["Service", "Ingress", "Gateway"],
        Lens::Storage => &["PersistentVolumeClaim", "PersistentVolume", "StorageClass"],
        Lens::Policy => &["NetworkPolicy", "PodDisruptionBudget"],
        Lens::Placement => &["Node"],
        _ => &[],
    };
    kinds.contains(&key.kind())
}
