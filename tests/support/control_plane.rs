//! A real Kubernetes control plane, from start to end: the upstream programs on free ports of loopback, or a cluster
//! that a contributor gives. It knows nothing of what is tested on it.

use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::access::Access;
use crate::accounts::Account;
use crate::client::Client;
use crate::folder::{RunFolder, control_plane_folder};
use crate::keys::Authority;
use crate::program::Program;
use crate::programs::{Server, Start};
use crate::wait::eventually;
use crate::{kubectl, kubelets, metrics};

/// Names the kubeconfig of a cluster to use for [`ControlPlane::shared`] in place of one of our own.
pub const KUBECONFIG_VARIABLE: &str = "KUBILITICS_TEST_KUBECONFIG";

/// Which programs to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The controller manager and the scheduler: without them nothing happens by itself, and nothing is collected.
    pub controllers: bool,
    /// How many nodes kwok plays the kubelets of; without nodes there is no kwok.
    pub nodes: usize,
    /// metrics-server, which needs controllers and nodes.
    pub metrics: bool,
    /// Whether the API server answers watches from memory. Without, every old version is as old as etcd says.
    pub watch_cache: bool,
}

impl Parts {
    /// Everything, with five nodes.
    pub const ALL: Self = Self { controllers: true, nodes: 5, metrics: true, watch_cache: true };
    /// etcd and the API server alone: objects stay as they are put, for benchmarks.
    pub const BARE: Self = Self { controllers: false, nodes: 0, metrics: false, watch_cache: true };
}

/// A running control plane. Dropping it kills the programs and removes their data; they also end with the process,
/// however that ends. Holds nothing that belongs to a runtime, so that tests with a runtime each can share it.
#[derive(Debug)]
pub struct ControlPlane {
    admin: Access,
    kubectl: PathBuf,
    own: Option<Own>,
    // Last: the programs write here until they are gone.
    folder: RunFolder,
}

/// What there is only where we started the programs ourselves.
#[derive(Debug)]
struct Own {
    programs: Mutex<Programs>,
    authority: Authority,
    etcd_address: String,
}

#[derive(Debug)]
struct Programs {
    // In the order of dropping: whoever depends on the API server goes first.
    others: Vec<Program>,
    api_server: Program,
    etcd: Program,
}

