//! `cargo xtask cluster`: builds the control plane and hands over to the program in `tests/support` that starts it.
//! Kept apart so that xtask itself stays small: it is built before everything else.

use std::process::Command;

use anyhow::Result;

use crate::{control_plane, paths, shell};

/// Start a real Kubernetes control plane with a small workload and keep it until Ctrl-C.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Fill it with this many running pods besides the workload.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pods: usize,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let folder = control_plane::build()?;
    let mut cluster = Command::new(env!("CARGO"));
    cluster
        .current_dir(paths::root())
        .env(paths::CONTROL_PLANE_VARIABLE, folder)
        .args(["run", "--quiet", "--package", "kubilitics-tests", "--bin", "test-cluster", "--"])
        .args(["--pods", &args.pods.to_string()]);
    shell::become_program(&mut cluster)
}
