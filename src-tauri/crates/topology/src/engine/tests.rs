//! The law of the engine: in whatever order changes come, as long as each object's own order is kept, the graph is the
//! one that the final objects give. And the traps that cut across relations.

use std::sync::Arc;

use insta::assert_snapshot;
use inventory::Change;
use model::{Coverage, KindState, Object, ResourceKey};
use proptest::prelude::*;

use super::Engine;
use crate::testing::{check, coverage, edges, nodes, objects};
use crate::{Filter, Graph, Presence, RuleBook, canonical};

/// Objects in several versions each, as documents of one stream; `#` parts the versions of one object.
const UNIVERSE: &str = r#"
{apiVersion: v1, kind: Namespace, metadata: {name: shop, uid: ns1, labels: {team: web}}}
#
{apiVersion: v1, kind: Namespace, metadata: {name: shop, uid: ns1, labels: {team: ops}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: d1, labels: {app: web}}, spec: {replicas: 2, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, env: [{name: DB_HOST, value: db}, {name: X, valueFrom: {configMapKeyRef: {name: cfg, key: url}}}]}]}}}, status: {readyReplicas: 1, updatedReplicas: 2}}
#
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: d2}, spec: {replicas: 1, template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web, volumes: [{name: a, secret: {secretName: keys}}]}}}, status: {readyReplicas: 1, updatedReplicas: 1}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-a, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]}, spec: {replicas: 2}, status: {replicas: 2}}
#
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-a, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d2, controller: true}]}, spec: {replicas: 0}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-a-1, namespace: shop, uid: p1, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-a, uid: r1, controller: true}]}, spec: {nodeName: node-a, serviceAccountName: web, containers: [{name: web, env: [{name: K, valueFrom: {secretKeyRef: {name: keys, key: k}}}]}]}, status: {phase: Pending, containerStatuses: [{name: web, state: {waiting: {reason: CreateContainerConfigError, message: "couldn't find key k in Secret shop/keys"}}}]}}
#
{apiVersion: v1, kind: Pod, metadata: {name: web-a-1, namespace: shop, uid: p1, labels: {app: web, canary: 'yes'}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-a, uid: r1, controller: true}]}, spec: {nodeName: node-a, containers: [{name: web}]}, status: {phase: Running, containerStatuses: [{name: web, ready: true, state: {running: {}}}]}}
#
{apiVersion: v1, kind: Pod, metadata: {name: web-a-1, namespace: shop, uid: p9, labels: {app: other}}, spec: {containers: [{name: web}]}, status: {phase: Running, containerStatuses: [{name: web, state: {waiting: {reason: CrashLoopBackOff}}}]}}
---
{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: web, namespace: shop}, spec: {project: default}}
---
{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: default, namespace: argo-a}, spec: {sourceNamespaces: [other]}}
#
{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: default, namespace: argo-a}, spec: {sourceNamespaces: ['s*']}}
---
{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: default, namespace: argo-0}}
---
{apiVersion: v1, kind: Pod, metadata: {name: over, namespace: shop, uid: p7, labels: {app: web}}, spec: {containers: [{name: c, envFrom: [{configMapRef: {name: extra, optional: true}}]}]}, status: {phase: Running}}
#
{apiVersion: v1, kind: Pod, metadata: {name: over, namespace: shop, uid: p7, labels: {app: web}}, spec: {containers: [{name: c, envFrom: [{configMapRef: {name: extra}}]}]}, status: {phase: Failed, reason: Evicted}}
---
{apiVersion: v1, kind: Pod, metadata: {name: plain, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, uid: s1}, spec: {selector: {app: web}}}
#
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, uid: s1}, spec: {selector: {canary: 'yes'}}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop, uid: s2, labels: {app: db}}, spec: {selector: {app: db}}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-x, namespace: shop, labels: {kubernetes.io/service-name: web}}, endpoints: [{targetRef: {kind: Pod, name: web-a-1}, nodeName: node-a}]}
#
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-x, namespace: shop, labels: {kubernetes.io/service-name: db}}, endpoints: [{conditions: {ready: false}, targetRef: {kind: Pod, name: gone}}]}
---
{apiVersion: v1, kind: Service, metadata: {name: declared, namespace: shop}, spec: {selector: {app: nothing}}}
---
{apiVersion: v1, kind: Endpoints, metadata: {name: web, namespace: shop}, subsets: [{addresses: [{ip: 10.0.0.1}]}]}
---
{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop, annotations: {kubernetes.io/service-account.name: web}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: cfg, namespace: shop, labels: {app.kubernetes.io/instance: shop-app}}, data: {url: "http://web:80"}}
#
{apiVersion: v1, kind: ConfigMap, metadata: {name: cfg, namespace: shop}, data: {url: "http://db:80", other: "http://web"}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}, imagePullSecrets: [{name: keys}], secrets: [{name: keys}]}
#
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}, imagePullSecrets: [{name: other}]}
---
{apiVersion: v1, kind: Node, metadata: {name: node-a, uid: n1}, status: {conditions: [{type: Ready, status: 'True'}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: np, namespace: shop}, spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: web}}, podSelector: {matchLabels: {app: web}}}, {namespaceSelector: {matchLabels: {team: ops}}}]}]}}
#
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: np, namespace: shop}, spec: {podSelector: {matchLabels: {app: web}}, ingress: []}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop}, spec: {tls: [{secretName: keys}], defaultBackend: {service: {name: web}}}}
---
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: usual, annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}}}
#
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: usual}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: shop}, spec: {parentRefs: [{name: edge, namespace: infra}], rules: [{backendRefs: [{name: far, namespace: infra}]}]}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: edge, namespace: infra}, spec: {listeners: [{name: a, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: web}}}}}]}}
#
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: edge, namespace: infra}, spec: {listeners: [{name: a, allowedRoutes: {namespaces: {from: All}}}]}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: ReferenceGrant, metadata: {name: g, namespace: infra}, spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}], to: [{group: '', kind: Service}]}}
---
{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: shop-app, namespace: argocd}}
---
{apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: shop, ownerReferences: [{apiVersion: example.com/v1, kind: Factory, name: f, uid: f1, controller: true}]}, spec: {secretRef: {name: keys}}}
---
{apiVersion: example.com/v1, kind: Factory, metadata: {name: f, uid: f1, ownerReferences: [{apiVersion: example.com/v1, kind: Widget, name: w, uid: none, controller: true}]}}
---
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: widgets.example.com}, spec: {group: example.com, names: {kind: Widget}}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: limits}, spec: {paramKind: {apiVersion: v1, kind: ConfigMap}}}
#
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: limits}, spec: {paramKind: {apiVersion: v1, kind: Secret}}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: limits}, spec: {policyName: limits, paramRef: {selector: {}}}}
#
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: limits}, spec: {policyName: limits, paramRef: {selector: {matchExpressions: [{key: app, operator: Exists}]}, namespace: shop}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-0, namespace: shop, uid: c1}, spec: {volumeName: pv}}
#
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-0, namespace: shop, uid: c2}, spec: {storageClassName: gone}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv, uid: v1}, spec: {claimRef: {namespace: shop, name: data-db-0, uid: c1}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop}, spec: {serviceName: db, volumeClaimTemplates: [{metadata: {name: data}}]}}
"#;

