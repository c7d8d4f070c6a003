use std::fmt::Write as _;

use insta::assert_snapshot;
use model::{EvidenceSource, Object, ResourceKey};

use crate::testing::{graph, objects};

const CLUSTER: &str = r"
apiVersion: v1
kind: Pod
metadata: {name: checkout-2, namespace: shop, uid: p2, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: checkout-a, uid: r1, controller: true}]}
spec: {containers: [{name: checkout, env: [{name: KEY, valueFrom: {secretKeyRef: {name: checkout-keys, key: stripe}}}]}]}
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False', reason: ContainersNotReady}]
  containerStatuses: [{name: checkout, ready: false, state: {waiting: {reason: CreateContainerConfigError, message: 'couldn''t find key stripe in Secret shop/checkout-keys'}}}]
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: checkout-a, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: checkout, uid: d1, controller: true}]}, spec: {replicas: 1}, status: {replicas: 1}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: checkout, namespace: shop, uid: d1}, spec: {replicas: 3}, status: {readyReplicas: 2, updatedReplicas: 1, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded, message: 'ReplicaSet checkout-a has timed out progressing.'}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: checkout-keys, namespace: shop, uid: s1}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: pay, namespace: shop, uid: i1}, spec: {tls: [{secretName: pay-tls}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: promo, namespace: shop, uid: s2}, spec: {selector: {app: promo}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: well, namespace: shop}}
";

const EVENTS: &str = r"
{apiVersion: v1, kind: Event, metadata: {name: mine, namespace: shop}, type: Warning, reason: Failed, message: 'Error: cannot find key stripe', lastTimestamp: '2026-01-01T00:00:02Z', involvedObject: {kind: Pod, name: checkout-2, namespace: shop, uid: p2}}
---
{apiVersion: v1, kind: Event, metadata: {name: namesake, namespace: shop}, type: Warning, reason: BackOff, message: 'of an earlier pod', involvedObject: {kind: Pod, name: checkout-2, namespace: shop, uid: p1}}
";

fn why(kind: &str, name: &str) -> String {
    let all = objects(CLUSTER);
    let find = |key: &ResourceKey| -> Option<Object> { all.iter().find(|object| object.key == *key).cloned() };
    let group = match kind {
        "Deployment" => "apps",
        "Ingress" => "networking.k8s.io",
        _ => "",
    };
    let key = ResourceKey::new(group, kind, "shop", name);
    let mut text = String::new();
    for finding in super::why(&graph(CLUSTER), &find, &objects(EVENTS), &key) {
        writeln!(text, "{}: {}", finding.health.word(), finding.sentence).expect("a string");
        for shown in finding.evidence {
            let source = match shown.source {
                EvidenceSource::Field => "field",
                EvidenceSource::Event => "event",
                EvidenceSource::Relation => "relation",
            };
            writeln!(text, "  {source} {} {}: {}", shown.object, shown.at, shown.text).expect("a string");
        }
    }
    text
}

#[test]
fn a_pod_says_it_by_its_container_and_its_events() {
    assert_snapshot!(why("Pod", "checkout-2"), @r#"
        failing: it needs Secret shop/checkout-keys: key "stripe" missing
          relation core/Pod/shop/checkout-2 pod-uses-secret: A container reads this Secret as environment or as files.
          field core/Pod/shop/checkout-2 spec.containers[checkout].env[KEY].valueFrom.secretKeyRef: checkout-keys
        failing: container checkout cannot run: CreateContainerConfigError
          field core/Pod/shop/checkout-2 status.containerStatuses[checkout].state.waiting.message: couldn't find key stripe in Secret shop/checkout-keys
          event core/Event/shop/mine Failed: Error: cannot find key stripe
        "#);
}

#[test]
fn a_deployment_says_it_by_its_condition_and_its_pods() {
    assert_snapshot!(why("Deployment", "checkout"), @r#"
        degraded: it runs Pod shop/checkout-2, which needs Secret shop/checkout-keys: key "stripe" missing
          relation core/Pod/shop/checkout-2 pod-uses-secret: A container reads this Secret as environment or as files.
          field core/Pod/shop/checkout-2 spec.containers[checkout].env[KEY].valueFrom.secretKeyRef: checkout-keys
        failing: its pod checkout-2: container checkout cannot run: CreateContainerConfigError
          field core/Pod/shop/checkout-2 status.containerStatuses[checkout].state.waiting.message: couldn't find key stripe in Secret shop/checkout-keys
        degraded: Progressing is False: ProgressDeadlineExceeded
          field apps/Deployment/shop/checkout status.conditions[Progressing]: ReplicaSet checkout-a has timed out progressing.
        "#);
}

/// A workload that crashes for want of a database, which has no pod since its claim names a class that is not there;
/// and a rollout whose new pods do not answer their probe.
const CHAIN: &str = r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: orders, namespace: shop, uid: d1}, spec: {replicas: 1, selector: {matchLabels: {app: orders}}, template: {metadata: {labels: {app: orders}}, spec: {containers: [{name: orders, env: [{name: DB, value: 'postgres://app:hunter2@orders-db:5432/orders'}]}]}}}, status: {replicas: 1}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: orders-a, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: orders, uid: d1, controller: true}]}, spec: {replicas: 1, selector: {matchLabels: {app: orders}}}, status: {replicas: 1}}
---
apiVersion: v1
kind: Pod
metadata: {name: orders-a-1, namespace: shop, uid: p1, labels: {app: orders}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: orders-a, uid: r1, controller: true}]}
spec: {containers: [{name: orders}]}
status:
  phase: Running
  containerStatuses: [{name: orders, ready: false, restartCount: 7, state: {waiting: {reason: CrashLoopBackOff, message: 'dial postgres://app:hunter2@orders-db:5432: refused'}}, lastState: {terminated: {exitCode: 1}}}]
