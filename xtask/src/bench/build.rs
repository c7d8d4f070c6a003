//! Builds everything that is measured, in one go: built one by one, what they share would be compiled once for each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{check, paths, shell};

/// Benchmarks by package.
const BENCHES: [(&str, &str); 5] =
    [("topology", "graph"), ("inventory", "apply"), ("layout", "layout"), ("diagram", "export"), ("diagram", "peak")];

/// The built programs by the names of their targets.
pub(crate) struct Programs(BTreeMap<String, PathBuf>);

impl Programs {
    /// Always all of it, whatever is measured: built in another selection what they share would be compiled again.
    pub(crate) fn build() -> Result<Self> {
        (check::PACKAGES.run)()?;
        (check::INTERFACE_PACKAGES.run)()?;
        (check::INTERFACE_BUILD.run)()?;
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(paths::root()).args(["build", "--release", "--message-format", "json-render-diagnostics"]);
        for (package, bench) in BENCHES {
            command.args(["--package", package, "--bench", bench]);
        }
        command.args(["--package", "kubilitics-tests", "--example", "measure"]);
        command.args(["--package", "cli", "--bin", "kubilitics-cli"]);
        command.args(["--package", "kubilitics", "--bin", "kubilitics", "--features", "tauri/custom-protocol"]);
        shell::say("building what is measured (release; a quarter of an hour from nothing) ...");
        let output = command.stderr(Stdio::inherit()).output().context("start cargo")?;
        if !output.status.success() {
            bail!("{} ended with {}", shell::spelled(&command), output.status);
        }
        let lines = String::from_utf8_lossy(&output.stdout);
        let built = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).filter_map(|message| {
            let program = message["executable"].as_str()?;
            Some((message["target"]["name"].as_str()?.to_owned(), PathBuf::from(program)))
        });
        Ok(Self(built.collect()))
    }

    pub(crate) fn of(&self, name: &str) -> Result<&Path> {
        self.0.get(name).map(PathBuf::as_path).with_context(|| format!("{name} was not built"))
    }
}
