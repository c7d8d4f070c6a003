#![allow(clippy::unwrap_used, clippy::expect_used)]
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;

const WORK: &str = "\
current-context: prod
clusters:
- name: prod
  cluster: {server: 'https://work:6443', certificate-authority: pki/ca.crt, proxy-url: 'socks5://proxy:1080'}
users:
- name: ann
  user: {client-certificate: ann.crt, client-key: /keys/ann.key}
- name: plugin
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, args: [a], env: [{name: K, value: v}]}
contexts:
- name: prod
  context: {cluster: prod, user: ann, namespace: shop}
- name: exec
  context: {cluster: prod, user: plugin}
";

const HOME: &str = "\
current-context: dev
clusters:
- name: prod
  cluster: {server: 'https://home:6443'}
users:
- name: ann
  user: {token: 12345}
- name: bob
  user: {token: secret-token}
contexts:
- name: prod
  context: {cluster: prod, user: bob}
- name: borrowed
  context: {cluster: prod, user: plugin}
- name: broken
  context: {cluster: nowhere, user: nobody}
- name: dev
  context: {cluster: prod}
";

fn environment(folder: &Path, files: &[&str]) -> Environment {
    let list = std::env::join_paths(files.iter().map(|file| folder.join(file))).unwrap();
    Environment { variable: Some(list), home: Some(folder.to_owned()), ..Environment::default() }
}

fn print(contexts: &Contexts, folder: &Path) -> String {
    let mut text = String::new();
    for context in &contexts.contexts {
        let current = if contexts.current.as_ref() == Some(&context.id) { "*" } else { " " };
        let server = context.server.as_deref().unwrap_or("-");
        let namespace = context.namespace.as_deref().unwrap_or("-");
        let _ = write!(text, "{current} {} {server} {namespace} {:?}", context.id, context.login);
        let _ =
            writeln!(text, "{}", context.problem.as_ref().map(|problem| format!(" ! {problem}")).unwrap_or_default());
    }
    for problem in &contexts.problems {
        let _ = writeln!(text, "! {problem}");
    }
    let folder = folder.display().to_string();
    text.replace(folder.as_str(), "")
}

#[test]
fn several_files_merge_and_same_names_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("work"), WORK).unwrap();
    fs::write(folder.path().join("home"), HOME).unwrap();
    let contexts = load(&environment(folder.path(), &["absent", "work", "home", "work"]));
    insta::assert_snapshot!(print(&contexts, folder.path()), @r#"
    * /work#prod https://work:6443 shop Certificate
      /work#exec https://work:6443 - Exec { command: "/./bin/login" }
      /home#prod https://home:6443 - Token
      /home#borrowed https://home:6443 - Exec { command: "/./bin/login" }
      /home#broken - - None ! its cluster `nowhere` is in no file
      /home#dev https://home:6443 - None
    ! /home: user `ann`: `token` is a number, where a text belongs; put it in quotes
    "#);
    assert_eq!(contexts.select(Some("prod")).unwrap().server.as_deref(), Some("https://work:6443"));
    assert_eq!(contexts.select(None).unwrap().name, "prod");
    assert!(contexts.select(Some("nope")).unwrap_err().contains("there are prod, exec"));
}

#[test]
fn relative_paths_belong_to_their_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("work"), WORK).unwrap();
    let contexts = load(&environment(folder.path(), &["work"]));
    let access = |name: &str| contexts.select(Some(name)).unwrap().access.clone();
    let path = |name: &str| Some(folder.path().join(name).display().to_string());
    assert_eq!(access("prod").cluster.certificate_authority, path("pki/ca.crt"));
    assert_eq!(access("prod").user.client_certificate, path("ann.crt"));
    assert_eq!(access("prod").user.client_key.as_deref(), Some("/keys/ann.key"));
    assert_eq!(access("exec").user.exec.clone().unwrap().command, path("./bin/login"));
}

#[test]
fn the_named_file_alone_counts_and_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("work"), WORK).unwrap();
    let mut environment = environment(folder.path(), &["work"]);
    environment.explicit = Some(folder.path().join("absent"));
    let contexts = load(&environment);
    assert!(contexts.contexts.is_empty());
    assert_eq!(contexts.problems.len(), 1);
    assert!(contexts.select(None).unwrap_err().contains("absent"));
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    for (text, reason) in [("a: [b\n", "line"), ("just words\n", "this is no kubeconfig")] {
        fs::write(folder.path().join("work"), text).unwrap();
        let problem = load(&environment(folder.path(), &["work"])).select(None).unwrap_err();
        assert!(problem.contains("/work") && problem.contains(reason), "{problem}");
    }
}

