//! The search: every word must be found, letter by letter in order, in name, kind, namespace or a label; the best first.

use std::collections::HashMap;
use std::sync::Arc;

use diagram::scene::Scene;
use model::ResourceKey;
use topology::{Graph, Node, NodeId};

use super::aside;
use crate::Application;
use crate::types::{ApiError, SearchHit, SearchRequest};

/// As many as a list can be read.
const LIMIT: usize = 500;
/// Owners of owners: Pod, ReplicaSet, Deployment, Rollout, and room.
const OWNERS: usize = 8;

pub(crate) async fn object_search(
    application: &Application,
    request: SearchRequest,
) -> Result<Vec<SearchHit>, ApiError> {
    let open = application.cluster(&request.cluster)?;
    let (graph, scene) = (open.now().graph, open.scene());
    aside(move || {
        let cards = Cards::of(scene);
        let limit = (request.limit as usize).min(LIMIT);
        find(&graph, &request.query, limit).into_iter().map(|id| hit(&graph, id, &cards)).collect()
    })
    .await
}

/// The best matches; of equal ones in the order of their keys.
fn find(graph: &Graph, query: &str, limit: usize) -> Vec<NodeId> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let scored = graph.nodes().filter_map(|(id, node)| Some((score(node, &words)?, id)));
    let mut scored: Vec<(u32, NodeId)> = scored.collect();
    // Stable: nodes come ordered by key.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.truncate(limit);
    scored.into_iter().map(|(_, id)| id).collect()
}

fn score(node: &Node, words: &[String]) -> Option<u32> {
    let name = node.key.name().to_lowercase();
    let kind = node.key.kind().to_lowercase();
    let namespace = node.key.namespace().to_lowercase();
    words.iter().try_fold(0, |sum, word| {
        let labels = || {
            let pairs = node.labels.iter().filter(|(key, value)| word.contains(*key) || value.contains(word.as_str()));
            pairs.map(|(key, value)| if format!("{key}={value}") == *word || value == word { 30 } else { 15 }).max()
        };
        let best = [
            text_score(&name, word).map(|score| score * 4),
            text_score(&kind, word).filter(|score| *score > 10).map(|score| score * 2),
            text_score(&namespace, word).filter(|score| *score > 10),
        ];
        let best = best.into_iter().flatten().max().or_else(labels)?;
        Some(sum + best)
    })
}

/// 100 for the whole text, 60 for its beginning, 45 for the beginning of a part, 30 for inside, up to 10 for letters in
/// order.
fn text_score(text: &str, word: &str) -> Option<u32> {
    if text == word {
        return Some(100);
    }
    if let Some(at) = text.find(word) {
        let before = text.get(..at).unwrap_or_default();
        return Some(match before.chars().next_back() {
            None => 60,
            Some(c) if !c.is_alphanumeric() => 45,
            Some(_) => 30,
        });
    }
    let mut letters = word.chars().peekable();
    let mut jumps = 0;
    let mut adjacent = false;
    for c in text.chars() {
        if letters.peek() == Some(&c) {
            letters.next();
            jumps += u32::from(!adjacent);
            adjacent = true;
        } else {
            adjacent = false;
        }
    }
    // Letters strewn over the whole name match nearly everything.
    let found = letters.peek().is_none() && jumps <= 3;
    found.then(|| 10 - jumps * 2)
}

/// Which card of the map shows an object.
pub(super) struct Cards {
    scene: Option<Arc<Scene>>,
    badges: HashMap<ResourceKey, ResourceKey>,
}

impl Cards {
    pub(super) fn of(scene: Option<Arc<Scene>>) -> Self {
        let mut badges = HashMap::new();
        for card in scene.iter().flat_map(|scene| &scene.blocks).flat_map(|placed| &placed.block.cards) {
            for key in card.badges.iter().filter_map(|badge| badge.key.as_ref()) {
                badges.entry(key.clone()).or_insert_with(|| card.key.clone());
            }
        }
        Self { scene, badges }
    }

    /// Itself, what it lies in, what it hangs on, or what it is part of.
    fn card(&self, graph: &Graph, id: NodeId) -> Option<ResourceKey> {
        let seats = &self.scene.as_ref()?.seats;
        let mut here = Some(id);
        for _ in 0..OWNERS {
            let node = graph.node(here?);
            if let Some(card) = seats.card(here?).or_else(|| self.badges.get(&node.key)) {
                return Some(card.clone());
            }
            here = node.controller;
        }
        None
    }
}

pub(super) fn hit(graph: &Graph, id: NodeId, cards: &Cards) -> SearchHit {
    let node = graph.node(id);
    SearchHit {
        key: node.key.to_string(),
        name: node.key.name().to_owned(),
        kind: node.key.kind().to_owned(),
        namespace: node.key.namespace().to_owned(),
        health: node.health.word().to_owned(),
        status: node.status.to_string(),
        card: cards.card(graph, id).map(|key| key.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::text_score;

    #[test]
    fn nearer_matches_score_higher() {
        let scores = ["cart", "cartservice", "shop-cart", "xcartx", "chart"].map(|text| text_score(text, "cart"));
        assert!(scores.is_sorted_by(|a, b| a > b), "{scores:?}");
        assert_eq!(text_score("frontend", "cart"), None);
        assert_eq!(text_score("c-a-r-t", "cart"), None, "letters strewn about");
    }
}
