//! Questions to the graph: what is around an object, how two are connected, what depends on what.

use std::collections::{BTreeMap, VecDeque};

use model::RelationClass;

use crate::graph::{Edge, Graph, NodeId};

/// A node at a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Which.
    pub node: NodeId,
    /// Steps from the start.
    pub distance: u32,
}

/// How a search goes on from where it is. It never turns: what hangs on an owner beside what was asked about is another
/// matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Leg {
    /// Everything around.
    Around,
    /// To what it needs; from there on also up.
    Needs,
    /// To its owner, and that one's: they keep it in being, but what else they need or own is theirs.
    Up,
    /// To what it owns and what that owns; from there on also to those who need it.
    Down,
    /// To those who need it.
    NeededBy,
    /// No further.
    End,
}

impl Graph {
    /// Objects within `depth` steps, the start included, nearest first, then by key. Containment is not followed, and
    /// what many share (nodes, classes, other cluster-scoped objects) is reached but not passed through: two pods have
    /// nothing to do with each other because they run on one node.
    pub fn focus(&self, start: NodeId, depth: u32) -> Vec<Reached> {
        self.search(start, depth, Leg::Around)
    }

    /// Objects that would feel it if this one went: those that it owns or contains, those that refer to it or to one of
    /// them, and so on; a workload needs its pods.
    pub fn dependants(&self, start: NodeId, depth: u32) -> Vec<Reached> {
        self.search(start, depth, Leg::Down)
    }

    /// Objects that this one needs: what it refers to, selects or routes to, and what those need; its owners; what
    /// governs it; and what it lies in.
    pub fn dependencies(&self, start: NodeId, depth: u32) -> Vec<Reached> {
        self.search(start, depth, Leg::Needs)
    }

    /// The shortest ways between two objects, at most `limit` of them and `depth` steps long, whatever way the edges
    /// point. Each is the list of its edges, from `start` on.
    pub fn paths(&self, start: NodeId, end: NodeId, depth: u32, limit: usize) -> Vec<Vec<Edge>> {
        let mut distance: BTreeMap<NodeId, u32> = BTreeMap::from([(start, 0)]);
        let mut queue = VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            let steps = distance.get(&at).copied().unwrap_or(0);
            if at == end || steps >= depth || (at != start && self.is_shared(at)) {
                continue;
            }
            for edge in self.touching(at).filter(|edge| edge.class != RelationClass::Member) {
                let far = far_end(edge, at);
                distance.entry(far).or_insert_with(|| {
                    queue.push_back(far);
                    steps + 1
                });
            }
        }
        let mut paths = Vec::new();
        if start != end && distance.contains_key(&end) {
            self.walk_back(start, end, &distance, &mut Vec::new(), limit, &mut paths);
        }
        paths
    }

    fn walk_back(
        &self,
        start: NodeId,
        at: NodeId,
        distance: &BTreeMap<NodeId, u32>,
        tail: &mut Vec<Edge>,
        limit: usize,
        paths: &mut Vec<Vec<Edge>>,
    ) {
        if at == start {
            paths.push(tail.iter().rev().cloned().collect());
            return;
        }
        let Some(steps) = distance.get(&at) else { return };
        let mut edges: Vec<&Edge> = self
            .touching(at)
            .filter(|edge| edge.class != RelationClass::Member)
            .filter(|edge| distance.get(&far_end(edge, at)).is_some_and(|far| far + 1 == *steps))
            .filter(|edge| far_end(edge, at) == start || !self.is_shared(far_end(edge, at)))
            .collect();
        edges.sort_by_key(|edge| (self.node(far_end(edge, at)).key.clone(), edge.class, edge.relation));
        // Several relations between one pair are one way; the strongest class names it.
        edges.dedup_by_key(|edge| far_end(edge, at));
        for edge in edges {
            if paths.len() >= limit {
                return;
            }
            tail.push(edge.clone());
            self.walk_back(start, far_end(edge, at), distance, tail, limit, paths);
            tail.pop();
        }
    }

    fn search(&self, start: NodeId, depth: u32, leg: Leg) -> Vec<Reached> {
        let mut seen: BTreeMap<(NodeId, Leg), u32> = BTreeMap::from([((start, leg), 0)]);
        let mut queue = VecDeque::from([(start, leg)]);
        let mut distance: BTreeMap<NodeId, u32> = BTreeMap::from([(start, 0)]);
        while let Some((at, leg)) = queue.pop_front() {
            let steps = seen.get(&(at, leg)).copied().unwrap_or(0);
            let shared = leg == Leg::Around && at != start && self.is_shared(at);
            if steps >= depth || shared {
                continue;
            }
            for edge in self.touching(at) {
                let Some(next) = self.next(edge, at, at == start, leg) else { continue };
                let far = far_end(edge, at);
                seen.entry((far, next)).or_insert_with(|| {
                    queue.push_back((far, next));
                    steps + 1
                });
                distance.entry(far).or_insert(steps + 1);
            }
        }
        let mut reached: Vec<Reached> =
            distance.into_iter().map(|(node, distance)| Reached { node, distance }).collect();
        reached.sort_by(|a, b| {
            a.distance.cmp(&b.distance).then_with(|| self.node(a.node).key.cmp(&self.node(b.node).key))
        });
        reached
    }

    /// How a search goes on beyond an edge; none where it does not follow it.
    fn next(&self, edge: &Edge, at: NodeId, is_start: bool, leg: Leg) -> Option<Leg> {
        use RelationClass::{Governs, Member, Owns, Refers, Routes, Selects};
        let outgoing = edge.from == at;
        match (leg, edge.class, outgoing) {
            (Leg::Around, Member, _) => (is_start && outgoing).then_some(Leg::Around),
            (Leg::Around, ..) => Some(Leg::Around),
            (Leg::Needs, Refers | Routes | Selects, true) => Some(Leg::Needs),
            (Leg::Needs | Leg::Up, Owns, false) => Some(Leg::Up),
            (Leg::Needs, Governs, false) | (Leg::Down, Governs, true) => Some(Leg::End),
            // What lies in a namespace goes with it; of what is needed, only the start is said to lie somewhere.
            (Leg::Needs, Member, false) => is_start.then_some(Leg::End),
            (Leg::Down, Member | Owns, true) => Some(Leg::Down),
            (Leg::Down | Leg::NeededBy, Refers | Routes | Selects, false) => Some(Leg::NeededBy),
            // A run that is over is nothing its CronJob needs.
            (Leg::Down | Leg::NeededBy, Owns, false) => {
                let key = &self.node(at).key;
                (key.is("", "Pod") || key.is("apps", "ReplicaSet")).then_some(Leg::NeededBy)
            }
            _ => None,
        }
    }

    /// Cluster-scoped objects are shared by objects that have nothing else in common.
    fn is_shared(&self, id: NodeId) -> bool {
        self.node(id).key.namespace().is_empty()
    }
}

