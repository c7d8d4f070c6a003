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
    for delta in outcome.deltas.iter() {
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
    let objects: Vec<Object> = outcome
        .deltas
        .iter()
        .filter_map(|delta| if let Delta::Upsert(object) = delta { Some(object) } else { None })
        .collect();
    assert_eq!(objects.len(), 1);
    assert_eq!(objects.first().unwrap().key.as_str(), "core/Pod/shop/web-1");
    assert_eq!(objects.first().unwrap().resource_version.as_deref(), Some("5"));
}

#[test]
fn what_lies_beside_manifests_is_named_once_and_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("app.yaml", pod("web")),
        ("docker-compose.yml", "services: {web: {image: nginx}}\n".to_owned()),
        ("package.json", "{\"name\": \"x\"}".to_owned()),
        ("chart/Chart.yaml", "{apiVersion: v2, name: a, version: 1.0.0}\n".to_owned()),
        ("chart/templates/d.yaml", "name: {{ .Values.name }}\n".to_owned()),
        ("plain/d.yaml", "{{- if .a }}\na: b\n".to_owned()),
        ("prod/kustomization.yaml", "patches: [{path: replicas.yaml}]\n".to_owned()),
        ("prod/replicas.yaml", pod("web")),
        ("prod/gone.yaml", "{$patch: delete, apiVersion: v1, kind: Pod, metadata: {name: gone}}\n".to_owned()),
        ("node_modules/p/a.yaml", pod("foreign")),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let outcome = read(&[Input::Path(folder.path().to_owned())], &Options::default());
    let name = format!("{}/", folder.path().display());
    let notes = outcome.notes.join("\n").replace(name.as_str(), "");
    insta::assert_snapshot!(format!("{}{notes}", print(&outcome)), @r"
    core/Pod v1 pods namespaced=true
      core/Pod/n/web
      core/Pod Cluster Live
    left out prod/kustomization.yaml: a kustomize tree that is not built: what is shown are the files as they lie there; for what is applied, pipe `kubectl kustomize FOLDER` into --from -
    left out prod/gone.yaml, prod/replicas.yaml: patches change objects and are none
    left out chart/Chart.yaml, chart/templates/d.yaml: a Helm chart that is not rendered: for what is applied, pipe `helm template FOLDER` into --from -
    left out plain/d.yaml: templates that are not rendered
    left out docker-compose.yml: configuration of tools
    left out package.json: no Kubernetes objects
    left out node_modules: packages of npm
    ");
}

#[test]
fn a_patch_does_not_replace_what_it_patches() {
    let whole = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 1, selector: {a: b}}}";
    let patch = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 5}}";
    for inputs in
        [[bytes("all.yaml", whole), bytes("patch.yaml", patch)], [bytes("patch.yaml", patch), bytes("all.yaml", whole)]]
    {
        let outcome = read(&inputs, &Options::default());
        let replicas = outcome.deltas.iter().find_map(|delta| {
            if let Delta::Upsert(object) = delta { object.body.pointer("/spec/replicas").cloned() } else { None }
        });
        assert_eq!(replicas, Some(serde_json::json!(1)));
        assert_eq!(
            outcome.notes,
            ["apps/Deployment/default/web is there twice, in all.yaml and in patch.yaml; the one in all.yaml is shown"]
        );
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_and_pipes_are_not_opened() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("a.yaml"), pod("outside")).unwrap();
    fs::write(folder.path().join("b.yaml"), pod("inside")).unwrap();
    let path = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(outside.path().join("a.yaml"), path("link.yaml")).unwrap();
    std::os::unix::fs::symlink(outside.path(), path("folder")).unwrap();
    std::os::unix::fs::symlink(path("b.yaml"), path("again.yaml")).unwrap();
    std::os::unix::fs::symlink("/nowhere", path("dead.yaml")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(path("fifo.yaml")).status().unwrap().success());
    let outcome = read(&[Input::Path(folder.path().to_owned())], &Options::default());
    let name = folder.path().display().to_string();
    let mut problems: Vec<String> =
        outcome.problems.iter().map(|problem| problem.to_string().replace(name.as_str(), "")).collect();
    problems.sort();
    insta::assert_snapshot!(problems.join("\n"), @r"
    /fifo.yaml: this is no regular file but a pipe, socket or device; what a program prints goes to standard input (-)
    /folder: this link leads out of the folder, and is not followed; name its target itself
    /link.yaml: this link leads out of the folder, and is not followed; name its target itself
    ");
    assert_eq!(outcome.objects, 1);
    assert!(
        outcome.notes.iter().any(|note| note.ends_with("dead.yaml: links that lead nowhere")),
        "{:?}",
        outcome.notes
    );
}

