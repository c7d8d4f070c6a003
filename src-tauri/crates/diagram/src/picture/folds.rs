//! Folding of loose cards: what is well and numerous becomes one card per kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::ResourceKey;

use super::Options;
use super::drafts::Draft;
use super::kinds;
use super::spec::CardSpec;
use crate::scene::{CardLook, Counts};

/// Loose cards of one kind beyond this many fold into one.
const LOOSE: usize = 6;

/// Cards of a block with where each draft went.
pub(super) struct Folded {
    pub(super) cards: Vec<CardSpec>,
    pub(super) counts: Counts,
    pub(super) places: Vec<(usize, usize)>,
}

pub(super) fn keep(group: Vec<(usize, Draft)>) -> Folded {
    let mut folded = Folded { cards: Vec::new(), counts: Counts::default(), places: Vec::new() };
    for (at, draft) in group {
        folded.counts.merge(&draft.counts);
        folded.places.push((at, folded.cards.len()));
        folded.cards.push(draft.spec);
    }
    folded
}

/// Folds what is well and numerous into one card per kind.
pub(super) fn fold_loose(options: &Options, group: Vec<(usize, Draft)>) -> Folded {
    let mut of_kind: BTreeMap<(String, String), usize> = BTreeMap::new();
    let kind = |key: &ResourceKey| (key.group_name().to_owned(), key.kind().to_owned());
    let is_quiet = |draft: &Draft| !draft.spec.health.is_problem() && draft.spec.look == CardLook::Object;
    for (_, draft) in group.iter().filter(|(_, draft)| is_quiet(draft)) {
        *of_kind.entry(kind(&draft.spec.key)).or_default() += 1;
    }
    let mut folded = Folded { cards: Vec::new(), counts: Counts::default(), places: Vec::new() };
    let mut folds: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (at, draft) in group {
        folded.counts.merge(&draft.counts);
        let of = kind(&draft.spec.key);
        let many = of_kind.get(&of).copied().unwrap_or(0);
        let key = ResourceKey::new(draft.spec.key.group(), draft.spec.key.kind(), draft.spec.key.namespace(), "*");
        if many <= LOOSE || !is_quiet(&draft) || options.expanded.contains(&key) {
            folded.places.push((at, folded.cards.len()));
            folded.cards.push(draft.spec);
            continue;
        }
        let card = *folds.entry(of).or_insert_with(|| {
            let name: Arc<str> = kinds::plural(many, key.kind()).into();
            let card = fold(key, name, draft.spec.health, draft.spec.column);
            folded.cards.push(CardSpec { aside: true, ..card });
            folded.cards.len() - 1
        });
        folded.places.push((at, card));
        folded.cards[card].folded += 1;
        folded.cards[card].aside &= draft.spec.aside;
    }
    folded
}

/// A card that stands for many of a kind.
pub(super) fn fold(key: ResourceKey, name: Arc<str>, health: model::Health, column: u8) -> CardSpec {
    let caption = "folded · open to see them".into();
    CardSpec { name, caption, health, ..CardSpec::bare(key, CardLook::Fold, column) }
}
