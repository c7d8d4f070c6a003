//! Why an object is not well, with what shows it: its own status, the references of it that lead nowhere, the pods below
//! it, what pods say of it, and events.
//!
//! Nothing is guessed: every finding points at a field, a relation or an event.

use std::collections::BTreeMap;

use model::{EdgeState, Evidence, EvidenceSource, Finding, Health, Object, RelationClass, ResourceKey};
use serde_json::Value;

use crate::graph::{Graph, NodeId};
use crate::json::{At, field, list};

/// Conditions that mean ill by False.
const GOOD: [&str; 14] = [
    "AbleToScale",
    "Accepted",
    "Available",
    "ContainersReady",
    "Established",
    "Healthy",
    "PodScheduled",
    "Programmed",
    "Progressing",
    "Ready",
    "ResolvedRefs",
    "ScalingActive",
    "Succeeded",
    "Synced",
];

/// Conditions that mean ill by True.
const BAD: [&str; 7] = [
    "DiskPressure",
    "Failed",
    "MemoryPressure",
    "NetworkUnavailable",
    "PIDPressure",
    "ReplicaFailure",
    "ScalingLimited",
];

/// Owners are seldom more than three steps above their pods.
const DEPTH: u32 = 5;

/// As many events as tell a story and do not bury it.
const EVENTS: usize = 3;

/// An application whose objects are all gone names hundreds; the relations beside list them.
const REFERENCES: usize = 6;

/// Says why the object of a key is not well, the worst first; of one that is well, only which of its references lead
/// nowhere.
///
/// `object` gives bodies of the object and of the pods below it; `events` are those that may concern it (others are
/// passed over).
pub fn why(
    graph: &Graph,
    object: &dyn Fn(&ResourceKey) -> Option<Object>,
    events: &[Object],
    key: &ResourceKey,
) -> Vec<Finding> {
    let Some(id) = graph.id(key) else { return Vec::new() };
    let node = graph.node(id);
    if !node.health.is_problem() && node.note.is_none() {
        let mut findings = broken(graph, id);
        findings.sort_by_key(|finding| finding.health);
        return findings;
    }
    let mut findings = Vec::new();
    let body = object(key);
    if let Some(body) = &body {
        findings.extend(own(body, node.health));
    }
    findings.extend(broken(graph, id));
    findings.extend(nothing_selected(graph, id, body.as_ref()));
    findings.extend(below(graph, object, id));
    findings.extend(said_by_pods(graph, object, id));
    if node.health == Health::Missing {
        findings.push(named_by(graph, id));
    }
    let told = warnings(events, key, body.as_ref().and_then(|body| body.uid.as_deref()));
    match findings.first_mut() {
        Some(first) => first.evidence.extend(told),
        None => findings.push(Finding {
            subject: key.clone(),
            health: node.health,
            sentence: if node.caption.is_empty() { node.status.to_string() } else { node.caption.to_string() },
            evidence: told,
        }),
    }
    findings.sort_by_key(|finding| finding.health);
    findings
}

fn evidence(object: &ResourceKey, at: impl Into<String>, text: impl Into<String>) -> Evidence {
    Evidence { source: EvidenceSource::Field, object: object.clone(), at: at.into(), text: text.into() }
}

/// What the object's own status says.
fn own(object: &Object, health: Health) -> Vec<Finding> {
    let key = &object.key;
    let mut findings = Vec::new();
    let finding =
        |sentence: String, evidence: Vec<Evidence>| Finding { subject: key.clone(), health, sentence, evidence };
    for (sentence, shown) in containers(object) {
        findings.push(finding(sentence, shown));
    }
    for condition in object.body.at("/status/conditions").and_then(Value::as_array).into_iter().flatten() {
        let (Some(kind), Some(status)) = (field(condition, "type"), field(condition, "status")) else { continue };
        let ill = (status == "False" && GOOD.contains(&kind)) || (status == "True" && BAD.contains(&kind));
        // Where a container says why, that the pod is not ready says nothing more.
        let echo = matches!(kind, "Ready" | "ContainersReady") && !findings.is_empty();
        let lost = status == "Unknown" && kind == "Ready";
        if echo || !(ill || lost) {
            continue;
        }
        let reason = field(condition, "reason").unwrap_or(kind);
        let message = field(condition, "message").unwrap_or(reason);
        let at = format!("status.conditions[{kind}]");
        findings.push(finding(format!("{kind} is {status}: {reason}"), vec![evidence(key, at, message)]));
    }
    findings
}

