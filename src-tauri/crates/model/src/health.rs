//! One scale of health for everything.

use serde::{Deserialize, Serialize};

/// How well an object is, worst first, so that the minimum of several is the one to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It does not work: crash loop, failed job, broken reference that stops it.
    Failing,
    /// Referenced, its kind is listed, and it is not there.
    Missing,
    /// It works in part: fewer ready than wanted, under pressure, at its limit.
    Degraded,
    /// It is on its way: pending, progressing, terminating.
    Pending,
    /// Nothing can be said: its kind or namespace cannot be listed or is not loaded.
    Unknown,
    /// It does what it is for.
    Ok,
    /// It ran to its end.
    Completed,
    /// It has no health of its own: a ConfigMap, a Role.
    Neutral,
}

impl Health {
    /// Every value, worst first.
    pub const ALL: [Self; 8] = [
        Self::Failing,
        Self::Missing,
        Self::Degraded,
        Self::Pending,
        Self::Unknown,
        Self::Ok,
        Self::Completed,
        Self::Neutral,
    ];

    /// The word of the canonical JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Missing => "missing",
            Self::Degraded => "degraded",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Completed => "completed",
            Self::Neutral => "neutral",
        }
    }

    /// Whether "problems only" shows it.
    pub fn is_problem(self) -> bool {
        matches!(self, Self::Failing | Self::Missing | Self::Degraded | Self::Pending)
    }
}
