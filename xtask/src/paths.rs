//! Where things lie: the workspace, the build folder, and the control plane inside it.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Names the folder of the built control plane, so that several checkouts on one machine can share a build.
pub(crate) const CONTROL_PLANE_VARIABLE: &str = "KUBILITICS_CONTROL_PLANE_DIR";

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// Cargo's build folder: the one this very program was built into, which holds whatever configuration chose it.
pub(crate) fn target() -> Result<PathBuf> {
    let own = env::current_exe().context("find the running program")?;
    let target = own.parent().and_then(Path::parent).context("the running program lies in no build folder")?;
    Ok(target.to_owned())
}

/// The folder of the built control plane.
pub(crate) fn control_plane() -> Result<PathBuf> {
    match env::var_os(CONTROL_PLANE_VARIABLE) {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Ok(target()?.join("control-plane")),
    }
}
