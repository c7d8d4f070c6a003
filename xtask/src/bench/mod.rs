//! `cargo xtask bench`: measures everything in the budget table and prints it. It judges nothing: figures are compared
//! by people, by ratio, on one machine. What it measures with is built once, in one go, so that the parts share what
//! they are built from.

mod build;
mod figures;
mod parts;
mod table;
mod window;

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::{bundle, control_plane, paths, shell};
use build::Programs;
use figures::Kept;

/// Measure everything in the budget table and print it as Markdown.
///
/// Takes about a quarter of an hour on two quiet cores, after a build of the same length. Figures of parts that are left
/// out are those measured last.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measure only these.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART")]
    only: Vec<Part>,
    /// Clusters so many times as large, to try the measurements; such figures are kept apart.
    #[arg(long, default_value_t = 1.0, value_name = "F")]
    scale: f64,
    /// Print what was measured last, without measuring again.
    #[arg(long)]
    print: bool,
}

/// What can be measured apart.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Inference, layout, files (criterion).
    Parts,
    /// Clusters read from a real API server, beside bare lists and kubectl.
    Sync,
    /// Resident memory of the core.
    Memory,
    /// Processor and bytes while pods are deleted.
    Churn,
    /// The map of 20,000 objects in a browser.
    Map,
    /// Start and frames of the real window.
    Window,
    /// The packages' sizes.
    Installer,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let kept = Kept::of(args.scale)?;
    if !args.print {
        measure(&args, &kept)?;
    }
    let figures = kept.read()?;
    if args.scale != 1.0 {
        shell::say(format!("clusters {} times as large as the rows say: good for trying the measurements", args.scale));
    }
    shell::print(&table::markdown(&figures))
}

fn measure(args: &Args, kept: &Kept) -> Result<()> {
    let wants = |part| args.only.is_empty() || args.only.contains(&part);
    let on_plane: Vec<&str> =
        [(Part::Sync, "sync"), (Part::Memory, "memory"), (Part::Churn, "churn"), (Part::Map, "map")]
            .into_iter()
            .filter(|(part, _)| wants(*part))
            .map(|(_, name)| name)
            .collect();
    // Whatever has to be installed is asked for before the first long step.
    if wants(Part::Window) || wants(Part::Map) {
        window::prepare(wants(Part::Map), wants(Part::Window))?;
    }
    let plane = if on_plane.is_empty() { None } else { Some(control_plane::build()?) };
    let programs = Programs::build()?;
    if wants(Part::Parts) {
        parts::measure(&programs, kept)?;
    }
    if wants(Part::Window) {
        window::measure(&programs, kept)?;
    }
    if let Some(plane) = plane {
        shell::say(format!("{} against a real API server ...", on_plane.join(", ")));
        let mut command = Command::new(programs.of("measure")?);
        command
            .args(["plane", "--only", &on_plane.join(","), "--scale", &args.scale.to_string(), "--figures"])
            .arg(kept.file())
            .arg("--cli")
            .arg(programs.of("kubilitics-cli")?)
            .arg("--pages")
            .arg(paths::root().join("tests/e2e"))
            .env(paths::CONTROL_PLANE_VARIABLE, plane);
        shell::run(&mut command)?;
    }
    if wants(Part::Installer) {
        for package in bundle::build()? {
            kept.add(&format!("installer.{}", package.kind), package.bytes as f64)?;
        }
    }
    Ok(())
}
