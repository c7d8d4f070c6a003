//! Why an object is not well, with what shows it: its own status, the references of it that lead nowhere, the pods below
//! it, what pods say of it, and events.
//!
//! Nothing is guessed: every finding points at a field, a relation or an event.

use std::collections::BTreeMap;

use model::{
    EdgeState, Evidence, EvidenceSource, Finding, Health, Object, RelationClass, ResourceKey, mask_credentials,
};
use serde_json::Value;

use crate::cause::{behind, place, relation};
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

/// Which template of its Deployment a ReplicaSet runs.
const REVISION: &str = "deployment.kubernetes.io/revision";

/// Owners are seldom more than three steps above their pods.
const DEPTH: u32 = 5;

/// As many events as tell a story and do not bury it.
const EVENTS: usize = 3;

/// An application whose objects are all gone names hundreds; the relations beside list them.
const REFERENCES: usize = 6;

/// Says why the object of a key is not well: what lies behind it, then what shows it, the worst first; of one that is well, only which of its references lead
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
    let is_ill = node.health.is_problem() || node.note.is_some();
    let mut findings = if is_ill { symptoms(graph, object, events, id) } else { broken(graph, id) };
    findings.sort_by_key(|finding| finding.health);
    findings.extend(rivals(graph, object, key));
    findings.extend(left_out(graph, id));
    // What lies behind them comes before all of them.
    if is_ill && let Some(cause) = behind(graph, id) {
        findings.insert(0, cause);
    }
    // Messages and events quote what programs print, addresses with passwords among it.
    for finding in &mut findings {
        finding.sentence = mask_credentials(&finding.sentence).into_owned();
        for shown in &mut finding.evidence {
            shown.text = mask_credentials(&shown.text).into_owned();
        }
    }
    findings
}

