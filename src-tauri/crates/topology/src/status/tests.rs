//! The words and colours of every kind that has some.

use insta::assert_snapshot;

use crate::testing::{graph, nodes};

/// Nodes of a YAML cluster, those of interest only.
fn table(yaml: &str, kind: &str) -> String {
    let text = nodes(&graph(yaml));
    let lines: Vec<&str> = text.lines().filter(|line| line.split('/').nth(1) == Some(kind)).collect();
    lines.join("\n")
}

fn pod(name: &str, rest: &str) -> String {
    format!("{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: shop, uid: {name}}}, {rest}}}\n---\n")
}

#[test]
fn pods_as_kubectl_prints_them() {
    let one = "spec: {containers: [{name: web}]}";
    let yaml = [
        pod("a-running", &format!("{one}, status: {{phase: Running, containerStatuses: [{{name: web, ready: true, state: {{running: {{}}}}}}]}}")),
        pod("b-starting", &format!("{one}, status: {{phase: Running, containerStatuses: [{{name: web, ready: false, state: {{running: {{}}}}}}]}}")),
        pod("c-restarted", &format!("{one}, status: {{phase: Running, containerStatuses: [{{name: web, ready: false, restartCount: 3, state: {{running: {{}}}}}}]}}")),
        pod("d-crash", &format!("{one}, status: {{phase: Running, containerStatuses: [{{name: web, ready: false, state: {{waiting: {{reason: CrashLoopBackOff}}}}}}]}}")),
        pod("e-done", &format!("{one}, status: {{phase: Succeeded, containerStatuses: [{{name: web, ready: false, state: {{terminated: {{reason: Completed, exitCode: 0}}}}}}]}}")),
        pod("f-exit", &format!("{one}, status: {{phase: Failed, containerStatuses: [{{name: web, ready: false, state: {{terminated: {{exitCode: 3}}}}}}]}}")),
        pod("g-signal", &format!("{one}, status: {{phase: Failed, containerStatuses: [{{name: web, ready: false, state: {{terminated: {{exitCode: 137, signal: 9}}}}}}]}}")),
        pod("h-init", "spec: {initContainers: [{name: i1}, {name: i2}, {name: i3}], containers: [{name: web}]}, status: {phase: Pending, initContainerStatuses: [{name: i1, state: {terminated: {exitCode: 0}}}, {name: i2, state: {running: {}}}]}"),
        pod("i-init-crash", "spec: {initContainers: [{name: i1}], containers: [{name: web}]}, status: {phase: Pending, initContainerStatuses: [{name: i1, state: {waiting: {reason: CrashLoopBackOff}}}]}"),
        pod("j-initializing", "spec: {initContainers: [{name: i1}], containers: [{name: web}]}, status: {phase: Pending, conditions: [{type: Initialized, status: 'True'}], initContainerStatuses: [{name: i1, state: {terminated: {exitCode: 0}}}], containerStatuses: [{name: web, state: {waiting: {reason: PodInitializing}}}]}"),
        pod("k-gated", &format!("{one}, status: {{phase: Pending, conditions: [{{type: PodScheduled, status: 'False', reason: SchedulingGated}}]}}")),
        pod("l-nowhere", &format!("{one}, status: {{phase: Pending, conditions: [{{type: PodScheduled, status: 'False', reason: Unschedulable}}]}}")),
        pod("m-not-ready", "spec: {containers: [{name: web}, {name: once}]}, status: {phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: web, ready: true, state: {running: {}}}, {name: once, state: {terminated: {reason: Completed, exitCode: 0}}}]}"),
        pod("n-evicted", &format!("{one}, status: {{phase: Failed, reason: Evicted}}")),
        pod("o-sidecar", "spec: {initContainers: [{name: proxy, restartPolicy: Always}], containers: [{name: web}]}, status: {phase: Running, initContainerStatuses: [{name: proxy, started: true, ready: true, state: {running: {}}}], containerStatuses: [{name: web, ready: true, state: {running: {}}}]}"),
        pod("p-manifest", one),
        pod("r-leaks", &format!("{one}, status: {{phase: Running, containerStatuses: [{{name: web, ready: true, restartCount: 87, state: {{running: {{}}}}, lastState: {{terminated: {{reason: OOMKilled, exitCode: 137}}}}}}]}}")),
        pod("s-killed-once", &format!("{one}, status: {{phase: Running, containerStatuses: [{{name: web, ready: true, restartCount: 1, state: {{running: {{}}}}, lastState: {{terminated: {{reason: OOMKilled, exitCode: 137}}}}}}]}}")),
        pod("t-half-failed", "spec: {containers: [{name: c0}, {name: c1}]}, status: {phase: Failed, containerStatuses: [{name: c0, state: {terminated: {reason: Completed, exitCode: 0}}}, {name: c1, state: {terminated: {reason: Error, exitCode: 1}}}]}"),
        pod("u-sidecar-killed", "spec: {containers: [{name: c0}, {name: c1}, {name: c2}]}, status: {phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: c0, state: {terminated: {reason: Completed, exitCode: 0}}}, {name: c1, state: {terminated: {reason: OOMKilled, exitCode: 137}}}, {name: c2, ready: true, state: {running: {}}}]}"),
        "{apiVersion: v1, kind: Pod, metadata: {name: q-leaving, namespace: shop, deletionTimestamp: '2026-01-01T00:00:00Z'}, spec: {containers: [{name: web}]}, status: {phase: Running, containerStatuses: [{name: web, ready: true, state: {running: {}}}]}}".to_owned(),
    ]
    .concat();
    assert_snapshot!(table(&yaml, "Pod"), @"
    core/Pod/shop/a-running ok Running | 1 of 1 ready
    core/Pod/shop/b-starting pending Running | 0 of 1 ready
    core/Pod/shop/c-restarted degraded Running | 0 of 1 ready
    core/Pod/shop/d-crash failing CrashLoopBackOff | CrashLoopBackOff | CrashLoopBackOff
    core/Pod/shop/e-done completed Completed | Completed
    core/Pod/shop/f-exit failing ExitCode:3 | ExitCode:3
    core/Pod/shop/g-signal failing Signal:9 | Signal:9
    core/Pod/shop/h-init pending Init:1/3 | Init:1/3
    core/Pod/shop/i-init-crash failing Init:CrashLoopBackOff | Init:CrashLoopBackOff | CrashLoopBackOff
    core/Pod/shop/j-initializing pending PodInitializing | PodInitializing
    core/Pod/shop/k-gated pending SchedulingGated | SchedulingGated
    core/Pod/shop/l-nowhere pending Pending | unschedulable | Unschedulable
    core/Pod/shop/m-not-ready pending NotReady | NotReady
    core/Pod/shop/n-evicted failing Evicted | Evicted
    core/Pod/shop/o-sidecar ok Running | 2 of 2 ready
    core/Pod/shop/p-manifest neutral  | 1 container
    core/Pod/shop/q-leaving pending Terminating | Terminating
    core/Pod/shop/r-leaks degraded Running | 1 of 1 ready | OOMKilled
    core/Pod/shop/s-killed-once ok Running | 1 of 1 ready
    core/Pod/shop/t-half-failed failing Error | Error
    core/Pod/shop/u-sidecar-killed failing OOMKilled | OOMKilled | OOMKilled
    ");
}

#[test]
fn workloads_say_how_far_they_are() {
    assert_snapshot!(table(r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a-ready, namespace: shop}, spec: {replicas: 4}, status: {replicas: 4, readyReplicas: 4, updatedReplicas: 4}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: b-stuck, namespace: shop}, spec: {replicas: 3}, status: {readyReplicas: 2, updatedReplicas: 1, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: c-rolling, namespace: shop}, spec: {replicas: 3}, status: {readyReplicas: 3, updatedReplicas: 1, conditions: [{type: Progressing, status: 'True'}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: d-zero, namespace: shop}, spec: {replicas: 0}, status: {observedGeneration: 1}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: e-manifest, namespace: shop}, spec: {replicas: 2}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: f-fewer, namespace: shop}, spec: {replicas: 3}, status: {readyReplicas: 2, updatedReplicas: 3}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: g-old-left, namespace: shop}, spec: {replicas: 2}, status: {replicas: 3, readyReplicas: 2, updatedReplicas: 2, availableReplicas: 2, conditions: [{type: Progressing, status: 'False'}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: h-too-short, namespace: shop}, spec: {replicas: 2, minReadySeconds: 600}, status: {replicas: 2, readyReplicas: 2, updatedReplicas: 2, availableReplicas: 1, conditions: [{type: Progressing, status: 'False'}]}}