impl ControlPlane {
    /// The one that all tests of a process share: started by whoever asks first, ended with the process. It is the
    /// cluster of `KUBILITICS_TEST_KUBECONFIG` where that is set, else one of our own with all [`Parts`].
    pub async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<ControlPlane> = OnceCell::const_new();
        SHARED
            .get_or_try_init(|| async {
                match env::var_os(KUBECONFIG_VARIABLE) {
                    Some(kubeconfig) => Self::given(Path::new(&kubeconfig)).await,
                    None => Self::start(Parts::ALL).await,
                }
            })
            .await
    }

    /// One of our own. Returns when its API server answers and its nodes are ready.
    pub async fn start(parts: Parts) -> Result<Self> {
        let built = control_plane_folder()?;
        let folder = RunFolder::create(&built.join("run"))?;
        let start = Start { built: &built, run: &folder };
        let mut server = start.server(parts.controllers, parts.watch_cache)?;
        let client = Client::new(&server.admin)?;
        ready(&client, &mut server).await?;

        let log = folder.write("container.log", "")?;
        let previous_log = folder.write("container-previous.log", "")?;
        for (file, text) in [(&previous_log, "cannot reach the database, giving up"), (&log, "listening on :8080")] {
            append_log(file, text)?;
        }
        let mut others = if parts.controllers { start.controllers(&server)? } else { Vec::new() };
        if parts.nodes > 0 {
            kubelets::define_logs(&client).await?;
            others.push(start.kubelets(&server, &log, &previous_log)?);
        }
        if parts.metrics {
            let (program, port) = start.metrics(&server)?;
            others.push(program);
            metrics::register(&client, port).await?;
        }
        let Server { etcd, etcd_address, api_server, admin, authority, .. } = server;
        let programs = Mutex::new(Programs { others, api_server, etcd });
        let own = Some(Own { programs, authority, etcd_address });
        let plane = Self { admin, kubectl: built.join("bin/kubectl"), own, folder };
        let settled = async {
            kubelets::create_nodes(&client, parts.nodes).await?;
            if parts.controllers { plane.accepts_pods(&client, "default").await } else { Ok(()) }
        };
        tokio::select! {
            settled = settled => settled?,
            ended = plane.one_ends() => return Err(ended),
        }
        Ok(plane)
    }

    /// Somebody else's cluster, by its kubeconfig's current context.
    async fn given(kubeconfig: &Path) -> Result<Self> {
        let folder = RunFolder::beside_program()?;
        let admin = Access::of_kubeconfig(kubeconfig, folder.path())?;
        Client::new(&admin)?.get("/readyz/ping").await.with_context(|| format!("reach {}", admin.server()))?;
        Ok(Self { admin, kubectl: kubectl::program(), own: None, folder })
    }

    /// The account that may everything.
    pub fn admin(&self) -> &Access {
        &self.admin
    }

    /// An account that may do what `account` says and no more, by real RBAC. Asked again, it gives a fresh token to the
    /// same account, with rights over the kinds that exist at that moment.
    pub async fn account(&self, account: Account) -> Result<Access> {
        let client = self.client()?;
        let token = account.establish(&client).await?;
        let access = self.admin.with_token(self.folder.path(), &account.name(), token)?;
        account.effective(&Client::new(&access)?).await?;
        Ok(access)
    }

    /// An account that shows a client certificate in place of a token. `system:masters` is the group that may everything.
    pub fn by_certificate(&self, user: &str, group: Option<&str>) -> Result<Access> {
        let identity = self.own()?.authority.client(user, group)?;
        self.admin.with_identity(self.folder.path(), user, identity)
    }

    /// A client for [`Self::admin`], bound to the caller's runtime.
    pub fn client(&self) -> Result<Client> {
        Client::new(&self.admin)
    }

    /// Where kubeconfigs and logs of this run lie; it goes with the control plane.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The `kubectl` that was built with the rest.
    pub fn kubectl_path(&self) -> &Path {
        &self.kubectl
    }

    /// Runs `kubectl` as [`Self::admin`] and returns its standard output; fails with its standard error.
    pub async fn kubectl<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<String> {
        kubectl::run(&self.kubectl, &self.admin, arguments, None).await
    }

    /// Runs `kubectl` as somebody else, or through a proxy.
    pub async fn kubectl_as<A: AsRef<OsStr>>(
        &self,
        access: &Access,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<String> {
        kubectl::run(&self.kubectl, access, arguments, None).await
    }

    /// Applies manifests (`kubectl apply --server-side`).
    pub async fn apply(&self, yaml: &str) -> Result<()> {
        let arguments = ["apply", "--server-side", "--force-conflicts", "--filename", "-"];
        kubectl::run(&self.kubectl, &self.admin, arguments, Some(yaml)).await?;
        Ok(())
    }

    /// Applies manifests that name no namespace in this one.
    pub async fn apply_in(&self, namespace: &str, yaml: &str) -> Result<()> {
        let arguments = ["apply", "--namespace", namespace, "--server-side", "--force-conflicts", "--filename", "-"];
        kubectl::run(&self.kubectl, &self.admin, arguments, Some(yaml)).await?;
        Ok(())
    }

    /// Creates a namespace with a name of its own, in which pods can be made: tests share the cluster, not namespaces.
    pub async fn namespace(&self, prefix: &str) -> Result<String> {
        let client = self.client()?;
        let wanted = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": { "generateName": format!("{prefix}-") },
        });
        let made = client.post("/api/v1/namespaces", &wanted).await?;
        let name = made["metadata"]["name"].as_str().context("a namespace came without a name")?.to_owned();
        if self.has_controllers() {
            self.accepts_pods(&client, &name).await?;
        }
        Ok(name)
    }

    /// Waits until metrics-server answers for every node, about half a minute after the start.
    pub async fn metrics(&self) -> Result<()> {
        metrics::answering(&self.client()?).await
    }

    /// Lets a container say a line, with the time of now, and returns when its kubelet shows it. A pod whose containers
    /// have said nothing shows what all such pods show.
    pub async fn log(&self, namespace: &str, pod: &str, container: &str, line: &str) -> Result<()> {
        self.own()?;
        let (client, folder) = (self.client()?, self.folder.path());
        kubelets::tell_logs_apart(&client, folder, namespace, pod).await?;
        append_log(&kubelets::log_file(folder, namespace, pod, container), line)?;
        let path = format!("/api/v1/namespaces/{namespace}/pods/{pod}/log?container={container}&tailLines=1");
        eventually("the kubelet shows the line", || async {
            let answer = client.exchange("GET", &path, "*/*", "", &[]).await?;
            Ok((answer.text.trim_end() == line).then_some(()))
        })
        .await
    }

    /// Kills the API server, as a crash would: connections break, then nobody listens.
    pub fn kill_api_server(&self) -> Result<()> {
        lock(self.own()?).api_server.kill();
        Ok(())
    }

    /// Starts the API server again on its old port, with its old data, and waits until it is ready. Kills it first
    /// where it runs.
    pub async fn restart_api_server(&self) -> Result<()> {
        let own = self.own()?;
        lock(own).api_server.start_again()?;
        let client = self.client()?;
        eventually("the API server is back", || async {
            lock(own).api_server.check()?;
            client.get("/readyz").await.map(Some)
        })
        .await?;
        Ok(())
    }

    /// Throws away every old version in etcd. A running API server still answers for some of them from memory:
    /// restart it, or start with `watch_cache: false`, to see a 410, and assert the relist that follows.
    pub async fn compact(&self) -> Result<()> {
        let etcd = Client::plain(&self.own()?.etcd_address)?;
        // The key "\0": any will do, the revision comes in the header.
        let answer = etcd.post("/v3/kv/range", &json!({ "key": "AA==" })).await?;
        let revision = &answer["header"]["revision"];
        etcd.post("/v3/kv/compaction", &json!({ "revision": revision, "physical": true })).await?;
        Ok(())
    }

    /// Whether the programs are ours to kill; a given cluster's are not.
    pub fn is_own(&self) -> bool {
        self.own.is_some()
    }

    fn own(&self) -> Result<&Own> {
        match &self.own {
            Some(own) => Ok(own),
            None => bail!("not with a cluster given by {KUBECONFIG_VARIABLE}: its programs are not ours"),
        }
    }

    fn has_controllers(&self) -> bool {
        self.own.as_ref().is_none_or(|own| !lock(own).others.is_empty())
    }

    /// The controller manager makes the service account without which pods are refused.
    async fn accepts_pods(&self, client: &Client, namespace: &str) -> Result<()> {
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/default");
        eventually("a namespace accepts pods", || async { client.get(&path).await.map(Some) }).await?;
        Ok(())
    }

    /// Resolves with the reason when a program ends by itself.
    async fn one_ends(&self) -> anyhow::Error {
        let ended = eventually("a program ends", || async {
            let Ok(own) = self.own() else { return Ok(None) };
            let mut programs = lock(own);
            let Programs { others, api_server, etcd } = &mut *programs;
            let mut all = others.iter_mut().chain([api_server, etcd]);
            Ok(all.find_map(|program| program.check().err()))
        });
        ended.await.unwrap_or_else(|waited| waited)
    }
}