/// Each object's versions.
fn universe() -> Vec<Vec<Object>> {
    let read = |document: &str| document.split("\n#\n").flat_map(objects).collect();
    UNIVERSE.split("\n---\n").map(read).collect()
}

fn everything(graph: &Graph) -> String {
    let json = String::from_utf8(canonical::write(graph, &Filter::default())).expect("UTF-8");
    let controllers: Vec<String> = graph
        .nodes()
        .filter_map(|(_, node)| Some(format!("{} < {}", node.key, graph.node(node.controller?).key)))
        .collect();
    let orders: Vec<String> = graph
        .nodes()
        .map(|(id, node)| {
            let far =
                |edge: &crate::Edge| graph.node(if edge.from == id { edge.to } else { edge.from }).key.to_string();
            format!("{}: {}", node.key, graph.touching(id).map(far).collect::<Vec<_>>().join(" "))
        })
        .collect();
    format!("{json}\n{}\n{}\n{}\n{}", nodes(graph), controllers.join("\n"), orders.join("\n"), graph.edge_count())
}

fn full() -> Coverage {
    let all: Vec<Object> = universe().into_iter().filter_map(|versions| versions.into_iter().next()).collect();
    coverage(&all)
}

/// The same coverage with some kinds in another state.
fn dimmed(which: u8) -> Coverage {
    let mut coverage = full();
    for (at, row) in coverage.kinds.iter_mut().enumerate() {
        let state = match (usize::from(which) + at) % 7 {
            0 => KindState::Forbidden { why: "no".into(), since: None },
            1 => KindState::Loading { received: 1 },
            2 => KindState::Absent,
            3 => KindState::Forbidden { why: "no".into(), since: Some(1) },
            4 => KindState::Failed { since: 1, why: "no".into() },
            _ => KindState::Live,
        };
        row.scopes.iter_mut().for_each(|scope| scope.1 = state.clone());
    }
    coverage
}

