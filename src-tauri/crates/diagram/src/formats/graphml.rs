//! GraphML: every node and edge of the graph with typed attributes, and our places where the picture shows them.

use std::collections::BTreeSet;
use std::io::Write;

use model::Health;
use rustc_hash::FxHashMap;
use topology::{Edge, NodeId};

use super::outline::Outline;
use super::xml::{escape, number};
use crate::export::{ExportError, Look, Notes, Progress, Subject};
use crate::scene::Rect;
use crate::theme::{Theme, Token, of_health};

/// Attributes of nodes and edges: id, what it is for, type.
const KEYS: [(&str, &str, &str); 17] = [
    ("label", "node", "string"),
    ("group", "node", "string"),
    ("version", "node", "string"),
    ("kind", "node", "string"),
    ("namespace", "node", "string"),
    ("app", "node", "string"),
    ("status", "node", "string"),
    ("health", "node", "string"),
    ("problem", "node", "boolean"),
    ("x", "node", "double"),
    ("y", "node", "double"),
    ("relation", "edge", "string"),
    ("class", "edge", "string"),
    ("state", "edge", "string"),
    ("fields", "edge", "string"),
    ("edge_label", "edge", "string"),
    ("inferred", "edge", "boolean"),
];

/// Writes the file.
pub(crate) fn write(
    subject: Subject<'_>,
    look: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    let (graph, filter) = (subject.graph, subject.filter);
    let outline = Outline::drawn(subject.scene);
    let mut places: FxHashMap<&str, Rect> = FxHashMap::default();
    for member in &outline.cards {
        for pod in &member.card.pods {
            let (dx, dy) = (member.rect.x - member.card.rect.x, member.rect.y - member.card.rect.y);
            places.insert(pod.key.as_str(), Rect { x: pod.rect.x + dx, y: pod.rect.y + dy, ..pod.rect });
        }
        places.insert(member.card.key.as_str(), member.rect);
    }

    let mut text = String::with_capacity(1 << 16);
    text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" \
         xmlns:y=\"http://www.yworks.com/xml/graphml\">\n",
    );
    for (id, owner, kind) in KEYS {
        let name = id.trim_start_matches("edge_");
        text.push_str(&format!("<key attr.name=\"{name}\" attr.type=\"{kind}\" for=\"{owner}\" id=\"{id}\"/>\n"));
    }
    text.push_str("<key for=\"node\" id=\"graphics\" yfiles.type=\"nodegraphics\"/>\n");
    text.push_str("<graph edgedefault=\"directed\" id=\"topology\">\n");
    let nodes = filter.nodes(graph);
    let kept: BTreeSet<NodeId> = nodes.iter().copied().collect();
    for (at, id) in nodes.iter().enumerate() {
        if at % 512 == 0 {
            progress.part(0.0, 0.6).report(at, nodes.len())?;
            out.write_all(text.as_bytes())?;
            text.clear();
        }
        let node = graph.node(*id);
        let key = &node.key;
        text.push_str("<node id=\"");
        escape(&mut text, key.as_str());
        text.push_str("\">");
        data(&mut text, "label", &model::legible(key.name()));
        data(&mut text, "group", key.group_name());
        data(&mut text, "version", &node.version);
        data(&mut text, "kind", key.kind());
        data(&mut text, "namespace", key.namespace());
        data(&mut text, "app", node.app.as_deref().unwrap_or_default());
        data(&mut text, "status", &node.status);
        data(&mut text, "health", node.health.word());
        data(&mut text, "problem", if node.health.is_problem() { "true" } else { "false" });
        if let Some(rect) = places.get(key.as_str()) {
            graphics(&mut text, rect, &model::legible(key.name()), node.health, look.theme);
        }
        text.push_str("</node>\n");
    }
    let mut number_of_edge = 0;
    for (at, id) in nodes.iter().enumerate() {
        if at % 512 == 0 {
            progress.part(0.6, 1.0).report(at, nodes.len())?;
            out.write_all(text.as_bytes())?;
            text.clear();
        }
        let shown = |edge: &&Edge| kept.contains(&edge.to) && filter.shows(graph, edge);
        let mut edges: Vec<&Edge> = graph.outgoing(*id).filter(shown).collect();
        edges.sort_by_key(|edge| (&graph.node(edge.to).key, graph.relation(edge)));
        for edge in edges {
            text.push_str(&format!("<edge id=\"e{number_of_edge}\" source=\""));
            number_of_edge += 1;
            escape(&mut text, graph.node(edge.from).key.as_str());
            text.push_str("\" target=\"");
            escape(&mut text, graph.node(edge.to).key.as_str());
            text.push_str("\">");
            data(&mut text, "relation", graph.relation(edge));
            data(&mut text, "class", edge.class.word());
            data(&mut text, "state", edge.state.word());
            data(&mut text, "fields", &edge.fields.join(" "));
            data(&mut text, "edge_label", edge.label.as_deref().unwrap_or_default());
            data(&mut text, "inferred", if edge.inferred { "true" } else { "false" });
            text.push_str("</edge>\n");
        }
    }
    text.push_str("</graph>\n</graphml>\n");
    out.write_all(text.as_bytes())?;
    Ok(Notes::default())
}

/// An attribute; none where there is nothing to say.
fn data(text: &mut String, key: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    text.push_str("<data key=\"");
    text.push_str(key);
    text.push_str("\">");
    escape(text, value);
    text.push_str("</data>");
}

/// Place and look for yEd; x and y for the others.
fn graphics(text: &mut String, rect: &Rect, label: &str, health: Health, theme: Theme) {
    let plain = |key: &str, value: f32, text: &mut String| {
        text.push_str(&format!("<data key=\"{key}\">"));
        number(text, value);
        text.push_str("</data>");
    };
    plain("x", rect.x + rect.width / 2.0, text);
    plain("y", rect.y + rect.height / 2.0, text);
    text.push_str("<data key=\"graphics\"><y:ShapeNode><y:Geometry");
    for (name, value) in [("height", rect.height), ("width", rect.width), ("x", rect.x), ("y", rect.y)] {
        text.push_str(&format!(" {name}=\""));
        number(text, value);
        text.push('"');
    }
    let line = if health.is_problem() || health == Health::Ok { of_health(health) } else { Token::CardLine };
    text.push_str(&format!(
        "/><y:Fill color=\"{}\"/><y:BorderStyle color=\"{}\" width=\"1\"/><y:NodeLabel fontSize=\"11\" \
         textColor=\"{}\">",
        theme.colour(Token::Card),
        theme.colour(line),
        theme.colour(Token::Text),
    ));
    // A pod's square has no room for a name; the attribute has it.
    if rect.width > 40.0 {
        escape(text, label);
    }
    text.push_str("</y:NodeLabel><y:Shape type=\"roundrectangle\"/></y:ShapeNode></data>");
}