", "Deployment"), @"
    apps/Deployment/shop/a-ready ok 4/4 | 4 of 4 ready
    apps/Deployment/shop/b-stuck degraded 2/3 | rollout stuck · 1 of 3 updated, 2 ready
    apps/Deployment/shop/c-rolling pending 3/3 | rolling out · 3 of 3 ready
    apps/Deployment/shop/d-zero neutral 0/0 | scaled to zero
    apps/Deployment/shop/e-manifest neutral  | 2 replicas
    apps/Deployment/shop/f-fewer degraded 2/3 | 2 of 3 ready
    apps/Deployment/shop/g-old-left degraded 2/2 | rollout stuck · 2 of 2 ready, 1 old pod still there
    apps/Deployment/shop/h-too-short degraded 2/2 | rollout stuck · 2 of 2 ready, 1 for long enough
    ");
    assert_snapshot!(table(r"
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: a, namespace: shop}, status: {desiredNumberScheduled: 5, numberReady: 5, updatedNumberScheduled: 5}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: b, namespace: shop}, status: {desiredNumberScheduled: 0, numberReady: 0}}
", "DaemonSet"), @"
    apps/DaemonSet/shop/a ok 5/5 | 5 of 5 ready
    apps/DaemonSet/shop/b neutral 0/0 | no node matches
    ");
    assert_snapshot!(table(r"
{apiVersion: batch/v1, kind: Job, metadata: {name: a-done, namespace: shop}, status: {succeeded: 1, conditions: [{type: Complete, status: 'True'}]}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: b-failed, namespace: shop}, status: {failed: 4, conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: c-trying, namespace: shop}, spec: {completions: 3}, status: {active: 1, succeeded: 1, failed: 1}}
", "Job"), @"
    batch/Job/shop/a-done completed Complete | 1 of 1 done
    batch/Job/shop/b-failed failing Failed | BackoffLimitExceeded
    batch/Job/shop/c-trying degraded Running | 1 failed try · 1 of 3 done
    ");
}