fn build(finals: &[Object], coverage: &Coverage) -> String {
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    let changes: Vec<Change> = finals.iter().cloned().map(Change::Upserted).collect();
    engine.apply(&changes, coverage);
    everything(&engine.graph())
}

/// Few, since one replays a hundred changes; as many as `PROPTEST_CASES` says where somebody asks for more:
/// the environment is a test's to read, not the crate's.
#[allow(clippy::disallowed_methods)]
fn effort() -> ProptestConfig {
    let given = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { given } else { ProptestConfig { cases: 64, ..given } }
}

proptest! {
    #![proptest_config(effort())]

    #[test]
    fn replaying_changes_gives_the_graph_of_the_final_objects(
        steps in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..5, prop::bool::weighted(0.4), prop::option::weighted(0.1, any::<u8>())), 1..120),
        last in prop::option::of(any::<u8>()),
    ) {
        let universe = universe();
        let mut finals: Vec<Option<Object>> = vec![None; universe.len()];
        let mut engine = Engine::new(Arc::new(RuleBook::default()));
        let mut batch = Vec::new();
        let mut coverage = full();
        for (object, version, flush, dim) in steps {
            let at = object.index(universe.len());
            let versions = &universe[at];
            // One value in five removes the object.
            if version == 4 {
                batch.push(Change::Removed(versions[0].key.clone()));
                finals[at] = None;
            } else {
                let next = versions[usize::from(version) % versions.len()].clone();
                batch.push(Change::Upserted(next.clone()));
                finals[at] = Some(next);
            }
            if let Some(which) = dim {
                coverage = dimmed(which);
            }
            if flush {
                let before = engine.graph();
                let delta = engine.apply(&std::mem::take(&mut batch), &coverage);
                check_delta(&before, &engine.graph(), &delta);
            }
        }
        let coverage = last.map_or_else(full, dimmed);
        engine.apply(&batch, &coverage);
        let finals: Vec<Object> = finals.into_iter().flatten().collect();
        prop_assert_eq!(everything(&engine.graph()), build(&finals, &coverage));
    }
}

/// The canonical JSON of the first version of every object.
pub(crate) fn everything_known() -> String {
    let all: Vec<Object> = universe().into_iter().filter_map(|versions| versions.into_iter().next()).collect();
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    let changes: Vec<Change> = all.into_iter().map(Change::Upserted).collect();
    engine.apply(&changes, &full());
    String::from_utf8(canonical::write(&engine.graph(), &Filter::default())).expect("UTF-8")
}

/// A delta names exactly the nodes that came, went or changed.
fn check_delta(before: &Graph, after: &Graph, delta: &crate::GraphDelta) {
    for (id, node) in after.nodes() {
        assert_eq!(after.id(&node.key), Some(id));
        let was = before.node(id);
        assert!(was.key == node.key || was.key.kind() == "Nothing", "{} has the id of {}", node.key, was.key);
        let old = before.id(&node.key).map(|id| before.node(id));
        let expected = match old {
            None => &delta.added,
            // An owner that came again has another id; everything else must be told.
            Some(old) if crate::Node { controller: node.controller, ..old.clone() } != *node => &delta.changed,
            Some(_) => continue,
        };
        assert!(expected.contains(&node.key), "{} is not in the delta", node.key);
    }
    for (_, node) in before.nodes().filter(|(_, node)| after.id(&node.key).is_none()) {
        assert!(delta.removed.contains(&node.key), "{} went untold", node.key);
    }
}

