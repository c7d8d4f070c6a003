//! How long to wait before asking again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use crate::failure::Failure;

const FIRST: Duration = Duration::from_millis(400);
/// A lost network is back in seconds, and one request each is little.
const NETWORK_LIMIT: Duration = Duration::from_secs(5);
/// An overloaded server is left alone longer.
const SERVER_LIMIT: Duration = Duration::from_secs(30);
/// What only a person changes is asked for rarely.
const REFUSED: Duration = Duration::from_secs(300);
/// A right that was there a moment ago: a server that has just begun refuses until it has read its roles, and a person who
/// gives a right back waits for it.
const LOST_RIGHT_LIMIT: Duration = Duration::from_secs(8);
/// After so many refusals in a row, some minutes of them, the right is gone like any other.
const LOST_RIGHT_TRIES: u32 = 40;
/// Seconds in all: a server that has just begun has read its roles by then.
const FEW_TRIES: u32 = 4;
/// A server that asks for an hour is asked sooner all the same.
const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(120);

/// Grows with each failure in a row.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Something worked.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// Whether nothing failed since something worked.
    pub(crate) fn is_first(&self) -> bool {
        self.failures == 0
    }

    /// One more failure, after which nothing waits.
    pub(crate) fn count(&mut self) {
        self.failures += 1;
    }

    /// The pause after one more refusal of what was allowed before. Whoever is told when the right comes back tries a few
    /// times only.
    pub(crate) fn after_lost_right(&mut self, is_told: bool, chance: f64) -> Duration {
        let tried = self.failures;
        self.failures += 1;
        let growing = FIRST.saturating_mul(1 << tried.min(10)).min(LOST_RIGHT_LIMIT);
        let tries = if is_told { FEW_TRIES } else { LOST_RIGHT_TRIES };
        let pause = if tried < tries { growing } else { REFUSED };
        pause.mul_f64(0.5 + chance / 2.0)
    }

    /// The pause after one more failure; `chance` is in 0..1 and spreads the load of many who wait.
    pub(crate) fn after(&mut self, failure: &Failure, chance: f64) -> Duration {
        let growing = |limit: Duration| FIRST.saturating_mul(1 << self.failures.min(10)).min(limit);
        let (pause, floor) = match failure {
            // What is not found now is often found a moment later: a server that has just begun publishes its kinds.
            Failure::Network(_) | Failure::Silent(_) | Failure::NotFound(_) => (growing(NETWORK_LIMIT), Duration::ZERO),
            Failure::Busy { retry_after, .. } => {
                (growing(SERVER_LIMIT), retry_after.unwrap_or_default().min(RETRY_AFTER_LIMIT))
            }
            Failure::Malformed(_)
            | Failure::TooLarge { .. }
            | Failure::Gone(_)
            | Failure::Unauthorized(_)
            | Failure::Credentials(_) => (growing(SERVER_LIMIT), Duration::ZERO),
            Failure::Forbidden(_) | Failure::Refused { .. } => (REFUSED, Duration::ZERO),
        };
        self.failures += 1;
        // Never before Retry-After, and else between half the pause and the whole.
        floor + pause.mul_f64(0.5 + chance / 2.0)
    }
}

/// A number in 0..1; std's hasher keys are random and need no further crate.
pub(crate) fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 32;
    #[allow(clippy::cast_precision_loss)]
    let chance = bits as f64 / f64::from(u32::MAX);
    chance
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was seen: a server refused for a second while it read its roles, and every kind stayed forbidden for minutes.
    #[test]
    fn a_right_that_was_there_is_asked_for_again_within_seconds() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..=LOST_RIGHT_TRIES).map(|_| backoff.after_lost_right(false, 1.0)).collect();
        assert_eq!(pauses.first(), Some(&FIRST));
        assert!(pauses.iter().rev().skip(1).all(|pause| *pause <= LOST_RIGHT_LIMIT));
        assert_eq!(pauses.last(), Some(&REFUSED));
        backoff.reset();
        let told: Vec<_> = (0..=FEW_TRIES).map(|_| backoff.after_lost_right(true, 1.0)).collect();
        assert_eq!((told[0], told[FEW_TRIES as usize]), (FIRST, REFUSED), "whoever is told need not ask");
    }

    #[test]
    fn pauses_grow_up_to_their_limit_and_honour_retry_after() {
        let mut backoff = Backoff::default();
        let network = Failure::Network(String::new());
        let pauses: Vec<u128> = (0..6).map(|_| backoff.after(&network, 1.0).as_millis()).collect();
        assert_eq!(pauses, [400, 800, 1600, 3200, 5000, 5000]);
        backoff.reset();
        let busy = Failure::Busy { status: 429, message: String::new(), retry_after: Some(Duration::from_secs(7)) };
        assert_eq!(backoff.after(&busy, 0.0).as_millis(), 7200);
    }

    #[test]
    fn chance_is_a_fraction() {
        assert!((0..100).map(|_| chance()).all(|chance| (0.0..=1.0).contains(&chance)));
    }
}
