//! Exec plugins: programs that print credentials (`client.authentication.k8s.io`).

use std::ffi::OsStr;
use std::fmt;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::config::{Cluster, ExecConfig, ExecInteractiveMode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{AuthError, Credentials};
use crate::kubeconfig::{SearchPath, search_path};
use crate::program::{self, Unfinished};
use crate::yaml;

/// A login in a browser takes a while; longer than this, nobody is there.
const PATIENCE: Duration = Duration::from_secs(180);

/// For so long a failure is the answer to everybody who asks: a hundred watches must not start a hundred programs.
const FAILURE_AGE: Duration = Duration::from_secs(5);
/// Credentials count for so long at least, so that a plugin whose clock is wrong does not run for every question.
const LEAST_AGE: SignedDuration = SignedDuration::from_secs(10);
/// Credentials are renewed this long before they end.
const MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// The last run of a context's plugin, shared by all who log in with it.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// Counts the runs.
    number: u64,
    printed: Option<Printed>,
    failed: Option<(Instant, String)>,
}

impl Runs {
    /// What the plugin printed: at its last run, unless that has ended, failed a while ago, or is the one whose
    /// credentials the server `refused`; with the number of the run and when to run it again.
    pub(super) async fn credentials(
        &self,
        exec: &ExecConfig,
        cluster: &Cluster,
        paths: &SearchPath,
        refused: Option<u64>,
    ) -> Result<(u64, Printed), AuthError> {
        let mut last = self.0.lock().await;
        if let Some(printed) = &last.printed
            && !Credentials::are_due(printed.renew_at)
            && refused.is_none_or(|refused| refused < last.number)
        {
            return Ok((last.number, printed.clone()));
        }
        if let Some((at, why)) = &last.failed
            && at.elapsed() < FAILURE_AGE
        {
            return Err(AuthError::Before(why.clone()));
        }
        last.printed = None;
        let ran = run(exec, cluster, paths).await;
        last.number += 1;
        last.failed = ran.as_ref().err().map(|error| (Instant::now(), error.to_string()));
        let printed = ran?;
        last.printed = Some(printed.clone());
        Ok((last.number, printed))
    }
}

/// What a plugin printed.
#[derive(Clone, Default)]
pub(super) struct Printed {
    pub(super) token: Option<String>,
    /// PEM certificate chain and key.
    pub(super) identity: Option<(String, String)>,
    /// When to run it again.
    pub(super) renew_at: Option<Timestamp>,
}

impl fmt::Debug for Printed {
    /// Says nothing secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Printed").field("renew_at", &self.renew_at).finish_non_exhaustive()
    }
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
async fn run(exec: &ExecConfig, cluster: &Cluster, paths: &SearchPath) -> Result<Printed, AuthError> {
    let command = exec.command.clone().filter(|command| !command.is_empty()).ok_or(AuthError::ExecUnnamed)?;
    let failed = |why: String| AuthError::Exec { command: command.clone(), why };
    let folders = paths.folders().await;
    let path = locate(&command, &folders, exec)?;
    let mode = exec.interactive_mode.clone().unwrap_or(ExecInteractiveMode::IfAvailable);
    let terminal = std::io::stdin().is_terminal();
    if mode == ExecInteractiveMode::Always && !terminal {
        return Err(failed(
            "it wants to ask something on a terminal, and there is none: log in with it in a terminal first".to_owned(),
        ));
    }
    let interactive = terminal && mode != ExecInteractiveMode::Never;

    let mut process = Command::new(&path);
    process.args(exec.args.iter().flatten());
    if let Ok(joined) = std::env::join_paths(&folders) {
        process.env("PATH", joined);
    }
    for entry in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (entry.get("name"), entry.get("value")) {
            process.env(name, value);
        }
    }
    process.env("KUBERNETES_EXEC_INFO", info(exec, cluster, interactive)?.to_string());
    if interactive {
        process.stdin(Stdio::inherit()).stderr(Stdio::inherit());
    } else {
        process.stdin(Stdio::null()).stderr(Stdio::piped());
    }
    let output = program::output(process, !interactive, PATIENCE).await.map_err(|error| match error {
        Unfinished::Start(error) => failed(format!("{} does not start: {error}", path.display())),
        other => failed(other.to_string()),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let said = last.get(last.len().saturating_sub(3)..).unwrap_or_default().join("; ");
        return Err(failed(format!("{} ended with {}: {said}", path.display(), output.status)));
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
    let expires: Option<Timestamp> = status.expiration_timestamp.as_deref().and_then(|time| time.parse().ok());
    let renew_at = expires.map(|expires| (expires - MARGIN).max(Timestamp::now() + LEAST_AGE));
    Ok(Printed { token: status.token, identity, renew_at })
}
