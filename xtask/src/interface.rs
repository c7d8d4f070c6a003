//! npm packages and the built interface, each made anew only where something they are made from has changed: the window
//! and the server have the interface inside them, and would be linked again after every build of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::{paths, shell};

/// What the interface is built from, in `ui/`.
const SOURCES: [&str; 7] =
    ["src", "public", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];

/// The folder of the interface.
pub(crate) fn folder() -> PathBuf {
    paths::root().join("ui")
}

/// Installs the packages that the lock file of that folder names, unless they are there.
pub(crate) fn packages(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).context("read package-lock.json")?;
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    npm(folder, &["ci", "--no-audit", "--no-fund"])?;
    fs::write(&stamp, lock).with_context(|| format!("write {}", stamp.display()))
}

/// Builds what the window and `serve` show, unless it is newer than everything it is built from.
pub(crate) fn build() -> Result<()> {
    let folder = folder();
    let built = folder.join("dist/index.html").metadata().and_then(|facts| facts.modified());
    let newest = SOURCES.into_iter().map(|name| newest(&folder.join(name))).collect::<Result<Vec<_>>>()?;
    if built.is_ok_and(|built| newest.iter().all(|source| *source < built)) {
        return Ok(());
    }
    npm(&folder, &["run", "build"])
}

/// npm, in that folder.
pub(crate) fn npm(folder: &Path, arguments: &[&str]) -> Result<()> {
    shell::run(Command::new("npm").current_dir(folder).args(arguments))
}

/// When a file, or anything in a folder, was last changed; folders count too, since a removed file changes them.
fn newest(path: &Path) -> Result<SystemTime> {
    let look = || format!("look at {}", path.display());
    let facts = path.metadata().with_context(look)?;
    let mut newest_of_all = facts.modified().with_context(look)?;
    if facts.is_dir() {
        for entry in path.read_dir().with_context(look)? {
            newest_of_all = newest_of_all.max(newest(&entry.with_context(look)?.path())?);
        }
    }
    Ok(newest_of_all)
}
