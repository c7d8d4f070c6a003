//! Who we are to a cluster: from a context to a client configuration and an `Authorization` header.
//!
//! Tokens are not given to kube's client but put on each request, so that a refreshed token costs no new connection.

mod exec;

pub(crate) use exec::Runs;

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::config::{KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext};
use model::mask_credentials;
use secrecy::ExposeSecret;

use crate::files;
use crate::kubeconfig::{Access, proxy};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Files of tokens are read again after this long; kubelets renew them well before they end.
const TOKEN_FILE_AGE: SignedDuration = SignedDuration::from_secs(60);

/// Why credentials or the way to the server could not be prepared. Trying again helps where a program or a file was
/// put right in between.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The plugin's program is nowhere.
    #[error("the program `{command}` that logs in was not found; looked in {looked}{hint}")]
    ExecAbsent {
        /// As the kubeconfig names it.
        command: String,
        /// Folders, separated by commas.
        looked: String,
        /// The kubeconfig's `installHint`.
        hint: String,
    },
    /// The kubeconfig has an `exec` without `command`.
    #[error("the user's exec entry names no command")]
    ExecUnnamed,
    /// The plugin ran and gave no credentials.
    #[error("the program `{command}` that logs in failed: {why}")]
    Exec {
        /// As the kubeconfig names it.
        command: String,
        /// What happened.
        why: String,
    },
    /// The plugin has just failed, and is not run again so soon.
    #[error("{0}")]
    Before(String),
    /// A file that the kubeconfig names cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A token that no HTTP header can carry.
    #[error("the token holds characters that no header can carry")]
    Token,
    /// An address that is none.
    #[error("`{0}` is no address")]
    Address(String),
    /// Certificates or other fields of the kubeconfig are malformed.
    #[error("the kubeconfig entry cannot be used")]
    Entry(#[source] kube::config::KubeconfigError),
}

/// Ready to make requests with.
pub(crate) struct Credentials {
    /// Without token.
    pub(crate) config: kube::Config,
    /// `Authorization`.
    pub(crate) header: Option<HeaderValue>,
    /// When to prepare them again.
    pub(crate) renew_at: Option<Timestamp>,
    /// The run of the plugin that they are from.
    pub(crate) run: u64,
}

impl Credentials {
    /// Whether the margin before their end has begun.
    pub(crate) fn are_due(renew_at: Option<Timestamp>) -> bool {
        renew_at.is_some_and(|at| Timestamp::now() >= at)
    }
}

/// Runs the plugin or reads the files that the context names.
/// `refused` is the run whose credentials the server did not accept.
pub(crate) async fn prepare(
    access: &Access,
    namespace: Option<&str>,
    refused: Option<u64>,
) -> Result<Credentials, AuthError> {
    let mut user = access.user.clone();
    let mut renew_at = None;
    let mut run = 0;
    let mut token = user.token.take().map(|token| token.expose_secret().to_owned());
    if let Some(path) = user.token_file.take() {
        match files::read_credential(Path::new(&path)) {
            Ok(text) => token = Some(text.trim().to_owned()),
            // A token beside the file is what one falls back to, as client-go does.
            Err(source) if token.is_none() => return Err(AuthError::Read { path: path.into(), source }),
            Err(_) => {}
        }
        renew_at = Some(Timestamp::now() + TOKEN_FILE_AGE);
    }
    if let Some(exec) = user.exec.take() {
        let (number, printed) = access.runs.credentials(&exec, &access.cluster, &access.search_path, refused).await?;
        (run, token, renew_at) = (number, printed.token, printed.renew_at);
        if let Some((certificate, key)) = printed.identity {
            user.client_certificate_data = Some(STANDARD.encode(certificate));
            user.client_key_data = Some(STANDARD.encode(key).into());
        }
    }
    let header = match (token.filter(|token| !token.is_empty()), user.username.take(), user.password.take()) {
        (Some(token), ..) => Some(header(&format!("Bearer {token}"))?),
        (None, Some(name), password) => {
            let password = password.map(|password| password.expose_secret().to_owned()).unwrap_or_default();
            Some(header(&format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))?)
        }
        (None, None, _) => None,
    };
    let config = config(access, user, namespace).await?;
    Ok(Credentials { config, header, renew_at, run })
}

fn header(text: &str) -> Result<HeaderValue, AuthError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| AuthError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

async fn config(
    access: &Access,
    user: kube::config::AuthInfo,
    namespace: Option<&str>,
) -> Result<kube::Config, AuthError> {
    let mut cluster = access.cluster.clone();
    let mut user = user;
    // Read here, where files have an end, and not where connections are made.
    inline(&mut cluster.certificate_authority, &mut cluster.certificate_authority_data)?;
    inline(&mut user.client_certificate, &mut user.client_certificate_data)?;
    if let Some(key) = user.client_key.take().filter(|_| user.client_key_data.is_none()) {
        user.client_key_data = Some(STANDARD.encode(credential(&key)?).into());
    }
    let server = cluster.server.take().unwrap_or_default();
    // client-go's default where the scheme is left out.
    let secure = cluster.certificate_authority.is_some() || cluster.certificate_authority_data.is_some();
    let server = match (server.contains("://"), secure) {
        (true, _) => server,
        (false, true) => format!("https://{server}"),
        (false, false) => format!("http://{server}"),
    };
    let address: Uri = server.parse().map_err(|_| AuthError::Address(mask_credentials(&server).into_owned()))?;
    let proxy = proxy::choose(cluster.proxy_url.take().as_deref(), &address, &access.proxies);
    cluster.server = Some(server);
    let context = kube::config::Context {
        cluster: "cluster".to_owned(),
        user: Some("user".to_owned()),
        namespace: namespace.map(str::to_owned),
        ..Default::default()
    };
    let kubeconfig = Kubeconfig {
        clusters: vec![NamedCluster { name: "cluster".to_owned(), cluster: Some(cluster), ..Default::default() }],
        auth_infos: vec![NamedAuthInfo { name: "user".to_owned(), auth_info: Some(user), ..Default::default() }],
        contexts: vec![NamedContext { name: "context".to_owned(), context: Some(context), ..Default::default() }],
        current_context: Some("context".to_owned()),
        ..Default::default()
    };
    let mut config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
        .await
        .map_err(AuthError::Entry)?;
    config.proxy_url = proxy.map_err(|text| AuthError::Address(mask_credentials(&text).into_owned()))?;
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    // Retrying is the informers' business: hidden retries hide what the person must see.
    config.default_retry = false;
    // Bodies are unpacked where they are parsed, not on the network's task.
    config.disable_compression = true;
    Ok(config)
}

/// Puts a file's content where the kubeconfig may hold it itself; what it holds itself counts first, as in kubectl.
fn inline(path: &mut Option<String>, data: &mut Option<String>) -> Result<(), AuthError> {
    if let Some(path) = path.take().filter(|_| data.is_none()) {
        *data = Some(STANDARD.encode(credential(&path)?));
    }
    Ok(())
}

fn credential(path: &str) -> Result<Vec<u8>, AuthError> {
    files::read(Path::new(path), files::CREDENTIAL_LIMIT)
        .map_err(|source| AuthError::Read { path: path.into(), source })
}

#[cfg(test)]
mod tests;
