//! Edges in words: grouped for the inspector, and one by one with rule and field.

use std::collections::{BTreeMap, BTreeSet};

use inventory::Snapshot;
use model::{EdgeState, Health, RelationClass};
use serde_json::Value;
use topology::{Edge, Graph, NodeId};

use crate::types::{EdgeDetail, RelationGroup, RelationMember};

/// A longer list is cut; `total` says how long it is.
const MEMBERS: usize = 200;
/// A longer value says nothing in one line.
const SHORT: usize = 80;

/// What the relations of one group have in common, in the order in which the inspector shows them: a heading, and the
/// class that stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Heading {
    ReceivesFrom,
    SendsTo,
    RefersTo,
    ReferredToBy,
    Runs,
    Owns,
    BelongsTo,
    GovernedBy,
    Governs,
    Selects,
    SelectedBy,
    PartOf,
    Holds,
}

/// Kinds that are run rather than merely owned.
const RUN: [&str; 8] =
    ["Pod", "ReplicaSet", "ReplicationController", "Deployment", "StatefulSet", "DaemonSet", "Job", "Rollout"];

impl Heading {
    fn of(graph: &Graph, edge: &Edge, incoming: bool) -> Self {
        let (from, to) = (&graph.node(edge.from).key, &graph.node(edge.to).key);
        // A Service's selector is the way of its traffic; other selectors only choose.
        let is_traffic = edge.class == RelationClass::Routes
            || edge.class == RelationClass::Selects && ["Service", "EndpointSlice", "Endpoints"].contains(&from.kind());
        match (edge.class, incoming) {
            (_, true) if is_traffic => Self::ReceivesFrom,
            (_, false) if is_traffic => Self::SendsTo,
            (RelationClass::Routes | RelationClass::Selects, true) => Self::SelectedBy,
            (RelationClass::Routes | RelationClass::Selects, false) => Self::Selects,
            (RelationClass::Refers, true) => Self::ReferredToBy,
            (RelationClass::Refers, false) => Self::RefersTo,
            (RelationClass::Owns, true) => Self::BelongsTo,
            (RelationClass::Owns, false) if RUN.contains(&to.kind()) => Self::Runs,
            (RelationClass::Owns, false) => Self::Owns,
            (RelationClass::Governs, true) => Self::GovernedBy,
            (RelationClass::Governs, false) => Self::Governs,
            // The edge leads from what holds to what is held.
            (RelationClass::Member, true) => Self::PartOf,
            (RelationClass::Member, false) => Self::Holds,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::ReceivesFrom => "Receives traffic from",
            Self::SendsTo => "Sends traffic to",
            Self::RefersTo => "Refers to",
            Self::ReferredToBy => "Referred to by",
            Self::Runs => "Runs",
            Self::Owns => "Owns",
            Self::BelongsTo => "Belongs to",
            Self::GovernedBy => "Governed by",
            Self::Governs => "Governs",
            Self::Selects => "Selects",
            Self::SelectedBy => "Selected by",
            Self::PartOf => "Part of",
            Self::Holds => "Holds",
        }
    }

    /// The class, and whether the object is the far end of its edges.
    const fn side(self) -> (RelationClass, bool) {
        match self {
            Self::ReceivesFrom => (RelationClass::Routes, true),
            Self::SendsTo => (RelationClass::Routes, false),
            Self::RefersTo => (RelationClass::Refers, false),
            Self::ReferredToBy => (RelationClass::Refers, true),
            Self::Runs | Self::Owns => (RelationClass::Owns, false),
            Self::BelongsTo => (RelationClass::Owns, true),
            Self::GovernedBy => (RelationClass::Governs, true),
            Self::Governs => (RelationClass::Governs, false),
            Self::Selects => (RelationClass::Selects, false),
            Self::SelectedBy => (RelationClass::Selects, true),
            Self::PartOf => (RelationClass::Member, true),
            Self::Holds => (RelationClass::Member, false),
        }
    }
}

/// The relations of a node, grouped and ordered. What selects, governs and calls the pods of a workload stands in the
/// workload's list: nobody looks for it at each pod.
pub(super) fn groups(graph: &Graph, id: NodeId) -> Vec<RelationGroup> {
    // By the far end: several edges of one group to the same object are one line.
    let mut groups = Groups::new();
    for edge in graph.touching(id) {
        let incoming = edge.to == id;
        let far = if incoming { edge.from } else { edge.to };
        add(&mut groups, graph, Heading::of(graph, edge, incoming), far, edge, None);
    }
    let run = run_by(graph, id);
    for near in run.iter().copied().filter(|near| *near != id) {
        for edge in graph.incoming(near).filter(|edge| reaches_all(graph, edge)) {
            add(&mut groups, graph, Heading::of(graph, edge, true), edge.from, edge, Some(near));
        }
    }
    // Who calls the Services before it calls it, too.
    let services: BTreeSet<NodeId> = run
        .iter()
        .flat_map(|near| graph.incoming(*near))
        .filter(|edge| edge.class == RelationClass::Selects && graph.node(edge.from).key.is("", "Service"))
        .map(|edge| edge.from)
        .collect();
    for service in services {
        for edge in graph.incoming(service).filter(|edge| edge.class == RelationClass::Routes) {
            add(&mut groups, graph, Heading::ReceivesFrom, edge.from, edge, Some(service));
        }
    }
    let group = |(heading, group): (Heading, BTreeMap<NodeIndex, RelationMember>)| {
        let mut members: Vec<RelationMember> = group.into_values().collect();
        members.sort_by(|a, b| (rank(&a.health), &a.name, &a.key).cmp(&(rank(&b.health), &b.name, &b.key)));
        let total = u32::try_from(members.len()).unwrap_or(u32::MAX);
        members.truncate(MEMBERS);
        let (class, incoming) = heading.side();
        RelationGroup { title: heading.title().to_owned(), class: class.word().to_owned(), incoming, members, total }
    };
    groups.into_iter().map(group).collect()
}

