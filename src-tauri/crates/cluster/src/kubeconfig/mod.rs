//! kubeconfig by kubectl's rules, except that contexts of the same name in different files stay apart.
//!
//! Order: `--kubeconfig`, else every file of `KUBECONFIG`, else `~/.kube/config`; the service account of a pod last.
//! Missing files of a list are skipped, the first file wins, relative paths belong to the file that holds them, a
//! context finds its cluster and user in its own file first. Nothing is ever written.

mod environment;
mod file;
pub(crate) mod proxy;
pub(crate) mod search_path;
mod watch;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use kube::config::{AuthInfo, Cluster};
use model::ClusterId;

pub use environment::{Environment, ServiceAccount};
pub use proxy::ProxyVariables;
pub use search_path::SearchPath;
pub use watch::Watch;

use crate::auth::Runs;
use crate::{Problem, files, text};
use file::File;

/// What one kubeconfig may have; thousands of contexts with their certificates fit into it.
const SIZE_LIMIT: u64 = 16 << 20;

/// Every context that can be named, in the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    /// All of them, broken ones included.
    pub contexts: Vec<Context>,
    /// The one that is used where none is named.
    pub current: Option<ClusterId>,
    /// What is wrong with the files.
    pub problems: Vec<Problem>,
    /// Those of them for which a file cannot be read at all. kubectl then takes none of the others either, since a
    /// context of the same name in a later file may be another cluster.
    pub broken: Vec<Problem>,
    /// The files that were looked for, in order, missing ones included.
    pub files: Vec<PathBuf>,
}

/// One way to reach one cluster.
#[derive(Clone)]
pub struct Context {
    /// File and name: stable across restarts.
    pub id: ClusterId,
    /// The name, unique within its file only.
    pub name: String,
    /// The file that holds it; none for the service account of a pod.
    pub file: Option<PathBuf>,
    /// The name of its cluster entry.
    pub cluster: String,
    /// The name of its user entry.
    pub user: Option<String>,
    /// The server's address as the file writes it.
    pub server: Option<String>,
    /// The namespace it is set to.
    pub namespace: Option<String>,
    /// How it logs in.
    pub login: Login,
    /// Why it cannot be used, as far as the files tell.
    pub problem: Option<String>,
    pub(crate) access: Arc<Access>,
}

/// How a context logs in; says nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// Nothing: anonymous.
    None,
    /// A token in the file.
    Token,
    /// A token in a file of its own, read again and again.
    TokenFile,
    /// A client certificate.
    Certificate,
    /// User name and password.
    Password,
    /// A program that prints credentials.
    Exec {
        /// The program as the file names it.
        command: String,
    },
    /// An old built-in provider (`oidc`, `gcp`).
    Provider {
        /// Its name.
        name: String,
    },
}

/// What it takes to connect.
#[derive(Clone, Default)]
pub(crate) struct Access {
    pub(crate) cluster: Cluster,
    pub(crate) user: AuthInfo,
    pub(crate) search_path: Arc<SearchPath>,
    pub(crate) proxies: ProxyVariables,
    /// Of the exec plugin.
    pub(crate) runs: Arc<Runs>,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("id", &self.id)
            .field("server", &self.server)
            .field("login", &self.login)
            .finish()
    }
}

impl Contexts {
    /// The context called `name` (the first in the order of the files, as kubectl takes it) or, without a name, the
    /// current one.
    ///
    /// # Errors
    /// A sentence that says what there is instead.
    pub fn select(&self, name: Option<&str>) -> Result<&Context, String> {
        if let Some(broken) = self.broken.first() {
            return Err(format!("no kubeconfig context can be chosen: {broken}; mend the file, or leave it out"));
        }
        let found = match (name, &self.current) {
            (Some(name), _) => self.contexts.iter().find(|context| context.name == name),
            (None, Some(id)) => self.by_id(id),
            (None, None) => None,
        };
        found.ok_or_else(|| {
            let names: Vec<&str> = self.contexts.iter().map(|context| context.name.as_str()).collect();
            let files: Vec<String> = self.files.iter().map(|file| file.display().to_string()).collect();
            match (name, names.is_empty()) {
                (_, true) if !self.problems.is_empty() => {
                    let problems: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
                    format!("no kubeconfig context can be read: {}", problems.join("; "))
                }
                (_, true) => format!("no kubeconfig context is there; looked in {}", files.join(", ")),
                (Some(name), _) => format!("no context is called `{name}`; there are {}", names.join(", ")),
                (None, _) => format!("no current context is set; name one of {}", names.join(", ")),
            }
        })
    }

    /// The context with that id.
    pub fn by_id(&self, id: &ClusterId) -> Option<&Context> {
        self.contexts.iter().find(|context| context.id == *id)
    }
}

