//! The clock on the wall: it runs on while the machine sleeps, which timers do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// The system's clock, and what a test has added to it. Clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct WallClock {
    ahead_millis: Arc<AtomicU64>,
}

impl WallClock {
    /// Moves on at once, as if the machine had slept for so long.
    pub fn skip(&self, time: Duration) {
        self.ahead_millis.fetch_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> SystemTime {
        SystemTime::now() + Duration::from_millis(self.ahead_millis.load(Ordering::Relaxed))
    }
}
