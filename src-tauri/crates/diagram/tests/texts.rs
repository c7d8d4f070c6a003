//! What the text formats say: whole names, the true ends of lines, and what the drawing shows as badges.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/cluster.rs"]
mod cluster;

use std::ops::ControlFlow;

use diagram::picture::{Lens, Options, build};
use diagram::{Format, Look, Subject, export};
use topology::Filter;

use cluster::{engine, read};

const TEXTS: [Format; 3] = [Format::Mermaid, Format::D2, Format::Dot];

fn written(yaml: &str, format: Format) -> String {
    String::from_utf8(bytes(yaml, format)).unwrap()
}

fn bytes(yaml: &str, format: Format) -> Vec<u8> {
    let graph = engine(&read(yaml)).graph();
    let scene = build(&graph, &Options::default()).scene;
    let mut bytes = Vec::new();
    let subject = Subject { scene: &scene, graph: &graph, filter: &Filter::default() };
    export(subject, format, &Look::default(), &mut bytes, &|_| ControlFlow::Continue(())).unwrap();
    bytes
}

/// The name that a text gives to the card or block whose line holds these words.
fn name(text: &str, words: &str) -> String {
    let line = text.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words} in {text}"));
    let line = line.trim().trim_start_matches("subgraph ");
    line.split([':', '[', '(', ' ']).next().unwrap().to_owned()
}

fn workload(namespace: &str, name: &str, app: &str, more: &str) -> String {
    format!(
        "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, namespace: {namespace}, labels: \
         {{app.kubernetes.io/part-of: {app}}}}}, spec: {{selector: {{matchLabels: {{app: {name}}}}}, template: \
         {{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: [{{name: c, image: x{more}}}]}}}}}}}}\n---\n"
    )
}

/// Five callers and five called, each beside one that sorts first and has nothing to do with it.
fn bundle() -> String {
    let mut yaml = workload("front", "aaa-quiet", "front", "");
    for at in 0..5 {
        let calls = format!(", env: [{{name: U, value: 'http://svc{at}.back:80'}}]");
        yaml += &workload("front", &format!("w{at}"), "front", &calls);
    }
    for name in ["aaa-unused", "svc0", "svc1", "svc2", "svc3", "svc4"] {
        yaml += &format!(
            "{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: back, labels: \
             {{app.kubernetes.io/part-of: back}}}}, spec: {{ports: [{{port: 80}}]}}}}\n---\n"
        );
    }
    yaml
}

#[test]
fn many_calls_between_two_applications_join_the_applications_and_not_their_first_cards() {
    let mermaid = written(&bundle(), Format::Mermaid);
    let (front, back) = (name(&mermaid, "subgraph b1[\"front\"]"), name(&mermaid, "subgraph b0[\"back\"]"));
    assert!(mermaid.contains(&format!("  {front} ==>|\"×5\"| {back}\n")), "{mermaid}");
    assert!(written(&bundle(), Format::D2).contains("f1.b1 -> f0.b0: \"×5\" {"));
    let drawio = written(&bundle(), Format::Drawio);
    assert!(drawio.contains("source=\"app:front/front\"") && drawio.contains("target=\"app:back/back\""), "{drawio}");
    let svg = written(&bundle(), Format::Svg);
    assert!(svg.contains(">5×</text>"), "the drawing says how many: {svg}");
}

#[test]
fn users_groups_and_what_hangs_on_cards_are_in_every_text() {
    let yaml = workload("shop", "web", "web", "")
        + r"
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: only-web, namespace: shop}, spec: {podSelector: {matchLabels: {app: web}}}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader, namespace: shop}, rules: []}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: readers, namespace: shop}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}, subjects: [{kind: User, name: ines}, {kind: Group, name: auditors}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: admins}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}, subjects: [{kind: Group, name: admins}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}, rules: []}
";
    let mermaid = written(&yaml, Format::Mermaid);
    for (from, to) in [
        ("only-web</b>", "web</b><br>Deployment"),
        ("readers</b>", "ines</b>"),
        ("readers</b>", "auditors</b>"),
        ("admins</b><br>ClusterRoleBinding", "admins</b><br>Group"),
        ("admins</b><br>ClusterRoleBinding", "all</b><br>ClusterRole"),
    ] {
        let (from, to) = (name(&mermaid, &format!("<b>{from}")), name(&mermaid, &format!("<b>{to}")));
        assert!(mermaid.contains(&format!("  {from} -.-> {to}\n")), "{from} to {to}: {mermaid}");
    }
    for format in TEXTS {
        let text = written(&yaml, format);
        for word in ["only-web", "ines", "auditors", "admins"] {
            assert!(text.contains(word), "{word} in {format:?}: {text}");
        }
    }
}

