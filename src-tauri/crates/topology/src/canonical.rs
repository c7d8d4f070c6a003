//! The graph as text that is the same for the same graph: `kubilitics.dev/topology/v1`.
//!
//! One node or edge per line, so that two graphs can be compared with `diff`.

use std::collections::{BTreeMap, BTreeSet};

use model::{GroupKind, KindCoverage, KindState};
use serde::{Serialize, Serializer};

use crate::graph::{Edge, Graph, Node, NodeId, Presence};
use crate::{Filter, Labels};

/// The published JSON Schema of what [`write`] returns.
pub const SCHEMA: &str = include_str!("../schema/topology-v1.schema.json");

/// The name of the format.
pub const SCHEMA_ID: &str = "kubilitics.dev/topology/v1";

/// Writes the part of a graph that the filter lets through.
pub fn write(graph: &Graph, filter: &Filter) -> Vec<u8> {
    let nodes = filter.nodes(graph);
    let kept: BTreeSet<NodeId> = nodes.iter().copied().collect();
    let mut text = Vec::with_capacity(nodes.len() * 512);
    text.extend_from_slice(b"{\"schema\":\"");
    text.extend_from_slice(SCHEMA_ID.as_bytes());
    text.extend_from_slice(b"\",\n\"nodes\":[");
    lines(&mut text, nodes.iter().map(|id| NodeLine::of(graph.node(*id))));
    text.extend_from_slice(b"],\n\"edges\":[");
    let edges = nodes.iter().flat_map(|id| {
        let shown = |edge: &&Edge| kept.contains(&edge.to) && filter.shows(graph, edge);
        let mut edges: Vec<&Edge> = graph.outgoing(*id).filter(shown).collect();
        edges.sort_by(|a, b| {
            let key = |edge: &Edge| &graph.node(edge.to).key;
            key(a).cmp(key(b)).then_with(|| graph.relation(a).cmp(graph.relation(b)))
        });
        edges
    });
    lines(&mut text, edges.map(|edge| EdgeLine::of(graph, edge)));
    text.extend_from_slice(b"],\n\"coverage\":[");
    lines(&mut text, coverage(graph).into_iter());
    text.extend_from_slice(b"]}\n");
    text
}

fn lines(text: &mut Vec<u8>, items: impl Iterator<Item = impl Serialize>) {
    for (at, item) in items.enumerate() {
        text.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        // Writing strings, numbers and lists of them into memory cannot fail.
        let _ = serde_json::to_writer(&mut *text, &item);
    }
}

#[derive(Serialize)]
struct NodeLine<'a> {
    id: &'a str,
    group: &'a str,
    version: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    status: &'a str,
    health: &'static str,
    app: Option<&'a str>,
    #[serde(skip_serializing_if = "Labels::is_empty", serialize_with = "labels")]
    labels: &'a Labels,
}

fn labels<S: Serializer>(labels: &&Labels, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(labels.iter())
}

impl<'a> NodeLine<'a> {
    fn of(node: &'a Node) -> Self {
        let key = &node.key;
        Self {
            id: key.as_str(),
            group: key.group_name(),
            version: &node.version,
            kind: key.kind(),
            namespace: key.namespace(),
            name: key.name(),
            status: &node.status,
            health: node.health.word(),
            app: node.app.as_deref(),
            labels: &node.labels,
        }
    }
}

#[derive(Serialize)]
struct EdgeLine<'a> {
    from: &'a str,
    to: &'a str,
    relation: &'a str,
    class: &'static str,
    state: &'static str,
    fields: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    optional: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    inferred: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    permitted: Option<bool>,
}

impl<'a> EdgeLine<'a> {
    fn of(graph: &'a Graph, edge: &'a Edge) -> Self {
        Self {
            from: graph.node(edge.from).key.as_str(),
            to: graph.node(edge.to).key.as_str(),
            relation: graph.relation(edge),
            class: edge.class.word(),
            state: edge.state.word(),
            fields: edge.fields.iter().map(|field| &**field).collect(),
            label: edge.label.as_deref(),
            optional: edge.optional,
            inferred: edge.inferred,
            permitted: edge.permitted,
        }
    }
}

#[derive(Serialize)]
struct CoverageLine {
    kind: String,
    state: &'static str,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "leftOut")]
    left_out: Option<u64>,
}

/// The coverage by kind. Kinds that are referred to and that the source does not hold are in it as absent.
fn coverage(graph: &Graph) -> Vec<CoverageLine> {
    let line = |kind: &GroupKind, state, count| CoverageLine {
        kind: kind.to_string(),
        state,
        count,
        since: None,
        why: None,
        left_out: Some(graph.left_out_of(kind)).filter(|count| *count > 0),
    };
    let mut rows: BTreeMap<String, CoverageLine> = BTreeMap::new();
    for row in &graph.coverage().kinds {
        let kind = &row.kind.group_kind;
        let why = row.scopes.iter().find_map(|(_, state)| match state {
            KindState::Failed { why, .. } => Some(why.to_string()),
            _ => None,
        });
        rows.insert(kind.to_string(), CoverageLine { since: lost(row), why, ..line(kind, state(row), row.count) });
    }
    for (_, node) in graph.nodes().filter(|(_, node)| node.presence == Presence::Unknown) {
        let kind = node.key.group_kind();
        rows.entry(kind.to_string()).or_insert_with(|| line(&kind, "absent", 0));
    }
    rows.into_values().collect()
}

