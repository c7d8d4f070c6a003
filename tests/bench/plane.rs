//! What is measured on a real API server, step by step on one that is filled as it goes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde_json::Value;
use support::{Access, Client, ControlPlane, Parts};

use crate::child::Core;
use crate::churn::{Churn, Happened};
use crate::figures::{Figures, median};
use crate::{bare, page, pods};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to measure.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "sync,memory,churn,map")]
    only: Vec<Part>,
    /// Everything so many times as large; figures of another scale than 1 are for trying the programs.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Where figures are appended.
    #[arg(long)]
    figures: PathBuf,
    /// The built kubilitics-cli, for the map.
    #[arg(long)]
    cli: PathBuf,
    /// The folder of the browser tests, for the map.
    #[arg(long)]
    pages: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Lists, against bare lists and kubectl.
    Sync,
    /// Resident memory.
    Memory,
    /// Processor and bytes while pods are deleted.
    Churn,
    /// The map of 20,000 objects in a browser.
    Map,
}

const PODS: f64 = 10_000.0;
const SERVICES: f64 = 5_000.0;
const ALL: f64 = 100_000.0;
/// Runs whose median is told, of what takes about a second.
const RUNS: usize = 5;
/// Of what takes several.
const LONG_RUNS: usize = 3;
/// Deletions a second of the churn.
const DELETIONS: u32 = 20;
/// How long processor time is watched.
const WATCHED: Duration = Duration::from_secs(20);
/// How long bytes are counted.
const MINUTE: Duration = Duration::from_secs(60);
/// A core comes to rest: watches are opened, and the threads that read lists end, which takes ten seconds, and give back
/// what they held.
const REST: Duration = Duration::from_secs(15);
/// The moment at which generated objects live; any will do.
const GENERATED_AT: i64 = 1_790_000_000_000;

pub(crate) async fn run(args: Args) -> Result<()> {
    let wants = |part| args.only.contains(&part);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let scaled = |count: f64| ((count * args.scale).round() as usize).max(10);
    let figures = Figures::new(args.figures.clone());
    let plane = ControlPlane::start(Parts::BARE).await?;
    let access = plane.admin();

    let pods = scaled(PODS);
    fill(&plane, "running pods", pods::running(pods)).await?;
    if wants(Part::Sync) {
        sync(&figures, access, "pods", RUNS).await?;
        let mut times = Vec::new();
        for _ in 0..LONG_RUNS {
            let started = Instant::now();
            plane.kubectl(["get", "pods", "--all-namespaces"]).await?;
            times.push(started.elapsed().as_secs_f64());
        }
        figures.tell("pods.kubectl", median(times))?;
    }
    if wants(Part::Memory) {
        memory(&figures, access, "pods.memory").await?;
    }
    if wants(Part::Churn) {
        // A trial need not take as long either.
        churn(&figures, &plane, pods, args.scale.clamp(0.1, 1.0)).await?;
    }
    let both = scaled(SERVICES) * 2;
    if wants(Part::Map) {
        fill(&plane, "Services and ConfigMaps", pods::services_and_maps(both / 2)).await?;
        page::measure(access, &args.cli, &args.pages, &figures)?;
    }
    if wants(Part::Sync) || wants(Part::Memory) {
        let held = if wants(Part::Map) { pods + both } else { pods };
        let rest = scaled(ALL).saturating_sub(held).max(10);
        let generated = demo::generate(rest, 1, demo::Time::from_millis(GENERATED_AT));
        fill(&plane, "objects in the proportions of a census", generated).await?;
        if wants(Part::Sync) {
            sync(&figures, access, "cluster", LONG_RUNS).await?;
        }
        if wants(Part::Memory) {
            memory(&figures, access, "cluster.memory").await?;
        }
    }
    Ok(())
}

async fn fill(plane: &ControlPlane, what: &str, objects: impl IntoIterator<Item = Value>) -> Result<()> {
    let objects: Vec<Value> = objects.into_iter().collect();
    let (count, started) = (objects.len(), Instant::now());
    eprintln!("measure: putting {count} objects in ({what}) ...");
    plane.fill(objects).await?;
    eprintln!("measure: ... {:.0} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// The core and the bare list in turns, so that both see the same server and the same machine.
async fn sync(figures: &Figures, access: &Access, row: &str, runs: usize) -> Result<()> {
    let (mut bare_times, mut first, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let (mut bytes, mut objects) = (0, 0.0);
    for _ in 0..runs {
        let bare = bare::list(access).await?;
        bare_times.push(bare.time.as_secs_f64());
        bytes = bare.bytes;
        let core = Core::start(access)?;
        first.push(core.first);
        all.push(core.all);
        objects = core.objects;
    }
    figures.tell(&format!("{row}.objects"), objects)?;
    figures.tell(&format!("{row}.bytes"), bytes as f64)?;
    figures.tell(&format!("{row}.bare"), median(bare_times))?;
    figures.tell(&format!("{row}.first"), median(first))?;
    figures.tell(&format!("{row}.all"), median(all))
}

async fn memory(figures: &Figures, access: &Access, row: &str) -> Result<()> {
    let core = Core::start(access)?;
    tokio::time::sleep(REST).await;
    figures.tell(row, core.resident()?)
}

async fn churn(figures: &Figures, plane: &ControlPlane, pods: usize, share: f64) -> Result<()> {
    let (watched, minute) = (WATCHED.mul_f64(share), MINUTE.mul_f64(share));
    let mut core = Core::start(plane.admin())?;
    tokio::time::sleep(REST).await;
    figures.tell("churn.cpu.idle", core.cpu(watched).await?)?;
    let deleting = Churn::start(plane.client()?, DELETIONS.min(u32::try_from(pods / 100)?.max(1)));
    figures.tell("churn.cpu", core.cpu(watched).await?)?;
    core.order("read")?;
    core.order("sent")?;
    figures.tell("churn.cpu.map", core.cpu(minute).await?)?;
    figures.tell("churn.sent", core.order("sent")?.as_f64().context("bytes")? / share)?;
    let happened = deleting.stop().await?;
    figures.tell("churn.pace", happened.pace)?;
    let of_map = core.order("lost")?.as_f64().context("differences")?;
    figures.tell("churn.lost.map", of_map)?;
    figures.tell("churn.lost", lost(&mut core, &plane.client()?, &happened).await?)
}

/// How many pods that were deleted or came the core holds otherwise than the server.
async fn lost(core: &mut Core, client: &Client, happened: &Happened) -> Result<f64> {
    let list = client.get("/api/v1/pods").await?;
    let versions: BTreeMap<String, String> = support::items(&list)
        .iter()
        .map(|pod| {
            let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default().to_owned();
            (format!("core/Pod/{}/{}", text("namespace"), text("name")), text("resourceVersion"))
        })
        .collect();
    let mut lost = 0.0;
    for number in 0..happened.deletions {
        for generation in [0, 1] {
            let (namespace, name) = pods::place(number, generation);
            let key = format!("core/Pod/{namespace}/{name}");
            let held = core.order(&format!("version {key}"))?;
            let there = versions.get(&key);
            if held.as_str() != there.map(String::as_str) {
                eprintln!("measure: {key} is held at {held}, and is at {there:?}");
                lost += 1.0;
            }
        }
    }
    Ok(lost)
}
