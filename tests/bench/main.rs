//! `measure`: the figures that need whole processes and a real API server. `cargo xtask bench` runs it and puts what it
//! prints (one JSON object a line: row, value, unit) into the budget table.
//!
//! The core is measured as a process of its own ([`core`]), which is this program again; beside it, in the same run, a
//! bare HTTP list of the same requests ([`bare`]) and `kubectl get` of the same objects.
#![allow(clippy::print_stdout)]

mod bare;
mod core;
mod plane;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Measure whole processes against a real API server.
#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 10,000 running pods: sync, memory, idle and under deletions, with their peers.
    Pods,
    /// A whole cluster of so many objects: sync and memory.
    Cluster {
        /// Objects.
        #[arg(default_value_t = 100_000)]
        objects: usize,
    },
    /// The core, measured by its parent; reads orders on standard input.
    Core(core::Args),
}

#[tokio::main]
async fn main() -> Result<()> {
    match CommandLine::parse().what {
        What::Pods => plane::pods().await,
        What::Cluster { objects } => plane::cluster(objects).await,
        What::Core(args) => core::run(args).await,
    }
}

/// One figure, as `cargo xtask bench` reads it.
fn tell(row: &str, value: f64, unit: &str) {
    println!("{}", serde_json::json!({ "row": row, "value": value, "unit": unit }));
}
