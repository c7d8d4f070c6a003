//! `cargo xtask bundle`: the packages that people install, for the system it runs on: deb and rpm on Linux, app and dmg on
//! macOS, nsis and msi on Windows (`bundle` in tauri.conf.json). No AppImage: its bundler downloads programs of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::check::{INTERFACE_PACKAGES, PACKAGES};
use crate::{paths, shell};

/// Build the packages that people install and print where they are (deb and rpm on Linux).
#[derive(clap::Args)]
pub(crate) struct Args {}

/// The bundler, of the version of the library; npm brings it as a program for each system.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";
/// The kinds of packages are folders of these names.
const KINDS: [&str; 6] = ["deb", "rpm", "macos", "dmg", "nsis", "msi"];

/// A package, or what a folder of that kind holds.
pub(crate) struct Package {
    pub(crate) kind: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

pub(crate) fn run(_: Args) -> Result<()> {
    for package in build()? {
        shell::print(&format!("{:>6.1} MB  {}\n", package.bytes as f64 / 1e6, package.path.display()))?;
    }
    Ok(())
}

/// Builds them from scratch, so that what is found afterwards is what was built.
pub(crate) fn build() -> Result<Vec<Package>> {
    (PACKAGES.run)()?;
    (INTERFACE_PACKAGES.run)()?;
    let bundler = bundler()?;
    let folder = paths::target()?.join("release/bundle");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("empty {}", folder.display()))?;
    }
    shell::say("building the packages (release; about ten minutes from nothing) ...");
    shell::run(Command::new(bundler).current_dir(paths::root()).args(["build", "--ci"]))?;
    let mut packages = Vec::new();
    for kind in KINDS {
        for path in entries(&folder.join(kind))? {
            packages.push(Package { kind, bytes: size(&path)?, path });
        }
    }
    if packages.is_empty() {
        bail!("{} holds no package", folder.display());
    }
    Ok(packages)
}

fn bundler() -> Result<PathBuf> {
    let tools = paths::target()?.join("tools/bundler");
    let program = tools.join("node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let version = BUNDLER.rsplit('@').next().unwrap_or_default();
    let has_it = |program: &Path| {
        let answer = Command::new(program).arg("--version").output();
        answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).trim().ends_with(version))
    };
    if has_it(&program) {
        return Ok(program);
    }
    shell::say(format!("installing {BUNDLER} (npm, once) in {}", tools.display()));
    fs::create_dir_all(&tools).with_context(|| format!("create {}", tools.display()))?;
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--no-save", "--loglevel", "error", "--prefix"]);
    shell::run(install.arg(&tools).arg(BUNDLER))?;
    match has_it(&program) {
        true => Ok(program),
        false => bail!("{} does not work after its installation", program.display()),
    }
}

/// What is directly in a folder, by name; nothing where there is no folder. The deb bundler leaves an unpacked copy
/// beside each package.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = folder.read_dir() else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("read {}", folder.display()))?.path();
        if path.is_file() || path.extension().is_some_and(|ending| ending == "app") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn size(path: &Path) -> Result<u64> {
    let facts = path.metadata().with_context(|| format!("look at {}", path.display()))?;
    if facts.is_file() {
        return Ok(facts.len());
    }
    let inside = path.read_dir().with_context(|| format!("read {}", path.display()))?;
    inside.map(|entry| size(&entry?.path())).sum()
}
