//! What the nodes use, as shares of what they have to give.

use std::collections::BTreeMap;
use std::sync::Arc;

use cluster::{Failure, Usage, quantity};
use inventory::Snapshot;
use model::ResourceKey;

/// The shares of CPU and memory in use, by node name; only where figures and the node are both known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeUse {
    /// From 0 to 1, in whole percent: a picture changes no more often than its reader could see.
    pub shares: BTreeMap<Arc<str>, (f32, f32)>,
    answer: MetricsAnswer,
    figures: Arc<BTreeMap<ResourceKey, Usage>>,
}

/// What the metrics API said last.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum MetricsAnswer {
    /// Nothing yet, or there is nobody to ask.
    #[default]
    None,
    /// It has figures.
    Figures,
    /// It is not served, or its server is not there; why, in a sentence.
    Absent(String),
    /// The account may not ask; what was refused.
    Forbidden(String),
}

impl NodeUse {
    /// Whether the metrics API has answered, whatever it said.
    pub fn is_settled(&self) -> bool {
        self.answer != MetricsAnswer::None
    }

    /// What follows from an answer. Figures that cannot be had are drawn no longer: they would grow old unseen.
    pub fn after(&self, answer: Result<BTreeMap<ResourceKey, Usage>, Failure>, snapshot: &Snapshot) -> Self {
        match answer {
            Ok(figures) => {
                Self { figures: Arc::new(figures), answer: MetricsAnswer::Figures, ..Self::default() }.on(snapshot)
            }
            Err(Failure::Forbidden(why)) => Self { answer: MetricsAnswer::Forbidden(why), ..Self::default() },
            Err(failure) => Self { answer: MetricsAnswer::Absent(failure.to_string()), ..Self::default() },
        }
    }

    /// Whether figures wait for nodes that were not known when they came.
    pub fn is_waiting(&self) -> bool {
        self.shares.len() < self.figures.len()
    }

    /// The same figures, on the nodes of this snapshot.
    pub fn on(&self, snapshot: &Snapshot) -> Self {
        let share = |(key, used): (&ResourceKey, &Usage)| {
            let node = snapshot.get(key)?;
            let of = |name: &str, used: f64| {
                let has = node.body.pointer("/status/allocatable")?.get(name)?;
                percent(used, quantity(has.as_str()?)?)
            };
            Some((Arc::from(key.name()), (of("cpu", used.cpu_cores)?, of("memory", used.memory_bytes)?)))
        };
        Self { shares: self.figures.iter().filter_map(share).collect(), ..self.clone() }
    }

    /// The nodes whose shares differ.
    pub fn changed<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = ResourceKey> + 'a {
        let differs = |(name, share): &(&Arc<str>, &(f32, f32)), other: &Self| other.shares.get(*name) != Some(*share);
        let here = self.shares.iter().filter(move |each| differs(each, before));
        let gone = before.shares.iter().filter(|(name, _)| !self.shares.contains_key(*name));
        here.chain(gone).map(|(name, _)| ResourceKey::new("", "Node", "", name))
    }

    /// What the metrics API said last: whether the meters on node cards can be drawn, and why not.
    pub fn answer(&self) -> &MetricsAnswer {
        &self.answer
    }
}

/// In whole percent, as a share; nothing where there is nothing to give.
fn percent(used: f64, of: f64) -> Option<f32> {
    #[allow(clippy::cast_possible_truncation)]
    (of > 0.0).then(|| ((used / of * 100.0).round() / 100.0) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_percent() {
        assert_eq!(percent(1.234, 4.0), Some(0.31));
        assert_eq!(percent(5.0, 4.0), Some(1.25), "more than can be given is told as it is");
        assert_eq!(percent(1.0, 0.0), None);
    }

    #[test]
    fn only_nodes_that_differ_are_drawn_anew() {
        let shares = |list: &[(&str, f32)]| NodeUse {
            shares: list.iter().map(|(name, cpu)| (Arc::from(*name), (*cpu, 0.5))).collect(),
            ..NodeUse::default()
        };
        let (before, after) =
            (shares(&[("a", 0.1), ("b", 0.2), ("c", 0.3)]), shares(&[("a", 0.1), ("b", 0.4), ("d", 0.3)]));
        let names: Vec<String> = after.changed(&before).map(|key| key.name().to_owned()).collect();
        assert_eq!(names, ["b", "d", "c"]);
    }

    #[test]
    fn what_may_not_be_asked_is_told_with_its_reason() {
        let snapshot = inventory::Inventory::new(model::ClusterId("c".into())).snapshot();
        let nothing = NodeUse::default();
        assert!(!nothing.is_settled());
        let refused = Failure::Forbidden("nodes.metrics.k8s.io is forbidden".into());
        let refused = nothing.after(Err(refused), &snapshot);
        assert!(refused.is_settled());
        assert_eq!(refused.answer(), &MetricsAnswer::Forbidden("nodes.metrics.k8s.io is forbidden".into()));
    }
}
