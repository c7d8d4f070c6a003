//! Where kubeconfigs are looked for.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kube::config::{AuthInfo, Cluster};

use super::{Access, ProxyVariables, SearchPath};

/// The outside facts that decide which contexts there are. Taken from the process once, or made by a test.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `--kubeconfig`: this file alone.
    pub explicit: Option<PathBuf>,
    /// `KUBECONFIG`: a list of files.
    pub variable: Option<OsString>,
    /// The home folder, for `~/.kube/config`.
    pub home: Option<PathBuf>,
    /// The service account of the pod this runs in.
    pub service_account: Option<ServiceAccount>,
    /// Where exec plugins are found.
    pub search_path: Arc<SearchPath>,
    /// Proxies for contexts that name none.
    pub proxies: ProxyVariables,
}

/// What Kubernetes gives a pod to reach its API server.
#[derive(Clone, Debug)]
pub struct ServiceAccount {
    /// `KUBERNETES_SERVICE_HOST`.
    pub host: String,
    /// `KUBERNETES_SERVICE_PORT`.
    pub port: String,
    /// The folder with `token`, `ca.crt` and `namespace`.
    pub folder: PathBuf,
}

impl Environment {
    /// The process' own; `explicit` is the file that `--kubeconfig` names.
    pub fn from_process(explicit: Option<PathBuf>) -> Self {
        let home = env::home_dir();
        let text = |name: &str| env::var(name).ok().filter(|text| !text.is_empty());
        let folder = PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount");
        let service_account = match (text("KUBERNETES_SERVICE_HOST"), text("KUBERNETES_SERVICE_PORT")) {
            (Some(host), Some(port)) if folder.join("token").is_file() => Some(ServiceAccount { host, port, folder }),
            _ => None,
        };
        let search_path = Arc::new(SearchPath::new(env::var_os("PATH"), env::var_os("SHELL"), home.clone()));
        let proxies = ProxyVariables::read(|name| env::var(name).ok());
        Self { explicit, variable: env::var_os("KUBECONFIG"), home, service_account, search_path, proxies }
    }

    /// The account `user` at `cluster`, seen from here.
    pub(super) fn access(&self, cluster: Cluster, user: AuthInfo) -> Arc<Access> {
        let (search_path, proxies) = (self.search_path.clone(), self.proxies.clone());
        Arc::new(Access { cluster, user, search_path, proxies, runs: Arc::default() })
    }

    /// The files in order, whether they are there or not.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = match (&self.explicit, &self.variable, &self.home) {
            (Some(explicit), ..) => vec![explicit.clone()],
            (None, Some(variable), _) if !variable.is_empty() => {
                env::split_paths(variable).filter(|path| !path.as_os_str().is_empty()).collect()
            }
            (None, _, Some(home)) => vec![home.join(".kube").join("config")],
            (None, _, None) => Vec::new(),
        };
        for file in &mut files {
            if let Ok(absolute) = std::path::absolute(&*file) {
                *file = absolute;
            }
        }
        let mut seen = Vec::new();
        files.retain(|file| {
            let fresh = !seen.contains(file);
            seen.push(file.clone());
            fresh
        });
        files
    }

    /// Whether a missing file is a fault: only the one that was named on purpose.
    pub(super) fn is_required(&self, file: &Path) -> bool {
        self.explicit.as_deref().and_then(|path| std::path::absolute(path).ok()).as_deref() == Some(file)
    }
}
