//! `cargo xtask screenshots`: pictures of the screens that matter, in both sizes and both looks, to lay side by side.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::check::{INTERFACE_BUILD, INTERFACE_PACKAGES};
use crate::{e2e, paths, shell};

/// Write screenshots of start screen, map, selection, focus and export at 1280×800 and 1920×1080, light and dark.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where to; made where it does not exist.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let folder = match args.to {
        Some(folder) => folder,
        None => paths::target()?.join("screenshots"),
    };
    let folder = std::path::absolute(&folder).with_context(|| format!("find {}", folder.display()))?;
    (INTERFACE_PACKAGES.run)()?;
    (INTERFACE_BUILD.run)()?;
    e2e::photograph(&folder)?;
    shell::say(format!("written to {}", folder.display()));
    Ok(())
}
