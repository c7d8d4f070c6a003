//! The demo as everyday `kubectl` reading meets it: every kind listed and described, watched, logs, top, access.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use demo::{Demo, ManualClock, Options, Running, Scenario, Time};
use support::{PATIENCE, control_plane_folder};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Names another `kubectl` than the one built with the control plane.
const KUBECTL_VARIABLE: &str = "KUBILITICS_KUBECTL";

/// 20 November 2026, 14:02 UTC.
const START: Time = Time::from_millis(1_795_183_320_000);

struct Cluster {
    running: Running,
    clock: Arc<ManualClock>,
    folder: TempDir,
}

impl Cluster {
    async fn start(scenario: Scenario) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let options = Options { scenario, clock: clock.clone(), ..Options::default() };
        let running = Demo::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config"), running.kubeconfig()).unwrap();
        Self { running, clock, folder }
    }

    fn command(&self, line: &str) -> Command {
        let kubectl = match std::env::var_os(KUBECTL_VARIABLE) {
            Some(path) => path.into(),
            None => control_plane_folder().unwrap().join("bin/kubectl"),
        };
        let mut command = Command::new(kubectl);
        command
            .args(line.split_whitespace())
            .env("KUBECONFIG", self.folder.path().join("config"))
            // kubectl caches discovery in the home folder, by address: another demo may have had this port.
            .env("KUBECACHEDIR", self.folder.path().join("cache"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Standard output and standard error of a command, and whether it succeeded.
    async fn run(&self, line: &str) -> (bool, String, String) {
        let output = self.command(line).output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    /// Standard output of a command that must succeed.
    async fn ok(&self, line: &str) -> String {
        let (success, out, err) = self.run(line).await;
        assert!(success, "kubectl {line}: {err}");
        out
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.running.settle().await;
    }

    /// Starts a command that does not end by itself.
    fn follow(&self, line: &str) -> (Child, tokio::io::Lines<BufReader<tokio::process::ChildStdout>>) {
        let mut child = self.command(line).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        (child, lines)
    }

    async fn kinds(&self) -> Vec<String> {
        let names = self.ok("api-resources --verbs=list -o name").await;
        names.lines().map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn every_kind_is_listed_with_its_columns() {
    let cluster = Cluster::start(Scenario::Shop).await;
    let kinds = cluster.kinds().await;
    assert!(kinds.len() > 40, "{kinds:?}");
    for kind in kinds {
        let (success, out, err) = cluster.run(&format!("get {kind} -A -o wide")).await;
        assert!(success, "{kind}: {err}");
        let empty = err.contains("No resources found");
        assert!(empty || out.lines().next().unwrap().contains("NAME"), "{kind}: {out}{err}");
    }
    let pods = cluster.ok("get pods -n shop -o wide").await;
    for status in ["Running", "Completed", "CreateContainerConfigError", "ImagePullBackOff", "Evicted"] {
        assert!(pods.contains(status), "{status} in {pods}");
    }
    assert!(cluster.ok("get pods -n payments").await.contains("CrashLoopBackOff"));
    assert!(cluster.ok("get hpa -n shop storefront").await.contains("/70%"));
    assert!(cluster.ok("get nodes").await.contains("SchedulingDisabled"));
}

#[tokio::test]
async fn every_kind_is_described_and_written_as_yaml() {
    let cluster = Cluster::start(Scenario::Shop).await;
    for kind in cluster.kinds().await {
        let (success, _, err) = cluster.run(&format!("describe {kind} -A")).await;
        assert!(success, "describe {kind}: {err}");
        let yaml = cluster.ok(&format!("get {kind} -A -o yaml")).await;
        assert!(yaml.starts_with("apiVersion: v1\nitems:"), "{kind}: {yaml}");
    }
    let unfit = "get pods -n shop -l app.kubernetes.io/name=checkout --field-selector=status.phase=Pending -o name";
    let pod = cluster.ok(&format!("describe -n shop {}", cluster.ok(unfit).await)).await;
    assert!(pod.contains("couldn't find key stripe in Secret shop/checkout-keys"), "{pod}");
    let claim = cluster.ok("describe pvc -n data data-orders-db-0").await;
    assert!(claim.contains("storageclass.storage.k8s.io \"fast-nvme\" not found"), "{claim}");
}

#[tokio::test]
async fn selection_sorting_and_chunks_work() {
    let cluster = Cluster::start(Scenario::Shop).await;
    let whole = cluster.ok("get pods -A -o name").await;
    assert_eq!(whole, cluster.ok("get pods -A -o name --chunk-size=5").await);
    assert_eq!(cluster.ok("get pods -A -o name --field-selector=status.phase=Pending").await.lines().count(), 3);
    assert_eq!(cluster.ok("get pods -n shop -o name -l app.kubernetes.io/instance=cart").await.lines().count(), 6);
    cluster.ok("get events -A --sort-by=.lastTimestamp").await;
    cluster.ok("get all -n shop --show-labels").await;
    let phase = cluster.ok("get pvc -n data data-orders-db-0 -o jsonpath={.status.phase}").await;
    assert_eq!(phase, "Pending");
    cluster.ok("rollout history -n shop deployment/cart").await;
    cluster.ok("rollout status -n shop deployment/cart --watch=false").await;
    cluster.ok("events -n shop --types=Warning").await;
    cluster.ok("version").await;
    cluster.ok("cluster-info").await;
}

#[tokio::test]
async fn a_watch_shows_the_next_run_of_a_job() {
    let cluster = Cluster::start(Scenario::Shop).await;
    let (mut child, mut lines) = cluster.follow("get pods -n shop -w --output-watch-events");
    let line = lines.next_line().await.unwrap().unwrap();
    assert!(line.starts_with("EVENT"), "{line}");
    let seen = tokio::time::timeout(PATIENCE, async {
        let mut seen = Vec::new();
        loop {
            cluster.pass(Duration::from_secs(5)).await;
            while let Ok(line) = tokio::time::timeout(Duration::from_millis(20), lines.next_line()).await {
                let line = line.unwrap().unwrap();
                if line.starts_with("MODIFIED") && line.contains("cart-sweeper") {
                    seen.push(line);
                }
            }
            if seen.iter().any(|line| line.contains("Completed")) {
                return seen;
            }
        }
    })
    .await
    .unwrap();
    assert!(seen.iter().any(|line| line.contains("ContainerCreating")), "{seen:?}");
    child.kill().await.unwrap();
}

#[tokio::test]
async fn logs_are_shown_and_followed() {
    let cluster = Cluster::start(Scenario::Shop).await;
    assert_eq!(cluster.ok("logs -n shop deployment/cart --tail=7").await.lines().count(), 7);
    cluster.ok("logs -n shop -l app.kubernetes.io/name=cart --tail=2 --prefix").await;
    cluster.ok("logs -n data catalog-db-0 -c exporter --since=10m --timestamps").await;
    let (_, _, err) = cluster.run("logs -n shop -l app.kubernetes.io/name=checkout").await;
    assert!(err.contains("is waiting to start: CreateContainerConfigError"), "{err}");
    assert!(cluster.ok("logs -n payments deployment/ledger --previous").await.contains("no such host"));

    let (mut child, mut lines) = cluster.follow("logs -n shop deployment/storefront -f --tail=1");
    let next = async |lines: &mut tokio::io::Lines<BufReader<tokio::process::ChildStdout>>| {
        tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap()
    };
    let first = next(&mut lines).await;
    cluster.pass(Duration::from_secs(10)).await;
    assert_ne!(next(&mut lines).await, first);
    child.kill().await.unwrap();
}

#[tokio::test]
async fn use_and_access_are_told() {
    let cluster = Cluster::start(Scenario::Shop).await;
    assert_eq!(cluster.ok("top nodes --no-headers").await.lines().count(), 5);
    assert!(cluster.ok("top pods -A --sort-by=memory --containers").await.contains("prometheus"));
    assert!(cluster.ok("auth can-i --list").await.contains("[get list watch]"));
    assert!(cluster.ok("auth whoami").await.contains("admin"));
    assert_eq!(cluster.ok("auth can-i list pods").await.trim(), "yes");
    assert!(cluster.run("auth can-i delete pods").await.1.starts_with("no"));
}

#[tokio::test]
async fn writes_are_refused_in_words() {
    let cluster = Cluster::start(Scenario::Shop).await;
    let (success, _, err) = cluster.run("delete service -n shop cart").await;
    assert!(!success && err.contains("the demo is read-only"), "{err}");
    let (success, _, err) = cluster.run("scale -n shop deployment/cart --replicas=1").await;
    assert!(!success && err.contains("does not implement this"), "{err}");
}

#[tokio::test]
async fn a_generated_cluster_is_read_like_any_other() {
    let cluster = Cluster::start(Scenario::Objects(2_000)).await;
    let count = |text: String| text.lines().count();
    assert!(count(cluster.ok("get pods -A -o wide").await) > 200);
    cluster.ok("top pods -A").await;
    cluster.ok("describe nodes").await;
}
