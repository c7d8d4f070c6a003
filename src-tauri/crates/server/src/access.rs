//! Who may ask: the token, the names this host answers to, and where a page must come from.

use std::net::IpAddr;

use api::types::{ApiError, ErrorCode};
use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CONTENT_SECURITY_POLICY, COOKIE, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;

use crate::Host;
use crate::failure::failure;

/// The cookie that carries the token after the first page.
pub(crate) const COOKIE_NAME: &str = "kubilitics";

/// Nothing from elsewhere, nothing inline, no frame around it. Styles that the page computes it sets as properties, which
/// needs no permission.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// 192 random bits from the system.
///
/// # Errors
/// Where the system has no randomness to give.
pub fn token() -> std::io::Result<String> {
    let mut bytes = [0; 24];
    OsRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Lets a request with the token through: as bearer, as cookie, or in the address.
pub(crate) async fn require_token(State(host): State<Host>, request: Request, next: Next) -> Response {
    if knows_token(&host, request.headers(), request.uri()) {
        return next.run(request).await;
    }
    let message = "the token is absent or not ours: open the address that was printed at the start";
    failure(StatusCode::UNAUTHORIZED, &ApiError::new(ErrorCode::Unauthorized, message))
}

pub(crate) fn knows_token(host: &Host, headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let bearer = text(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let cookie = text(COOKIE).and_then(|cookies| {
        let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value)
    });
    let shown = [bearer, cookie, token_in(uri)];
    shown.into_iter().flatten().any(|shown| is_same(shown, &host.options.token))
}

/// `?token=...`, as the printed address has it.
pub(crate) fn token_in(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))
}

/// In a time that does not tell how much of it is right.
fn is_same(shown: &str, token: &str) -> bool {
    let differing = shown.bytes().zip(token.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    shown.len() == token.len() && differing == 0
}

/// Turns away requests under a foreign name, and from pages of another origin.
pub(crate) async fn check_origin(State(host): State<Host>, request: Request, next: Next) -> Response {
    match refusal(&host, request.headers(), request.uri()) {
        Some((status, message)) => failure(status, &ApiError::new(ErrorCode::Forbidden, message)),
        None => next.run(request).await,
    }
}

fn refusal(host: &Host, headers: &HeaderMap, uri: &Uri) -> Option<(StatusCode, &'static str)> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let asked = text(HOST).or_else(|| uri.authority().map(|authority| authority.as_str()));
    let Some(asked) = asked.filter(|asked| is_ours(asked, &host.options.hosts)) else {
        let message = "this host does not answer to that name; allow it with --allow-host";
        return Some((StatusCode::MISDIRECTED_REQUEST, message));
    };
    let is_own = |origin: &str| {
        let own = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        own.is_some_and(|own| own.eq_ignore_ascii_case(asked))
    };
    let foreign = text(ORIGIN).is_some_and(|origin| !is_own(origin));
    foreign.then_some((StatusCode::FORBIDDEN, "pages of other origins may not ask this host"))
}

/// Plain addresses cannot be rebound by a foreign name server; names can, so that only known ones pass.
fn is_ours(asked: &str, hosts: &[String]) -> bool {
    let name = match asked.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => asked.rsplit_once(':').map_or(asked, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok()
        || hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
}

pub(crate) async fn secure_headers(response: Response) -> Response {
    let mut response = response.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_rebound_are_not_ours() {
        let hosts = ["cluster.example".to_owned()];
        for ours in ["localhost", "LOCALHOST:8080", "127.0.0.1:80", "[::1]:80", "10.1.2.3", "cluster.example:443"] {
            assert!(is_ours(ours, &hosts), "{ours}");
        }
        for foreign in ["evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example", ""] {
            assert!(!is_ours(foreign, &hosts), "{foreign}");
        }
    }

    #[test]
    fn tokens_differ_and_are_compared_whole() {
        let (one, other) = (token().unwrap_or_default(), token().unwrap_or_default());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
        assert!(is_same(&one, &one));
        assert!(!is_same(&one, &other));
        assert!(!is_same("", &one));
    }
}
