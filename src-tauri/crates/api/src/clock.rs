//! The time, for what the person sees: last opened, stamps.

use jiff::Timestamp;

/// Milliseconds since the epoch.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// `2026-11-21 03:14 UTC`.
pub(crate) fn utc(millis: i64) -> String {
    let edge = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(millis).unwrap_or(edge).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(utc(0), "1970-01-01 00:00 UTC");
        assert_eq!(utc(951_782_399_000), "2000-02-28 23:59 UTC");
        assert_eq!(utc(1_795_230_840_000), "2026-11-21 03:14 UTC");
    }
}
