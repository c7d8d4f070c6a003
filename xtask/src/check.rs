//! `cargo xtask check`: what one runs before every commit. Format, lints and unit tests, of the interface too; starts no
//! cluster, no browser and no window.

use std::process::Command;

use anyhow::Result;

use crate::steps::{Step, run_all};
use crate::{interface, paths, shell, system};

/// Check format and lints and run the unit tests (fast; no cluster, browser or window).
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: Args) -> Result<()> {
    run_all(&[PACKAGES, FORMAT, INTERFACE_PACKAGES, INTERFACE, LINTS, UNIT])
}

/// What the window links against, under Debian's names.
pub(crate) const PACKAGES: Step = Step {
    name: "system packages",
    run: || {
        system::ensure(
            "to build the window",
            &[
                "build-essential",
                "pkg-config",
                "libwebkit2gtk-4.1-dev",
                "libxdo-dev",
                "libssl-dev",
                "libayatana-appindicator3-dev",
                "librsvg2-dev",
            ],
        )
    },
};

pub(crate) const FORMAT: Step = Step { name: "format", run: || cargo(&["fmt", "--all", "--check"]) };

pub(crate) const LINTS: Step = Step {
    name: "lints",
    run: || cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
};

/// Unit, property and golden tests of every crate; the acceptance tests apart.
pub(crate) const UNIT: Step =
    Step { name: "unit tests", run: || cargo(&["test", "--quiet", "--workspace", "--exclude", "kubilitics-tests"]) };

pub(crate) const INTERFACE_PACKAGES: Step =
    Step { name: "interface packages", run: || interface::packages(&interface::folder()) };

/// Lints, types, unused code and unit tests of the interface.
pub(crate) const INTERFACE: Step = Step {
    name: "interface",
    run: || {
        interface::npm(&interface::folder(), &["run", "lint"])?;
        interface::npm(&interface::folder(), &["test"])
    },
};

/// What the window and `serve` show.
pub(crate) const INTERFACE_BUILD: Step = Step { name: "interface build", run: interface::build };

/// Cargo, at the root.
pub(crate) fn cargo(arguments: &[&str]) -> Result<()> {
    shell::run(Command::new(env!("CARGO")).current_dir(paths::root()).args(arguments))
}