async fn ready(client: &Client, server: &mut Server) -> Result<()> {
    let programs = Mutex::new((&mut server.etcd, &mut server.api_server));
    let wait = eventually("the API server is ready", || async {
        let answer = client.request(http::Method::GET, "/readyz", None).await;
        Ok(answer.is_ok_and(|(status, _)| status.is_success()).then_some(()))
    });
    let end = eventually("a program ends", || async {
        let mut programs = programs.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(programs.0.check().and_then(|()| programs.1.check()).err())
    });
    tokio::select! {
        ready = wait => ready,
        ended = end => Err(ended?),
    }
}

/// Nothing is left half done by a panic in between, so a poisoned lock is as good as another.
fn lock(own: &Own) -> MutexGuard<'_, Programs> {
    own.programs.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A line as the container runtimes write it.
fn append_log(file: &Path, line: &str) -> Result<()> {
    let time = jiff::Timestamp::now();
    let mut log = File::options().append(true).open(file).context("open the containers' log")?;
    // At once: a reader that follows must never see half a line.
    log.write_all(format!("{time:.9} stdout F {line}\n").as_bytes()).context("write to the containers' log")
}

/// The `items` of a list.
pub fn items(list: &Value) -> &[Value] {
    list["items"].as_array().map(Vec::as_slice).unwrap_or_default()
}
