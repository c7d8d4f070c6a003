//! What scripts depend on: exit statuses, one line on standard error, what is said of documents that cannot be read.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Three documents, the second of which is no YAML from its third line on.
const MANIFESTS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
---
apiVersion: v1
kind: [Service
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, envFrom: [{configMapRef: {name: settings}}]}]}
";

/// A folder of its own, with no kubeconfig and no database of the person in reach.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("shop.yaml"), MANIFESTS).unwrap();
        let (_, rest) = MANIFESTS.split_once("---\n").unwrap();
        fs::write(folder.path().join("good.yaml"), rest.split_once("---\n").unwrap().1).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubilitics-cli"));
        command
            .args(words)
            .current_dir(self.path())
            .env("KUBECONFIG", self.path().join("no-kubeconfig"))
            .env("KUBILITICS_DATABASE", self.path().join("none.db"))
            .env_remove("KUBILITICS_LOG")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_cannot_be_understood_is_usage() {
    let place = Place::new();
    let usages: [&[&str]; 9] = [
        &[],
        &["draw"],
        &["topology", "--nonsense"],
        &["topology", "--from"],
        &["topology", "--from", "shop.yaml", "--demo"],
        &["topology", "--from", "shop.yaml", "--depth", "2"],
        &["topology", "--from", "shop.yaml", "--lens", "moon"],
        &["export", "--from", "shop.yaml"],
        &["export", "--from", "shop.yaml", "-o", "x.svg", "--aspect", "wide"],
    ];
    for words in usages {
        let output = place.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty(), "{words:?}");
    }
}

#[test]
fn a_failure_is_one_line_that_says_what_and_where() {
    let place = Place::new();
    fs::write(place.path().join("rules.yaml"), "rules: [{id: x}]\n").unwrap();
    fs::write(place.path().join("empty.yaml"), "# nothing\n").unwrap();
    let failures: [(&[&str], i32, &str); 11] = [
        (&["topology"], 1, "context"),
        (&["topology", "--context", "prod"], 1, "no-kubeconfig"),
        (&["topology", "--kubeconfig", "absent"], 1, "absent"),
        (&["topology", "--from", "absent.yaml"], 1, "absent.yaml"),
        (&["topology", "--from", "empty.yaml"], 1, "no Kubernetes object"),
        (&["topology", "--demo=mall"], 2, "mall"),
        (&["topology", "--from", "good.yaml", "-l", "a in"], 2, "selector"),
        (&["topology", "--from", "good.yaml", "--rules", "rules.yaml"], 1, "rules.yaml"),
        (&["export", "--from", "good.yaml", "-o", "picture.gif"], 2, "picture.gif"),
        (
            &["export", "--from", "good.yaml", "-o", "x.svg", "--format", "gif"],
            2,
            "svg, png, pdf, json, drawio, mmd, d2",
        ),
        (&["export", "--from", "good.yaml", "-o", "absent/picture.svg"], 1, "no folder absent"),
    ];
    for (words, status, named) in failures {
        let output = place.run(words);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{words:?}: {error}");
        assert!(output.stdout.is_empty(), "{words:?}: {}", text(&output.stdout));
        assert_eq!(error.lines().count(), 1, "{words:?}: {error}");
        assert!(error.starts_with("kubilitics-cli: ") && error.contains(named), "{words:?}: {error}");
    }
}

#[test]
fn a_file_of_rules_adds_the_relations_of_ones_own_kinds() {
    let place = Place::new();
    let rules = "
rules:
- id: database-keeps-backups-in
  source: {group: example.com, kind: Database}
  path: spec.backups[].bucketName
  target: {group: example.com, kind: Bucket}
  class: routes
";
    let objects = "
{apiVersion: example.com/v1, kind: Database, metadata: {name: orders, namespace: shop}, spec: {backups: [{bucketName: nightly}]}}
---
{apiVersion: example.com/v1, kind: Bucket, metadata: {name: nightly, namespace: shop}}
";
    fs::write(place.path().join("own-rules.yaml"), rules).unwrap();
    fs::write(place.path().join("own.yaml"), objects).unwrap();
    let edges = |words: &[&str]| {
        let output = place.run(words);
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["edges"].clone()
    };
    assert_eq!(edges(&["topology", "--from", "own.yaml"]), serde_json::json!([]));
    let expected = serde_json::json!([{
        "from": "example.com/Database/shop/orders",
        "to": "example.com/Bucket/shop/nightly",
        "relation": "database-keeps-backups-in",
        "class": "routes",
        "state": "resolved",
        "fields": ["spec.backups[0].bucketName"],
    }]);
    let traffic = ["topology", "--from", "own.yaml", "--rules", "own-rules.yaml", "--lens", "traffic"];
    assert_eq!(edges(&traffic), expected);
}

