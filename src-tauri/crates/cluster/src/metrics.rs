//! What pods and nodes use, as `metrics.k8s.io` says. What it does not say is absent, never zero.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use model::ResourceKey;
use serde::Deserialize;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::client::Limit;
use crate::failure::Failure;
use crate::reader::Reader;

const ROOT: &str = "/apis/metrics.k8s.io/v1beta1";

/// What something used at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Of one core.
    pub cpu_cores: f64,
    /// Working set, in bytes.
    pub memory_bytes: f64,
}

/// One answer of the metrics server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// By node.
    pub nodes: BTreeMap<ResourceKey, Usage>,
    /// By pod and container.
    pub pods: BTreeMap<ResourceKey, BTreeMap<String, Usage>>,
}

/// What each node uses, by its key.
type NodeUse = BTreeMap<ResourceKey, Usage>;

/// Asks again and again what the nodes use, while it is awaited; holds no task.
pub struct NodeUsePoll {
    reader: Reader,
    clock: Interval,
    /// The question that is under way: whoever waits for other things as well drops [`Self::next`] at each of them, and
    /// would otherwise wait for the clock once more.
    asked: Option<BoxFuture<'static, Result<NodeUse, Failure>>>,
}

impl NodeUsePoll {
    /// Asks every so often; metrics-server has new figures every 15 seconds. Must be called inside a tokio runtime.
    pub fn new(reader: Reader, every: Duration) -> Self {
        let mut clock = interval(every);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { reader, clock, asked: None }
    }

    /// The next answer, the first one at once. Safe to cancel: the next call waits for the same answer.
    ///
    /// # Errors
    /// Why there is none: [`Failure::NotFound`] or [`Failure::Busy`] where no metrics server runs.
    pub async fn next(&mut self) -> Result<NodeUse, Failure> {
        let asked = match &mut self.asked {
            Some(asked) => asked,
            none => {
                self.clock.tick().await;
                let reader = self.reader.clone();
                none.insert(async move { reader.node_use().await }.boxed())
            }
        };
        let answer = asked.await;
        self.asked = None;
        answer
    }
}

impl Reader {
    /// What each node uses at the moment.
    ///
    /// # Errors
    /// [`Failure::NotFound`] or [`Failure::Busy`] where no metrics server runs, [`Failure::Forbidden`] where the account
    /// may not see nodes' figures.
    pub async fn node_use(&self) -> Result<NodeUse, Failure> {
        let list: List = self.client.json(&format!("{ROOT}/nodes"), Limit::METRICS).await?;
        Ok(list.items.into_iter().filter_map(Item::node).collect())
    }

    /// What all nodes and pods use at the moment.
    ///
    /// # Errors
    /// Where the pods' figures cannot be had. Nodes that the account may not see are left out.
    pub async fn metrics(&self) -> Result<Metrics, Failure> {
        let pods = format!("{ROOT}/pods");
        let (nodes, pods) = tokio::join!(self.node_use(), self.client.json::<List>(&pods, Limit::METRICS));
        let nodes = match nodes {
            Err(Failure::Forbidden(_)) => BTreeMap::new(),
            other => other?,
        };
        let pod = |item: Item| {
            let key = ResourceKey::new("", "Pod", &item.metadata.namespace, &item.metadata.name);
            let usages =
                item.containers.into_iter().filter_map(|container| Some((container.name, container.usage.read()?)));
            (key, usages.collect())
        };
        Ok(Metrics { nodes, pods: pods?.items.into_iter().map(pod).collect() })
    }
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    metadata: Name,
    usage: Option<Quantities>,
    #[serde(default)]
    containers: Vec<Container>,
}

impl Item {
    fn node(self) -> Option<(ResourceKey, Usage)> {
        Some((ResourceKey::new("", "Node", "", &self.metadata.name), self.usage?.read()?))
    }
}

#[derive(Deserialize)]
struct Name {
    name: String,
    #[serde(default)]
    namespace: String,
}

#[derive(Deserialize)]
struct Container {
    name: String,
    usage: Quantities,
}

#[derive(Deserialize)]
struct Quantities {
    cpu: String,
    memory: String,
}

impl Quantities {
    fn read(&self) -> Option<Usage> {
        Some(Usage { cpu_cores: quantity(&self.cpu)?, memory_bytes: quantity(&self.memory)? })
    }
}

/// A Kubernetes quantity as a number: `250m`, `1.5`, `512Mi`, `3e2`, `123456789n`.
pub fn quantity(text: &str) -> Option<f64> {
    const SUFFIXES: [(&str, f64); 15] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("Ei", 1_152_921_504_606_846_976.0),
        ("n", 1e-9),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
    ];
    let split = SUFFIXES.iter().find_map(|(suffix, factor)| Some((text.strip_suffix(suffix)?, *factor)));
    let (digits, factor) = split.unwrap_or((text, 1.0));
    digits.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_of_all_forms() {
        for (text, number) in [
            ("250m", 0.25),
            ("1.5", 1.5),
            ("512Mi", 536_870_912.0),
            ("2k", 2000.0),
            ("3e2", 300.0),
            ("5n", 5e-9),
            ("1E", 1e18),
        ] {
            assert!(quantity(text).is_some_and(|read| (read - number).abs() <= number * 1e-12), "{text}");
        }
        for text in ["", "m", "abc", "1Xi", "inf"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }
}
