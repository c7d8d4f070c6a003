//! How long to wait before asking again.

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
/// A server that has just begun reads its roles and publishes its kinds for some seconds, and answers "forbidden" and "not
/// found" meanwhile: for so many tries, some ten seconds, pauses stay short.
const BEGINNING_TRIES: u32 = 7;
const BEGINNING_LIMIT: Duration = Duration::from_secs(2);
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
        let growing = growing(tried, LOST_RIGHT_LIMIT);
        let tries = if is_told { BEGINNING_TRIES } else { LOST_RIGHT_TRIES };
        let pause = if tried < tries { growing } else { REFUSED };
        pause.mul_f64(0.5 + chance / 2.0)
    }

    /// The pause after one more failure; `chance` is in 0..1 and spreads the load of many who wait.
    pub(crate) fn after(&mut self, failure: &Failure, chance: f64) -> Duration {
        let tried = self.failures;
        let doubled = |limit: Duration| FIRST.saturating_mul(1 << tried.min(10)).min(limit);
        let (pause, floor) = match failure {
            Failure::Network(_) | Failure::Silent(_) => (doubled(NETWORK_LIMIT), Duration::ZERO),
            Failure::NotFound(_) => (growing(tried, NETWORK_LIMIT), Duration::ZERO),
            Failure::Busy { retry_after, .. } => {
                (doubled(SERVER_LIMIT), retry_after.unwrap_or_default().min(RETRY_AFTER_LIMIT))
            }
            Failure::Malformed(_)
            | Failure::TooLarge { .. }
            | Failure::Gone(_)
            | Failure::Unauthorized(_)
            | Failure::Credentials(_) => (doubled(SERVER_LIMIT), Duration::ZERO),
            Failure::Forbidden(_) | Failure::Refused { .. } => (REFUSED, Duration::ZERO),
        };
        self.failures += 1;
        // Never before Retry-After, and else between half the pause and the whole.
        floor + pause.mul_f64(0.5 + chance / 2.0)
    }
}

/// The pause after so many failures that a server answers which has just begun.
fn growing(tried: u32, limit: Duration) -> Duration {
    let limit = if tried < BEGINNING_TRIES { BEGINNING_LIMIT } else { limit };
    FIRST.saturating_mul(1 << tried.min(10)).min(limit)
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
        let told: Vec<_> = (0..=BEGINNING_TRIES).map(|_| backoff.after_lost_right(true, 1.0)).collect();
        assert_eq!((told[0], told[BEGINNING_TRIES as usize]), (FIRST, REFUSED), "whoever is told need not ask");
    }

    /// What was seen: a server that was refused or not found for six seconds was asked again after five more, and its kinds
    /// were live later than ten seconds after its first answer.
    #[test]
    fn a_server_that_has_just_begun_is_asked_every_two_seconds() {
        let missing = Failure::NotFound(String::new());
        let (mut not_found, mut refused) = (Backoff::default(), Backoff::default());
        let mut waited = Duration::ZERO;
        while waited < Duration::from_secs(10) {
            let pause = not_found.after(&missing, 1.0);
            assert!(pause <= BEGINNING_LIMIT, "{pause:?} after {waited:?}");
            assert_eq!(pause, refused.after_lost_right(true, 1.0));
            waited += pause;
        }
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
}
