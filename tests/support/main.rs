//! `test-cluster`: the control plane of the tests, by hand. `cargo xtask cluster` builds what it needs and starts it.

use std::io::Write;

use anyhow::{Context, Result};
use support::{ControlPlane, Parts};

#[tokio::main]
async fn main() -> Result<()> {
    tell("starting etcd, the API server, the controllers and five simulated nodes")?;
    let plane = ControlPlane::start(Parts::ALL).await?;
    let kubeconfig = plane.admin().kubeconfig().display();
    let kubectl = plane.kubectl_path().display();
    tell(&format!(
        "ready. In another terminal:

  export KUBECONFIG={kubeconfig}
  {kubectl} get pods -A
  cargo xtask run

Ctrl-C ends it and throws its data away."
    ))?;
    tokio::signal::ctrl_c().await.context("wait for Ctrl-C")?;
    tell("ending")
}

fn tell(text: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{text}").context("write to standard output")
}
