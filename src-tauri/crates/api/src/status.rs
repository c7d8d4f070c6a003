//! How fresh and how complete a cluster is, in words for the status line, and what is missing from its picture.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Coverage, KindCoverage, KindState, Scope};
use session::{MetricsAnswer, NodeUse, Published};

use crate::clock;
use crate::types::{ClusterStatus, KindStateWord, KindStatus, LinkState};

/// The status of an open cluster.
pub(crate) fn status(cluster: &str, published: &Published) -> ClusterStatus {
    let coverage = published.snapshot.coverage();
    let kinds: Vec<KindStatus> =
        coverage.kinds.iter().map(kind_status).chain(node_use_status(&published.node_use)).collect();
    ClusterStatus {
        cluster: cluster.to_owned(),
        revision: published.graph.revision(),
        link: link(published, coverage, clock::now()),
        heard: published.source.heard,
        objects: kinds.iter().filter(|kind| kind.drawn).map(|kind| kind.count).sum(),
        relations: published.graph.edge_count() as u64,
        kinds,
        namespaces: namespaces(coverage),
        problems: problems(published, coverage),
        notes: published.source.notes.clone(),
    }
}

/// API servers say something about objects every minute, and what says nothing is asked: whoever was silent for longer is
/// not known to be as it is shown. Milliseconds.
const RECENT: i64 = 150_000;

/// The link as a whole: the worst that its kinds and its source say. What is live needs a recent word about the objects.
fn link(published: &Published, coverage: &Coverage, now: i64) -> LinkState {
    if published.source.offline {
        return LinkState::Offline;
    }
    let any = |wanted: fn(&KindState) -> bool| {
        coverage.kinds.iter().flat_map(|row| &row.scopes).any(|(_, state)| wanted(state))
    };
    let live = any(|state| matches!(state, KindState::Live | KindState::Polled { .. }));
    let stale = any(|state| matches!(state, KindState::Stale { .. }));
    let failed = any(|state| matches!(state, KindState::Failed { .. }));
    // A kind without any scope waits for its turn to be listed.
    let waits = coverage.kinds.iter().any(|row| row.scopes.is_empty());
    let loading = coverage.kinds.is_empty() || waits || any(|state| matches!(state, KindState::Loading { .. }));
    let recent = published.source.heard.is_some_and(|heard| now - heard < RECENT);
    match (published.source.lost, stale, loading, live) {
        (true, ..) | (_, true, _, false) => LinkState::Lost,
        (_, true, ..) => LinkState::Stale,
        (_, _, true, _) => LinkState::Loading,
        (_, _, _, true) if !recent => LinkState::Stale,
        (_, _, _, false) if failed => LinkState::Lost,
        _ => LinkState::Live,
    }
}

/// What the source has to say; a server that has fallen silent is first noticed by its watches, each of which knows why.
fn problems(published: &Published, coverage: &Coverage) -> Vec<String> {
    if !published.source.problems.is_empty() || link(published, coverage, clock::now()) != LinkState::Lost {
        return published.source.problems.clone();
    }
    let states = coverage.kinds.iter().flat_map(|row| &row.scopes).map(|(_, state)| state);
    let why = states.filter_map(|state| match state {
        KindState::Stale { why, .. } | KindState::Failed { why, .. } => Some(why),
        _ => None,
    });
    why.take(1).map(ToString::to_string).collect()
}

/// Where the account may list namespace by namespace only: the namespaces that it may look into. None where some kind may
/// be listed across all of them, and none where nothing may be.
fn namespaces(coverage: &Coverage) -> Vec<String> {
    let mut found = BTreeSet::new();
    for row in coverage.kinds.iter().filter(|row| row.kind.namespaced) {
        for (scope, _) in row.scopes.iter().filter(|(_, state)| state.is_listed()) {
            match scope {
                Scope::Cluster => return Vec::new(),
                Scope::Namespace(name) => found.insert(name.to_string()),
            };
        }
    }
    found.into_iter().collect()
}

