#![allow(clippy::unwrap_used, clippy::expect_used)]
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

fn bytes(name: &str, text: impl Into<Vec<u8>>) -> Input {
    Input::Bytes { name: name.to_owned(), bytes: text.into() }
}

/// Deltas and problems as text.
fn print(outcome: &Outcome) -> String {
    let mut text = String::new();
    for delta in &outcome.deltas {
        let _ = match delta {
            Delta::Discovered(kind) => {
                writeln!(text, "{} {} {} namespaced={}", kind.group_kind, kind.version, kind.plural, kind.namespaced)
            }
            Delta::Upsert(object) => writeln!(text, "  {}", object.key),
            Delta::State(kind, scope, state) => writeln!(text, "  {kind} {scope:?} {state:?}"),
            other => writeln!(text, "{other:?}"),
        };
    }
    for problem in &outcome.problems {
        let _ = writeln!(text, "! {problem}");
    }
    text
}

const MANIFEST: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop, namespace: nonsense}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, managedFields: [{manager: kubectl}]}
---
apiVersion: v1
kind: [Service
---
apiVersion: v1
kind: Service
metadata: {name: web}
---
apiVersion: example.com/v1
kind: Fleet
metadata: {name: blue}
---
just text
";

#[test]
fn manifests_become_deltas_and_problems() {
    let outcome = read(&[bytes("shop.yaml", MANIFEST)], &Options::default());
    insta::assert_snapshot!(print(&outcome), @r"
    core/Namespace v1 namespaces namespaced=false
      core/Namespace//shop
      core/Namespace Cluster Live
    core/Service v1 services namespaced=true
      core/Service/default/web
      core/Service Cluster Live
    apps/Deployment v1 deployments namespaced=true
      apps/Deployment/shop/web
      apps/Deployment Cluster Live
    example.com/Fleet v1 fleets namespaced=true
      example.com/Fleet/default/blue
      example.com/Fleet Cluster Live
    ! shop.yaml: document 3, line 10: unclosed bracket '['
    ! shop.yaml: document 6, line 20: this is no Kubernetes object but plain text
    ");
}

#[test]
fn the_default_namespace_can_be_given_and_a_definition_decides() {
    let definition = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: fleets.example.com}
spec: {group: example.com, scope: Cluster, names: {kind: Fleet, plural: fleets}}
";
    let options = Options { default_namespace: Some("team".to_owned()) };
    let outcome = read(&[bytes("shop.yaml", MANIFEST), bytes("crd.yaml", definition)], &options);
    let text = print(&outcome);
    assert!(text.contains("core/Service/team/web"), "{text}");
    assert!(text.contains("example.com/Fleet//blue"), "{text}");
}

#[test]
fn the_order_of_inputs_does_not_matter() {
    let documents: Vec<&str> = MANIFEST.split("---\n").collect();
    let forwards: Vec<Input> = documents.iter().map(|text| bytes("a", *text)).collect();
    let backwards: Vec<Input> = forwards.iter().rev().cloned().collect();
    let printed = |inputs: &[Input]| {
        let outcome = read(inputs, &Options::default());
        print(&Outcome { problems: Vec::new(), ..outcome })
    };
    assert_eq!(printed(&forwards), printed(&backwards));
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn pod(name: &str) -> String {
    format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {{\"name\": \"{name}\", \"namespace\": \"n\"}}}}\n"
    )
}

#[test]
fn folders_archives_and_gzip_give_their_manifests() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("dump/kube-system/web-1")).unwrap();
    fs::create_dir_all(path(".git")).unwrap();
    fs::write(path(".git/x.yaml"), ": : :").unwrap();
    fs::write(path("dump/pods.json"), pod("plain")).unwrap();
    fs::write(path("dump/kube-system/web-1/logs.txt"), "==== START logs for container c of pod n/p ====\n").unwrap();
    fs::write(path("packed.yaml.gz"), gzip(pod("gzipped").as_bytes())).unwrap();
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in
        [("d/b.yaml", pod("tarred")), ("d/logs.txt", "{ no json".to_owned()), ("d/a.json", "{".to_owned())]
    {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, content.as_bytes()).unwrap();
    }
    fs::write(path("dump.tar.gz"), gzip(&archive.into_inner().unwrap())).unwrap();

    let missing = Input::Path(path("absent.yaml"));
    let outcome = read(&[Input::Path(folder.path().to_owned()), missing], &Options::default());
    let name = folder.path().display().to_string();
    let text = print(&outcome).replace(name.as_str(), "FOLDER");
    insta::assert_snapshot!(text, @r"
    core/Pod v1 pods namespaced=true
      core/Pod/n/gzipped
      core/Pod/n/plain
      core/Pod/n/tarred
      core/Pod Cluster Live
    ! FOLDER/dump.tar.gz:d/a.json: document 1, line 1: EOF while parsing an object
    ! FOLDER/absent.yaml: No such file or directory (os error 2)
    ");
}

#[test]
fn a_dump_with_logs_in_between_reads_like_its_objects() {
    let dump = "\
{
    \"kind\": \"PodList\",
    \"apiVersion\": \"v1\",
    \"metadata\": {\"resourceVersion\": \"7\"},
    \"items\": [{\"metadata\": {\"name\": \"web-1\", \"namespace\": \"shop\", \"uid\": \"u\", \"resourceVersion\": \"5\"}}]
}
==== START logs for container web of pod shop/web-1 ====
{\"level\":\"info\"
starting==== END logs for container web of pod shop/web-1 ====
{
    \"kind\": \"EventList\",
    \"apiVersion\": \"v1\",
    \"items\": null
}
";
    let outcome = read(&[bytes("dump.json", dump)], &Options::default());
    assert_eq!(outcome.problems, []);
    let objects: Vec<&Object> = outcome
        .deltas
        .iter()
        .filter_map(|delta| if let Delta::Upsert(object) = delta { Some(object) } else { None })
        .collect();
    assert_eq!(objects.len(), 1);
    assert_eq!(objects.first().unwrap().key.as_str(), "core/Pod/shop/web-1");
    assert_eq!(objects.first().unwrap().resource_version.as_deref(), Some("5"));
}

#[test]
fn binary_input_is_a_problem_with_its_line() {
    let outcome = read(&[bytes("photo", b"a: 1\n\xff\xfe".to_vec())], &Options::default());
    assert_eq!(print(&outcome), "! photo: line 2: this is no UTF-8 text\n");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(input in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(&[bytes("any", input)], &Options::default());
    }

    /// Texts of the characters that YAML and JSON give a meaning to reach deeper than arbitrary bytes.
    #[test]
    fn arbitrary_structures_never_panic(input in "[-a{}\\[\\]:,&*!|>?'\"%#@~<.0 \t\n=S]{0,120}") {
        read(&[bytes("any", input.clone()), bytes("list", format!("kind: List\napiVersion: v1\nitems:\n{input}"))], &Options::default());
    }

    /// What serde_json prints is read back as the same object, as JSON and behind a document marker.
    #[test]
    fn printed_json_reads_back(name in "[a-z0-9]{1,20}", value in any::<String>(), number in any::<i64>()) {
        let body = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": "n"}, "data": {"text": value, "number": number}});
        for text in [body.to_string(), format!("---\n{}", serde_json::to_string_pretty(&body).unwrap())] {
            let outcome = read(&[bytes("any", text)], &Options::default());
            prop_assert_eq!(&outcome.problems, &[]);
            let read_back = outcome.deltas.iter().find_map(|delta| if let Delta::Upsert(object) = delta { Some(object.body.clone()) } else { None });
            prop_assert_eq!(read_back.as_deref(), Some(&body));
        }
    }
}