fn symptoms(
    graph: &Graph,
    object: &dyn Fn(&ResourceKey) -> Option<Object>,
    events: &[Object],
    id: NodeId,
) -> Vec<Finding> {
    let node = graph.node(id);
    let key = &node.key;
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
            if sentence.is_none()
                && container.at("/state/running").is_some()
                && container.get("ready").and_then(Value::as_bool) == Some(false)
                && let Some((probe, asks)) = probe_of(object, container, of)
            {
                sentence = Some(format!("container {of} runs and is not ready: its {probe} ({asks}) does not succeed"));
                shown.push(evidence(key, format!("spec.containers[{of}].{probe}"), asks));
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

/// Group and kind of a class, the annotation that makes it the one for what names none, and what comes of two.
const DEFAULTS: [(&str, &str, &str, &str); 2] = [
    (
        "storage.k8s.io",
        "StorageClass",
        "storageclass.kubernetes.io/is-default-class",
        "a claim that names no class gets the newest of them",
    ),
    (
        "networking.k8s.io",
        "IngressClass",
        "ingressclass.kubernetes.io/is-default-class",
        "an Ingress that names no class is refused",
    ),
];

/// Other classes that are the default as well.
fn rivals(graph: &Graph, object: &dyn Fn(&ResourceKey) -> Option<Object>, key: &ResourceKey) -> Option<Finding> {
    let (.., annotation, effect) = DEFAULTS.iter().find(|(group, kind, ..)| key.is(group, kind))?;
    let is_default = |key: &ResourceKey| object(key).is_some_and(|class| class.annotation(annotation) == Some("true"));
    if !is_default(key) {
        return None;
    }
    let classes = graph.nodes().map(|(_, node)| &node.key).filter(|other| other.is(key.group(), key.kind()));
    let mut defaults: Vec<&ResourceKey> = classes.filter(|other| is_default(other)).collect();
    defaults.sort_unstable();
    let names: Vec<&str> = defaults.iter().map(|class| class.name()).collect();
    let at = format!("metadata.annotations[{annotation}]");
    (defaults.len() > 1).then(|| Finding {
        subject: key.clone(),
        health: Health::Degraded,
        sentence: format!("{} {}es are the default ({}): {effect}", defaults.len(), key.kind(), names.join(", ")),
        evidence: defaults.iter().map(|class| evidence(class, at.as_str(), "true")).collect(),
    })
}

/// Relations that are not held.
fn left_out(graph: &Graph, id: NodeId) -> Option<Finding> {
    let node = graph.node(id);
    let count = graph.left_out(id);
    (count > 0).then(|| Finding {
        subject: node.key.clone(),
        health: node.health,
        sentence: format!(
            "{count} more relations are left out: of one kind, no more than {} are kept at one object",
            crate::engine::MOST
        ),
        evidence: Vec::new(),
    })
}

/// The probe that keeps a running container from being ready, and what it asks.
fn probe_of(pod: &Object, status: &Value, name: &str) -> Option<(&'static str, String)> {
    let spec = pod.body.get("spec")?;
    let container = list(spec, "containers").iter().find(|each| field(each, "name") == Some(name))?;
    let is_started = status.get("started").and_then(Value::as_bool) != Some(false);
    let word = if !is_started && container.get("startupProbe").is_some() { "startupProbe" } else { "readinessProbe" };
    let probe = container.get(word)?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let port = |at: &Value| at.get("port").map(text).unwrap_or_default();
    let asks = if let Some(get) = probe.get("httpGet") {
        format!("GET :{}{}", port(get), field(get, "path").unwrap_or("/"))
    } else if let Some(socket) = probe.get("tcpSocket") {
        format!("TCP :{}", port(socket))
    } else if let Some(grpc) = probe.get("grpc") {
        format!("gRPC :{}", port(grpc))
    } else {
        let words = probe.at("/exec/command")?.as_array()?.iter().filter_map(Value::as_str);
        words.collect::<Vec<_>>().join(" ")
    };
    Some((word, asks))
}

/// References that lead nowhere.
fn broken(graph: &Graph, id: NodeId) -> Vec<Finding> {
    let missing = graph.outgoing(id).filter(|edge| edge.state == EdgeState::Missing && !edge.optional);
    missing
        .take(REFERENCES)
        .map(|edge| {
            let (from, to) = (&graph.node(edge.from).key, &graph.node(edge.to).key);
            let rule = graph.rule(edge);
            let mut shown = vec![relation(from, &rule.id, &rule.explanation)];
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
            if node.key.is("", "Pod") && (node.note.is_some() || node.health.is_problem()) {
                let word = node.note.as_ref().unwrap_or(&node.status);
                words.entry((node.health, word.to_string())).or_default().push(child);
            }
            at.push((child, depth + 1));
        }
    }
    words
        .into_iter()
        .map(|((health, word), mut pods)| {
            pods.sort_by(|a, b| graph.node(*a).key.cmp(&graph.node(*b).key));
            let count = pods.len();
            let first = pods.first().map(|pod| &graph.node(*pod).key);
            let shown = first.and_then(object).map(|pod| own(&pod, health)).unwrap_or_default();
            let word = shown.first().map_or(word, |finding| finding.sentence.clone());
            let name = first.map(ResourceKey::name).unwrap_or_default();
            let (revision, at) = revision_of(graph, object, &pods).unzip();
            let revision = revision.map(|revision| format!(" of revision {revision}")).unwrap_or_default();
            let sentence = match count {
                1 => format!("its pod {name}{revision}: {word}"),
                _ => format!("{count} of its pods{revision}, such as {name}: {word}"),
            };
            let evidence = shown.into_iter().flat_map(|finding| finding.evidence).chain(at).collect();
            Finding { subject: subject.clone(), health, sentence, evidence }
        })
        .collect()
}

/// The revision of a Deployment that all of these pods come from, with where it says so.
fn revision_of(
    graph: &Graph,
    object: &dyn Fn(&ResourceKey) -> Option<Object>,
    pods: &[NodeId],
) -> Option<(String, Evidence)> {
    let set = graph.node(*pods.first()?).controller?;
    if !graph.node(set).key.is("apps", "ReplicaSet") || pods.iter().any(|pod| graph.node(*pod).controller != Some(set))
    {
        return None;
    }
    let key = &graph.node(set).key;
    let body = object(key)?.body;
    let revision = field(body.at("/metadata/annotations")?, REVISION)?;
    Some((revision.to_owned(), evidence(key, format!("metadata.annotations[{REVISION}]"), revision)))
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
#[path = "why_tests.rs"]
mod tests;