fn kind_status(row: &KindCoverage) -> KindStatus {
    let (state, why) = word(row);
    KindStatus {
        group: row.kind.group_kind.group.to_string(),
        kind: row.kind.group_kind.kind.to_string(),
        plural: row.kind.plural.to_string(),
        count: row.count,
        withheld: row.withheld,
        withheld_since: withheld_since(row),
        drawn: topology::is_drawn(&row.kind.group_kind.group, &row.kind.group_kind.kind),
        state,
        why,
    }
}

/// Since when something of the kind is held that may not be listed any more: the earliest of all scopes.
fn withheld_since(row: &KindCoverage) -> Option<i64> {
    let since = row.scopes.iter().filter_map(|(_, state)| match state {
        KindState::Forbidden { since, .. } => *since,
        _ => None,
    });
    since.min().filter(|_| row.withheld > 0)
}

/// A line of the coverage: whether the meters on node cards can be drawn, and why not.
fn node_use_status(node_use: &NodeUse) -> Option<KindStatus> {
    let undrawn = |why: &String| Some(format!("CPU and memory of nodes are not drawn: {why}"));
    let (state, why) = match node_use.answer() {
        MetricsAnswer::None => return None,
        MetricsAnswer::Figures => (KindStateWord::Live, None),
        MetricsAnswer::Absent(why) => (KindStateWord::Absent, undrawn(why)),
        MetricsAnswer::Forbidden(why) => (KindStateWord::Forbidden, undrawn(why)),
    };
    Some(KindStatus {
        group: "metrics.k8s.io".to_owned(),
        kind: "NodeMetrics".to_owned(),
        plural: "nodes".to_owned(),
        // Figures about objects are no objects.
        count: 0,
        withheld: 0,
        withheld_since: None,
        drawn: false,
        state,
        why,
    })
}

/// One word for all scopes of a kind, worst first, and the reason.
fn word(row: &KindCoverage) -> (KindStateWord, Option<String>) {
    let (mut stale, mut failed, mut forbidden, mut polled) = (None, None, None, None);
    let mut loading = row.scopes.is_empty();
    let mut live = false;
    for (_, state) in &row.scopes {
        match state {
            KindState::Live => live = true,
            KindState::Polled { every } => {
                live = true;
                polled = Some(format!("listed every {every} s, since this account may not watch it"));
            }
            KindState::Loading { .. } => loading = true,
            KindState::Stale { why, .. } => stale = Some(why.to_string()),
            KindState::Failed { why, .. } => failed = Some(why.to_string()),
            KindState::Forbidden { why, .. } => forbidden = Some(why.to_string()),
            KindState::Absent => {}
        }
    }
    match (stale, failed, forbidden) {
        (Some(why), ..) => (KindStateWord::Stale, Some(why)),
        (_, Some(why), _) => (KindStateWord::Failed, Some(why)),
        (_, _, Some(why)) if loading || live => (KindStateWord::Partial, Some(polled.unwrap_or(why))),
        (_, _, Some(why)) => (KindStateWord::Forbidden, Some(why)),
        _ if loading => (KindStateWord::Loading, None),
        _ if live && row.scopes.iter().any(|(scope, _)| matches!(scope, Scope::Namespace(_))) => {
            let why = polled.unwrap_or_else(|| "only in the namespaces looked at".to_owned());
            (KindStateWord::Partial, Some(why))
        }
        _ if live => (KindStateWord::Live, polled),
        _ => (KindStateWord::Absent, None),
    }
}

/// What the picture does not show, in sentences, one per state.
pub(crate) fn gaps(coverage: &Coverage) -> Vec<Arc<str>> {
    let sentences = [
        (KindStateWord::Failed, "could not be listed"),
        (KindStateWord::Forbidden, "may not be listed"),
        (KindStateWord::Partial, "listed in some namespaces only"),
        (KindStateWord::Stale, "not up to date"),
        (KindStateWord::Loading, "still loading"),
    ];
    let mut gaps = Vec::new();
    let rows = |wanted: &dyn Fn(&KindCoverage) -> bool| -> Vec<&str> {
        coverage.kinds.iter().filter(|row| wanted(row)).map(|row| &*row.kind.group_kind.kind).collect()
    };
    let states = sentences.map(|(state, sentence)| (rows(&|row| word(row).0 == state), sentence));
    let withheld = (rows(&|row| row.withheld > 0), "may not be listed any more; marked as it was before");
    for (kinds, sentence) in states.into_iter().chain([withheld]) {
        match kinds.as_slice() {
            [] => {}
            few if few.len() <= 3 => gaps.push(format!("{}: {sentence}", few.join(", ")).into()),
            [first, second, rest @ ..] => {
                gaps.push(format!("{first}, {second} and {} more kinds: {sentence}", rest.len()).into());
            }
            [_] => {}
        }
    }
    gaps
}

