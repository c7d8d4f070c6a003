//! `test-cluster`: the control plane of the tests, by hand. `cargo xtask cluster` builds what it needs and starts it.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use support::{Account, ControlPlane, Parts, items};

/// Start a real Kubernetes control plane with a small workload and keep it until Ctrl-C.
#[derive(Parser)]
struct Arguments {
    /// Fill it with this many running pods besides the workload.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pods: usize,
}

/// Kept below what a node here can hold (4,000), so that the scheduler has a choice.
const PODS_PER_NODE: usize = 2500;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tokio::select! {
        ended = serve(&arguments) => ended,
        interrupted = tokio::signal::ctrl_c() => interrupted.context("wait for Ctrl-C"),
    }
}

/// Until it is dropped, which ends the cluster.
async fn serve(arguments: &Arguments) -> Result<()> {
    let nodes = arguments.pods.div_ceil(PODS_PER_NODE).max(Parts::ALL.nodes);
    tell(&format!("starting etcd, the API server, the controllers and {nodes} simulated nodes"))?;
    let plane = ControlPlane::start(Parts { nodes, ..Parts::ALL }).await?;
    plane.workload().await?;
    let kubeconfig = plane.admin().kubeconfig().display();
    let mut restricted = String::new();
    for (account, may) in [
        (Account::NoNamespaceList, "everything, but not list the namespaces"),
        (Account::two_namespaces("shop", "data"), "the namespaces shop and data, nothing else"),
        (Account::NoSecrets, "everything but secrets"),
        (Account::Nothing, "nothing"),
    ] {
        let access = plane.account(account).await?;
        restricted += &format!("  {}  may see {may}\n", access.kubeconfig().display());
    }
    let kubectl = plane.kubectl_path().display();
    tell(&format!(
        "
Kubernetes is ready, with a shop running in the namespaces shop, payments, data and monitoring.
In another terminal:

  export KUBECONFIG={kubeconfig}
  {kubectl} get pods --all-namespaces
  cargo xtask run

Logs, exec, port-forward (an echo) and, after half a minute, top answer as well.
Kubeconfigs of restricted accounts:

{restricted}
Ctrl-C ends the cluster and throws its data away.
"
    ))?;
    if arguments.pods > 0 {
        plane.load(arguments.pods).await?;
        report_load(&plane, arguments.pods as u64).await?;
    }
    for number in 1_u64.. {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let line = format!("GET /products/{} 200 {}ms", number % 97, number % 53);
        // The person at the other terminal may delete the pod at this moment.
        let _ = say(&plane, number, &line).await;
    }
    Ok(())
}

/// One pod of the shop after another says a line.
async fn say(plane: &ControlPlane, turn: u64, line: &str) -> Result<()> {
    let pods = plane.client()?.get("/api/v1/namespaces/shop/pods").await?;
    let pods = items(&pods);
    let turn = usize::try_from(turn)?.checked_rem(pods.len()).context("the shop has no pods")?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let (pod, container) = (&pods[turn]["metadata"]["name"], &pods[turn]["spec"]["containers"][0]["name"]);
    plane.log("shop", &text(pod), &text(container), line).await
}

async fn report_load(plane: &ControlPlane, wanted: u64) -> Result<()> {
    let mut reported = 0;
    while reported < wanted {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let running = plane.load_running().await?;
        if running != reported {
            tell(&format!("{running} of {wanted} pods run"))?;
        }
        reported = running;
    }
    Ok(())
}

fn tell(text: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{text}").context("write to standard output")
}