/// What was seen: "Running, 1 of 1 ready" long after the pod was deleted and the account had lost the right to see it.
#[test]
fn what_may_not_be_listed_any_more_has_no_health_and_says_what_it_was() {
    let all = objects(
        r"
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web, namespace: shop, uid: r}, spec: {replicas: 1, selector: {matchLabels: {app: web}}}, status: {replicas: 1, readyReplicas: 0}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, uid: p, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: r, controller: true}]}, spec: {containers: [{name: c}]}, status: {phase: Running, containerStatuses: [{name: c, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}]}}
",
    );
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    let listed = coverage(&all);
    let changes: Vec<Change> = all.iter().cloned().map(Change::Upserted).collect();
    engine.apply(&changes, &listed);
    let before = nodes(&engine.graph());
    assert_snapshot!(before, @"
    apps/ReplicaSet/shop/web failing 0/1 | 0 of 1 ready | CrashLoopBackOff [web]
    core/Pod/shop/web-1 failing CrashLoopBackOff | CrashLoopBackOff | CrashLoopBackOff [web]
    ");

    let mut lost = listed.clone();
    let pods = lost.kinds.iter_mut().find(|row| &*row.kind.group_kind.kind == "Pod").expect("a row");
    pods.scopes[0].1 = KindState::Forbidden { why: "pods is forbidden".into(), since: Some(1) };
    (pods.count, pods.withheld) = (0, 1);
    assert_eq!(engine.graph().edge_count(), 1);
    let delta = engine.apply(&[], &lost);
    assert_snapshot!(nodes(&engine.graph()), @"
    apps/ReplicaSet/shop/web pending 0/1 | 0 of 1 ready [web]
    core/Pod/shop/web-1 unknown  | may not be listed any more · was CrashLoopBackOff [web]
    ");
    assert!(delta.changed.iter().any(|key| key.kind() == "Pod"), "{delta:?}");
    assert_eq!(engine.graph().edge_count(), 0, "what it owned is not known to be");

    // One namespace that may still be listed shows what is in it.
    let pods = lost.kinds.iter_mut().find(|row| &*row.kind.group_kind.kind == "Pod").expect("a row");
    pods.scopes.push((model::Scope::Namespace("shop".into()), KindState::Live));
    (pods.count, pods.withheld) = (1, 0);
    engine.apply(&[], &lost);
    assert_eq!(nodes(&engine.graph()), before);
}

/// What was seen: a card of an older picture was explained by the relations of another object, which had been given the
/// number of the one that was gone.
#[test]
fn the_id_of_what_is_gone_names_nothing_when_its_place_is_given_again() {
    let all = objects(
        r"
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: shop}}
---
{apiVersion: v1, kind: Pod, metadata: {name: c, namespace: shop}, spec: {volumes: [{name: v, configMap: {name: b}}]}}
",
    );
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    let put = |engine: &mut Engine, at: usize| {
        engine.apply(&[Change::Upserted(all[at].clone())], &coverage(&all));
        engine.graph().id(&all[at].key).unwrap()
    };
    let (first, _) = (put(&mut engine, 0), put(&mut engine, 1));
    engine.apply(&[Change::Removed(all[0].key.clone())], &coverage(&all));
    let second = put(&mut engine, 2);
    let graph = engine.graph();
    assert_eq!(first.index(), second.index(), "its place is given again");
    assert_eq!(graph.node(first).presence, Presence::Unknown);
    assert!(graph.touching(first).next().is_none() && graph.touching(second).next().is_some());

    // Nor when everything goes, and the graph is filled anew, nor when its engine begins anew.
    let gone: Vec<Change> = all.iter().map(|object| Change::Removed(object.key.clone())).collect();
    engine.apply(&gone, &coverage(&all));
    assert!(engine.graph().is_empty());
    let third = put(&mut engine, 0);
    let mut anew = Engine::starting_at(Arc::new(RuleBook::default()), engine.graph().revision() + 1);
    let fourth = put(&mut anew, 0);
    for (graph, id) in [(engine.graph(), third), (anew.graph(), fourth)] {
        assert_eq!(graph.node(id).key, all[0].key);
        let others = [first, second, third, fourth].into_iter().filter(|other| *other != id);
        assert!(others.into_iter().all(|other| graph.node(other).presence == Presence::Unknown));
    }
}

