//! Notices when kubeconfig files change.
//!
//! By looking at them once a second rather than by file events: the files are few, they are replaced rather than
//! written, may be links into other folders (Kubernetes mounts), lie on network drives that send no events, or do not
//! exist yet.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{Contexts, Environment, load};

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Gives the contexts again whenever a file changed. Holds no task: it looks while it is awaited.
#[derive(Debug)]
pub struct Watch {
    environment: Environment,
    seen: Vec<Option<Stamp>>,
    clock: Interval,
}

/// What differs after a file was replaced or written.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl Watch {
    /// Reads the files and begins to watch them. Must be called inside a tokio runtime.
    pub fn new(environment: Environment) -> (Contexts, Self) {
        // Looked at before reading: a change in between is then seen twice rather than never.
        let seen = look(&environment);
        let contexts = load(&environment);
        let mut clock = interval(LOOK_EVERY);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        (contexts, Self { environment, seen, clock })
    }

    /// The contexts after the next change. Safe to cancel.
    pub async fn changed(&mut self) -> Contexts {
        loop {
            self.clock.tick().await;
            let now = look(&self.environment);
            if now != self.seen {
                self.seen = now;
                return load(&self.environment);
            }
        }
    }
}

fn look(environment: &Environment) -> Vec<Option<Stamp>> {
    environment.files().iter().map(|file| stamp(file)).collect()
}

fn stamp(file: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(file).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let inode = 0;
    Some(Stamp { modified: metadata.modified().ok(), length: metadata.len(), inode })
}