fn far_end(edge: &Edge, near: NodeId) -> NodeId {
    if edge.from == near { edge.to } else { edge.from }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::testing::graph;
    use model::ResourceKey;

    const CLUSTER: &str = r"
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop}, spec: {defaultBackend: {service: {name: web}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web}}, spec: {nodeName: node-a, containers: [{name: c, envFrom: [{configMapRef: {name: cfg}}]}]}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: cfg, namespace: shop}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-a}}
---
{apiVersion: v1, kind: Pod, metadata: {name: other, namespace: shop}, spec: {nodeName: node-a}}
";

    fn names(graph: &crate::Graph, reached: &[super::Reached]) -> String {
        let names = reached.iter().map(|at| format!("{}:{}", graph.node(at.node).key.name(), at.distance));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn focus_reaches_shared_objects_and_stops_there() {
        let graph = graph(CLUSTER);
        let service = graph.id(&ResourceKey::new("", "Service", "shop", "web")).unwrap();
        assert_eq!(names(&graph, &graph.focus(service, 4)), "web:0 web-1:1 web:1 cfg:2 node-a:2");
    }

    #[test]
    fn who_needs_a_config_map() {
        let graph = graph(CLUSTER);
        let config = graph.id(&ResourceKey::new("", "ConfigMap", "shop", "cfg")).unwrap();
        assert_eq!(names(&graph, &graph.dependants(config, 9)), "cfg:0 web-1:1 web:2 web:3");
        assert_eq!(names(&graph, &graph.dependencies(config, 9)), "cfg:0");
    }

    #[test]
    fn what_goes_with_a_node_and_what_a_pod_needs() {
        let graph = graph(CLUSTER);
        let node = graph.id(&ResourceKey::new("", "Node", "", "node-a")).unwrap();
        assert_eq!(names(&graph, &graph.dependants(node, 1)), "node-a:0 other:1 web-1:1");
        assert_eq!(names(&graph, &graph.focus(node, 1)), "node-a:0 other:1 web-1:1", "asked for itself it is passed");
        let pod = graph.id(&ResourceKey::new("", "Pod", "shop", "web-1")).unwrap();
        assert_eq!(names(&graph, &graph.dependencies(pod, 9)), "web-1:0 cfg:1 node-a:1");
        assert_eq!(names(&graph, &graph.focus(pod, 0)), "web-1:0");
    }

    #[test]
    fn what_is_owned_goes_with_its_owner_and_a_circle_ends() {
        let graph = graph(
            r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: d}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: shop, uid: r, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true}]}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop, uid: c}, spec: {volumeName: pv, storageClassName: ''}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv, uid: v}, spec: {claimRef: {namespace: shop, name: data, uid: c}}}
