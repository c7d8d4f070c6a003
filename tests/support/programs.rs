//! The upstream programs with the flags that fit together. Each is told its port and finds its keys in the run's folder;
//! nothing here waits for anything.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::access::Access;
use crate::folder::RunFolder;
use crate::keys::{self, Authority};
use crate::kubelets;
use crate::ports;
use crate::program::Program;

/// What is needed to start the programs of one control plane.
pub(crate) struct Start<'a> {
    /// The folder that the programs were built into.
    pub(crate) built: &'a Path,
    pub(crate) run: &'a RunFolder,
}

/// An API server with its store, and the account that may everything.
pub(crate) struct Server {
    pub(crate) etcd: Program,
    pub(crate) etcd_address: String,
    pub(crate) api_server: Program,
    pub(crate) admin: Access,
    /// Signs the certificates of clients.
    pub(crate) authority: Authority,
    /// The key that signs the tokens of service accounts, for the controller manager.
    pub(crate) signing_key: PathBuf,
}

impl Start<'_> {
    fn program(&self, name: &'static str, file: &str, flags: Vec<String>) -> Result<Program> {
        Program::start(name, self.built.join("bin").join(file), flags, self.run.path())
    }

    /// etcd and an API server. `controllers` says whether a controller manager will follow.
    pub(crate) fn server(&self, controllers: bool, watch_cache: bool) -> Result<Server> {
        let run = self.run;
        let (client_port, peer_port, port) = (ports::free()?, ports::free()?, ports::free()?);
        let etcd_address = format!("http://127.0.0.1:{client_port}");
        let peer_address = format!("http://127.0.0.1:{peer_port}");
        let etcd = self.program(
            "etcd",
            "server",
            vec![
                format!("--data-dir={}", run.path().join("etcd").display()),
                format!("--listen-client-urls={etcd_address}"),
                format!("--advertise-client-urls={etcd_address}"),
                format!("--listen-peer-urls={peer_address}"),
                format!("--initial-advertise-peer-urls={peer_address}"),
                format!("--initial-cluster=default={peer_address}"),
                "--unsafe-no-fsync".to_owned(),
                "--quota-backend-bytes=8589934592".to_owned(),
                "--log-level=warn".to_owned(),
            ],
        )?;

        let authority = Authority::new("kubilitics-tests")?;
        let serving = authority.server("kube-apiserver")?.write(run, "server")?;
        let authority_file = run.write("authority.crt", authority.certificate())?;
        // A front proxy has an authority of its own: whoever it signed for may say who he is.
        let front = Authority::new("front-proxy")?;
        let front_file = run.write("front-authority.crt", front.certificate())?;
        let front_client = front.client("front-proxy", None)?.write(run, "front-proxy")?;
        let (signing_key, verifying_key) = keys::signing_pair()?;
        let signing_key = run.write("service-accounts.key", signing_key)?;
        let verifying_key = run.write("service-accounts.pub", verifying_key)?;
        let token = keys::token()?;
        let tokens = run.write("tokens.csv", format!("{token},admin,admin,\"system:masters\"\n"))?;

        let mut flags = vec![
            format!("--etcd-servers={etcd_address}"),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--secure-port={port}"),
            format!("--cert-dir={}", run.path().display()),
            format!("--tls-cert-file={}", serving.certificate.display()),
            format!("--tls-private-key-file={}", serving.key.display()),
            format!("--client-ca-file={}", authority_file.display()),
            format!("--service-account-key-file={}", verifying_key.display()),
            format!("--service-account-signing-key-file={}", signing_key.display()),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            format!("--token-auth-file={}", tokens.display()),
            "--authorization-mode=RBAC".to_owned(),
            "--service-cluster-ip-range=10.0.0.0/16".to_owned(),
            "--allow-privileged=true".to_owned(),
            format!("--requestheader-client-ca-file={}", front_file.display()),
            "--requestheader-allowed-names=front-proxy".to_owned(),
            "--requestheader-username-headers=X-Remote-User".to_owned(),
            "--requestheader-group-headers=X-Remote-Group".to_owned(),
            "--requestheader-extra-headers-prefix=X-Remote-Extra-".to_owned(),
            format!("--proxy-client-cert-file={}", front_client.certificate.display()),
            format!("--proxy-client-key-file={}", front_client.key.display()),
            "--kubelet-preferred-address-types=InternalIP".to_owned(),
            format!("--watch-cache={watch_cache}"),
        ];
        if !controllers {
            // Nobody makes the service account `default` that this plugin asks of every pod.
            flags.push("--disable-admission-plugins=ServiceAccount".to_owned());
        }
        let api_server = self.program("kube-apiserver", "kube-apiserver", flags)?;
        let address = format!("https://127.0.0.1:{port}");
        let admin = Access::write(run.path(), "admin", address, Some(authority.certificate()), Some(token), None)?;
        Ok(Server { etcd, etcd_address, api_server, admin, authority, signing_key })
    }

    /// The controller manager and the scheduler.
    pub(crate) fn controllers(&self, server: &Server) -> Result<Vec<Program>> {
        let kubeconfig = format!("--kubeconfig={}", server.admin.kubeconfig().display());
        let common = [kubeconfig, "--leader-elect=false".to_owned(), "--secure-port=0".to_owned()];
        let fast = ["--kube-api-qps=500".to_owned(), "--kube-api-burst=1000".to_owned()];
        let own = [
            format!("--service-account-private-key-file={}", server.signing_key.display()),
            "--use-service-account-credentials=true".to_owned(),
            // Pods are counted and HPAs decide within a test's patience, not a cluster's.
            "--horizontal-pod-autoscaler-sync-period=5s".to_owned(),
        ];
        let flags = |parts: &[&[String]]| parts.concat();
        Ok(vec![
            self.program("kube-controller-manager", "kube-controller-manager", flags(&[&common, &fast, &own]))?,
            self.program("kube-scheduler", "kube-scheduler", flags(&[&common, &fast]))?,
        ])
    }

    /// kwok, which plays the kubelet of every node.
    pub(crate) fn kubelets(&self, server: &Server, log: &Path, previous_log: &Path) -> Result<Program> {
        let port = ports::free()?;
        let keys = Authority::new("kubelets")?.server("kubelet")?.write(self.run, "kubelet")?;
        let configuration = kubelets::configuration(self.built, log, previous_log)?;
        let configuration = self.run.write("kwok.yaml", configuration)?;
        let flags = vec![
            format!("--kubeconfig={}", server.admin.kubeconfig().display()),
            format!("--config={}", configuration.display()),
            "--manage-all-nodes=true".to_owned(),
            "--enable-crds=Logs".to_owned(),
            // Without leases the node controller calls every node dead after 50 seconds, again and again.
            "--node-lease-duration-seconds=40".to_owned(),
            "--node-ip=127.0.0.1".to_owned(),
            format!("--node-port={port}"),
            format!("--server-address=127.0.0.1:{port}"),
            format!("--tls-cert-file={}", keys.certificate.display()),
            format!("--tls-private-key-file={}", keys.key.display()),
        ];
        self.program("kwok", "kwok", flags)
    }

    /// metrics-server and the port it listens on.
    pub(crate) fn metrics(&self, server: &Server) -> Result<(Program, u16)> {
        let port = ports::free()?;
        let kubeconfig = server.admin.kubeconfig().display();
        let flags = vec![
            format!("--kubeconfig={kubeconfig}"),
            format!("--authentication-kubeconfig={kubeconfig}"),
            format!("--authorization-kubeconfig={kubeconfig}"),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--secure-port={port}"),
            format!("--cert-dir={}", self.run.path().join("metrics-server").display()),
            "--kubelet-insecure-tls".to_owned(),
            "--kubelet-preferred-address-types=InternalIP".to_owned(),
            "--kubelet-use-node-status-port".to_owned(),
            // The shortest it accepts is above ten.
            "--metric-resolution=15s".to_owned(),
        ];
        Ok((self.program("metrics-server", "metrics-server", flags)?, port))
    }
}