#[test]
fn names_are_whole_where_there_is_room_for_them() {
    let long = format!("a-name-{}-and-its-end", "that-goes-on-".repeat(8));
    let yaml = format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {long}, namespace: shop}}}}");
    for format in TEXTS.into_iter().chain([Format::Drawio, Format::Graphml]) {
        assert!(written(&yaml, format).contains(&long), "{format:?}");
    }
}

/// An Ingress with five paths to five applications showed none of the five.
#[test]
fn every_path_of_an_ingress_stands_on_its_line() {
    let names = ["cart", "catalog", "checkout", "users", "web"];
    let mut paths = Vec::new();
    let mut yaml = String::new();
    for name in names {
        paths.push(format!(
            "{{path: /{name}, pathType: Prefix, backend: {{service: {{name: {name}, port: {{number: 80}}}}}}}}"
        ));
        yaml += &workload("shop", name, name, "");
        yaml += &format!(
            "{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: shop}}, spec: {{selector: {{app: \
             {name}}}, ports: [{{port: 80}}]}}}}\n---\n"
        );
    }
    yaml += &format!(
        "{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: edge, namespace: shop}}, spec: {{rules: \
         [{{http: {{paths: [{}]}}}}]}}}}",
        paths.join(", ")
    );
    let scene = build(&engine(&read(&yaml)).graph(), &Options::default()).scene;
    let labels: Vec<_> = scene.links.iter().filter_map(|link| link.label.as_ref()).collect();
    let mut words: Vec<&str> = labels.iter().map(|label| &*label.text).collect();
    words.sort_unstable();
    assert_eq!(words, names.map(|name| format!("/{name} :80")));
    for (at, label) in labels.iter().enumerate() {
        let rect = label.rect;
        let meets = |other: &diagram::scene::Rect| {
            rect.x < other.right() && other.x < rect.right() && rect.y < other.bottom() && other.y < rect.bottom()
        };
        assert!(labels[at + 1..].iter().all(|other| !meets(&other.rect)), "{} stands on another", label.text);
    }
}

/// A line from a Deployment to accounts of another namespace was drawn, because they were counted where they do not
/// stand.
#[test]
fn accounts_of_another_namespace_that_a_role_is_granted_to_are_joined_to_that_role_alone() {
    let account = |namespace: &str, name: &str| {
        format!("{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: {name}, namespace: {namespace}}}}}\n---\n")
    };
    let yaml = workload("a", "api", "api", "")
        + &account("b", "bot")
        + &account("b", "bot2")
        + &account("a", "own")
        + r"
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader, namespace: a}, rules: []}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: rb, namespace: a}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}, subjects: [{kind: ServiceAccount, name: bot, namespace: b}, {kind: ServiceAccount, name: bot2, namespace: b}, {kind: ServiceAccount, name: own, namespace: a}]}
";
    let mermaid = written(&yaml, Format::Mermaid);
    let role = name(&mermaid, "<b>reader</b>");
    for account in ["bot", "bot2", "own"] {
        let account = name(&mermaid, &format!("<b>{account}</b>"));
        let arriving: Vec<&str> = mermaid.lines().filter(|line| line.ends_with(&format!("> {account}"))).collect();
        assert_eq!(arriving, [format!("  {role} -.-> {account}")], "{mermaid}");
    }
    let api = name(&mermaid, "<b>api</b>");
    assert!(!mermaid.contains(&format!("  {api} -")), "{mermaid}");
}

/// A name with an override of direction read as another one, on screen and in every file.
#[test]
fn what_hides_or_turns_a_name_is_written_out() {
    let yaml = r#"{apiVersion: v1, kind: Service, metadata: {name: "evil\u202Egpj", namespace: shop}, spec: {selector: {app: web}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: "we\u200Bb", namespace: shop}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: "\u2066x", env: [{name: U, value: "http://a\u202Eb.example:80"}]}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: "ta\u{e0041}g", namespace: shop}, status: {phase: "Pend\u2067ing"}}
"#;
    let yaml = yaml.replace("\\u{e0041}", "\\U000e0041");
    let is_exact = |line: &&str| !line.contains("id=") && !line.contains("<edge ");
    for format in [Format::Mermaid, Format::D2, Format::Dot, Format::Graphml, Format::Drawio, Format::Svg] {
        let text = written(&yaml, format);
        assert!(text.contains("evil«U+202E»gpj"), "{format:?}: {text}");
        for line in text.lines().filter(is_exact) {
            assert!(!line.chars().any(model::is_hidden), "{format:?}: {line:?}");
        }
    }
}

