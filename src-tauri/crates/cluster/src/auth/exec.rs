//! Exec plugins: programs that print credentials (`client.authentication.k8s.io`).

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::jiff::Timestamp;
use kube::config::{Cluster, ExecConfig, ExecInteractiveMode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use super::AuthError;
use crate::kubeconfig::{SearchPath, search_path};
use crate::yaml;

/// A login in a browser takes a while; longer than this, nobody is there.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a plugin printed.
#[derive(Default)]
pub(super) struct Printed {
    pub(super) token: Option<String>,
    /// PEM certificate chain and key.
    pub(super) identity: Option<(String, String)>,
    pub(super) expires: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
    expiration_timestamp: Option<String>,
}

/// Runs the plugin and reads what it prints.
pub(super) async fn run(exec: &ExecConfig, cluster: &Cluster, paths: &SearchPath) -> Result<Printed, AuthError> {
    let command = exec.command.clone().filter(|command| !command.is_empty()).ok_or(AuthError::ExecUnnamed)?;
    let failed = |why: String| AuthError::Exec { command: command.clone(), why };
    let folders = paths.folders().await;
    let program = locate(&command, &folders, exec)?;
    let mode = exec.interactive_mode.clone().unwrap_or(ExecInteractiveMode::IfAvailable);
    let terminal = std::io::stdin().is_terminal();
    if mode == ExecInteractiveMode::Always && !terminal {
        return Err(failed(
            "it wants to ask something on a terminal, and there is none: log in with it in a terminal first".to_owned(),
        ));
    }
    let interactive = terminal && mode != ExecInteractiveMode::Never;

    let mut process = Command::new(&program);
    process.args(exec.args.iter().flatten()).kill_on_drop(true);
    if let Ok(joined) = std::env::join_paths(&folders) {
        process.env("PATH", joined);
    }
    for entry in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (entry.get("name"), entry.get("value")) {
            process.env(name, value);
        }
    }
    process.env("KUBERNETES_EXEC_INFO", info(exec, cluster, interactive)?.to_string());
    process.stdout(Stdio::piped());
    if interactive {
        process.stdin(Stdio::inherit()).stderr(Stdio::inherit());
    } else {
        process.stdin(Stdio::null()).stderr(Stdio::piped());
    }
    let child = process.spawn().map_err(|error| failed(format!("{} does not start: {error}", program.display())))?;
    let output = match timeout(PATIENCE, child.wait_with_output()).await {
        Ok(output) => output.map_err(|error| failed(error.to_string()))?,
        Err(_) => return Err(failed(format!("it gave no answer within {} s", PATIENCE.as_secs()))),
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let said = last.get(last.len().saturating_sub(3)..).unwrap_or_default().join("; ");
        return Err(failed(format!("{} ended with {}: {said}", program.display(), output.status)));
    }
    read(&output.stdout).map_err(failed)
}

fn locate(command: &str, folders: &[PathBuf], exec: &ExecConfig) -> Result<PathBuf, AuthError> {
    let path = PathBuf::from(command);
    if path.components().count() > 1 {
        return Ok(path);
    }
    search_path::find(folders, OsStr::new(command)).ok_or_else(|| AuthError::ExecAbsent {
        command: command.to_owned(),
        looked: folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", "),
        hint: exec.install_hint.as_deref().map(|hint| format!(". {}", hint.trim())).unwrap_or_default(),
    })
}

/// The `ExecCredential` that tells the plugin what is asked of it.
fn info(exec: &ExecConfig, cluster: &Cluster, interactive: bool) -> Result<Value, AuthError> {
    let mut spec = json!({"interactive": interactive});
    if exec.provide_cluster_info {
        let mut described = json!({
            "server": cluster.server,
            "tls-server-name": cluster.tls_server_name,
            "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify,
            "certificate-authority-data": authority(cluster)?,
            "proxy-url": cluster.proxy_url,
            "config": cluster.extensions.iter().flatten()
                .find(|extension| extension.name == "client.authentication.k8s.io/exec")
                .map(|extension| extension.extension.clone()),
        });
        if let Some(fields) = described.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        if let Some(fields) = spec.as_object_mut() {
            fields.insert("cluster".to_owned(), described);
        }
    }
    let version = exec.api_version.as_deref().unwrap_or("client.authentication.k8s.io/v1");
    Ok(json!({"apiVersion": version, "kind": "ExecCredential", "spec": spec}))
}

fn authority(cluster: &Cluster) -> Result<Option<String>, AuthError> {
    if let Some(data) = &cluster.certificate_authority_data {
        return Ok(Some(data.clone()));
    }
    let Some(path) = &cluster.certificate_authority else { return Ok(None) };
    Ok(Some(STANDARD.encode(super::credential(path)?)))
}

/// Plugins print JSON, some of them YAML; both read as YAML.
fn read(printed: &[u8]) -> Result<Printed, String> {
    let text = str::from_utf8(printed).map_err(|_| "it printed no text".to_owned())?;
    let (documents, fault) = yaml::parse(text);
    let document = documents.into_iter().next().ok_or_else(|| match fault {
        Some(_) => "it printed no ExecCredential".to_owned(),
        None => "it printed nothing".to_owned(),
    })?;
    let status = document.value.get("status").cloned().unwrap_or(Value::Null);
    let status: Status = serde_json::from_value(status)
        .map_err(|_| "what it printed has no status as an ExecCredential has it".to_owned())?;
    let identity = status.client_certificate_data.zip(status.client_key_data);
    if status.token.is_none() && identity.is_none() {
        return Err("it printed neither a token nor a certificate".to_owned());
    }
    let expires = status.expiration_timestamp.as_deref().and_then(|time| time.parse().ok());
    Ok(Printed { token: status.token, identity, expires })
}
