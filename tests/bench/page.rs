//! The map in a browser: serves a cluster, waits until the core has it, and lets the page's own measurement run.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use support::Access;

use crate::figures::Figures;

/// `kubilitics-cli serve` on a cluster. Dropping it ends it.
struct Served {
    process: Child,
    address: String,
}

/// Runs `npm run measure -- map` of the browser tests against the cluster; it appends its figures to the same file.
pub(crate) fn measure(access: &Access, cli: &Path, pages: &Path, figures: &Figures) -> Result<()> {
    let served = Served::start(access, cli)?;
    let status = Command::new("npm")
        .current_dir(pages)
        .args(["run", "--silent", "measure", "--", "measure/map"])
        .env("KUBILITICS_URL", &served.address)
        .env("KUBILITICS_FIGURES", figures.path())
        .stdout(Stdio::from(std::io::stderr()))
        .status()
        .context("run npm")?;
    ensure!(status.success(), "the browser's measurement ended with {status}");
    Ok(())
}

impl Served {
    fn start(access: &Access, cli: &Path) -> Result<Self> {
        let database = access.kubeconfig().with_extension("db");
        let mut process = Command::new(cli)
            .args(["serve", "--kubeconfig"])
            .arg(access.kubeconfig())
            .arg("--database")
            .arg(database)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("start {}", cli.display()))?;
        let out = process.stdout.take().context("the server's output")?;
        let mut address = String::new();
        BufReader::new(out).read_line(&mut address).context("read the address")?;
        Ok(Self { process, address: address.trim().to_owned() })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about either failure.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
