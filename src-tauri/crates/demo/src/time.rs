//! Instants of the demo and how Kubernetes writes them.
//!
//! A `Time` is data: nothing here reads a clock. The clock itself is injected (`clock.rs`).

use jiff::Timestamp;

/// Milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// One second in the unit of [`Time`].
pub(crate) const SECOND: i64 = 1_000;
/// One minute in the unit of [`Time`].
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// One hour in the unit of [`Time`].
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// One day in the unit of [`Time`].
pub(crate) const DAY: i64 = 24 * HOUR;

impl Time {
    /// The instant that lies `millis` after the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The instant `millis` later (earlier, if negative).
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The instant `millis` earlier.
    pub const fn minus(self, millis: i64) -> Self {
        Self(self.0.saturating_sub(millis))
    }

    /// Milliseconds from `earlier` to this instant.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// `2026-11-20T14:02:00Z`, as in `metadata.creationTimestamp`.
    pub fn rfc3339(self) -> String {
        let seconds = Self(self.0.div_euclid(SECOND) * SECOND);
        seconds.timestamp().to_string()
    }

    /// `2026-11-20T14:02:00.125000Z`, as in `Lease.spec.renewTime`.
    pub fn micros(self) -> String {
        format!("{:.6}", self.timestamp())
    }

    /// `2026-11-20T14:02:00.125000000Z`, as the kubelet stamps log lines.
    pub fn nanos(self) -> String {
        format!("{:.9}", self.timestamp())
    }

    /// Reads `2026-11-20T14:02:00Z`, with or without a fraction.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|timestamp| Self(timestamp.as_millisecond()))
    }

    /// `20/Nov/2026:14:02:00 +0000`, as web servers stamp their access logs.
    pub(crate) fn access_log(self) -> String {
        self.timestamp().strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
    }

    /// Instants beyond the years that can be written (9999) are the last one.
    fn timestamp(self) -> Timestamp {
        let edge = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_millisecond(self.0).unwrap_or(edge)
    }
}

/// A duration as `kubectl get` prints ages (apimachinery `HumanDuration`).
pub(crate) fn human_duration(millis: i64) -> String {
    let seconds = millis / SECOND;
    if seconds < 0 {
        return if seconds < -1 { "<invalid>" } else { "0s" }.to_owned();
    }
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let pair = |big: i64, unit: &str, small: i64, small_unit: &str| match small {
        0 => format!("{big}{unit}"),
        small => format!("{big}{unit}{small}{small_unit}"),
    };
    if seconds < 120 {
        format!("{seconds}s")
    } else if minutes < 10 {
        pair(minutes, "m", seconds % 60, "s")
    } else if minutes < 180 {
        format!("{minutes}m")
    } else if hours < 8 {
        pair(hours, "h", minutes % 60, "m")
    } else if hours < 48 {
        format!("{hours}h")
    } else if days < 8 {
        pair(days, "d", hours % 24, "h")
    } else if days < 365 * 2 {
        format!("{days}d")
    } else if days < 365 * 8 {
        pair(days / 365, "y", days % 365, "d")
    } else {
        format!("{}y", days / 365)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_what_kubernetes_writes() {
        let time = Time::from_millis(1_795_183_320_125);
        assert_eq!(time.rfc3339(), "2026-11-20T14:02:00Z");
        assert_eq!(time.micros(), "2026-11-20T14:02:00.125000Z");
        assert_eq!(Time::parse(&time.micros()).unwrap(), time);
        assert_eq!(Time::parse("2024-02-29T00:00:00Z").unwrap().rfc3339(), "2024-02-29T00:00:00Z");
        assert_eq!(Time::parse("yesterday"), None);
    }

    #[test]
    fn ages_read_as_in_kubectl() {
        let cases = [
            (95, "95s"),
            (330, "5m30s"),
            (47 * 60, "47m"),
            (5 * 3600 + 12 * 60, "5h12m"),
            (31 * 3600, "31h"),
            (3 * 86_400 + 4 * 3600, "3d4h"),
            (200 * 86_400, "200d"),
            ((2 * 365 + 30) * 86_400, "2y30d"),
            (9 * 365 * 86_400, "9y"),
        ];
        for (seconds, text) in cases {
            assert_eq!(human_duration(seconds * SECOND), text);
        }
    }
}
