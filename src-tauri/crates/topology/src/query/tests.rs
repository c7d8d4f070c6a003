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
    assert_eq!(names(&graph, &graph.dependants(config).objects), "web-1:1 web:1 web:2");
    assert_eq!(names(&graph, &graph.dependencies(config).objects), "");
}

#[test]
fn what_goes_with_a_node_and_what_a_pod_needs() {
    let graph = graph(CLUSTER);
    let node = graph.id(&ResourceKey::new("", "Node", "", "node-a")).unwrap();
    assert_eq!(names(&graph, &graph.dependants(node).objects), "other:1 web-1:1 web:1 web:2");
    assert_eq!(names(&graph, &graph.focus(node, 1)), "node-a:0 other:1 web-1:1", "asked for itself it is passed");
    let pod = graph.id(&ResourceKey::new("", "Pod", "shop", "web-1")).unwrap();
    assert_eq!(names(&graph, &graph.dependencies(pod).objects), "cfg:1 node-a:1");
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
    assert_eq!(names(&graph, &graph.dependants(deployment).objects), "web-1:1");
    let (claim, volume) = (id("", "PersistentVolumeClaim", "shop", "data"), id("", "PersistentVolume", "", "pv"));
    assert_eq!(names(&graph, &graph.dependants(claim).objects), "pv:1");
    assert_eq!(names(&graph, &graph.dependencies(claim).objects), "pv:1");
    let ways = graph.paths(claim, volume, 9, 9).ways;
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
    assert_eq!(names(&graph, &graph.dependencies(claim).objects), "db:1 data:1 fast:1");
    assert_eq!(names(&graph, &graph.dependants(claim).objects), "db:1 db-0:1 svc:1");
    let namespace = graph.id(&ResourceKey::new("", "Namespace", "", "data")).unwrap();
    assert_eq!(graph.dependants(namespace).objects.len(), 7, "all that lies in it goes with it");
    let pod = id("Pod", "db-0");
    assert_eq!(names(&graph, &graph.dependencies(pod).objects), "db:1 data:1 disk-db-0:1 deny:1 fast:2");
}

#[test]
fn the_shortest_path_from_the_entry() {
    let graph = graph(CLUSTER);
    let id = |kind, name| {
        graph
            .id(&ResourceKey::new(if kind == "Ingress" { "networking.k8s.io" } else { "" }, kind, "shop", name))
            .unwrap()
    };
    let paths = graph.paths(id("Ingress", "web"), id("ConfigMap", "cfg"), 9, 10).ways;
    let relations: Vec<Vec<&str>> =
        paths.iter().map(|path| path.iter().map(|edge| graph.relation(edge)).collect()).collect();
    assert_eq!(relations, [["ingress-routes-to-service", "service-selects-pod", "pod-uses-configmap"]]);
    assert!(
        graph.paths(id("Pod", "other"), id("ConfigMap", "cfg"), 9, 10).ways.is_empty(),
        "a shared node connects nothing"
    );
}