#[test]
fn a_broken_file_among_several_is_an_error_and_the_others_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("broken"), "contexts: [\n").unwrap();
    fs::write(folder.path().join("work"), WORK).unwrap();
    let contexts = load(&environment(folder.path(), &["broken", "work"]));
    assert_eq!(contexts.contexts.len(), 2);
    for name in [None, Some("prod")] {
        let refused = contexts.select(name).unwrap_err();
        assert!(refused.contains("/broken: line 1"), "{refused}");
    }
}

#[test]
fn a_token_that_is_a_number_is_named_by_the_context_that_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let text = HOME.replace("{token: secret-token}", "{token: 4711}");
    fs::write(folder.path().join("home"), text).unwrap();
    let contexts = load(&environment(folder.path(), &["home"]));
    let problem = contexts.select(Some("prod")).unwrap().problem.clone().unwrap();
    assert_eq!(problem, "its user `bob` cannot be used: `token` is a number, where a text belongs; put it in quotes");
}

#[test]
fn utf16_is_read_and_a_file_without_end_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(WORK.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("work"), utf16).unwrap();
    assert_eq!(load(&environment(folder.path(), &["work"])).contexts.len(), 2);
    fs::write(folder.path().join("long"), vec![b'#'; 17 << 20]).unwrap();
    let refused = load(&environment(folder.path(), &["long"])).select(None).unwrap_err();
    assert!(refused.contains("larger than 16 MiB"), "{refused}");
}

#[test]
fn an_alias_bomb_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = format!("a: &a {}\nb: [{}]\n", "A".repeat(100_000), "*a,".repeat(1_000));
    fs::write(folder.path().join("work"), bomb).unwrap();
    let refused = load(&environment(folder.path(), &["work"])).select(None).unwrap_err();
    assert!(refused.contains("anchors and aliases"), "{refused}");
}

#[test]
fn a_pod_has_its_service_account_where_no_file_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("namespace"), "team\n").unwrap();
    let account =
        ServiceAccount { host: "fd00::1".to_owned(), port: "443".to_owned(), folder: folder.path().to_owned() };
    let environment = Environment { service_account: Some(account), ..Environment::default() };
    assert_eq!(print(&load(&environment), folder.path()), "* in-cluster https://[fd00::1]:443 team TokenFile\n");
}

#[tokio::test(start_paused = true)]
async fn a_replaced_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (contexts, mut watch) = Watch::new(environment(folder.path(), &["work"]));
    assert!(contexts.contexts.is_empty());
    fs::write(folder.path().join("new"), WORK).unwrap();
    fs::rename(folder.path().join("new"), folder.path().join("work")).unwrap();
    assert_eq!(watch.changed().await.contexts.len(), 2);
    fs::remove_file(folder.path().join("work")).unwrap();
    assert!(watch.changed().await.contexts.is_empty());
}

proptest! {
    #[test]
    fn arbitrary_files_never_panic(text in "([-a-z]{0,8}: |[-{}\\[\\], \n'\"&*|]|name: |clusters:\n|users:\n|contexts:\n|- ){0,60}") {
        let mut problems = Vec::new();
        let _ = file::parse(Path::new("/x/config"), &text, &mut problems);
    }

    /// An entry that cannot be used is named, and costs no other.
    #[test]
    fn a_broken_entry_leaves_the_others(broken in "[0-9]{1,3}|true|'x'|\\{token: \\[1\\]\\}|\\{exec: 7\\}", at in 0_usize..5) {
        let body = |index| if index == at { broken.clone() } else { format!("{{token: t{index}}}") };
        let users: String = (0..5).map(|index| format!("- name: u{index}\n  user: {}\n", body(index))).collect();
        let mut problems = Vec::new();
        let file = file::parse(Path::new("/x/config"), &format!("users:\n{users}"), &mut problems).unwrap();
        prop_assert_eq!(problems.len(), 1);
        prop_assert!(problems.iter().all(|problem| problem.message.contains(&format!("u{at}"))), "{:?}", problems);
        for index in (0..5).filter(|index| *index != at) {
            let read = file.users.iter().find(|(name, _)| *name == format!("u{index}"));
            let token = read.and_then(|(_, user)| user.token.as_ref()).map(|token| token.expose_secret().to_owned());
            prop_assert_eq!(token, Some(format!("t{index}")));
        }
    }
}