#[test]
fn a_namespace_of_which_there_is_nothing_is_named() {
    let place = Place::new();
    let both = place.run(&["topology", "--from", "good.yaml", "-n", "shop", "-n", "shpo"]);
    let error = text(&both.stderr);
    assert_eq!(both.status.code(), Some(1), "{error}");
    assert!(error.contains("`shpo`") && !error.contains("`shop`"), "{error}");
    assert!(text(&both.stdout).contains("apps/Deployment/shop/web"), "what is there is printed");
}

/// A server with ConfigMaps, Pods and nodes that lets nobody list anything but what is in the namespace `shop`, and its
/// kubeconfig as `restricted` in the place.
fn restricted(place: &Place) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let kubeconfig = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{{name: c, cluster: {{server: 'http://{}'}}}}]\n\
         users: [{{name: u, user: {{}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n",
        listener.local_addr().unwrap()
    );
    fs::write(place.path().join("restricted"), kubeconfig).unwrap();
    // It ends with the process of the test.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            // It ends when its client leaves.
            std::thread::spawn(move || answer_one(stream.unwrap()));
        }
    });
}

/// One request, one answer; a watch stays open until its client leaves.
fn answer_one(mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(asked) = lines.next() else { return };
    let mut rest = lines.take_while(|line| !line.is_empty());
    rest.by_ref().for_each(drop);
    let path = asked.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let (place, query) = path.split_once('?').unwrap_or((&path, ""));
    let resource = |name: &str, kind: &str, namespaced: bool| serde_json::json!({"name": name, "kind": kind, "namespaced": namespaced, "verbs": ["get", "list", "watch"]});
    let settings = serde_json::json!({
        "metadata": {"name": "settings", "namespace": "shop", "uid": "1", "resourceVersion": "1"},
    });
    let list = |kind: &str, items: Vec<Value>| serde_json::json!({"kind": kind, "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items});
    let (status, body) = match place {
        "/version" => ("200 OK", serde_json::json!({"major": "1", "minor": "36", "gitVersion": "v1.36.0"})),
        "/api" => ("200 OK", serde_json::json!({"kind": "APIVersions", "versions": ["v1"]})),
        "/apis" => ("200 OK", serde_json::json!({"kind": "APIGroupList", "groups": []})),
        "/api/v1" => {
            let kinds = [("configmaps", "ConfigMap", true), ("pods", "Pod", true), ("nodes", "Node", false)];
            let resources: Vec<_> = kinds.map(|(name, kind, namespaced)| resource(name, kind, namespaced)).into();
            ("200 OK", serde_json::json!({"kind": "APIResourceList", "groupVersion": "v1", "resources": resources}))
        }
        "/api/v1/namespaces/shop/configmaps" => ("200 OK", list("ConfigMapList", vec![settings])),
        "/api/v1/namespaces/shop/pods" => ("200 OK", list("PodList", Vec::new())),
        _ => {
            let message = format!("{place} is forbidden: User \"u\" cannot list it");
            let reason = "Forbidden";
            ("403 Forbidden", serde_json::json!({"kind": "Status", "code": 403, "reason": reason, "message": message}))
        }
    };
    let (length, body) = match (status, query.contains("watch=")) {
        ("200 OK", true) => (String::new(), String::new()),
        _ => (format!("Content-Length: {}\r\n", body.to_string().len()), body.to_string()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n{length}\r\n");
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
    if length.is_empty() {
        // Whoever watches hears nothing, and leaves when it has seen enough.
        let _ = BufReader::new(stream).lines().count();
    }
}

#[test]
fn a_namespace_that_the_account_may_not_look_into_is_told_from_one_that_is_empty() {
    let place = Place::new();
    restricted(&place);
    let run = |words: &[&str]| {
        let all = ["export", "--kubeconfig", "restricted", "-o", "map.svg"].iter().chain(words);
        let output = place.run(&all.copied().collect::<Vec<_>>());
        (output.status.code(), text(&output.stderr), fs::remove_file(place.path().join("map.svg")).is_ok())
    };
    let (status, error, written) = run(&["-n", "payments"]);
    assert!(error.contains("may list nothing in the namespace `payments`"), "{error}");
    assert!(!error.contains("written right"), "{error}");
    assert_eq!((status, written, error.lines().count()), (Some(1), false, 1), "{error}");

    let (status, error, written) = run(&["-n", "shop", "-n", "payments"]);
    assert!(error.contains("`payments`") && !error.contains("`shop`"), "{error}");
    assert_eq!((status, written, error.lines().count()), (Some(1), true, 1), "{error}");

    let (status, error, written) = run(&[]);
    assert!(error.contains("may not be listed") && error.contains("-n"), "{error}");
    assert_eq!((status, written, error.lines().count()), (Some(1), false, 1), "{error}");

    let (status, error, written) = run(&["--keep-going"]);
    assert_eq!((status, written, error.lines().count()), (Some(0), true, 1), "{error}");

    let (status, error, written) = run(&["-n", "shop"]);
    assert_eq!((status, written, error.as_str()), (Some(0), true, ""));
}

#[test]
fn an_export_that_would_show_nothing_says_so() {
    let place = Place::new();
    let words = ["export", "--from", "good.yaml", "-o", "map.svg", "-l", "app=none"];
    let output = place.run(&words);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("labels `app=none`") && error.lines().count() == 1, "{error}");
    assert!(!place.path().join("map.svg").exists());
    let kept = place.run(&[&words[..], &["--keep-going"]].concat());
    assert_eq!(kept.status.code(), Some(0), "{}", text(&kept.stderr));
    assert!(place.path().join("map.svg").exists() && text(&kept.stderr).contains("nothing to draw"));
}

#[test]
fn a_malformed_document_is_named_and_the_rest_is_used() {
    let place = Place::new();
    for (words, status) in
        [(&["topology", "--from", "shop.yaml"][..], 1), (&["topology", "--from", "shop.yaml", "--keep-going"], 0)]
    {
        let output = place.run(words);
        assert_eq!(output.status.code(), Some(status), "{words:?}");
        let graph: Value = serde_json::from_slice(&output.stdout).unwrap();
        let ids: Vec<&str> = graph["nodes"].as_array().unwrap().iter().filter_map(|node| node["id"].as_str()).collect();
        assert!(ids.contains(&"core/ConfigMap/shop/settings") && ids.contains(&"apps/Deployment/shop/web"), "{ids:?}");
        let error = text(&output.stderr);
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.contains("shop.yaml: document 2, line 6"), "{error}");
    }
}

#[test]
fn every_format_is_written_by_its_ending_or_its_name() {
    let place = Place::new();
    let formats: [(&str, &[u8]); 9] = [
        ("svg", b"<svg"),
        ("png", b"\x89PNG"),
        ("pdf", b"%PDF"),
        ("json", b"{"),
        ("drawio", b"<mxfile"),
        ("mmd", b"---"),
        ("d2", b"#"),
        ("dot", b"digraph"),
        ("graphml", b"<?xml"),
    ];
    for (ending, beginning) in formats {
        let file = format!("picture.{ending}");
        let output = place.run(&["export", "--from", "good.yaml", "-o", &file]);
        assert_eq!(output.status.code(), Some(0), "{ending}: {}", text(&output.stderr));
        let bytes = fs::read(place.path().join(&file)).unwrap();
        let head = text(&bytes[..bytes.len().min(400)]);
        assert!(head.contains(&*text(beginning)), "{ending}: {head}");
        let named = place.run(&["export", "--from", "good.yaml", "-o", "-", "--format", ending]);
        assert!(named.stdout == bytes, "{ending} differs on standard output");
    }
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".kubilitics-")), "{left:?}");
}

