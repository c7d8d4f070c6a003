//! `cargo xtask test`: everything, as it must be green before a change lands. Installs what it lacks.

use std::process::Command;

use anyhow::Result;

use crate::check::{FORMAT, INTERFACE, INTERFACE_BUILD, INTERFACE_PACKAGES, LINTS, PACKAGES, cargo};
use crate::e2e::{BROWSER, WINDOW};
use crate::steps::{Step, run_all};
use crate::{bindings, control_plane, paths, shell};

/// Run everything: format, lints, unit, acceptance, golden images, interface, browser and window tests.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: Args) -> Result<()> {
    run_all(&[
        PACKAGES,
        FORMAT,
        INTERFACE_PACKAGES,
        INTERFACE,
        INTERFACE_BUILD,
        LINTS,
        BINDINGS,
        LICENCES,
        CONTROL_PLANE,
        TESTS,
        BROWSER,
        WINDOW,
    ])
}

const BINDINGS: Step = Step { name: "bindings", run: || bindings::run(bindings::Args { check: true }) };

const CONTROL_PLANE: Step = Step { name: "control plane", run: || control_plane::build().map(drop) };

/// Unit, property, golden and acceptance tests, built once. The property tests draw the same cases in every run, so that
/// one commit has one verdict; `cargo test` by hand draws others each time.
const TESTS: Step = Step {
    name: "unit and acceptance tests",
    run: || {
        let mut tests = Command::new(env!("CARGO"));
        tests.current_dir(paths::root()).args(["test", "--quiet", "--workspace", "--no-fail-fast"]);
        shell::run(tests.env("PROPTEST_RNG_SEED", "1"))
    },
};

/// Licences, bans and sources; advisories need a database that is fetched with git, and run where that is there.
const LICENCES: Step = Step {
    name: "licences",
    run: || {
        if shell::which("cargo-deny").is_none() {
            shell::say("installing cargo-deny (cargo install, a few minutes, once)");
            cargo(&["install", "--quiet", "--locked", "cargo-deny", "--version", "0.20.2"])?;
        }
        // The whole lock file, other systems' crates included: cargo-deny reads each one's licence.
        cargo(&["fetch", "--quiet", "--locked"])?;
        let deny = |checks: &[&str]| {
            let mut command = Command::new(env!("CARGO"));
            command
                .current_dir(paths::root())
                .args(["deny", "--offline", "--log-level", "error", "check"])
                .args(checks);
            command
        };
        shell::run(&mut deny(&["licenses", "bans", "sources"]))?;
        let database = std::env::home_dir().map(|home| home.join(".cargo/advisory-dbs"));
        if database.is_some_and(|folder| folder.is_dir()) {
            return shell::run(&mut deny(&["advisories"]));
        }
        shell::say("no advisory database on this machine: `cargo deny fetch` brings it where the network allows");
        Ok(())
    },
};