/// What containers of a pod wait for or died of.
fn containers(object: &Object) -> Vec<(String, Vec<Evidence>)> {
    let key = &object.key;
    let mut found = Vec::new();
    if !key.is("", "Pod") {
        return found;
    }
    let status = object.body.get("status").unwrap_or(&Value::Null);
    for name in ["initContainerStatuses", "containerStatuses"] {
        for container in list(status, name) {
            let of = field(container, "name").unwrap_or_default();
            let at = format!("status.{name}[{of}]");
            let mut shown = Vec::new();
            let mut sentence = None;
            if let Some(waiting) = container.at("/state/waiting") {
                let reason = field(waiting, "reason").unwrap_or_default();
                if !matches!(reason, "" | "ContainerCreating" | "PodInitializing") {
                    sentence = Some(format!("container {of} cannot run: {reason}"));
                    let message = field(waiting, "message").unwrap_or(reason);
                    shown.push(evidence(key, format!("{at}.state.waiting.message"), message));
                }
            }
            for (pointer, place) in
                [("/state/terminated", "state.terminated"), ("/lastState/terminated", "lastState.terminated")]
            {
                let Some(ended) = container.at(pointer) else { continue };
                let code = ended.get("exitCode").and_then(Value::as_i64).unwrap_or(0);
                if code == 0 {
                    continue;
                }
                let reason = field(ended, "reason").unwrap_or("Error");
                sentence.get_or_insert_with(|| format!("container {of} ended: {reason}, exit code {code}"));
                let message = field(ended, "message").map(|message| format!(": {message}")).unwrap_or_default();
                shown.push(evidence(key, format!("{at}.{place}"), format!("{reason}, exit code {code}{message}")));
            }
            let restarts = container.get("restartCount").and_then(Value::as_u64).unwrap_or(0);
            if let Some(sentence) = sentence {
                if restarts > 0 {
                    shown.push(evidence(key, format!("{at}.restartCount"), restarts.to_string()));
                }
                found.push((sentence, shown));
            }
        }
    }
    found
}

/// References that lead nowhere.
fn broken(graph: &Graph, id: NodeId) -> Vec<Finding> {
    let missing = graph.outgoing(id).filter(|edge| edge.state == EdgeState::Missing && !edge.optional);
    missing
        .take(REFERENCES)
        .map(|edge| {
            let (from, to) = (&graph.node(edge.from).key, &graph.node(edge.to).key);
            let rule = graph.rule(edge);
            let mut shown = vec![Evidence {
                source: EvidenceSource::Relation,
                object: from.clone(),
                at: rule.id.to_string(),
                text: rule.explanation.to_string(),
            }];
            shown.extend(edge.fields.iter().map(|at| evidence(from, &**at, to.name())));
            Finding {
                subject: from.clone(),
                health: rule.broken.as_ref().map_or(Health::Degraded, |broken| broken.health),
                sentence: format!("it names {} {}, which is not there", to.kind(), place(to)),
                evidence: shown,
            }
        })
        .collect()
}

/// `shop/web`, or the name of a cluster-scoped object.
fn place(key: &ResourceKey) -> String {
    if key.namespace().is_empty() { key.name().to_owned() } else { format!("{}/{}", key.namespace(), key.name()) }
}

fn nothing_selected(graph: &Graph, id: NodeId, object: Option<&Object>) -> Option<Finding> {
    let node = graph.node(id);
    if !node.key.is("", "Service") || node.health != Health::Degraded {
        return None;
    }
    let selector = object?.body.at("/spec/selector")?;
    let pairs =
        selector.as_object()?.iter().map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    let text = pairs.collect::<Vec<_>>().join(",");
    Some(Finding {
        subject: node.key.clone(),
        health: node.health,
        sentence: node.caption.to_string(),
        evidence: vec![evidence(&node.key, "spec.selector", text)],
    })
}

/// Pods below a controller that are not well, one finding per word of trouble.
fn below(graph: &Graph, object: &dyn Fn(&ResourceKey) -> Option<Object>, id: NodeId) -> Vec<Finding> {
    let subject = &graph.node(id).key;
    let mut words: BTreeMap<(Health, String), Vec<NodeId>> = BTreeMap::new();
    let mut at = vec![(id, 0)];
    while let Some((owner, depth)) = at.pop() {
        let owned = graph.outgoing(owner).filter(|edge| edge.class == RelationClass::Owns && depth < DEPTH);
        for child in owned.map(|edge| edge.to) {
            let node = graph.node(child);
            if node.controller != Some(owner) {
                continue;
            }
            if let (true, Some(note)) = (node.key.is("", "Pod"), &node.note) {
                words.entry((node.health, note.to_string())).or_default().push(child);
            }
            at.push((child, depth + 1));
        }
    }
    words
        .into_iter()
        .map(|((health, word), mut pods)| {
            pods.sort_by(|a, b| graph.node(*a).key.cmp(&graph.node(*b).key));
            let count = pods.len();
            let first = pods.first().and_then(|pod| object(&graph.node(*pod).key));
            let shown = first.map(|pod| own(&pod, health)).unwrap_or_default();
            let sentence =
                if count == 1 { format!("one of its pods: {word}") } else { format!("{count} of its pods: {word}") };
            let evidence = shown.into_iter().flat_map(|finding| finding.evidence).collect();
            Finding { subject: subject.clone(), health, sentence, evidence }
        })
        .collect()
}

