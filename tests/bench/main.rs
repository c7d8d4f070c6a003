//! `measure`: the figures that need whole processes and a real API server. `cargo xtask bench` runs it.
//!
//! One control plane is started and filled step by step: 10,000 running pods first, then 5,000 Services and 5,000
//! ConfigMaps, then the proportions of a census up to 100,000 objects. The core is measured as a process of its own
//! ([`core`]), which is this program again; beside it, in the same run, a bare HTTP list of the same requests ([`bare`]) and
//! `kubectl get` of the same objects. Every figure is appended to a file as one JSON object a line.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bare;
mod child;
mod churn;
mod core;
mod figures;
mod page;
mod plane;
mod pods;
mod process;
mod reader;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// As in the programs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measure whole processes against a real API server.
#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Everything that needs a control plane.
    Plane(plane::Args),
    /// The core, measured by its parent; reads orders on standard input.
    Core(core::Args),
}

#[tokio::main]
async fn main() -> Result<()> {
    match CommandLine::parse().what {
        What::Plane(args) => plane::run(args).await,
        What::Core(args) => core::run(args).await,
    }
}