#[test]
fn a_failed_export_leaves_the_file_of_before() {
    let place = Place::new();
    let file = place.path().join("map.png");
    fs::write(&file, "of before").unwrap();
    let output = place.run(&["export", "--demo", "--expand", "--scale", "20", "-o", "map.png"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&file).unwrap(), "of before");
}

#[test]
fn manifests_come_on_standard_input_too() {
    let place = Place::new();
    let mut child =
        place.command(&["topology", "--from", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let manifest = fs::read(place.path().join("good.yaml")).unwrap();
    child.stdin.take().unwrap().write_all(&manifest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(output.stdout == place.run(&["topology", "--from", "good.yaml"]).stdout);
}

/// A program of the test, ended with it.
struct Running(Child);

#[cfg(unix)]
impl Running {
    /// A program that serves, and the address that it printed.
    fn serving(mut command: Command) -> (Self, String) {
        let mut running = Self(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut address = String::new();
        BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
        (running, address.trim().to_owned())
    }

    /// As Ctrl-C does.
    fn interrupt(&self) {
        assert!(Command::new("kill").args(["-s", "INT", &self.0.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn serving_prints_its_address_and_ends_well_when_asked() {
    let place = Place::new();
    for words in [&["serve", "--from", "good.yaml"][..], &["serve", "--demo"]] {
        let (mut running, address) = Running::serving(place.command(words));
        let (at, secret) = address.strip_prefix("http://127.0.0.1:").unwrap().split_once("/open/").unwrap();
        assert!(at.parse::<u16>().is_ok() && secret.len() >= 32, "{address}");
        running.interrupt();
        assert_eq!(running.0.wait().unwrap().code(), Some(0), "{words:?}");
    }
}

/// What was seen: the login program of a kubeconfig went on for ever after Ctrl-C, with all it had started.
#[cfg(unix)]
#[test]
fn a_program_that_logs_in_ends_with_the_command_that_runs_it() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let program = place.path().join("login");
    fs::write(&program, "#!/bin/sh\nsleep 987 &\necho $! > started.part\nmv started.part started\nsleep 988\n")
        .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let kubeconfig = "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
        clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n\
        contexts: [{name: c, context: {cluster: c, user: u}}]\n\
        users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never}}}]\n";
    fs::write(place.path().join("kc"), kubeconfig).unwrap();
    let child = place.command(&["topology", "--kubeconfig", "kc"]).stderr(Stdio::null()).spawn().unwrap();
    let mut running = Running(child);
    let started = place.path().join("started");
    while !started.exists() {
        assert!(running.0.try_wait().unwrap().is_none(), "it ended before it logged in");
        std::thread::yield_now();
    }
    let child = fs::read_to_string(started).unwrap().trim().to_owned();
    running.interrupt();
    assert_eq!(running.0.wait().unwrap().code(), Some(130));
    // What is ended may not be gone yet, but it is not running any more.
    let runs = || {
        let state = fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        state.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
    };
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while runs() {
        assert!(std::time::Instant::now() < end, "what it started runs on");
        std::thread::yield_now();
    }
}

#[cfg(unix)]
#[test]
fn a_second_interruption_waits_for_nobody() {
    let place = Place::new();
    let mut command = place.command(&["serve", "--demo"]);
    command.env("KUBILITICS_TOKEN", "a-token-of-this-test");
    let (mut running, address) = Running::serving(command);
    let at = address.strip_prefix("http://").unwrap().split('/').next().unwrap();
    // A request that stays under way: it announces more than it sends.
    let mut held = TcpStream::connect(at).unwrap();
    let head = "POST /api/v1/app_info HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a-token-of-this-test\r\n\
                Expect: 100-continue\r\nContent-Length: 9\r\n\r\n";
    held.write_all(head.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(held.try_clone().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains(" 100 "), "it reads the body: {line}");
    running.interrupt();
    while TcpStream::connect(at).is_ok() {}
    running.interrupt();
    assert_eq!(running.0.wait().unwrap().code(), Some(130));
}

#[test]
fn what_serve_cannot_do_is_usage() {
    let place = Place::new();
    let mut short = place.command(&["serve", "--demo"]);
    let output = short.env("KUBILITICS_TOKEN", "short").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("KUBILITICS_TOKEN needs 16 or more"), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("short"), "what was typed may be a secret");
    let output = place.run(&["serve", "--from", "good.yaml", "--default-namespace", "shop"]);
    assert_eq!((output.status.code(), text(&output.stderr).contains("topology and export")), (Some(2), true));
    let output = place.run(&["serve", "--demo", "--files", "good.yaml"]);
    assert_eq!((output.status.code(), text(&output.stderr).contains("good.yaml is no folder")), (Some(2), true));
}

#[cfg(unix)]
#[test]
fn an_export_has_the_mode_of_any_file_and_replaces_nothing_but_files() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let place = Place::new();
    let shell = |line: &str| {
        let mut command = Command::new("sh");
        let program = env!("CARGO_BIN_EXE_kubilitics-cli");
        command
            .args(["-c", &format!("{line} {program} export --from good.yaml -o \"$OUT\"")])
            .current_dir(place.path());
        command
    };
    let mode = |name: &str| fs::metadata(place.path().join(name)).unwrap().permissions().mode() & 0o777;
    for (umask, expected) in [("umask 077;", 0o600), ("umask 022;", 0o644), ("umask 002;", 0o664)] {
        assert!(shell(umask).env("OUT", format!("{expected:o}.svg")).status().unwrap().success());
        assert_eq!(mode(&format!("{expected:o}.svg")), expected);
    }
    let socket = place.path().join("socket.svg");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let output = shell("").env("OUT", "socket.svg").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("socket.svg is a device, a pipe or a socket"), "{}", text(&output.stderr));
    assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
}

#[cfg(unix)]
#[test]
fn the_demo_writes_a_kubeconfig_for_others_and_ends_well_when_asked() {
    let place = Place::new();
    let mut running = Running(place.command(&["demo"]).stdout(Stdio::piped()).spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let first: Vec<String> = lines.take(2).map(Result::unwrap).collect();
    assert!(first.iter().any(|line| line.starts_with("apiVersion:") || line.starts_with("kind: Config")), "{first:?}");
    running.interrupt();
    assert_eq!(running.0.wait().unwrap().code(), Some(0));
}
