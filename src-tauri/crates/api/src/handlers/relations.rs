//! Edges in words: grouped for the inspector, and one by one with rule and field.

use std::collections::BTreeMap;

use inventory::Snapshot;
use model::{EdgeState, Health, RelationClass};
use serde_json::Value;
use topology::{Edge, Graph, NodeId};

use crate::types::{EdgeDetail, RelationGroup, RelationMember};

/// A longer list is cut; `total` says how long it is.
const MEMBERS: usize = 200;
/// A longer value says nothing in one line.
const SHORT: usize = 80;

/// Headings in the order in which the inspector shows them: class, whether the object is the far end, words.
const HEADINGS: [(RelationClass, bool, &str); 12] = [
    (RelationClass::Routes, true, "Receives traffic from"),
    (RelationClass::Routes, false, "Sends traffic to"),
    (RelationClass::Selects, false, "Selects"),
    (RelationClass::Selects, true, "Selected by"),
    (RelationClass::Refers, false, "Refers to"),
    (RelationClass::Refers, true, "Referred to by"),
    (RelationClass::Owns, false, "Runs"),
    (RelationClass::Owns, true, "Belongs to"),
    (RelationClass::Governs, true, "Governed by"),
    (RelationClass::Governs, false, "Governs"),
    (RelationClass::Member, false, "Part of"),
    (RelationClass::Member, true, "Holds"),
];

/// The relations of a node, grouped and ordered.
pub(super) fn groups(graph: &Graph, id: NodeId) -> Vec<RelationGroup> {
    // By the far end: several edges of one class to the same object are one line.
    let mut members: BTreeMap<(RelationClass, bool), BTreeMap<NodeIndex, RelationMember>> = BTreeMap::new();
    for edge in graph.touching(id) {
        let incoming = edge.to == id;
        let far = if incoming { edge.from } else { edge.to };
        let group = members.entry((edge.class, incoming)).or_default();
        let entry = group.entry(far.index()).or_insert_with(|| member(graph, far));
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
    let heading = |(class, incoming, title): &(RelationClass, bool, &str)| {
        let group = members.remove(&(*class, *incoming))?;
        let mut list: Vec<RelationMember> = group.into_values().collect();
        list.sort_by(|a, b| (rank(&a.health), &a.name, &a.key).cmp(&(rank(&b.health), &b.name, &b.key)));
        let total = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.truncate(MEMBERS);
        let (title, class) = ((*title).to_owned(), class.word().to_owned());
        Some(RelationGroup { title, class, incoming: *incoming, members: list, total })
    };
    HEADINGS.iter().filter_map(heading).collect()
}

type NodeIndex = usize;

fn rank(health: &str) -> usize {
    Health::ALL.iter().position(|each| each.word() == health).unwrap_or(Health::ALL.len())
}

fn member(graph: &Graph, far: NodeId) -> RelationMember {
    let node = graph.node(far);
    RelationMember {
        key: node.key.to_string(),
        name: node.key.name().to_owned(),
        caption: node.key.kind().to_owned(),
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
