//! The search: every word must be found in name, kind, namespace, status or a label; the best first.
//!
//! `ns/name` and `kind/name` are understood as kubectl writes them, kinds by their short names and plurals, too. Where
//! letters stand in order only, nucleo-matcher judges how well they fit.

use std::cmp::Reverse;

use model::{Health, KindFacts};
use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String};

use crate::graph::{Graph, Node, NodeId};

/// A longer query is no name; the rest of it is not looked at.
const LONGEST: usize = 256;

/// Shorter words would fit nearly everything, letter by letter.
const FUZZY: usize = 3;

/// What nucleo gives a letter that stands alone is 16; letters next to each other and at the start of a part get more.
const PER_LETTER: u16 = 18;

/// How well a word fits, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Its letters in order.
    Letters(u16),
    /// Inside.
    Inside,
    /// The start of a part: `cart` in `shop-cart`.
    Part,
    /// The start.
    Start,
    /// The whole.
    Whole,
}

/// One word of a query.
struct Word {
    text: String,
    letters: Utf32String,
    /// What stands before a slash, and what after it.
    split: Option<(String, Box<Word>)>,
    /// Name and beginning of the value of a label.
    label: Option<(String, String)>,
}

impl Word {
    fn new(text: &str) -> Self {
        let split = text.split_once('/').map(|(before, after)| (before.to_owned(), Box::new(Self::new(after))));
        let label = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { text: text.to_owned(), letters: Utf32String::from(text), split, label }
    }
}

impl Graph {
    /// The objects that fit a query best, at most `limit`.
    ///
    /// Whole names come first. Among equals what is not well comes before its healthy namesakes, and a workload before its
    /// revisions, pods and endpoints; then the order is that of keys.
    pub fn search_for(&self, query: &str, limit: usize) -> Vec<NodeId> {
        let query: String = query.chars().take(LONGEST).flat_map(char::to_lowercase).collect();
        let words: Vec<Word> = query.split_whitespace().map(Word::new).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut searcher = Searcher { graph: self, matcher: Matcher::new(Config::DEFAULT), buffer: Vec::new() };
        let found = self.nodes().filter_map(|(id, node)| Some((searcher.rank(node, &words)?, id)));
        let mut found: Vec<_> = found.collect();
        // Stable: nodes come ordered by key.
        found.sort_by_key(|(rank, _)| *rank);
        found.truncate(limit);
        found.into_iter().map(|(_, id)| id).collect()
    }
}

/// What a list is ordered by, the best first.
type Rank = (Reverse<Fit>, bool, u8, Health, usize);

