//! The folder of one run: data, keys, kubeconfigs and logs. It goes when its owner is dropped; one whose owner was
//! killed is found by its free lock and removed at the next start, so that nothing piles up.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

/// Names the folder of the built control plane, so that several checkouts on one machine can share a build.
pub const CONTROL_PLANE_VARIABLE: &str = "KUBILITICS_CONTROL_PLANE_DIR";

/// Set to anything, it keeps the folders of all runs: the programs' logs lie there.
pub const KEEP_VARIABLE: &str = "KUBILITICS_TEST_KEEP";

const LOCK: &str = "lock";

/// The folder that `cargo xtask control-plane` built into: the one the environment names, or `control-plane` in the
/// build folder that the running program lies in.
pub fn control_plane_folder() -> Result<PathBuf> {
    if let Some(folder) = env::var_os(CONTROL_PLANE_VARIABLE) {
        return Ok(PathBuf::from(folder));
    }
    let own = env::current_exe().context("find the running program")?;
    let built =
        own.ancestors().map(|folder| folder.join("control-plane")).find(|folder| folder.join("stamp").is_file());
    match built {
        Some(folder) => Ok(folder),
        None => bail!("the Kubernetes programs are not built; run `cargo xtask control-plane` (four minutes, once)"),
    }
}

/// A folder that lives as long as this value.
#[derive(Debug)]
pub(crate) struct RunFolder {
    path: PathBuf,
    _lock: File,
}

impl RunFolder {
    /// A fresh folder under `parent`, after removing those of runs that are over.
    pub(crate) fn create(parent: &Path) -> Result<Self> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        fs::create_dir_all(parent).with_context(|| format!("create {}", parent.display()))?;
        remove_abandoned(parent);
        let name = format!("{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = parent.join(name);
        fs::create_dir_all(&path).with_context(|| format!("create {}", path.display()))?;
        // Locked before it bears its name: nobody can find it free in between.
        let unnamed = path.join("lock.new");
        let lock = File::create(&unnamed).context("create the lock of a run")?;
        lock.lock().context("lock the folder of a run")?;
        fs::rename(&unnamed, path.join(LOCK)).context("name the lock of a run")?;
        Ok(Self { path, _lock: lock })
    }

    /// A fresh folder beside the running program, for what needs no built control plane.
    pub(crate) fn beside_program() -> Result<Self> {
        let own = env::current_exe().context("find the running program")?;
        Self::create(&own.with_extension("runs"))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file and returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
        let file = self.path.join(name);
        fs::write(&file, content).with_context(|| format!("write {}", file.display()))?;
        Ok(file)
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if env::var_os(KEEP_VARIABLE).is_none() {
            // What cannot be removed now is removed at the next start.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn remove_abandoned(parent: &Path) {
    if env::var_os(KEEP_VARIABLE).is_some() {
        return;
    }
    let Ok(entries) = parent.read_dir() else { return };
    for folder in entries.flatten().map(|entry| entry.path()) {
        // A folder without a lock is one that is being made at this moment.
        let Ok(lock) = File::open(folder.join(LOCK)) else { continue };
        if lock.try_lock().is_ok() {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_removes_what_a_killed_one_left_and_leaves_the_living_alone() {
        let outer = RunFolder::beside_program().unwrap();
        let living = RunFolder::create(outer.path()).unwrap();
        let killed = outer.path().join("1-0");
        fs::create_dir_all(&killed).unwrap();
        fs::write(killed.join(LOCK), "").unwrap();
        let next = RunFolder::create(outer.path()).unwrap();
        assert!(!killed.exists() && living.path().exists());
        let path = next.path().to_owned();
        drop(next);
        assert!(!path.exists());
    }
}
