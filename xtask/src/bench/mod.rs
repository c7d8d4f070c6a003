//! `cargo xtask bench`: measures everything in the budget table and prints it. It judges nothing: figures are compared
//! by people, by ratio, on one machine.

mod criterion;
mod table;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{control_plane, paths, shell};

/// Measure everything in the budget table and print it (half an hour for all of it).
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only rows whose name has this in it, such as `layout`.
    #[arg(value_name = "WORD")]
    only: Option<String>,
    /// Print what was measured last, without measuring again.
    #[arg(long)]
    print: bool,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let wanted = |row: &table::Row| args.only.as_ref().is_none_or(|word| row.work.contains(word.as_str()));
    let rows: Vec<&table::Row> = table::ROWS.iter().filter(|row| wanted(row)).collect();
    if !args.print {
        measure(&rows)?;
    }
    let figures = figures()?;
    let mut text =
        String::from("| Work | promised by the original | best peer, measured | ours, budget | ours, measured |\n");
    text.push_str("|---|---|---|---|---|\n");
    for row in rows {
        let measured = row.measured(&figures);
        text.push_str(&format!("| {} | {} | {} | {} | {measured} |\n", row.work, row.promised, row.peer, row.budget));
    }
    shell::print(&text)
}

/// Runs what the rows need, each program once.
fn measure(rows: &[&table::Row]) -> Result<()> {
    let mut benches: Vec<&str> = rows.iter().filter_map(|row| row.bench).collect();
    benches.sort_unstable();
    benches.dedup();
    for package in benches {
        shell::say(format!("benchmarks of {package} ..."));
        shell::run(cargo().args(["bench", "--quiet", "--package", package, "--benches"]))?;
    }
    let mut programs: Vec<&[&str]> = rows.iter().filter_map(|row| row.measure).collect();
    programs.sort_unstable();
    programs.dedup();
    if programs.is_empty() {
        return Ok(());
    }
    let plane = control_plane::build()?;
    for arguments in programs {
        shell::say(format!("measuring whole processes: {} ...", arguments.join(" ")));
        let mut command = cargo();
        command
            .args(["run", "--quiet", "--release", "--package", "kubilitics-tests", "--example", "measure", "--"])
            .args(arguments)
            .env(paths::CONTROL_PLANE_VARIABLE, &plane)
            .stderr(Stdio::inherit());
        let output = shell::capture(&mut command)?;
        keep(&output)?;
    }
    Ok(())
}

fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(paths::root());
    command
}

/// Figures by name: what was told last by `measure`, and criterion's medians in seconds.
fn figures() -> Result<BTreeMap<String, f64>> {
    let mut figures = criterion::medians(&paths::target()?.join("criterion"))?;
    let kept = std::fs::read_to_string(kept_file()?).unwrap_or_default();
    for line in kept.lines() {
        let figure: Value = serde_json::from_str(line).context("read the kept figures")?;
        if let (Some(row), Some(value)) = (figure["row"].as_str(), figure["value"].as_f64()) {
            figures.insert(row.to_owned(), value);
        }
    }
    Ok(figures)
}

/// Appends; a later figure of the same name wins.
fn keep(lines: &str) -> Result<()> {
    use std::io::Write;
    let path = kept_file()?;
    let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
    writeln!(file.with_context(|| format!("open {}", path.display()))?, "{lines}").context("keep the figures")
}

fn kept_file() -> Result<std::path::PathBuf> {
    Ok(paths::target()?.join("figures.jsonl"))
}
