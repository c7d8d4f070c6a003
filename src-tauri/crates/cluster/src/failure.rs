//! Why a request gave nothing, told apart by what to do about it.

use std::time::Duration;

use serde::Deserialize;

use crate::auth::AuthError;

/// A request that failed. The message is a sentence for a person; the variant says whether asking again helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Credentials could not be prepared; asking again helps once the person did something.
    #[error("{0}")]
    Credentials(String),
    /// No answer: not reachable, broken off, no TLS. Ask again.
    #[error("{0}")]
    Network(String),
    /// Nothing came for longer than an answer takes. Ask again.
    #[error("the server has been silent for {} s", .0.as_secs())]
    Silent(Duration),
    /// 401, after fresh credentials were tried.
    #[error("the server does not accept the credentials (401): {0}")]
    Unauthorized(String),
    /// 403: the account may not.
    #[error("{0}")]
    Forbidden(String),
    /// 404: the server does not serve it.
    #[error("{0}")]
    NotFound(String),
    /// 410: the version is too old; list again.
    #[error("{0}")]
    Gone(String),
    /// 429 and 5xx: ask again, not before `retry_after`.
    #[error("the server answered {status}: {message}")]
    Busy {
        /// HTTP status.
        status: u16,
        /// The server's message.
        message: String,
        /// What `Retry-After` asks for.
        retry_after: Option<Duration>,
    },
    /// Any other refusal; asking again gives the same.
    #[error("the server answered {status}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The server's message.
        message: String,
    },
    /// An answer that cannot be read. Ask again.
    #[error("the server's answer cannot be read: {0}")]
    Malformed(String),
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    message: String,
    details: Details,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Details {
    retry_after_seconds: u64,
}

impl Failure {
    /// From an answer that is no success: its code, the `Retry-After` header and the body, a `Status` or not.
    pub(crate) fn of_answer(code: u16, retry_after: Option<&str>, body: &[u8]) -> Self {
        let status: Status = serde_json::from_slice(body).unwrap_or_default();
        let message = if status.message.is_empty() {
            let text = String::from_utf8_lossy(body);
            text.lines().next().unwrap_or_default().trim().chars().take(200).collect()
        } else {
            status.message
        };
        let seconds =
            retry_after.and_then(|text| text.trim().parse().ok()).unwrap_or(status.details.retry_after_seconds);
        match code {
            401 => Self::Unauthorized(message),
            403 => Self::Forbidden(message),
            404 => Self::NotFound(message),
            410 => Self::Gone(message),
            429 | 500.. => {
                let retry_after = Some(Duration::from_secs(seconds)).filter(|wait| !wait.is_zero());
                Self::Busy { status: code, message, retry_after }
            }
            status => Self::Refused { status, message },
        }
    }

    /// From an error of the network: the innermost cause is the one that says something.
    pub(crate) fn of_network(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut sentences: Vec<String> = Vec::new();
        let mut cause = Some(error);
        while let Some(error) = cause {
            let sentence = error.to_string();
            // Wrappers repeat what they wrap.
            sentences.retain(|outer| !outer.contains(&sentence));
            sentences.push(sentence);
            cause = error.source();
        }
        Self::Network(sentences.pop().unwrap_or_default())
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        let source = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        Self::Credentials(format!("{error}{source}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart_by_what_to_do() {
        let status = br#"{"kind":"Status","message":"slow down","details":{"retryAfterSeconds":3}}"#;
        let busy = |seconds: u64| Failure::Busy {
            status: 429,
            message: "slow down".to_owned(),
            retry_after: Some(Duration::from_secs(seconds)),
        };
        assert_eq!(Failure::of_answer(429, None, status), busy(3));
        assert_eq!(Failure::of_answer(429, Some("7"), status), busy(7));
        assert_eq!(
            Failure::of_answer(502, None, b"<html>\n"),
            Failure::Busy { status: 502, message: "<html>".to_owned(), retry_after: None }
        );
        assert_eq!(Failure::of_answer(410, None, status), Failure::Gone("slow down".to_owned()));
    }
}