/// On the screen what has no part in a lens stood back; in a file it looked like everything else.
#[test]
fn what_stands_back_under_a_lens_fades_in_files_too() {
    let yaml = workload("shop", "web", "web", "")
        + "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}}\n";
    let graph = engine(&read(&yaml)).graph();
    let written = |lens, format| {
        let scene = build(&graph, &Options { lens, ..Options::default() }).scene;
        let mut bytes = Vec::new();
        let subject = Subject { scene: &scene, graph: &graph, filter: &Filter::default() };
        export(subject, format, &Look::default(), &mut bytes, &|_| ControlFlow::Continue(())).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    for (format, faded) in [(Format::Svg, "<g opacity=\"0.3\">"), (Format::Drawio, "opacity=30;")] {
        assert!(written(Lens::Storage, format).contains(faded), "{format:?}");
        assert!(!written(Lens::All, format).contains(faded), "{format:?}");
    }
}

/// Three cards of one application all read `grafana-dash…s-namespace`.
#[test]
fn no_two_cards_of_an_application_read_the_same() {
    let config = |name: &str| {
        format!(
            "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: monitoring-stack-grafana-dashboard-{name}-resources-by-namespace, \
             namespace: shop, labels: {{app.kubernetes.io/part-of: grafana}}}}}}\n---\n"
        )
    };
    let yaml = ["alertmanager-overview", "kubernetes-compute", "node-exporter-usage"].map(config).concat();
    let scene = build(&engine(&read(&yaml)).graph(), &Options::default()).scene;
    let names: Vec<String> =
        scene.blocks.iter().flat_map(|placed| &placed.block.cards).map(|card| card.name.to_string()).collect();
    let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
    assert!(names.iter().all(|name| name.contains('…')), "{names:?}");
    assert_eq!(distinct.len(), 3, "{names:?}");
}

/// On paper nothing can be pointed at: what an icon stands for was left to guessing.
#[test]
fn the_legend_names_the_kinds_whose_icons_are_drawn() {
    let svg = written(&bundle(), Format::Svg);
    let legend = svg.split("id=\"legend\"").nth(1).unwrap();
    for kind in ["Deployment", "Service"] {
        assert!(legend.contains(&format!(">{kind}<")), "{kind} in {legend}");
    }
    assert!(!legend.contains(">ConfigMap<"), "{legend}");
}

/// "+2" on a card was all that a printed picture said of what lies inside it.
#[test]
fn what_lies_inside_cards_is_listed_behind_the_picture_in_a_pdf() {
    let owner = "ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u1, controller: true}]";
    let yaml = format!(
        "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web, namespace: shop, uid: u1}}, spec: {{selector: \
         {{matchLabels: {{app: web}}}}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: c, \
         image: x}}]}}}}}}}}\n---\n\
         {{apiVersion: apps/v1, kind: ReplicaSet, metadata: {{name: web-6d9f, namespace: shop, {owner}}}, spec: \
         {{selector: {{matchLabels: {{app: web}}}}}}}}\n---\n\
         {{apiVersion: apps/v1, kind: ReplicaSet, metadata: {{name: web-7c4b, namespace: shop, {owner}}}, spec: \
         {{selector: {{matchLabels: {{app: web}}}}}}}}\n"
    );
    let pdf = lopdf::Document::load_mem(&bytes(&yaml, Format::Pdf)).unwrap();
    assert_eq!(pdf.get_pages().len(), 2);
    let text = pdf.extract_text(&[2]).unwrap();
    assert!(text.contains("ReplicaSet web-6d9f, ReplicaSet web-7c4b"), "{text}");
    let alone = lopdf::Document::load_mem(&bytes(&workload("shop", "web", "web", ""), Format::Pdf)).unwrap();
    assert_eq!(alone.get_pages().len(), 1, "a card that stands for itself needs no list");
}
