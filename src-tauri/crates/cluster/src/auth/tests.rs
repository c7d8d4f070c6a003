#![allow(clippy::unwrap_used, clippy::expect_used)]
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use kube::config::{AuthInfo, Cluster, ExecConfig};

use super::*;
use crate::kubeconfig::{ProxyVariables, SearchPath};

fn access(user: AuthInfo, search_path: SearchPath) -> Access {
    let cluster = Cluster { server: Some("https://10.0.0.1:6443".to_owned()), ..Cluster::default() };
    Access { cluster, user, search_path: search_path.into(), proxies: ProxyVariables::default(), runs: Arc::default() }
}

fn script(path: &Path, text: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn plugin(command: &str) -> AuthInfo {
    let env = vec![[("name".to_owned(), "WHO".to_owned()), ("value".to_owned(), "ann".to_owned())].into()];
    let exec = ExecConfig {
        command: Some(command.to_owned()),
        env: Some(env),
        install_hint: Some("Install it with brew".to_owned()),
        interactive_mode: Some(kube::config::ExecInteractiveMode::Never),
        provide_cluster_info: true,
        ..ExecConfig::default()
    };
    AuthInfo { exec: Some(exec), ..AuthInfo::default() }
}

#[tokio::test]
async fn a_plugin_is_found_on_the_login_shells_path() {
    let folder = tempfile::tempdir().unwrap();
    let tools = folder.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    // The plugin calls a program that is on the shell's PATH only, and repeats what it was told of the cluster.
    script(&tools.join("token-of"), "echo token-$1-$(echo $KUBERNETES_EXEC_INFO | grep -o 10.0.0.1)");
    script(
        &tools.join("shop-login"),
        r#"echo "{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"$(token-of $WHO)\",\"expirationTimestamp\":\"2030-01-01T00:00:00Z\"}}""#,
    );
    let shell = folder.path().join("shell");
    script(&shell, &format!("echo Welcome; PATH={}:/usr/bin:/bin; shift; eval \"$1\"", tools.display()));
    let search_path = SearchPath::new(Some("/nowhere".into()), Some(shell.into()), None);
    let credentials = prepare(&access(plugin("shop-login"), search_path), None, None).await.unwrap();
    assert_eq!(credentials.header.unwrap(), "Bearer token-ann-10.0.0.1");
    assert_eq!(credentials.renew_at.unwrap().to_string(), "2029-12-31T23:59:30Z");
    assert!(!credentials.config.default_retry);
}

#[tokio::test]
async fn a_missing_plugin_says_where_it_was_looked_for() {
    let search_path = SearchPath::new(Some("/nowhere:/else".into()), None, None);
    let error = prepare(&access(plugin("absent-plugin"), search_path), None, None).await.err().unwrap().to_string();
    assert!(
        error.starts_with("the program `absent-plugin` that logs in was not found; looked in /nowhere, /else"),
        "{error}"
    );
    assert!(error.ends_with("Install it with brew"), "{error}");
}

#[tokio::test]
async fn a_failing_plugin_is_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("login");
    script(&path, "echo 'session expired, run login' >&2; exit 3");
    let error =
        prepare(&access(plugin(&path.display().to_string()), SearchPath::default()), None, None).await.err().unwrap();
    assert!(error.to_string().contains("session expired, run login"), "{error}");
}

#[tokio::test]
async fn tokens_come_from_files_and_are_trimmed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "abc\n").unwrap();
    let user = AuthInfo { token_file: Some(path.display().to_string()), ..AuthInfo::default() };
    let credentials = prepare(&access(user.clone(), SearchPath::default()), None, None).await.unwrap();
    assert_eq!(credentials.header.unwrap(), "Bearer abc");
    assert!(credentials.renew_at.is_some());
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(prepare(&access(user, SearchPath::default()), None, None).await, Err(AuthError::Read { .. })));
}

#[tokio::test]
async fn password_impersonation_and_server_name() {
    let user = AuthInfo {
        username: Some("ann".to_owned()),
        password: Some("pw".to_owned().into()),
        impersonate: Some("bob".to_owned()),
        ..AuthInfo::default()
    };
    let mut access = access(user, SearchPath::default());
    access.cluster.server = Some("10.0.0.1:8080".to_owned());
    access.cluster.tls_server_name = Some("kubernetes".to_owned());
    access.cluster.insecure_skip_tls_verify = Some(true);
    let credentials = prepare(&access, Some("team"), None).await.unwrap();
    assert_eq!(credentials.header.unwrap(), "Basic YW5uOnB3");
    assert_eq!(credentials.config.cluster_url.to_string(), "http://10.0.0.1:8080/");
    assert_eq!(credentials.config.auth_info.impersonate.as_deref(), Some("bob"));
    assert_eq!(credentials.config.tls_server_name.as_deref(), Some("kubernetes"));
    assert_eq!(credentials.config.default_namespace, "team");
    assert!(credentials.config.accept_invalid_certs);
}

/// A plugin that writes a line for every run into `runs`, and then does `what`.
fn counted(folder: &Path, what: &str) -> Access {
    let path = folder.join("login");
    script(&path, &format!("echo run >> {}\n{what}", folder.join("runs").display()));
    access(plugin(&path.display().to_string()), SearchPath::default())
}

fn runs(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("runs")).unwrap().lines().count()
}

#[tokio::test]
async fn a_plugin_runs_once_until_its_credentials_end_or_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    // Its clock is wrong: what it prints has ended long ago.
    let status = r#"echo '{"status": {"token": "t", "expirationTimestamp": "2001-01-01T00:00:00Z"}}'"#;
    let access = counted(folder.path(), status);
    let first = prepare(&access, None, None).await.unwrap();
    prepare(&access.clone(), None, None).await.unwrap();
    assert_eq!(runs(folder.path()), 1);
    let second = prepare(&access, None, Some(first.run)).await.unwrap();
    prepare(&access, None, Some(first.run)).await.unwrap();
    assert_eq!((runs(folder.path()), second.run), (2, first.run + 1));
}

#[tokio::test]
async fn a_failure_answers_everybody_who_asks_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let access = counted(folder.path(), "echo 'log in first' >&2; exit 1");
    for _ in 0..3 {
        let error = prepare(&access, None, None).await.err().unwrap().to_string();
        assert!(error.contains("log in first"), "{error}");
    }
    assert_eq!(runs(folder.path()), 1);
}

#[tokio::test]
async fn a_plugin_without_end_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let error = prepare(&counted(folder.path(), "yes"), None, None).await.err().unwrap().to_string();
    assert!(error.contains("printed more than 1024 KiB"), "{error}");
}

#[tokio::test]
async fn what_a_plugin_has_started_ends_with_whoever_waits_for_it() {
    use std::io::Read;
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("alive");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let access = counted(folder.path(), &format!("exec 3>{}; echo x >&3; sleep 600 & wait", fifo.display()));
    let waiting = tokio::spawn(async move { prepare(&access, None, None).await.map(|_| ()) });
    let mut alive = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::open(fifo).unwrap();
        file.read_exact(&mut [0; 2]).unwrap();
        file
    })
    .await
    .unwrap();
    waiting.abort();
    assert!(waiting.await.is_err(), "it was still waiting");
    // The end of the file comes when the last of the group has closed its side.
    tokio::task::spawn_blocking(move || alive.read_to_end(&mut Vec::new()).unwrap()).await.unwrap();
}
