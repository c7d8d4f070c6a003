//! The core as a process: connects, says when the first rows and when everything was in, and then obeys its parent:
//! `memory`, `cpu SECONDS`, `stream SECONDS`.

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use api::types::{ClusterRequest, ClusterSource, ConnectRequest, LinkState, Nothing};
use api::{Application, Item, Setup};
use cluster::kubeconfig::Environment;
use serde_json::json;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Whose current context to open.
    #[arg(long)]
    kubeconfig: PathBuf,
}

/// How often the state is looked at; the error of every time measured here.
const LOOK: Duration = Duration::from_millis(2);

pub(crate) async fn run(args: Args) -> Result<()> {
    let started = Instant::now();
    let application = Application::start(Setup {
        host: "browser".to_owned(),
        kubeconfig: Environment::from_process(Some(args.kubeconfig)),
        database: None,
        downloads: std::env::temp_dir(),
        rules: Arc::default(),
        still: false,
    })
    .await;
    let contexts = application.contexts_list(Nothing {}).await.map_err(failed)?;
    let context = contexts.contexts.into_iter().find(|context| context.current).context("no current context")?;
    let source = ClusterSource::Context { id: context.id };
    let opened = application.cluster_connect(ConnectRequest { source, namespaces: None }).await.map_err(failed)?;
    let cluster = opened.cluster;

    let mut first = None;
    let (all, objects) = loop {
        let status = application.cluster_status(ClusterRequest { cluster: cluster.clone() }).await.map_err(failed)?;
        if first.is_none() && status.objects > 0 {
            first = Some(started.elapsed());
        }
        if status.link == LinkState::Live {
            break (started.elapsed(), status.objects);
        }
        tokio::time::sleep(LOOK).await;
    };
    let first = first.unwrap_or(all);
    println!("{}", json!({ "first": first.as_secs_f64(), "all": all.as_secs_f64(), "objects": objects }));

    // Orders come on a thread of their own: reading standard input blocks.
    let (orders, mut next) = tokio::sync::mpsc::channel(1);
    let reading = std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            if orders.blocking_send(line).is_err() {
                break;
            }
        }
    });
    while let Some(order) = next.recv().await {
        let answer = match order.split_once(' ').unwrap_or((&order, "")) {
            ("memory", _) => json!({ "bytes": resident()? }),
            ("cpu", seconds) => {
                let (before, from) = (cpu()?, Instant::now());
                tokio::time::sleep(Duration::from_secs(seconds.parse()?)).await;
                json!({ "share": (cpu()? - before) / from.elapsed().as_secs_f64() })
            }
            ("stream", seconds) => {
                json!({ "bytes": stream(&application, &cluster, Duration::from_secs(seconds.parse()?)).await? })
            }
            _ => bail!("no such order: {order}"),
        };
        println!("{answer}");
    }
    drop(application);
    drop(reading);
    Ok(())
}

/// Bytes sent to a reader of the whole map in so long, its first picture not counted.
async fn stream(application: &Application, cluster: &str, span: Duration) -> Result<usize> {
    let request = json!({ "cluster": cluster, "view": {} });
    let mut reader = application.open_stream("picture", request).map_err(failed)?;
    let size = |item: Option<Result<Item, api::types::ApiError>>| match item {
        Some(Ok(Item::Binary(bytes))) => Ok(bytes.len()),
        Some(Ok(Item::Json(text))) => Ok(text.len()),
        Some(Err(error)) => Err(failed(error)),
        None => bail!("the stream ended"),
    };
    size(reader.next().await)?;
    let end = tokio::time::Instant::now() + span;
    let mut bytes = 0;
    while let Ok(item) = tokio::time::timeout_at(end, reader.next()).await {
        bytes += size(item)?;
    }
    Ok(bytes)
}

fn failed(error: api::types::ApiError) -> anyhow::Error {
    anyhow::anyhow!(error.message)
}

/// Resident bytes of this process, as the kernel counts them.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("read /proc/self/status (Linux only)")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024)
}

/// Seconds of processor time that this process has used.
fn cpu() -> Result<f64> {
    /// Clock ticks a second: what `getconf CLK_TCK` says on every Linux.
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").context("read /proc/self/stat (Linux only)")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| -> Result<f64> { Ok(fields.get(at).context("a field of /proc/self/stat")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}
