//! Why a request gave nothing, told apart by what to do about it.

use std::error::Error;
use std::io;
use std::time::Duration;

use model::mask_credentials;
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
    /// An answer exceeds a limit; asking again gives the same.
    #[error("{what} is larger than {} MB, the most that is read of it", .limit >> 20)]
    TooLarge {
        /// Which answer.
        what: &'static str,
        /// In bytes.
        limit: usize,
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

    /// From an error of the network: what failed, where, and what to look at. `place` names the server and the way to it.
    pub(crate) fn of_network(error: &(dyn Error + 'static), place: &str) -> Self {
        let cause = innermost(error);
        let kind = chain(error).filter_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind).last();
        Self::Network(match kind {
            // Looking a name up has no kind of its own.
            _ if cause.contains("lookup address") => format!(
                "the name of {place} cannot be looked up; check the address in the kubeconfig, and the network or VPN \
                 that knows it"
            ),
            _ if cause.contains("fatal alert") && is_about_client(&cause) => {
                format!(
                    "{place} does not accept the client certificate ({cause}); check client-certificate in the kubeconfig"
                )
            }
            _ if cause.contains("certificate") => {
                let remedy = match () {
                    () if cause.contains("expired") => {
                        "its certificate must be renewed, or the clock of this machine set"
                    }
                    () if cause.contains("not valid yet") => "check the clock of this machine",
                    () if cause.contains("not valid for name") => "check server and tls-server-name in the kubeconfig",
                    () => "check certificate-authority in the kubeconfig",
                };
                format!("{place} is not trusted ({cause}); {remedy}")
            }
            _ if cause.contains("InvalidContentType") => {
                format!(
                    "{place} does not speak TLS; check whether the address in the kubeconfig should begin with http:"
                )
            }
            _ if cause.contains("fatal alert") || cause.contains("handshake") => {
                format!("{place} and this program agree on no TLS connection ({cause})")
            }
            Some(io::ErrorKind::ConnectionRefused) => format!(
                "{place} refused the connection: nothing listens there; check that the cluster runs and that the \
                 address in the kubeconfig is right"
            ),
            Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown) => {
                format!("no way leads to {place}; check the network, or the VPN that reaches it")
            }
            Some(io::ErrorKind::TimedOut) => {
                format!("{place} does not answer; check the network, the VPN, and firewalls on the way")
            }
            Some(
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof,
            ) => format!("{place} broke the connection off"),
            _ => format!("{place} cannot be asked: {cause}"),
        })
    }
}

/// Whether a TLS alert is about the certificate that the client shows, or does not show.
fn is_about_client(alert: &str) -> bool {
    ["Certificate", "UnknownCA", "AccessDenied"].iter().any(|word| alert.contains(word))
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        error.source()
    })
}

/// The sentence of the innermost cause: it is the one that says something, and wrappers repeat it.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        let source = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        // What a plugin prints and how it is called is others' text.
        Self::Credentials(mask_credentials(&format!("{error}{source}")).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_fails_in_words() {
        let said = |kind: io::ErrorKind, text: &str| {
            let Failure::Network(sentence) = Failure::of_network(&io::Error::new(kind, text), "https://one:6443")
            else {
                unreachable!("it is of the network");
            };
            assert!(sentence.contains("https://one:6443") && !sentence.contains("os error"), "{sentence}");
            sentence
        };
        let refused = io::Error::from_raw_os_error(111);
        assert!(said(refused.kind(), "").starts_with("https://one:6443 refused the connection"));
        let unknown = "failed to lookup address information: Name or service not known";
        assert!(said(io::ErrorKind::Other, unknown).contains("cannot be looked up"));
        let untrusted = "invalid peer certificate: UnknownIssuer";
        assert!(said(io::ErrorKind::InvalidData, untrusted).contains("(invalid peer certificate: UnknownIssuer)"));
        let expired = "invalid peer certificate: certificate expired: verification time 2 (UNIX)";
        assert!(said(io::ErrorKind::InvalidData, expired).contains("must be renewed"));
        let other_name = "invalid peer certificate: certificate not valid for name \"one\"";
        assert!(said(io::ErrorKind::InvalidData, other_name).contains("tls-server-name"));
        let refused = "received fatal alert: CertificateRequired";
        assert!(said(io::ErrorKind::InvalidData, refused).contains("does not accept the client certificate"));
        let plain = "received corrupt message of type InvalidContentType";
        assert!(said(io::ErrorKind::InvalidData, plain).contains("does not speak TLS"));
        assert!(said(io::ErrorKind::Other, "received fatal alert: HandshakeFailure").contains("no TLS connection"));
        assert_eq!(said(io::ErrorKind::Other, "odd"), "https://one:6443 cannot be asked: odd");
    }

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