---
{apiVersion: v1, kind: Service, metadata: {name: orders-db, namespace: shop}, spec: {selector: {app: orders-db}, ports: [{port: 5432}]}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: orders-db-x, namespace: shop, labels: {kubernetes.io/service-name: orders-db}}, addressType: IPv4, endpoints: []}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: orders-db, namespace: shop, uid: s1}, spec: {replicas: 1, selector: {matchLabels: {app: orders-db}}, template: {metadata: {labels: {app: orders-db}}}}, status: {replicas: 1}}
---
apiVersion: v1
kind: Pod
metadata: {name: orders-db-0, namespace: shop, uid: p2, labels: {app: orders-db}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: orders-db, uid: s1, controller: true}]}
spec: {volumes: [{name: data, persistentVolumeClaim: {claimName: data-orders-db-0}}], containers: [{name: db}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 'pod has unbound immediate PersistentVolumeClaims'}]}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-orders-db-0, namespace: shop, uid: c1}, spec: {storageClassName: fast-ssd}, status: {phase: Pending}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: standard}, provisioner: x}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: d2}, spec: {replicas: 2, selector: {matchLabels: {app: web}}}, status: {replicas: 2, readyReplicas: 1}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-b, namespace: shop, uid: r2, annotations: {deployment.kubernetes.io/revision: '4'}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d2, controller: true}]}, spec: {replicas: 1}, status: {replicas: 1}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-b-1, namespace: shop, uid: p3, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-b, uid: r2, controller: true}]}
spec: {containers: [{name: web, readinessProbe: {httpGet: {path: /healthz, port: 8080}}}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False', reason: ContainersNotReady}]
  containerStatuses: [{name: web, ready: false, started: true, state: {running: {startedAt: '2026-01-01T00:00:00Z'}}}]
";

fn findings(group: &str, kind: &str, name: &str) -> Vec<model::Finding> {
    let all = objects(CHAIN);
    let find = |key: &ResourceKey| -> Option<Object> { all.iter().find(|object| object.key == *key).cloned() };
    super::why(&graph(CHAIN), &find, &[], &ResourceKey::new(group, kind, "shop", name))
}

fn sentences(group: &str, kind: &str, name: &str) -> String {
    let found = findings(group, kind, name);
    found.into_iter().map(|finding| format!("{}: {}\n", finding.health.word(), finding.sentence)).collect()
}

#[test]
fn the_cause_comes_before_what_it_caused() {
    assert_snapshot!(sentences("", "Pod", "orders-db-0"), @"
        pending: it needs PersistentVolumeClaim shop/data-orders-db-0, which needs StorageClass fast-ssd, which is not there
        pending: PodScheduled is False: Unschedulable
        ");
    assert_snapshot!(sentences("apps", "StatefulSet", "orders-db"), @"
        pending: it runs Pod shop/orders-db-0, which needs PersistentVolumeClaim shop/data-orders-db-0, which needs StorageClass fast-ssd, which is not there
        pending: its pod orders-db-0: PodScheduled is False: Unschedulable
        ");
    assert_snapshot!(sentences("", "Service", "orders-db"), @"
        degraded: it selects Pod shop/orders-db-0, which needs PersistentVolumeClaim shop/data-orders-db-0, which needs StorageClass fast-ssd, which is not there
        degraded: ClusterIP · no ready endpoint
        ");
    assert_snapshot!(sentences("apps", "Deployment", "orders"), @"
        failing: it sends to Service shop/orders-db, which selects Pod shop/orders-db-0, which needs PersistentVolumeClaim shop/data-orders-db-0, which needs StorageClass fast-ssd, which is not there
        failing: its pod orders-a-1: container orders cannot run: CrashLoopBackOff
        ");
    assert_snapshot!(sentences("", "Pod", "orders-a-1"), @"
        failing: it sends to Service shop/orders-db, which selects Pod shop/orders-db-0, which needs PersistentVolumeClaim shop/data-orders-db-0, which needs StorageClass fast-ssd, which is not there
        failing: container orders cannot run: CrashLoopBackOff
        ");
}

#[test]
fn a_rollout_names_the_probe_the_pod_and_the_revision() {
    assert_snapshot!(sentences("apps", "Deployment", "web"), @"pending: its pod web-b-1 of revision 4: container web runs and is not ready: its readinessProbe (GET :8080/healthz) does not succeed");
}

#[test]
fn what_programs_print_is_told_without_their_passwords() {
    let found = findings("", "Pod", "orders-a-1");
    let texts: String = found.iter().flat_map(|finding| &finding.evidence).map(|shown| &*shown.text).collect();
    assert!(texts.contains("postgres://app:") && !texts.contains("hunter2"), "{texts}");
}

#[test]
fn a_secret_says_it_by_the_pods_that_use_it() {
    assert_snapshot!(why("Secret", "checkout-keys"), @r#"
        failing: key "stripe" missing
          field core/Pod/shop/checkout-2 status.containerStatuses[checkout].state.waiting.message: couldn't find key stripe in Secret shop/checkout-keys
        "#);
}

#[test]
fn a_broken_reference_is_told_on_both_sides() {
    assert_snapshot!(why("Ingress", "pay"), @"
        failing: it names Secret shop/pay-tls, which is not there
          relation networking.k8s.io/Ingress/shop/pay ingress-uses-tls-secret: The Ingress serves its hosts with the certificate of this Secret.
          field networking.k8s.io/Ingress/shop/pay spec.tls[0].secretName: pay-tls
        ");
    assert_snapshot!(why("Secret", "pay-tls"), @"
        missing: no Secret of this name is there, and others refer to it
          field networking.k8s.io/Ingress/shop/pay spec.tls[0].secretName: pay-tls
        ");
    assert_snapshot!(why("Service", "promo"), @"
        degraded: selector matches no pod
          field core/Service/shop/promo spec.selector: app=promo
        ");
}

#[test]
fn two_default_classes_are_a_finding() {
    const CLASSES: &str = r"
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: one, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}, provisioner: a}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: two, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}, provisioner: b}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: other}, provisioner: b}
---
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: alone, annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}}}
";
    let (all, graph) = (objects(CLASSES), graph(CLASSES));
    let find = |key: &ResourceKey| -> Option<Object> { all.iter().find(|object| object.key == *key).cloned() };
    let told = |key: &ResourceKey| -> Vec<String> {
        super::why(&graph, &find, &[], key).into_iter().map(|finding| finding.sentence).collect()
    };
    let two = "2 StorageClasses are the default (one, two): a claim that names no class gets the newest of them";
    let expected = [vec![two], vec![two], vec![], vec![]];
    for (object, expected) in all.iter().zip(expected) {
        assert_eq!(told(&object.key), expected, "{}", object.key);
    }
}

#[test]
fn what_is_well_needs_no_reason() {
    assert_eq!(why("ConfigMap", "well"), "");
    assert_eq!(why("ConfigMap", "never-heard-of"), "");
}

#[test]
fn two_objects_that_control_each_other_are_looked_at_once() {
    const LOOP: &str = r"
{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop, uid: a1, ownerReferences: [{apiVersion: v1, kind: Pod, name: b, uid: b1, controller: true}]}, spec: {containers: [{name: c}]}, status: {phase: Failed}}
---
{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: shop, uid: b1, ownerReferences: [{apiVersion: v1, kind: Pod, name: a, uid: a1, controller: true}]}, spec: {containers: [{name: c}]}, status: {phase: Failed}}
";
    let found = super::why(&graph(LOOP), &|_| None, &[], &ResourceKey::new("", "Pod", "shop", "a"));
    assert!(!found.is_empty());
}