/// Since when some of what the account might list may not be listed any more.
fn lost(row: &KindCoverage) -> Option<i64> {
    let since = row.scopes.iter().filter_map(|(_, state)| match state {
        KindState::Forbidden { since, .. } => *since,
        _ => None,
    });
    since.min()
}

/// One word for the states of all scopes; other times and reasons would change by themselves.
fn state(row: &KindCoverage) -> &'static str {
    let word = |state: &KindState| match state {
        KindState::Live => "live",
        KindState::Stale { .. } => "stale",
        KindState::Polled { .. } => "polled",
        KindState::Loading { .. } => "loading",
        KindState::Failed { .. } => "failed",
        KindState::Forbidden { .. } => "forbidden",
        KindState::Absent => "absent",
    };
    let words: BTreeSet<&'static str> = row.scopes.iter().map(|(_, state)| word(state)).collect();
    match words.len() {
        0 => "absent",
        1 => words.first().copied().unwrap_or("absent"),
        _ => "partial",
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::Value;

    use super::{SCHEMA, write};
    use crate::testing::{graph, graph_of, parsed};
    use crate::{Filter, Lens, RuleBook};

    const CLUSTER: &str = r"
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {tls: [{secretName: tls}], defaultBackend: {service: {name: web, port: {number: 80}}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web}}, spec: {nodeName: node-a, containers: [{name: c, env: [{name: S_HOST, value: web}], envFrom: [{configMapRef: {name: cfg, optional: true}}]}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: view}, subjects: [{kind: User, name: 'oidc:team/ann'}]}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: shop}, spec: {rules: [{backendRefs: [{name: far, namespace: other}]}]}}
";

    fn text(filter: &Filter) -> String {
        String::from_utf8(write(&graph(CLUSTER), filter)).expect("UTF-8")
    }

    /// Holds a text against the published schema.
    fn validate(text: &str) {
        let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
        let instance: Value = serde_json::from_str(text).expect("JSON");
        let errors: Vec<String> =
            validator.iter_errors(&instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[test]
    fn the_whole_graph() {
        let text = text(&Filter::default());
        validate(&text);
        assert_snapshot!(text, @r#"
        {"schema":"kubilitics.dev/topology/v1",
        "nodes":[
        {"id":"core/ConfigMap/shop/cfg","group":"core","version":"","kind":"ConfigMap","namespace":"shop","name":"cfg","status":"","health":"unknown","app":"web"},
        {"id":"core/Node//node-a","group":"core","version":"","kind":"Node","namespace":"","name":"node-a","status":"","health":"unknown","app":null},
        {"id":"core/Pod/shop/web-1","group":"core","version":"v1","kind":"Pod","namespace":"shop","name":"web-1","status":"","health":"neutral","app":"web","labels":{"app":"web"}},
        {"id":"core/Secret/shop/tls","group":"core","version":"","kind":"Secret","namespace":"shop","name":"tls","status":"","health":"unknown","app":"web"},
        {"id":"core/Service/other/far","group":"core","version":"","kind":"Service","namespace":"other","name":"far","status":"","health":"missing","app":null},
        {"id":"core/Service/shop/web","group":"core","version":"v1","kind":"Service","namespace":"shop","name":"web","status":"ClusterIP","health":"neutral","app":"web"},
        {"id":"external/User//oidc:team%2Fann","group":"external","version":"","kind":"User","namespace":"","name":"oidc:team%2Fann","status":"","health":"neutral","app":null},
        {"id":"gateway.networking.k8s.io/HTTPRoute/shop/r","group":"gateway.networking.k8s.io","version":"v1","kind":"HTTPRoute","namespace":"shop","name":"r","status":"","health":"failing","app":null},
        {"id":"networking.k8s.io/Ingress/shop/web","group":"networking.k8s.io","version":"v1","kind":"Ingress","namespace":"shop","name":"web","status":"","health":"neutral","app":"web","labels":{"app":"web"}},
        {"id":"rbac.authorization.k8s.io/ClusterRole//view","group":"rbac.authorization.k8s.io","version":"","kind":"ClusterRole","namespace":"","name":"view","status":"","health":"unknown","app":null},
        {"id":"rbac.authorization.k8s.io/ClusterRoleBinding//b","group":"rbac.authorization.k8s.io","version":"v1","kind":"ClusterRoleBinding","namespace":"","name":"b","status":"","health":"neutral","app":null}],
        "edges":[
        {"from":"core/Pod/shop/web-1","to":"core/ConfigMap/shop/cfg","relation":"pod-uses-configmap","class":"refers","state":"unknown","fields":["spec.containers[c].envFrom[0].configMapRef"],"optional":true},
        {"from":"core/Pod/shop/web-1","to":"core/Node//node-a","relation":"pod-runs-on-node","class":"refers","state":"unknown","fields":["spec.nodeName"]},
        {"from":"core/Service/shop/web","to":"core/Pod/shop/web-1","relation":"service-selects-pod","class":"selects","state":"resolved","fields":["spec.selector"]},
        {"from":"gateway.networking.k8s.io/HTTPRoute/shop/r","to":"core/Service/other/far","relation":"route-sends-to-backend","class":"routes","state":"missing","fields":["spec.rules[0].backendRefs[0]"],"permitted":false},
        {"from":"networking.k8s.io/Ingress/shop/web","to":"core/Secret/shop/tls","relation":"ingress-uses-tls-secret","class":"refers","state":"unknown","fields":["spec.tls[0].secretName"]},
        {"from":"networking.k8s.io/Ingress/shop/web","to":"core/Service/shop/web","relation":"ingress-routes-to-service","class":"routes","state":"resolved","fields":["spec.defaultBackend.service"],"label":":80"},
        {"from":"rbac.authorization.k8s.io/ClusterRoleBinding//b","to":"external/User//oidc:team%2Fann","relation":"binding-grants-subject","class":"refers","state":"resolved","fields":["subjects[0]"]},
        {"from":"rbac.authorization.k8s.io/ClusterRoleBinding//b","to":"rbac.authorization.k8s.io/ClusterRole//view","relation":"binding-grants-role","class":"refers","state":"unknown","fields":["roleRef"]}],
        "coverage":[
        {"kind":"core/ConfigMap","state":"absent","count":0},
        {"kind":"core/Node","state":"absent","count":0},
        {"kind":"core/Pod","state":"live","count":1},
        {"kind":"core/Secret","state":"absent","count":0},
        {"kind":"core/Service","state":"live","count":1},
        {"kind":"gateway.networking.k8s.io/HTTPRoute","state":"live","count":1},
        {"kind":"networking.k8s.io/Ingress","state":"live","count":1},
        {"kind":"rbac.authorization.k8s.io/ClusterRole","state":"absent","count":0},
        {"kind":"rbac.authorization.k8s.io/ClusterRoleBinding","state":"live","count":1}]}
        "#);
    }

    #[test]
    fn every_example_of_the_catalogue_holds_against_the_schema() {
        validate(&crate::engine::tests::everything_known());
        for (_, fixture) in crate::testing::fixtures::all() {
            let graph = graph_of(RuleBook::default(), parsed(&fixture));
            validate(&String::from_utf8(write(&graph, &Filter::default())).expect("UTF-8"));
        }
    }

    #[test]
    fn the_schema_refuses_what_is_not_ours() {
        let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
        let wrong = serde_json::json!({"schema": "kubilitics.dev/topology/v1", "nodes": [{"id": "Pod/web"}], "edges": [], "coverage": []});
        assert!(!validator.is_valid(&wrong));
    }

    #[test]
    fn a_lens_filters_edges_and_leaves_nodes() {
        let storage = text(&Filter { lens: Lens::Storage, ..Filter::default() });
        validate(&storage);
        assert_eq!((storage.matches("\"id\"").count(), storage.matches("\"from\"").count()), (11, 0));
        let traffic = text(&Filter { lens: Lens::Traffic, ..Filter::default() });
        assert!(traffic.contains("service-selects-pod") && !traffic.contains("pod-uses-configmap"));
    }

    #[test]
    fn focus_namespace_and_labels_filter_nodes() {
        let whole = graph(CLUSTER);
        let ids = |filter: &Filter| {
            let names = filter.nodes(&whole).into_iter().map(|id| whole.node(id).key.to_string());
            names.collect::<Vec<_>>().join(" ")
        };
        let near = Filter { focus: Some((whole.find("svc/web"), 1)), ..Filter::default() };
        assert_eq!(ids(&near), "core/Pod/shop/web-1 core/Service/shop/web networking.k8s.io/Ingress/shop/web");
        let elsewhere = Filter { namespaces: vec!["other".into()], ..Filter::default() };
        assert_eq!(ids(&elsewhere), "core/Service/other/far");
        let labelled = Filter { selector: crate::LabelSelector::parse("app=web").ok(), ..Filter::default() };
        assert_eq!(
            ids(&labelled),
            "core/ConfigMap/shop/cfg core/Node//node-a core/Pod/shop/web-1 core/Secret/shop/tls networking.k8s.io/Ingress/shop/web"
        );
    }

    #[test]
    fn objects_are_found_as_people_write_them() {
        let whole = graph(CLUSTER);
        for text in ["pods/web-1", "Pod/shop/web-1", "pod/web-1", "core/Pod/shop/web-1"] {
            assert_eq!(whole.find(text).len(), 1, "{text}");
        }
        for text in ["ingresses.networking.k8s.io/web", "ingress.networking.k8s.io/web", "ing/web"] {
            assert_eq!(whole.find(text).len(), 1, "{text}");
        }
        assert!(whole.find("web").is_empty() && whole.find("pod/other/web-1").is_empty());
    }
}
