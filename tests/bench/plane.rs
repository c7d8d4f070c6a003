//! What is measured on a real API server.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use support::{Access, Client, ControlPlane, Parts};

use crate::bare::{self, Bare};
use crate::tell;

/// Runs of everything short; the median is told.
const RUNS: usize = 5;
/// How long processor time is watched.
const WATCHED: u64 = 20;
/// Deletions a second of the churn.
const DELETIONS: u32 = 20;

/// 10,000 running pods.
pub(crate) async fn pods() -> Result<()> {
    const PODS: usize = 10_000;
    let plane = ControlPlane::start(Parts::BARE).await?;
    plane.fill(running_pods(PODS)).await?;
    let access = plane.admin();

    let bare = bare_list(access, Some("/api/v1/pods")).await?;
    tell("pods.bare", bare.time.as_secs_f64(), "s");
    tell("pods.bytes", bare.bytes as f64, "B");
    let mut kubectl = Vec::new();
    for _ in 0..3 {
        let started = Instant::now();
        plane.kubectl(["get", "pods", "--all-namespaces"]).await?;
        kubectl.push(started.elapsed().as_secs_f64());
    }
    tell("pods.kubectl", median(kubectl), "s");

    sync("pods", access)?;
    let mut core = Core::start(access)?;
    tell("pods.memory", core.number("memory", "bytes")?, "B");
    tell("pods.cpu.idle", core.number(&format!("cpu {WATCHED}"), "share")?, "of a core");
    let churn = tokio::spawn(delete_pods(plane.client()?, PODS));
    tell("pods.cpu.churn", core.number(&format!("cpu {WATCHED}"), "share")?, "of a core");
    tell("pods.stream", core.number("stream 60", "bytes")?, "B/min");
    churn.abort();
    Ok(())
}

/// A whole cluster, in the proportions of a census.
pub(crate) async fn cluster(objects: usize) -> Result<()> {
    let plane = ControlPlane::start(Parts::BARE).await?;
    plane.fill(demo::generate(objects, 1, demo::Time::from_millis(1_790_000_000_000))).await?;
    let access = plane.admin();
    let bare = bare_list(access, None).await?;
    tell(&format!("cluster.{objects}.bare"), bare.time.as_secs_f64(), "s");
    sync(&format!("cluster.{objects}"), access)?;
    let mut core = Core::start(access)?;
    tell(&format!("cluster.{objects}.memory"), core.number("memory", "bytes")?, "B");
    Ok(())
}

async fn bare_list(access: &Access, path: Option<&str>) -> Result<Bare> {
    let mut times = Vec::new();
    let mut bytes = 0;
    for _ in 0..RUNS {
        let bare = bare::list(access, path).await?;
        bytes = bare.bytes;
        times.push(bare.time.as_secs_f64());
    }
    Ok(Bare { time: Duration::from_secs_f64(median(times)), bytes })
}

/// First rows and all, over several processes.
fn sync(row: &str, access: &Access) -> Result<()> {
    let mut first = Vec::new();
    let mut all = Vec::new();
    for _ in 0..RUNS {
        let core = Core::start(access)?;
        first.push(core.synced["first"].as_f64().context("first")?);
        all.push(core.synced["all"].as_f64().context("all")?);
    }
    tell(&format!("{row}.first"), median(first), "s");
    tell(&format!("{row}.all"), median(all), "s");
    Ok(())
}

/// The core as a child that has everything in. Dropping it ends it.
struct Core {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    synced: Value,
}

impl Core {
    fn start(access: &Access) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["core", "--kubeconfig"])
            .arg(access.kubeconfig())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("start the core")?;
        let orders = child.stdin.take().context("the core's input")?;
        let answers = BufReader::new(child.stdout.take().context("the core's output")?);
        let mut core = Self { child, orders, answers, synced: Value::Null };
        core.synced = core.read()?;
        Ok(core)
    }

    fn read(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("the core said: {line:?}"))
    }

    fn number(&mut self, order: &str, field: &str) -> Result<f64> {
        writeln!(self.orders, "{order}")?;
        self.read()?[field].as_f64().with_context(|| format!("{order}: {field}"))
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Deletes and recreates pods one by one, for as long as it is let.
async fn delete_pods(client: Client, pods: usize) -> Result<()> {
    let mut pause = tokio::time::interval(Duration::from_secs(1) / DELETIONS);
    for number in (0..pods).cycle() {
        pause.tick().await;
        let pod = running_pod(number);
        let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        let path = format!("/api/v1/namespaces/{namespace}/pods");
        client.delete(&format!("{path}/{name}?gracePeriodSeconds=0")).await?;
        client.post(&path, &pod).await?;
    }
    Ok(())
}

fn running_pods(count: usize) -> impl Iterator<Item = Value> {
    let namespaces = (0..NAMESPACES).map(
        |number| json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": format!("team-{number}") } }),
    );
    let nodes = (0..100)
        .map(|number| json!({ "apiVersion": "v1", "kind": "Node", "metadata": { "name": format!("node-{number}") } }));
    namespaces.chain(nodes).chain((0..count).map(running_pod))
}

const NAMESPACES: usize = 40;

/// A pod of the size real ones have: 8.7 KB with what the server keeps of who wrote which field.
fn running_pod(number: usize) -> Value {
    let names = ["main", "proxy"];
    let environment: Vec<Value> = (0..16)
        .map(|at| json!({ "name": format!("SETTING_{at}"), "value": format!("value of setting {at}") }))
        .collect();
    let containers = names.map(|name| {
        json!({
            "name": name, "image": format!("registry.example.com/shop/{name}:1.42.0"), "env": environment,
            "ports": [{ "name": "http", "containerPort": 8080 }],
            "resources": { "requests": { "cpu": "100m", "memory": "128Mi" }, "limits": { "memory": "256Mi" } },
            "readinessProbe": { "httpGet": { "path": "/healthz", "port": 8080 } },
            "volumeMounts": [{ "name": "config", "mountPath": "/etc/config" }],
        })
    });
    let since = "2026-11-20T09:13:41Z";
    let statuses = names.map(|name| {
        json!({
            "name": name, "ready": true, "started": true, "restartCount": 0, "containerID": format!("containerd://{number:064x}"),
            "image": format!("registry.example.com/shop/{name}:1.42.0"), "imageID": format!("sha256:{number:064x}"),
            "state": { "running": { "startedAt": since } },
        })
    });
    let conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
        .map(|kind| json!({ "type": kind, "status": "True", "lastTransitionTime": since }));
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": format!("web-{number:05}"), "namespace": format!("team-{}", number % NAMESPACES),
            "labels": { "app.kubernetes.io/name": format!("web-{}", number / 10), "app.kubernetes.io/part-of": "shop" },
        },
        "spec": {
            "nodeName": format!("node-{}", number % 100), "containers": containers,
            "volumes": [{ "name": "config", "configMap": { "name": "web" } }],
        },
        "status": {
            "phase": "Running", "podIP": format!("10.1.{}.{}", number / 250, number % 250), "startTime": since,
            "conditions": conditions, "containerStatuses": statuses,
        },
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
