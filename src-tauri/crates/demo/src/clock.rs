//! Where the demo gets its time from: the system, or a clock that a test turns by hand.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::time::Time;

/// A source of the current time. The whole life of the demo follows from it and from the seed.
pub trait Clock: Send + Sync + 'static {
    /// The current instant.
    fn now(&self) -> Time;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    // The one place of the crate that asks the machine what time it is.
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> Time {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Time::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is advanced.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock standing at `start`.
    pub const fn new(start: Time) -> Self {
        Self(AtomicI64::new(start.millis()))
    }

    /// Turns the clock forward. The demo acts on it at its next tick, or at once when
    /// [`Running::settle`](crate::Running::settle) is called.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
}
