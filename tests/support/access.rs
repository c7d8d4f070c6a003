//! Who asks which API server: what a kubeconfig context says, as a value and as a file.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};

use crate::keys::Identity;
use crate::kubectl;

/// One account on one API server. Clones share the kubeconfig file, which lives in the run's folder.
#[derive(Clone)]
pub struct Access {
    server: String,
    /// The authority the server is trusted by, as PEM; `None` where the server speaks plain HTTP.
    authority: Option<String>,
    token: Option<String>,
    identity: Option<Identity>,
    kubeconfig: PathBuf,
}

impl Access {
    /// Writes a kubeconfig in `folder` whose context is called `name`.
    pub(crate) fn write(
        folder: &Path,
        name: &str,
        server: String,
        authority: Option<String>,
        token: Option<String>,
        identity: Option<Identity>,
    ) -> Result<Self> {
        // Tests that ask for the same account at the same time must not write into each other's file.
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let kubeconfig = folder.join(format!("{name}-{number}.kubeconfig"));
        let access = Self { server, authority, token, identity, kubeconfig };
        access.save(name)?;
        Ok(access)
    }

    /// The same account behind another address.
    pub(crate) fn through(&self, name: &str, server: String, authority: Option<String>) -> Result<Self> {
        let folder = self.kubeconfig.parent().context("a kubeconfig lies in a folder")?;
        Self::write(folder, name, server, authority, self.token.clone(), self.identity.clone())
    }

    /// Another account on the same server, by a token.
    pub(crate) fn with_token(&self, folder: &Path, name: &str, token: String) -> Result<Self> {
        Self::write(folder, name, self.server.clone(), self.authority.clone(), Some(token), None)
    }

    /// The same, by a client certificate.
    pub(crate) fn with_identity(&self, folder: &Path, name: &str, identity: Identity) -> Result<Self> {
        Self::write(folder, name, self.server.clone(), self.authority.clone(), None, Some(identity))
    }

    /// The current context of a kubeconfig, read by `kubectl`, so that every rule of merging and relative paths holds.
    /// It is written anew in `folder`, as are the kubeconfigs that come of it. A context whose account comes from a
    /// program or a file is read as one without account.
    pub fn of_kubeconfig(kubeconfig: &Path, folder: &Path) -> Result<Self> {
        let output = Command::new(kubectl::program())
            .env("KUBECONFIG", kubeconfig)
            .args(["config", "view", "--raw", "--minify", "--flatten", "--output", "json"])
            .output()
            .context("start kubectl")?;
        if !output.status.success() {
            bail!("kubectl cannot read {}: {}", kubeconfig.display(), String::from_utf8_lossy(&output.stderr).trim());
        }
        let config: Value = serde_json::from_slice(&output.stdout).context("read kubectl's view of a kubeconfig")?;
        let (cluster, user) = (&config["clusters"][0]["cluster"], &config["users"][0]["user"]);
        let server = cluster["server"].as_str().context("the kubeconfig names no server")?.to_owned();
        let text = |value: &Value| value.as_str().map(decoded).transpose();
        let identity = match (text(&user["client-certificate-data"])?, text(&user["client-key-data"])?) {
            (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
            _ => None,
        };
        let token = user["token"].as_str().map(str::to_owned);
        let authority = text(&cluster["certificate-authority-data"])?;
        Self::write(folder, "given", server, authority, token, identity)
    }

    /// The address of the API server, without a path.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The bearer token, where the account has one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A kubeconfig with this one context, which is its current one.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// How to trust the server and what to show it.
    pub(crate) fn tls(&self) -> Result<ClientConfig> {
        trusting(self.authority.as_deref().unwrap_or_default(), self.identity.as_ref())
    }

    fn save(&self, name: &str) -> Result<()> {
        let mut cluster = json!({ "server": self.server });
        if let Some(authority) = &self.authority {
            cluster["certificate-authority-data"] = json!(encoded(authority));
        }
        let mut user = json!({});
        if let Some(token) = &self.token {
            user["token"] = json!(token);
        }
        if let Some(identity) = &self.identity {
            user["client-certificate-data"] = json!(encoded(&identity.certificate));
            user["client-key-data"] = json!(encoded(&identity.key));
        }
        // JSON is YAML.
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{ "name": name, "cluster": cluster }],
            "users": [{ "name": name, "user": user }],
            "contexts": [{ "name": name, "context": { "cluster": name, "user": name } }],
            "current-context": name,
        });
        fs::write(&self.kubeconfig, format!("{config:#}\n"))
            .with_context(|| format!("write {}", self.kubeconfig.display()))
    }
}

impl fmt::Debug for Access {
    /// Without what is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("server", &self.server)
            .field("kubeconfig", &self.kubeconfig)
            .finish_non_exhaustive()
    }
}

/// Trusts the authorities in a PEM text (which may be empty) and nobody else.
pub(crate) fn trusting(authorities: &str, identity: Option<&Identity>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(authorities)? {
        roots.add(certificate).context("trust the authority of a server")?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("choose the versions of TLS")?
        .with_root_certificates(roots);
    match identity {
        Some(identity) => builder
            .with_client_auth_cert(certificates(&identity.certificate)?, private_key(&identity.key)?)
            .context("use a client certificate"),
        None => Ok(builder.with_no_client_auth()),
    }
}

pub(crate) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().context("read a certificate")
}

pub(crate) fn private_key(pem: &str) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).context("read a key")
}

fn encoded(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn decoded(text: &str) -> Result<String> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).context("decode a field of a kubeconfig")?;
    String::from_utf8(bytes).context("read a field of a kubeconfig")
}