",
        );
        let id = |group, kind, namespace, name| graph.id(&ResourceKey::new(group, kind, namespace, name)).unwrap();
        let deployment = id("apps", "Deployment", "shop", "web");
        assert_eq!(names(&graph, &graph.dependants(deployment, 9)), "web:0 web-1:1");
        let (claim, volume) = (id("", "PersistentVolumeClaim", "shop", "data"), id("", "PersistentVolume", "", "pv"));
        assert_eq!(names(&graph, &graph.dependants(claim, 9)), "data:0 pv:1");
        assert_eq!(names(&graph, &graph.dependencies(claim, 9)), "data:0 pv:1");
        let ways = graph.paths(claim, volume, 9, 9);
        assert_eq!(ways.len(), 1, "both references are one way");
    }

    #[test]
    fn a_claim_has_nothing_to_do_with_the_rest_of_its_set() {
        let graph = graph(
            r"
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: data, uid: s}, spec: {volumeClaimTemplates: [{metadata: {name: disk}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: data, uid: p0, labels: {app: db}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s, controller: true}]}, spec: {volumes: [{name: disk, persistentVolumeClaim: {claimName: disk-db-0}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db-1, namespace: data, uid: p1, labels: {app: db}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s, controller: true}]}, spec: {nodeName: node-b, volumes: [{name: disk, persistentVolumeClaim: {claimName: disk-db-1}}]}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: disk-db-0, namespace: data}, spec: {storageClassName: fast}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: disk-db-1, namespace: data}, spec: {storageClassName: fast}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-b}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc, namespace: data}, spec: {selector: {app: db}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: data}, spec: {podSelector: {}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: data}}
",
        );
        let id = |kind, name| graph.id(&ResourceKey::new("", kind, "data", name)).unwrap();
        let claim = id("PersistentVolumeClaim", "disk-db-0");
        assert_eq!(names(&graph, &graph.dependencies(claim, 9)), "disk-db-0:0 db:1 data:1 fast:1");
        assert_eq!(names(&graph, &graph.dependants(claim, 9)), "disk-db-0:0 db-0:1 db:2 svc:2");
        let namespace = graph.id(&ResourceKey::new("", "Namespace", "", "data")).unwrap();
        assert_eq!(graph.dependants(namespace, 9).len(), 8, "all that lies in it goes with it");
        let pod = id("Pod", "db-0");
        assert_eq!(names(&graph, &graph.dependencies(pod, 9)), "db-0:0 db:1 data:1 disk-db-0:1 deny:1 fast:2");
    }

    #[test]
    fn the_shortest_path_from_the_entry() {
        let graph = graph(CLUSTER);
        let id = |kind, name| {
            graph
                .id(&ResourceKey::new(if kind == "Ingress" { "networking.k8s.io" } else { "" }, kind, "shop", name))
                .unwrap()
        };
        let paths = graph.paths(id("Ingress", "web"), id("ConfigMap", "cfg"), 9, 10);
        let relations: Vec<Vec<&str>> =
            paths.iter().map(|path| path.iter().map(|edge| graph.relation(edge)).collect()).collect();
        assert_eq!(relations, [["ingress-routes-to-service", "service-selects-pod", "pod-uses-configmap"]]);
        assert!(
            graph.paths(id("Pod", "other"), id("ConfigMap", "cfg"), 9, 10).is_empty(),
            "a shared node connects nothing"
        );
    }
}