type NodeIndex = usize;
type Groups = BTreeMap<Heading, BTreeMap<NodeIndex, RelationMember>>;

/// The pods of one template are alike: so many tell what concerns all of them.
const ALIKE: usize = 64;

/// The object and what it runs, down to the pods.
fn run_by(graph: &Graph, id: NodeId) -> BTreeSet<NodeId> {
    let mut found = BTreeSet::from([id]);
    let mut waiting = vec![id];
    while let Some(owner) = waiting.pop() {
        let owned = graph.outgoing(owner).filter(|edge| edge.class == RelationClass::Owns).map(|edge| edge.to);
        for each in owned.filter(|each| RUN.contains(&graph.node(*each).key.kind())) {
            if found.len() < ALIKE && found.insert(each) {
                waiting.push(each);
            }
        }
    }
    found
}

/// Whether an edge to a pod speaks of the workload: a Service, a policy, a budget. EndpointSlices repeat their Service.
fn reaches_all(graph: &Graph, edge: &Edge) -> bool {
    let repeats = ["EndpointSlice", "Endpoints"].contains(&graph.node(edge.from).key.kind());
    matches!(edge.class, RelationClass::Selects | RelationClass::Routes | RelationClass::Governs) && !repeats
}

/// Adds one line, or to it. `near` is the object that the edge ends at, where that is not the subject.
fn add(groups: &mut Groups, graph: &Graph, heading: Heading, far: NodeId, edge: &Edge, near: Option<NodeId>) {
    let entry = groups.entry(heading).or_default().entry(far.index()).or_insert_with(|| RelationMember {
        near: near.map(|near| graph.node(near).key.to_string()),
        ..member(graph, heading, far)
    });
    if edge.state != EdgeState::Resolved {
        entry.state = edge.state.word().to_owned();
    }
    if let Some(label) = &edge.label
        && !entry.caption.contains(&**label)
    {
        entry.caption.push_str(" · ");
        entry.caption.push_str(label);
    }
}

fn rank(health: &str) -> usize {
    Health::ALL.iter().position(|each| each.word() == health).unwrap_or(Health::ALL.len())
}

fn member(graph: &Graph, heading: Heading, far: NodeId) -> RelationMember {
    let node = graph.node(far);
    let mut caption = node.key.kind().to_owned();
    // What is wrong with it matters here, and how much of it runs.
    let says = matches!(node.health, Health::Failing | Health::Degraded | Health::Pending) || heading == Heading::Runs;
    if says && !node.caption.is_empty() {
        caption = format!("{caption} · {}", node.caption);
    }
    RelationMember {
        key: node.key.to_string(),
        near: None,
        name: node.key.name().to_owned(),
        caption,
        health: node.health.word().to_owned(),
        state: EdgeState::Resolved.word().to_owned(),
    }
}

/// Why one edge is there.
pub(super) fn detail(graph: &Graph, snapshot: &Snapshot, edge: &Edge) -> EdgeDetail {
    let rule = graph.rule(edge);
    let (from, to) = (&graph.node(edge.from).key, &graph.node(edge.to).key);
    // A rule reads its fields from the object that declares the edge: nearly always `from`, else the other end.
    let bodies = [snapshot.get(from), snapshot.get(to)].map(|object| object.map(|object| object.body));
    let field = |path: &std::sync::Arc<str>| {
        let found = bodies.iter().flatten().find_map(|body| value_at(body, path));
        match found.and_then(short) {
            Some(value) => format!("{path}: {value}"),
            None => path.to_string(),
        }
    };
    EdgeDetail {
        from: from.to_string(),
        to: to.to_string(),
        relation: rule.id.to_string(),
        row: rule.row.map(u32::from),
        class: edge.class.word().to_owned(),
        state: edge.state.word().to_owned(),
        explanation: rule.explanation.to_string(),
        fields: edge.fields.iter().map(field).collect(),
        label: edge.label.as_ref().map(ToString::to_string),
        optional: edge.optional,
        inferred: edge.inferred,
        permitted: edge.permitted,
        stands_for: None,
    }
}

/// The value at `spec.containers[api].env[KEY].valueFrom`: a bracket holds an index or the `name` of an item.
fn value_at<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    let mut here = body;
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (item, after) = inside.split_once(']')?;
            here = match here {
                Value::Array(items) => {
                    let by_name = items.iter().find(|each| each.get("name").and_then(Value::as_str) == Some(item));
                    by_name.or_else(|| items.get(item.parse::<usize>().ok()?))?
                }
                other => other.get(item)?,
            };
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            here = here.get(rest.get(..end)?)?;
            rest = rest.get(end..)?;
        }
    }
    Some(here)
}

fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => return None,
        other => other.to_string(),
    };
    (text.len() <= SHORT && !text.contains('\n')).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn field_paths_find_items_by_name_and_by_number() {
        let body =
            json!({"spec": {"containers": [{"name": "api", "env": [{"name": "KEY", "value": "x"}]}], "n": [1, 2]}});
        assert_eq!(value_at(&body, "spec.containers[api].env[KEY].value"), Some(&json!("x")));
        assert_eq!(value_at(&body, "spec.n[1]"), Some(&json!(2)));
        assert_eq!(value_at(&body, "spec.containers[web].env"), None);
        assert_eq!(value_at(&body, "spec.containers[api"), None);
    }
}