/// Reads all files. Never fails: what is wrong is in [`Contexts::problems`] and in each [`Context::problem`].
pub fn load(environment: &Environment) -> Contexts {
    let mut problems = Vec::new();
    let files = environment.files();
    let mut parsed = Vec::new();
    let mut broken = Vec::new();
    for path in &files {
        let problem =
            |message: String| Problem { file: path.display().to_string(), document: None, line: None, message };
        let read = files::read(path, SIZE_LIMIT);
        let missing = read.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        if missing && !environment.is_required(path) {
            continue;
        }
        let text = read.map_err(|error| problem(error.to_string()));
        let file = text.and_then(|bytes| {
            let text = text::decode(&bytes).map_err(|error| problem(error.message.to_owned()))?;
            file::parse(path, &text, &mut problems)
        });
        match file {
            Ok(file) => parsed.push((path.clone(), file)),
            Err(problem) => {
                problems.push(problem.clone());
                broken.push(problem);
            }
        }
    }
    let mut contexts = contexts(&parsed, environment);
    let current_name = parsed.iter().find_map(|(_, file)| file.current.as_deref());
    let mut current = current_name.and_then(|name| contexts.iter().find(|context| context.name == name));
    if let (None, Some(name)) = (&current, current_name) {
        problems.push(Problem {
            file: parsed
                .iter()
                .find(|(_, file)| file.current.is_some())
                .map(|(path, _)| path.display().to_string())
                .unwrap_or_default(),
            document: None,
            line: None,
            message: format!("the current context `{name}` is in no file"),
        });
    }
    let in_cluster = environment.service_account.as_ref().map(|account| in_cluster(account, environment));
    if contexts.is_empty() && current_name.is_none() {
        current = in_cluster.as_ref();
    }
    let current = current.map(|context| context.id.clone());
    contexts.extend(in_cluster);
    Contexts { contexts, current, problems, broken, files }
}

fn contexts(files: &[(PathBuf, File)], environment: &Environment) -> Vec<Context> {
    let mut contexts = Vec::new();
    for (path, file) in files {
        // Its own file first, then the merged set, in which the first file wins.
        let order = || std::iter::once(file).chain(files.iter().map(|(_, file)| file));
        for (name, body) in &file.contexts {
            let cluster = order().flat_map(|file| &file.clusters).find(|(name, _)| *name == body.cluster);
            let user_name = body.user.clone().filter(|name| !name.is_empty());
            let user =
                user_name.as_ref().map(|user| order().flat_map(|file| &file.users).find(|(name, _)| name == user));
            // What is wrong with an entry is the cause; that there is none follows from it.
            let unreadable = |section: &str, name: &str| {
                let mut all = order().flat_map(|file| &file.unreadable);
                all.find(|entry| entry.section == section && entry.name == name).map(|entry| &entry.why)
            };
            let wanted_user = user_name.as_deref().unwrap_or_default();
            let problem = match (cluster, &user) {
                (None, _) if let Some(why) = unreadable("cluster", &body.cluster) => {
                    Some(format!("its cluster `{}` cannot be used: {why}", body.cluster))
                }
                (_, Some(None)) if let Some(why) = unreadable("user", wanted_user) => {
                    Some(format!("its user `{wanted_user}` cannot be used: {why}"))
                }
                (None, _) if body.cluster.is_empty() => Some("the context names no cluster".to_owned()),
                (None, _) => Some(format!("its cluster `{}` is in no file", body.cluster)),
                (_, Some(None)) => Some(format!("its user `{wanted_user}` is in no file")),
                (Some((name, cluster)), _) if cluster.server.as_deref().unwrap_or_default().is_empty() => {
                    Some(format!("its cluster `{name}` has no server"))
                }
                _ => None,
            };
            let cluster = cluster.map(|(_, cluster)| cluster.clone()).unwrap_or_default();
            let user = user.flatten().map(|(_, user)| user.clone()).unwrap_or_default();
            contexts.push(Context {
                id: ClusterId(format!("{}#{name}", path.display()).into()),
                name: name.clone(),
                file: Some(path.clone()),
                cluster: body.cluster.clone(),
                user: user_name,
                server: cluster.server.clone(),
                namespace: body.namespace.clone().filter(|namespace| !namespace.is_empty()),
                login: login(&user),
                problem,
                access: environment.access(cluster, user),
            });
        }
    }
    contexts
}

fn login(user: &AuthInfo) -> Login {
    if let Some(provider) = &user.auth_provider {
        Login::Provider { name: provider.name.clone() }
    } else if let Some(exec) = &user.exec {
        Login::Exec { command: exec.command.clone().unwrap_or_default() }
    } else if user.token_file.is_some() {
        Login::TokenFile
    } else if user.token.is_some() {
        Login::Token
    } else if user.username.is_some() {
        Login::Password
    } else if user.client_certificate.is_some() || user.client_certificate_data.is_some() {
        Login::Certificate
    } else {
        Login::None
    }
}

fn in_cluster(account: &ServiceAccount, environment: &Environment) -> Context {
    let path = |name: &str| Some(account.folder.join(name).display().to_string());
    let host = if account.host.contains(':') { format!("[{}]", account.host) } else { account.host.clone() };
    let server = Some(format!("https://{host}:{}", account.port));
    let cluster = Cluster { server: server.clone(), certificate_authority: path("ca.crt"), ..Cluster::default() };
    let user = AuthInfo { token_file: path("token"), ..AuthInfo::default() };
    let namespace = files::read_credential(&account.folder.join("namespace")).ok().map(|text| text.trim().to_owned());
    Context {
        id: ClusterId("in-cluster".into()),
        name: "in-cluster".to_owned(),
        file: None,
        cluster: "in-cluster".to_owned(),
        user: None,
        server,
        namespace: namespace.filter(|namespace| !namespace.is_empty()),
        login: Login::TokenFile,
        problem: None,
        access: environment.access(cluster, user),
    }
}

#[cfg(test)]
mod tests;