#[test]
fn forbidden_is_not_missing_and_the_edge_heals() {
    let all = objects(
        r"
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: pay, namespace: shop}, spec: {tls: [{secretName: pay-tls}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pay-tls, namespace: shop}}
",
    );
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    let mut coverage = coverage(&all);
    let secrets = coverage.kinds.iter_mut().find(|row| &*row.kind.group_kind.kind == "Secret").expect("a row");
    secrets.scopes[0].1 = KindState::Forbidden { why: "secrets is forbidden".into(), since: None };
    engine.apply(&[Change::Upserted(all[0].clone())], &coverage);
    assert_snapshot!(nodes(&engine.graph()), @"
    core/Secret/shop/pay-tls unknown  | this account may not list secrets
    networking.k8s.io/Ingress/shop/pay neutral  | any host · TLS
    ");

    coverage.kinds.iter_mut().for_each(|row| row.scopes[0].1 = KindState::Live);
    engine.apply(&[], &coverage);
    assert_snapshot!(nodes(&engine.graph()), @"
    core/Secret/shop/pay-tls missing  | not in this cluster
    networking.k8s.io/Ingress/shop/pay failing  | TLS Secret missing
    ");

    let delta = engine.apply(&[Change::Upserted(all[1].clone())], &coverage);
    assert_snapshot!(nodes(&engine.graph()), @"
    core/Secret/shop/pay-tls neutral  | Secret
    networking.k8s.io/Ingress/shop/pay neutral  | any host · TLS
    ");
    assert_eq!(delta.edges.len(), 1);
    assert_snapshot!(edges(&engine.graph(), |_| true), @"networking.k8s.io/Ingress/shop/pay -> core/Secret/shop/pay-tls ingress-uses-tls-secret resolved [spec.tls[0].secretName]");

    engine.apply(&[Change::Removed(ResourceKey::new("", "Secret", "shop", "pay-tls"))], &coverage);
    engine.apply(&[Change::Removed(all[0].key.clone())], &coverage);
    assert_eq!(engine.graph().len(), 0, "a ghost goes with the last reference to it");
}

#[test]
fn several_references_between_two_objects_are_one_edge_with_several_reasons() {
    assert_snapshot!(check(
        r"
{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {volumes: [{name: v, secret: {secretName: keys, optional: true}}], containers: [{name: a, envFrom: [{secretRef: {name: keys}}]}]}}
"
    ), @"core/Pod/shop/web -> core/Secret/shop/keys pod-uses-secret resolved [spec.containers[a].envFrom[0].secretRef spec.volumes[v].secret.secretName]");
}

#[test]
fn a_service_without_labels_belongs_with_what_it_selects() {
    let all = objects(
        r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: cart, namespace: shop, labels: {app.kubernetes.io/part-of: store}}, spec: {template: {metadata: {labels: {app.kubernetes.io/name: cart}}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: cart, namespace: shop}, spec: {selector: {app.kubernetes.io/name: cart}}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: edge, namespace: shop, labels: {app: edge}}, spec: {defaultBackend: {service: {name: cart, port: {number: 80}}}}}
",
    );
    let changes: Vec<Change> = all.iter().cloned().map(Change::Upserted).collect();
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    engine.apply(&changes, &coverage(&all));
    let graph = engine.graph();
    let app = graph.nodes().find(|(_, node)| node.key.is("", "Service")).and_then(|(_, node)| node.app.clone());
    assert_eq!(app.as_deref(), Some("store"));
}

#[test]
fn objects_that_own_each_other_do_no_harm() {
    let text = check(
        r"
{apiVersion: example.com/v1, kind: A, metadata: {name: a, namespace: shop, uid: a, ownerReferences: [{apiVersion: example.com/v1, kind: A, name: b, uid: b, controller: true}]}}
---
{apiVersion: example.com/v1, kind: A, metadata: {name: b, namespace: shop, uid: b, ownerReferences: [{apiVersion: example.com/v1, kind: A, name: a, uid: a, controller: true}]}}
---
{apiVersion: example.com/v1, kind: A, metadata: {name: self, namespace: shop, uid: c, ownerReferences: [{apiVersion: example.com/v1, kind: A, name: self, uid: c, controller: true}]}}
",
    );
    assert_snapshot!(text, @"
    example.com/A/shop/a -> example.com/A/shop/b owner-owns-dependent resolved [metadata.ownerReferences[0]]
    example.com/A/shop/b -> example.com/A/shop/a owner-owns-dependent resolved [metadata.ownerReferences[0]]
    ");
}

#[test]
fn when_pods_cannot_be_listed_workloads_stand_for_them() {
    let all = objects(
        r"
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, uid: s}, spec: {selector: {app: web}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: d}, spec: {template: {metadata: {labels: {app: web}}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, uid: p, labels: {app: web}}}
",
    );
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    let changes: Vec<Change> = all[..2].iter().cloned().map(Change::Upserted).collect();
    engine.apply(&changes, &coverage(&all[..2]));
    assert_snapshot!(edges(&engine.graph(), |_| true), @"core/Service/shop/web -> apps/Deployment/shop/web service-selects-pod resolved [spec.selector]");
    engine.apply(&[Change::Upserted(all[2].clone())], &coverage(&all));
    assert_snapshot!(edges(&engine.graph(), |_| true), @"core/Service/shop/web -> core/Pod/shop/web-1 service-selects-pod resolved [spec.selector]");
}

