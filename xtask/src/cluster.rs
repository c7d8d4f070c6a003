//! `cargo xtask cluster`: builds the control plane and hands over to the program in `tests/support` that starts it.
//! Kept apart so that xtask itself stays small: it is built before everything else.

use std::process::Command;

use anyhow::Result;

use crate::{control_plane, paths, shell};

/// Start a real Kubernetes control plane and keep it until Ctrl-C.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: Args) -> Result<()> {
    let folder = control_plane::build()?;
    shell::run(
        Command::new(env!("CARGO")).current_dir(paths::root()).env(paths::CONTROL_PLANE_VARIABLE, folder).args([
            "run",
            "--quiet",
            "--package",
            "kubilitics-tests",
            "--bin",
            "test-cluster",
        ]),
    )
}
