//! The one shape of an error at the edge.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the interface gets instead of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// What the interface may act on.
    pub code: ErrorCode,
    /// What failed, on what, and what to do; lower case, no full stop.
    pub message: String,
    /// The chain of causes, for a fold-out.
    pub detail: Option<String>,
}

/// What sort of failure it is, where whoever asked may act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// The request itself is wrong: a bug or a bad value.
    Invalid,
    /// The cluster, object or export named is not there.
    NotFound,
    /// The picture named was replaced by another: ask again about that.
    Gone,
    /// The cluster cannot be reached: offer to try again.
    Unreachable,
    /// Credentials are refused or expired: offer to sign in again.
    Unauthorized,
    /// The account may not: show what was denied.
    Forbidden,
    /// This caller may not, by our own rules: say what it may instead.
    Denied,
    /// The database is damaged or newer: ask before moving it aside.
    Store,
    /// The person cancelled.
    Cancelled,
    /// Everything else.
    Failed,
}