/// Services that all select all pods: as many relations as there are pairs.
fn crowd(services: usize, pods: usize) -> Vec<Object> {
    let service = |at| {
        format!(
            "{{apiVersion: v1, kind: Service, metadata: {{name: s{at:03}, namespace: shop}}, spec: {{selector: {{a: b}}}}}}\n---\n"
        )
    };
    let pod = |at| {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: p{at:03}, namespace: shop, labels: {{a: b}}}}, spec: {{containers: [{{name: c}}]}}}}\n---\n"
        )
    };
    objects(&(0..services).map(service).chain((0..pods).map(pod)).collect::<String>())
}

#[test]
fn selectors_that_all_match_everything_are_held_in_part_and_the_rest_is_told() {
    let mut crowd = crowd(300, 4);
    let coverage = coverage(&crowd);
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    engine.apply(&crowd.iter().cloned().map(Change::Upserted).collect::<Vec<_>>(), &coverage);
    let graph = engine.graph();
    let pod = graph.id(&ResourceKey::new("", "Pod", "shop", "p000")).expect("it was given");
    assert_eq!(graph.left_out(pod), 300 - 256);
    assert_eq!(
        graph.left_out_note().as_deref(),
        Some("176 relations of 4 objects are left out: more than 256 of one kind meet at each of them")
    );
    let findings = crate::why(&graph, &|_| None, &[], &ResourceKey::new("", "Pod", "shop", "p000"));
    assert!(findings.iter().any(|finding| finding.sentence.starts_with("44 more relations are left out")));
    // No Service is said to select nothing because its relations are not held.
    for at in [0, 299] {
        let service = graph.id(&ResourceKey::new("", "Service", "shop", &format!("s{at:03}"))).expect("it was given");
        assert!(!graph.node(service).health.is_problem(), "{:?}", graph.node(service));
    }

    // Changes lead to what the final objects give: a pod turns away, a Service that was kept and one that was not go,
    // and one that comes before all others comes.
    let mut changes = Vec::new();
    let [turned] = objects("{apiVersion: v1, kind: Pod, metadata: {name: p001, namespace: shop, labels: {a: c}}}")
        .try_into()
        .expect("one document");
    let [first] =
        objects("{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop}, spec: {selector: {a: b}}}")
            .try_into()
            .expect("one document");
    for next in [turned, first] {
        crowd.retain(|object| object.key != next.key);
        crowd.push(next.clone());
        changes.push(vec![Change::Upserted(next)]);
    }
    for name in ["s000", "s299"] {
        let key = ResourceKey::new("", "Service", "shop", name);
        crowd.retain(|object| object.key != key);
        changes.push(vec![Change::Removed(key)]);
    }
    for change in changes {
        let before = engine.graph();
        let delta = engine.apply(&change, &coverage);
        check_delta(&before, &engine.graph(), &delta);
    }
    assert_eq!(everything(&engine.graph()), build(&crowd, &coverage));
    // With fewer of them all are held again.
    for at in 1..60 {
        let key = ResourceKey::new("", "Service", "shop", &format!("s{at:03}"));
        crowd.retain(|object| object.key != key);
        engine.apply(&[Change::Removed(key)], &coverage);
    }
    assert_eq!(engine.graph().left_out_note(), None);
    assert_eq!(everything(&engine.graph()), build(&crowd, &coverage));
}
