//! `cargo xtask bindings`: writes the TypeScript types of the interface from the list of commands in `api`.

use std::collections::BTreeMap;
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::check::cargo;
use crate::{paths, shell};

/// Write the TypeScript types of the interface to ui/src/api/bindings.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail where the files differ from what would be written.
    #[arg(long)]
    pub(crate) check: bool,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let fresh = paths::target()?.join("bindings");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).with_context(|| format!("empty {}", fresh.display()))?;
    }
    fs::create_dir_all(&fresh).with_context(|| format!("create {}", fresh.display()))?;
    // Built as part of the workspace, with the same features as the tests: nothing is compiled twice.
    cargo(&["build", "--quiet", "--workspace", "--example", "bindings"])?;
    shell::run(
        Command::new(paths::target()?.join("debug/examples").join(format!("bindings{EXE_SUFFIX}"))).arg(&fresh),
    )?;
    let committed = paths::root().join("ui/src/api/bindings");
    let (wanted, found) = (read(&fresh)?, read(&committed)?);
    let mut names: Vec<&String> = wanted.keys().chain(found.keys()).collect();
    names.sort();
    names.dedup();
    let differing: Vec<&str> =
        names.into_iter().filter(|name| wanted.get(*name) != found.get(*name)).map(String::as_str).collect();
    if args.check {
        if !differing.is_empty() {
            bail!("ui/src/api/bindings differs in {}; type: cargo xtask bindings", differing.join(", "));
        }
        return Ok(());
    }
    fs::create_dir_all(&committed).with_context(|| format!("create {}", committed.display()))?;
    for name in &differing {
        let path = committed.join(name);
        let done = match wanted.get(*name) {
            Some(text) => fs::write(&path, text),
            None => fs::remove_file(&path),
        };
        done.with_context(|| format!("write {}", path.display()))?;
    }
    shell::say(format!("ui/src/api/bindings: {} of {} files changed", differing.len(), wanted.len()));
    Ok(())
}

/// The files of a folder by name; nothing where there is no folder.
fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let Ok(entries) = folder.read_dir() else { return Ok(BTreeMap::new()) };
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = entry.context("read the bindings' folder")?.path();
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        files.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text);
    }
    Ok(files)
}