struct Searcher<'a> {
    graph: &'a Graph,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Searcher<'_> {
    fn rank(&mut self, node: &Node, words: &[Word]) -> Option<Rank> {
        let mut worst = Fit::Whole;
        for word in words {
            worst = worst.min(self.fit(node, word)?);
        }
        let is_well = !node.health.is_problem();
        Some((Reverse(worst), is_well, tier(node), node.health, node.key.name().len()))
    }

    fn fit(&mut self, node: &Node, word: &Word) -> Option<Fit> {
        let key = &node.key;
        let whole = [
            self.in_name(key.name(), word),
            self.kind(node, &word.text),
            // Whoever asks for a namespace means what lies in it; its own name was looked at above.
            text_fit(key.namespace(), &word.text).filter(|fit| *fit >= Fit::Part),
            status(node, &word.text),
            label(node, word),
        ];
        let best = whole.into_iter().flatten().max();
        let split = word.split.as_ref().and_then(|(before, after)| self.split(node, before, after));
        best.max(split)
    }

    /// `deploy/checkout`, `shop/checkout`, `deploy/shop/checkout`; an unfinished name fits all.
    fn split(&mut self, node: &Node, before: &str, after: &Word) -> Option<Fit> {
        let is_kind = self.kind(node, before).is_some_and(|fit| fit >= Fit::Start);
        let is_place = !node.key.namespace().is_empty()
            && (before.is_empty() || text_fit(node.key.namespace(), before).is_some_and(|fit| fit >= Fit::Start));
        if !is_kind && !is_place {
            return None;
        }
        if after.text.is_empty() {
            return Some(Fit::Start);
        }
        let name = self.in_name(node.key.name(), after);
        let nested = after.split.as_ref().filter(|_| is_kind);
        let nested = nested.and_then(|(namespace, name)| {
            let is_there = node.key.namespace() == namespace;
            if is_there && name.text.is_empty() {
                Some(Fit::Start)
            } else {
                self.in_name(node.key.name(), name).filter(|_| is_there)
            }
        });
        name.max(nested)
    }

    fn in_name(&mut self, name: &str, word: &Word) -> Option<Fit> {
        let found = if name.bytes().any(|sign| sign.is_ascii_uppercase() || !sign.is_ascii()) {
            text_fit(&name.to_lowercase(), &word.text)
        } else {
            text_fit(name, &word.text)
        };
        if found.is_some() || word.letters.len() < FUZZY {
            return found;
        }
        self.buffer.clear();
        let score = self.matcher.fuzzy_match(Utf32Str::new(name, &mut self.buffer), word.letters.slice(..))?;
        let wanted = u16::try_from(word.letters.len()).unwrap_or(u16::MAX).saturating_mul(PER_LETTER);
        // Letters strewn over a whole name say nothing.
        (score >= wanted).then_some(Fit::Letters(score))
    }

    /// A kind by its name, plural or short name, with or without its group, or by how its name begins.
    fn kind(&self, node: &Node, word: &str) -> Option<Fit> {
        let key = &node.key;
        let (word, group) = word.split_once('.').map_or((word, None), |(word, group)| (word, Some(group)));
        if word.len() < 2 || group.is_some_and(|group| group != key.group()) {
            return None;
        }
        let is_called = KindFacts::of(key.group(), key.kind()).is_some_and(|facts| facts.is_called(word))
            || key.kind().eq_ignore_ascii_case(word)
            || self.graph.coverage().of(&key.group_kind()).is_some_and(|row| &*row.kind.plural == word);
        if is_called {
            return Some(Fit::Whole);
        }
        let begins =
            word.len() >= FUZZY && key.kind().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        begins.then_some(Fit::Start)
    }
}

/// The word of a state, as kubectl prints it or as the map calls it: `crashloop`, `missing`, `pending`.
fn status(node: &Node, word: &str) -> Option<Fit> {
    if word.len() < FUZZY {
        return None;
    }
    let health = text_fit(node.health.word(), word).filter(|fit| *fit >= Fit::Start);
    let told = [Some(&node.status), node.note.as_ref()].into_iter().flatten();
    let told = told.filter_map(|text| text_fit(&text.to_lowercase(), word)).max();
    health.max(told.filter(|fit| *fit >= Fit::Inside))
}

/// `key=value`, or a value alone.
fn label(node: &Node, word: &Word) -> Option<Fit> {
    match &word.label {
        Some((name, value)) => {
            let has = |(key, it): (&str, &str)| {
                let is_named = |key: &str| key.eq_ignore_ascii_case(name);
                let is_key = is_named(key) || key.rsplit('/').next().is_some_and(is_named);
                is_key.then(|| text_fit(&it.to_lowercase(), value)).flatten()
            };
            node.labels.iter().filter_map(has).max().filter(|fit| *fit >= Fit::Start)
        }
        // A label repeats the name of the application for all that belongs to it: less than a name that says so.
        None => node.labels.iter().any(|(_, value)| value.eq_ignore_ascii_case(&word.text)).then_some(Fit::Inside),
    }
}

fn text_fit(text: &str, word: &str) -> Option<Fit> {
    let at = text.find(word)?;
    Some(match text.get(..at).unwrap_or_default().chars().next_back() {
        None if text.len() == word.len() => Fit::Whole,
        None => Fit::Start,
        Some(before) if !before.is_alphanumeric() => Fit::Part,
        Some(_) => Fit::Inside,
    })
}