/// A database with its claim, the Service before it, a caller with a Service and an entry of its own.
const DATABASE: &str = r"
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: data, uid: s}, spec: {serviceName: db, template: {metadata: {labels: {app: db}}, spec: {containers: []}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: data, uid: p0, labels: {app: db}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s, controller: true}]}, spec: {nodeName: node-a, volumes: [{name: disk, persistentVolumeClaim: {claimName: disk-db-0}}]}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: disk-db-0, namespace: data}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: data}, spec: {selector: {app: db}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: api, namespace: shop, uid: d}, spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, env: [{name: DB_HOST, value: db.data.svc}]}]}}}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: api-1, namespace: shop, uid: r, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, uid: d, controller: true}]}, spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, env: [{name: DB_HOST, value: db.data.svc}]}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api-1-x, namespace: shop, uid: p1, labels: {app: api}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-1, uid: r, controller: true}]}, spec: {nodeName: node-a, serviceAccountName: default, containers: [{name: c, env: [{name: DB_HOST, value: db.data.svc}]}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: api, namespace: shop}, spec: {selector: {app: api}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {template: {spec: {containers: [{name: c, args: [--api, 'http://api:8080']}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: lonely, namespace: shop}, spec: {nodeName: node-a, serviceAccountName: default, containers: []}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: default-deny, namespace: shop}, spec: {podSelector: {}, policyTypes: [Ingress]}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-a}}
";

fn id(graph: &crate::Graph, text: &str) -> crate::NodeId {
    *graph.find(text).first().unwrap()
}

#[test]
fn the_claim_of_a_database_is_needed_by_its_callers_and_theirs() {
    let graph = graph(DATABASE);
    let needed = graph.dependants(id(&graph, "pvc/disk-db-0"));
    assert_eq!(needed.stopped, None);
    assert_eq!(names(&graph, &needed.objects), "db:1 db-0:1 db:1 api:2 api-1:2 api-1-x:2 api:2 web:3");
    // Seen: the ReplicaSet, the pods and, through them, the Service of a caller counted a step more than the caller.
    let called = graph.dependants(id(&graph, "svc/db"));
    assert_eq!(names(&graph, &called.objects), "api:1 api-1:1 db:1 db-0:1 api-1-x:1 api:1 web:2");
    let needs = graph.dependencies(id(&graph, "svc/api"));
    assert!(names(&graph, &needs.objects).contains("disk-db-0"), "a caller's Service needs the claim: {needs:?}");
}

#[test]
fn a_policy_isolates_pods_and_the_workloads_that_run_them() {
    let graph = graph(DATABASE);
    let isolated = graph.dependants(id(&graph, "netpol/default-deny"));
    assert_eq!(names(&graph, &isolated.objects), "api:1 web:1 api-1:1 api-1-x:1 lonely:1");
}

#[test]
fn ways_do_not_lead_through_the_default_account_a_node_or_a_policy_for_all() {
    let graph = graph(DATABASE);
    let found = graph.paths(id(&graph, "pod/lonely"), id(&graph, "pod/api-1-x"), 8, 20);
    assert!(found.ways.is_empty());
    let Some(super::Stop::Shared(met)) = found.stopped else { panic!("{:?}", found.stopped) };
    let met: Vec<&str> = met.iter().map(|id| graph.node(*id).key.as_str()).collect();
    assert_eq!(met.len(), 3, "{met:?}");
    let account = graph.paths(id(&graph, "pod/lonely"), id(&graph, "sa/default"), 8, 20);
    assert_eq!(account.ways.len(), 1, "the account itself can be asked for");
}

#[test]
fn pods_and_replica_sets_use_up_no_steps() {
    let graph = graph(DATABASE);
    let (web, claim) = (id(&graph, "deploy/web"), id(&graph, "pvc/disk-db-0"));
    let found = graph.paths(web, claim, 6, 20);
    let way = found.ways.first().unwrap();
    assert!(way.len() > 6 && found.stopped.is_none(), "{} relations", way.len());
    let short = graph.paths(web, claim, 2, 20);
    assert_eq!((short.ways.len(), short.stopped), (0, Some(super::Stop::Steps(2))), "and it says where it stopped");
}

#[test]
fn what_is_around_an_object_differs_only_where_it_or_a_neighbour_changed() {
    let before = crate::testing::objects(CLUSTER);
    let coverage = crate::testing::coverage(&before);
    let mut engine = crate::Engine::new(std::sync::Arc::default());
    let changes: Vec<_> = before.into_iter().map(crate::Change::Upserted).collect();
    engine.apply(&changes, &coverage);
    let first = engine.graph();
    let running = "{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web}}, spec: {nodeName: node-a, containers: [{name: c, envFrom: [{configMapRef: {name: cfg}}]}]}, status: {phase: Running}}";
    let changes: Vec<_> = crate::testing::objects(running).into_iter().map(crate::Change::Upserted).collect();
    engine.apply(&changes, &coverage);
    let second = engine.graph();
    let same = |kind: &str, name: &str| {
        let around = |graph: &crate::Graph| {
            graph.around(graph.id(&ResourceKey::parse(&format!("{kind}/{name}")).unwrap()).unwrap())
        };
        around(&first) == around(&second)
    };
    assert!(!same("core/Pod", "shop/web-1") && !same("core/Service", "shop/web") && !same("core/Node", "/node-a"));
    assert!(same("core/Pod", "shop/other"), "it shares a node with the pod, and nothing else");
    assert!(same("networking.k8s.io/Ingress", "shop/web"));
}