#[test]
fn a_gzip_bomb_is_not_unpacked() {
    let bomb = gzip(&vec![b'#'; 40 << 20]);
    assert!(bomb.len() < 1 << 20, "it is a bomb");
    let outcome = read(&[bytes("bomb.yaml.gz", bomb)], &Options::default());
    assert!(print(&outcome).contains("it unpacks to more than"), "{}", print(&outcome));
}

#[test]
fn utf16_reads_like_utf8() {
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(pod("web").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let outcome = read(&[bytes("powershell.yaml", utf16)], &Options::default());
    assert_eq!((outcome.objects, outcome.problems), (1, Vec::new()));
}

#[test]
fn no_value_of_a_secret_is_in_objects_or_messages() {
    let text = "\
apiVersion: v1
kind: Secret
metadata: {name: s, annotations: {openshift.io/token-secret.value: CANARY, kapp.k14s.io/original: CANARY}}
stringdata: {p: CANARY}
---
{apiVersion: v1, kind: SecretList, items: {a: {stringData: {q: CANARY}}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: t}, data: {p: !!int CANARY}}
---
{apiVersion: v1, kind: Secret, metadata: {name: u}, data: {p: !!binary CANARY-}}
";
    let outcome = read(&[bytes("secret.yaml", text)], &Options::default());
    assert_eq!((outcome.objects, outcome.problems.len()), (1, 3), "{}", print(&outcome));
    let everything = format!("{:?}", outcome);
    assert!(!everything.contains("CANARY"), "{everything}");
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

#[test]
fn items_of_long_lists_are_read_one_by_one_and_come_out_alike() {
    let text = "x".repeat(2000);
    let pod =
        |at| serde_json::json!({"metadata": {"name": format!("p{at:04}"), "namespace": "n"}, "data": {"t": text}});
    let items: Vec<_> = (0..1200).map(pod).collect();
    let list = serde_json::json!({"apiVersion": "v1", "items": items, "kind": "ConfigMapList"});
    let long = list.to_string();
    assert!(long.len() > 2 << 20);
    let json = read(&[bytes("list", long.clone())], &Options::default());
    let yaml = read(
        &[bytes("list", format!("# read as YAML\napiVersion: v1\nkind: ConfigMapList\nitems: {}\n", list["items"]))],
        &Options::default(),
    );
    for outcome in [&json, &yaml] {
        assert_eq!((outcome.objects, outcome.problems.as_slice()), (1200, &[][..]));
        let bodies = |outcome: &Outcome| -> Vec<_> {
            outcome
                .deltas
                .iter()
                .filter_map(|delta| if let Delta::Upsert(object) = delta { Some(object.body) } else { None })
                .collect()
        };
        assert_eq!(bodies(outcome), bodies(&json));
    }
    // A list that was cut off is a problem, and one more behind it is read.
    let cut = format!(
        "{}\n{}",
        long.get(..long.len() / 2).unwrap(),
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}"
    );
    let outcome = read(&[bytes("cut", cut)], &Options::default());
    assert_eq!((outcome.objects, outcome.problems.len()), (1, 1), "{:?}", outcome.problems);
}

#[test]
fn objects_of_a_long_bare_list_are_read_one_by_one() {
    let text = "x".repeat(2000);
    let item = |at| {
        let metadata = serde_json::json!({"name": format!("c{at:04}"), "namespace": "n"});
        serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"t": text}})
    };
    let mut items: Vec<_> = (0..1200).map(item).collect();
    items.push(serde_json::json!({"data": "no object"}));
    let list = serde_json::Value::Array(items);
    for text in [list.to_string(), format!("# read as YAML\n{list}"), crate::yaml::to_yaml(&list)] {
        let mut pieces = 0;
        split::documents(&text, &mut Copies::default(), &mut |piece| {
            assert_eq!(piece.value.map(|whole| whole.items.len()), Ok(1201));
            pieces += 1;
        });
        assert_eq!(pieces, 1);
        let outcome = read(&[bytes("list", text)], &Options::default());
        assert_eq!((outcome.objects, outcome.problems.len()), (1200, 1), "{:?}", outcome.problems);
    }
}

#[test]
fn what_has_items_and_is_no_list_keeps_them() {
    for text in [
        "apiVersion: example.com/v1\nkind: Menu\nmetadata: {name: m}\nitems:\n- a\n- {b: 1}\n",
        "apiVersion: example.com/v1\nitems:\n- lost\nitems:\n- a\n- {b: 1}\nkind: Menu\nmetadata: {name: m}\n",
    ] {
        let outcome = read(&[bytes("menu", text)], &Options::default());
        assert_eq!(outcome.problems, []);
        let items = outcome
            .deltas
            .iter()
            .find_map(|delta| if let Delta::Upsert(object) = delta { object.body.get("items").cloned() } else { None });
        assert_eq!(items, Some(serde_json::json!(["a", {"b": 1}])));
    }
}