/// What people name first, what is made for it, and what only repeats others.
fn tier(node: &Node) -> u8 {
    match (node.key.group(), node.key.kind()) {
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet") | ("batch", "CronJob") | ("argoproj.io", "Rollout") => 0,
        ("batch", "Job") | ("", "Service") if node.controller.is_none() => 1,
        ("networking.k8s.io", "Ingress") => 2,
        ("apps", "ReplicaSet" | "ControllerRevision") | ("discovery.k8s.io", "EndpointSlice") | ("", "Endpoints") => 6,
        ("", "Pod") | ("batch", "Job") => 5,
        ("rbac.authorization.k8s.io", _) | ("apiextensions.k8s.io", _) => 4,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::testing::graph;

    const CLUSTER: &str = r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: checkout, namespace: shop, uid: d, labels: {team: pay, app.kubernetes.io/managed-by: Helm}}, spec: {replicas: 1}, status: {replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: checkout, namespace: stage, uid: e}, spec: {replicas: 2}, status: {replicas: 2, readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: checkout-7d9, namespace: shop, uid: r, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: checkout, uid: d, controller: true}]}, spec: {replicas: 1}, status: {replicas: 1, readyReplicas: 1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: cart-0, namespace: shop, uid: p}, status: {phase: Running, containerStatuses: [{name: c, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: waiting, namespace: shop, uid: q}, status: {phase: Pending}}
---
{apiVersion: v1, kind: Service, metadata: {name: checkout, namespace: shop}, spec: {selector: {app: checkout}}}
---
{apiVersion: v1, kind: Service, metadata: {name: gateway, namespace: pay}, spec: {type: ExternalName, externalName: x.example}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: gateway, namespace: pay}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: checkout-abc, namespace: shop, labels: {kubernetes.io/service-name: checkout}}, addressType: IPv4, endpoints: []}
---
{apiVersion: v1, kind: Secret, metadata: {name: other, namespace: shop}}
---
{apiVersion: v1, kind: Pod, metadata: {name: reader, namespace: shop}, spec: {volumes: [{name: s, secret: {secretName: gone}}]}}
";

    fn find(graph: &Graph, query: &str) -> String {
        let hits = graph.search_for(query, 4).into_iter().map(|id| &graph.node(id).key);
        hits.map(|key| format!("{}/{}/{}", key.kind(), key.namespace(), key.name())).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn namespaces_kinds_and_short_names_are_understood_as_kubectl_writes_them() {
        let graph = graph(CLUSTER);
        for (query, first) in [
            ("stage/checkout", "Deployment/stage/checkout"),
            ("deploy/checkout", "Deployment/stage/checkout"),
            ("deployments.apps/shop/checkout", "Deployment/shop/checkout"),
            ("svc gateway", "Service/pay/gateway"),
            ("gateway svc", "Service/pay/gateway"),
            ("sa/gateway", "ServiceAccount/pay/gateway"),
            ("pay/gate", "Service/pay/gateway"),
            ("EP checkout", ""),
            ("team=pay", "Deployment/shop/checkout"),
            ("app.kubernetes.io/managed-by=Helm", "Deployment/shop/checkout"),
            ("managed-by=helm", "Deployment/shop/checkout"),
            ("chkout deploy", "Deployment/stage/checkout"),
        ] {
            let found = find(&graph, query);
            assert_eq!(found.split(' ').next(), Some(first), "{query}: {found}");
        }
        assert_eq!(find(&graph, "svc/"), "Service/shop/checkout Service/pay/gateway");
    }

    #[test]
    fn states_are_found_by_their_words() {
        let graph = graph(CLUSTER);
        assert_eq!(find(&graph, "CrashLoop"), "Pod/shop/cart-0");
        assert_eq!(find(&graph, "missing"), "Secret/shop/gone");
        assert_eq!(find(&graph, "pending").split(' ').next(), Some("Pod/shop/waiting"));
        assert_eq!(find(&graph, "crashloop shop/cart"), "Pod/shop/cart-0");
    }

    #[test]
    fn what_is_broken_comes_before_its_namesakes_and_workloads_before_their_revisions() {
        let graph = graph(CLUSTER);
        assert_eq!(
            find(&graph, "checkout"),
            "Deployment/stage/checkout Service/shop/checkout Deployment/shop/checkout ReplicaSet/shop/checkout-7d9"
        );
        assert_eq!(find(&graph, "zzz"), "");
        assert_eq!(find(&graph, "  "), "");
    }
}
