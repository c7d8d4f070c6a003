//! Why an object is not well, as the graph tells it. What follows from what stands in `topology::why`.

use inventory::Snapshot;
use model::{EvidenceSource, Finding, GroupKind, Object, ResourceKey, legible};
use topology::{Graph, NodeId};

use crate::types::{WireEvidence, WireFinding};

/// The namespace of events about objects that have none.
const DEFAULT: &str = "default";

/// Worst first; nothing for what is well.
pub(super) fn findings(graph: &Graph, snapshot: &Snapshot, id: NodeId) -> Vec<WireFinding> {
    let node = graph.node(id);
    // Unpacking a namespace's events is worth it only where there is something to tell.
    let told = node.health.is_problem() || node.note.is_some();
    let events = if told { events(snapshot, &node.key) } else { Vec::new() };
    let found = topology::why(graph, &|key| snapshot.get(key), &events, &node.key);
    found.into_iter().map(wire).collect()
}

fn events(snapshot: &Snapshot, key: &ResourceKey) -> Vec<Object> {
    let namespace = Some(key.namespace()).filter(|namespace| !namespace.is_empty()).unwrap_or(DEFAULT);
    snapshot.objects_of(&GroupKind::new("", "Event"), Some(namespace)).collect()
}

fn wire(finding: Finding) -> WireFinding {
    let evidence = finding.evidence.into_iter().map(|evidence| WireEvidence {
        source: match evidence.source {
            EvidenceSource::Field => "field",
            EvidenceSource::Event => "event",
            EvidenceSource::Relation => "relation",
        }
        .to_owned(),
        object: evidence.object.to_string(),
        at: evidence.at,
        text: legible(&evidence.text).into_owned(),
    });
    WireFinding {
        subject: finding.subject.to_string(),
        health: finding.health.word().to_owned(),
        sentence: legible(&finding.sentence).into_owned(),
        evidence: evidence.collect(),
    }
}
