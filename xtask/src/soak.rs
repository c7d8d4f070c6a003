//! `cargo xtask soak`: the link and the coverage of a cluster over minutes, restarts of its API server included.

use std::process::Command;

use anyhow::Result;

use crate::{control_plane, paths, shell};

const TEST: &str = "host::restarts::link_and_coverage_over_minutes";
/// Read by the test.
const MINUTES: &str = "KUBILITICS_SOAK_MINUTES";

/// Watch a cluster whose API server restarts every minute, and print what was said of it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// For how long.
    #[arg(long, default_value_t = 5)]
    minutes: u64,
}

pub(crate) fn run(args: Args) -> Result<()> {
    control_plane::build()?;
    let mut test = Command::new(env!("CARGO"));
    test.current_dir(paths::root()).args(["test", "--quiet", "--workspace", "--test", "acceptance", "--"]).args([
        TEST,
        "--exact",
        "--ignored",
        "--nocapture",
    ]);
    shell::run(test.env(MINUTES, args.minutes.to_string()))
}