/// What the kubelet says of a ConfigMap or Secret in the status of pods that use it.
fn said_by_pods(graph: &Graph, object: &dyn Fn(&ResourceKey) -> Option<Object>, id: NodeId) -> Option<Finding> {
    let node = graph.node(id);
    if !(node.key.is("", "Secret") || node.key.is("", "ConfigMap")) || node.health != Health::Failing {
        return None;
    }
    let pods = graph.incoming(id).map(|edge| graph.node(edge.from)).filter(|user| user.key.is("", "Pod"));
    let mut shown = Vec::new();
    for pod in pods.filter_map(|pod| object(&pod.key)) {
        let about = |evidence: &Evidence| {
            let said = crate::status::absent_key(&evidence.text, pod.key.namespace());
            said.is_some_and(|(key, _)| key == node.key)
        };
        shown.extend(containers(&pod).into_iter().flat_map(|(_, shown)| shown).filter(about));
    }
    Some(Finding {
        subject: node.key.clone(),
        health: node.health,
        sentence: node.caption.to_string(),
        evidence: shown,
    })
}

/// Who refers to an object that is not there.
fn named_by(graph: &Graph, id: NodeId) -> Finding {
    let node = graph.node(id);
    let users = graph.incoming(id).flat_map(|edge| {
        let from = &graph.node(edge.from).key;
        edge.fields.iter().map(move |at| evidence(from, &**at, node.key.name()))
    });
    Finding {
        subject: node.key.clone(),
        health: node.health,
        sentence: format!("no {} of this name is there, and others refer to it", node.key.kind()),
        evidence: users.collect(),
    }
}

/// Warnings about the object, the latest first. The uid counts where both know it: a namesake of old is another one.
fn warnings(events: &[Object], key: &ResourceKey, uid: Option<&str>) -> Vec<Evidence> {
    let mut told: Vec<(&str, Evidence)> = events
        .iter()
        .filter_map(|event| {
            let body = &event.body;
            let about = body.get("involvedObject").or_else(|| body.get("regarding"))?;
            let same_name = field(about, "name") == Some(key.name())
                && field(about, "kind") == Some(key.kind())
                && field(about, "namespace").unwrap_or_default() == key.namespace();
            let same = match (uid, field(about, "uid")) {
                (Some(uid), Some(other)) => uid == other,
                _ => same_name,
            };
            if !same || field(body, "type") != Some("Warning") {
                return None;
            }
            let times = ["/series/lastObservedTime", "/lastTimestamp", "/eventTime", "/metadata/creationTimestamp"];
            let time = times.iter().find_map(|pointer| body.at(pointer).and_then(Value::as_str)).unwrap_or_default();
            let text = field(body, "message").or_else(|| field(body, "note")).unwrap_or_default();
            let at = field(body, "reason").unwrap_or_default();
            let source = EvidenceSource::Event;
            Some((time, Evidence { source, object: event.key.clone(), at: at.to_owned(), text: text.to_owned() }))
        })
        .collect();
    told.sort_by(|(a_time, a), (b_time, b)| b_time.cmp(a_time).then_with(|| a.object.cmp(&b.object)));
    told.dedup_by(|(_, a), (_, b)| a.at == b.at && a.text == b.text);
    told.truncate(EVENTS);
    told.into_iter().map(|(_, evidence)| evidence).collect()
}

#[cfg(test)]
mod tests {
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
        assert_snapshot!(why("Pod", "checkout-2"), @"
        failing: container checkout cannot run: CreateContainerConfigError
          field core/Pod/shop/checkout-2 status.containerStatuses[checkout].state.waiting.message: couldn't find key stripe in Secret shop/checkout-keys
          event core/Event/shop/mine Failed: Error: cannot find key stripe
        ");
    }

    #[test]
    fn a_deployment_says_it_by_its_condition_and_its_pods() {
        assert_snapshot!(why("Deployment", "checkout"), @"
        failing: one of its pods: CreateContainerConfigError
          field core/Pod/shop/checkout-2 status.containerStatuses[checkout].state.waiting.message: couldn't find key stripe in Secret shop/checkout-keys
        degraded: Progressing is False: ProgressDeadlineExceeded
          field apps/Deployment/shop/checkout status.conditions[Progressing]: ReplicaSet checkout-a has timed out progressing.
        ");
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
    fn what_is_well_needs_no_reason() {
        assert_eq!(why("ConfigMap", "well"), "");
        assert_eq!(why("ConfigMap", "never-heard-of"), "");
    }
}
