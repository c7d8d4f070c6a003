//! `demo`: the embedded cluster for kubectl and other tools, until Ctrl-C.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use api::Permission;
use api::types::ApiError;

use crate::arguments::demo_objects;
use crate::complain;

/// Serve the embedded demo cluster and print its kubeconfig.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A scenario.
    #[arg(long, value_name = "NAME", default_value = "shop", conflicts_with = "objects")]
    scenario: String,
    /// Instead of a scenario a cluster of so many objects, 10 to 100000.
    #[arg(long, value_name = "N")]
    objects: Option<String>,
    /// Pods replaced a second, beside what happens anyway; at most 10000.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=10_000))]
    churn: u32,
    /// The port on loopback; a free one where absent.
    #[arg(long, value_name = "P", default_value_t = 0)]
    port: u16,
    /// Write the kubeconfig to this file instead of printing it.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let objects = demo_objects(args.objects.as_deref().unwrap_or(&args.scenario))?;
    let scenario = demo::Scenario::of(objects);
    let options = demo::Options { scenario, port: args.port, churn: args.churn, ..demo::Options::default() };
    let running = demo::Demo::start(options).await?;
    let interrupted = crate::serve::interruption();
    match &args.kubeconfig {
        Some(file) => {
            let write = |out: &mut dyn Write| {
                let failed = |error| ApiError::failed(format!("{} cannot be written: {error}", file.display()));
                out.write_all(running.kubeconfig().as_bytes()).map_err(failed)
            };
            // It holds what opens the cluster.
            api::write_file(file, Permission::OwnerOnly, write)?;
            complain(&format!("the demo runs until Ctrl-C; try: kubectl --kubeconfig {} get pods -A", file.display()));
        }
        None => {
            let mut out = std::io::stdout().lock();
            out.write_all(running.kubeconfig().as_bytes())
                .and_then(|()| out.flush())
                .context("print the kubeconfig")?;
            complain("the demo runs until Ctrl-C");
        }
    }
    interrupted.await;
    Ok(ExitCode::SUCCESS)
}
