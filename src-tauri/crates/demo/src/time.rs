//! Instants of the demo and how Kubernetes writes them.
//!
//! A `Time` is data: nothing here reads a clock. The clock itself is injected (`clock.rs`).

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
        let (year, month, day, hour, minute, second) = self.civil();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// `2026-11-20T14:02:00.125000Z`, as in `Lease.spec.renewTime`.
    pub fn micros(self) -> String {
        let (year, month, day, hour, minute, second) = self.civil();
        let micros = self.0.rem_euclid(SECOND) * 1_000;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }

    /// `2026-11-20T14:02:00.125000000Z`, as the kubelet stamps log lines.
    pub fn nanos(self) -> String {
        let (year, month, day, hour, minute, second) = self.civil();
        let nanos = self.0.rem_euclid(SECOND) * 1_000_000;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanos:09}Z")
    }

    /// Reads `2026-11-20T14:02:00Z`, with or without a fraction; other zones are not written by the demo.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z')?;
        let (date, clock) = text.split_once('T')?;
        let mut date = date.split('-').map(str::parse::<i64>);
        let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let mut clock = clock.split(':').map(str::parse::<i64>);
        let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
        let millis: i64 = format!("{fraction:0<3.3}").parse().ok()?;
        let days = days_from_civil(year, month, day);
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
        Some(Self(seconds * SECOND + millis))
    }

    /// Year, month, day, hour, minute, second in UTC.
    pub(crate) fn civil(self) -> (i64, i64, i64, i64, i64, i64) {
        let days = self.0.div_euclid(DAY);
        let second = self.0.rem_euclid(DAY) / SECOND;
        let (year, month, day) = civil_from_days(days);
        (year, month, day, second / 3600, second / 60 % 60, second % 60)
    }
}

/// Howard Hinnant's `civil_from_days`: proleptic Gregorian date of a day number.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The inverse of [`civil_from_days`].
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
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