#[test]
fn other_kinds() {
    assert_snapshot!(nodes(&graph(r"
{apiVersion: v1, kind: Node, metadata: {name: a-well}, status: {conditions: [{type: Ready, status: 'True'}, {type: SomethingOfAVendor, status: 'True'}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: b-pressed}, status: {conditions: [{type: Ready, status: 'True'}, {type: MemoryPressure, status: 'True'}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: c-cordoned}, spec: {unschedulable: true}, status: {conditions: [{type: Ready, status: 'True'}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: d-lost}, status: {conditions: [{type: Ready, status: Unknown}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: e-new, uid: n1}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: bound, namespace: shop}, spec: {storageClassName: ''}, status: {phase: Bound, capacity: {storage: 8Gi}}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: limit, namespace: shop}, spec: {maxReplicas: 4}, status: {currentReplicas: 4, conditions: [{type: ScalingLimited, status: 'True', reason: TooManyReplicas}]}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: well, namespace: shop}, spec: {maxReplicas: 4}, status: {currentReplicas: 1, conditions: [{type: ScalingLimited, status: 'True', reason: TooFewReplicas}]}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: blocks, namespace: shop}, status: {expectedPods: 1, currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: cfg, namespace: shop}, data: {a: '1', b: '2'}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: read-secrets, namespace: shop}, rules: [{apiGroups: [''], resources: [secrets], verbs: [get, list]}]}
---
{apiVersion: example.com/v1, kind: Db, metadata: {name: sick, namespace: shop}, status: {conditions: [{type: Ready, status: 'False', reason: DiskFull}]}}
---
{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: app, namespace: argocd}, status: {health: {status: Healthy}, sync: {status: OutOfSync}}}
")), @"
    argoproj.io/Application/argocd/app degraded Healthy | Healthy · OutOfSync
    autoscaling/HorizontalPodAutoscaler/shop/limit degraded 4 | at its maximum of 4
    autoscaling/HorizontalPodAutoscaler/shop/well ok 1 | 1 of 1 to 4
    core/ConfigMap/shop/cfg neutral  | ConfigMap · 2 keys
    core/Node//a-well ok Ready | Ready
    core/Node//b-pressed degraded Ready | MemoryPressure
    core/Node//c-cordoned neutral Ready,SchedulingDisabled | cordoned
    core/Node//d-lost failing NotReady | NotReady
    core/Node//e-new unknown Unknown | has not reported yet
    core/PersistentVolumeClaim/shop/bound ok Bound | 8 Gi · bound
    example.com/Db/shop/sick degraded NotReady | DiskFull
    policy/PodDisruptionBudget/shop/blocks degraded 0 | blocks every eviction · 1 healthy, 1 needed
    rbac.authorization.k8s.io/Role/shop/read-secrets neutral  | get, list on secrets
    ");
}

#[test]
fn troubles_rise_to_the_owners_and_broken_references_to_those_who_name_them() {
    assert_snapshot!(nodes(&graph(r"
apiVersion: v1
kind: Pod
metadata: {name: checkout-2, namespace: shop, uid: p2, labels: {app: checkout}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: checkout-a, uid: r1, controller: true}]}
spec: {containers: [{name: checkout, env: [{name: KEY, valueFrom: {secretKeyRef: {name: checkout-keys, key: stripe}}}]}]}
status:
  phase: Pending
  containerStatuses: [{name: checkout, ready: false, state: {waiting: {reason: CreateContainerConfigError, message: 'couldn''t find key stripe in Secret shop/checkout-keys'}}}]
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: checkout-a, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: checkout, uid: d1, controller: true}]}, spec: {replicas: 1}, status: {replicas: 1}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: checkout, namespace: shop, uid: d1, labels: {app: checkout}}, spec: {replicas: 3}, status: {readyReplicas: 2, updatedReplicas: 1, conditions: [{type: Progressing, status: 'False'}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: checkout-keys, namespace: shop, uid: s1}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: pay, namespace: shop, uid: i1}, spec: {tls: [{secretName: pay-tls}], rules: [{host: pay.example.com, http: {paths: [{backend: {service: {name: legacy}}}]}}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: promo, namespace: shop, uid: s2}, spec: {selector: {app: promo}}}
---
{apiVersion: v1, kind: Service, metadata: {name: checkout, namespace: shop, uid: s3}, spec: {selector: {app: checkout}}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: checkout-x, namespace: shop, uid: e1, labels: {kubernetes.io/service-name: checkout}}, endpoints: [{conditions: {ready: false}, targetRef: {kind: Pod, name: checkout-2}}]}
")), @r#"
    apps/Deployment/shop/checkout degraded 2/3 | rollout stuck · 1 of 3 updated, 2 ready | CreateContainerConfigError [checkout]
    apps/ReplicaSet/shop/checkout-a failing 0/1 | 0 of 1 ready | CreateContainerConfigError [checkout]
    core/Pod/shop/checkout-2 failing CreateContainerConfigError | CreateContainerConfigError | CreateContainerConfigError [checkout]
    core/Secret/shop/checkout-keys failing  | key "stripe" missing [checkout]
    core/Secret/shop/pay-tls missing  | not in this cluster
    core/Service/shop/checkout degraded ClusterIP | ClusterIP · no ready endpoint [checkout]
    core/Service/shop/legacy missing  | not in this cluster
    core/Service/shop/promo degraded ClusterIP | selector matches no pod
    discovery.k8s.io/EndpointSlice/shop/checkout-x neutral  | 0 of 1 ready [checkout]
    networking.k8s.io/Ingress/shop/pay failing  | backend does not exist
    "#);
}