/// Whether every kind has told how it stands: listed, failed, refused or absent, but not under way.
pub(crate) fn first_lists_are_in(coverage: &Coverage) -> bool {
    let under_way = |state: &KindState| matches!(state, KindState::Loading { .. });
    !coverage.kinds.is_empty()
        && coverage
            .kinds
            .iter()
            .all(|row| !row.scopes.is_empty() && !row.scopes.iter().any(|(_, state)| under_way(state)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use inventory::Inventory;
    use model::{ClusterId, Delta, GroupKind, ResourceKind};
    use session::SourceState;
    use topology::{Graph, RuleBook};

    use super::*;

    fn published(states: Vec<KindState>, heard: Option<i64>) -> Published {
        let mut inventory = Inventory::new(ClusterId("c".into()));
        for (at, state) in states.into_iter().enumerate() {
            let group_kind = GroupKind::new("", &format!("Kind{at}"));
            let kind = ResourceKind {
                group_kind: group_kind.clone(),
                version: "v1".into(),
                plural: "kinds".into(),
                namespaced: true,
            };
            inventory.apply(vec![Delta::Discovered(kind), Delta::State(group_kind, Scope::Cluster, state)]);
        }
        Published {
            snapshot: inventory.snapshot(),
            graph: Arc::new(Graph::empty(Arc::new(RuleBook::default()))),
            source: Arc::new(SourceState { heard, ..SourceState::default() }),
            node_use: Arc::default(),
        }
    }

    fn link_of(states: &[KindState], heard: Option<i64>, now: i64) -> LinkState {
        let published = published(states.to_vec(), heard);
        link(&published, published.snapshot.coverage(), now)
    }

    fn failed() -> KindState {
        KindState::Failed { since: 1, why: "conversion webhook failed".into() }
    }

    fn forbidden() -> KindState {
        KindState::Forbidden { why: "no".into(), since: None }
    }

    /// What was seen: `live` though nothing had been heard for minutes.
    #[test]
    fn what_is_live_needs_a_recent_word() {
        let live = [KindState::Live, KindState::Polled { every: 10 }];
        assert_eq!(link_of(&live, Some(1000), 1000 + RECENT - 1), LinkState::Live);
        assert_eq!(link_of(&live, Some(1000), 1000 + RECENT), LinkState::Stale);
        assert_eq!(link_of(&live, None, 1000), LinkState::Stale);
        assert_eq!(link_of(&[forbidden()], None, 1000), LinkState::Live, "refusals are all there is to hear");
    }

    /// What was seen: a page that loaded for ever, since one kind could not be listed.
    #[test]
    fn one_kind_that_fails_is_not_the_cluster() {
        assert_eq!(link_of(&[KindState::Live, failed()], Some(1000), 1000), LinkState::Live);
        assert_eq!(link_of(&[failed(), forbidden()], Some(1000), 1000), LinkState::Lost);
        let all = published(vec![failed()], Some(1000));
        assert_eq!(problems(&all, all.snapshot.coverage()), ["conversion webhook failed"]);
        assert_eq!(gaps(all.snapshot.coverage()), ["Kind0: could not be listed".into()]);
    }

    #[test]
    fn a_kind_that_is_polled_says_so() {
        let polled = published(vec![KindState::Polled { every: 20 }], Some(1000));
        let (word, why) = word(&polled.snapshot.coverage().kinds[0]);
        assert_eq!(word, KindStateWord::Live);
        assert_eq!(why.unwrap(), "listed every 20 s, since this account may not watch it");
    }
}
