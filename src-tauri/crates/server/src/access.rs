//! Who may ask: the token that is shown, the names this host answers to, and where a page must come from.

use std::net::IpAddr;

use api::types::{ApiError, ErrorCode};
use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Host;
use crate::failure::failure;

/// Nothing from elsewhere, nothing inline, no frame around it. Styles that the page computes it sets as properties, which
/// needs no permission.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// What every answer says to a browser: pages of other origins do not see it, frame it, or hold a handle to its window.
const HEADERS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Finds out who asks, by the token that is shown as bearer; whoever shows none of ours is turned away.
pub(crate) async fn identify(State(host): State<Host>, mut request: Request, next: Next) -> Response {
    match bearer(request.headers()).and_then(|shown| host.tokens.caller(shown)) {
        Some(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        None => no_token(),
    }
}

/// A token for a page, as JSON: `{"token": ".."}`.
pub(crate) async fn admit_page(State(host): State<Host>, headers: HeaderMap) -> Response {
    match bearer(&headers).map_or(Ok(None), |shown| host.tokens.admit_page(shown)) {
        Ok(Some(token)) => axum::Json(serde_json::json!({ "token": token })).into_response(),
        Ok(None) => no_token(),
        Err(error) => {
            let error = ApiError::failed(format!("the system has no randomness for a token: {error}"));
            failure(StatusCode::INTERNAL_SERVER_ERROR, &error)
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

pub(crate) fn no_token() -> Response {
    let message = "the token is absent or not ours: open the address that was printed at the start";
    failure(StatusCode::UNAUTHORIZED, &ApiError::new(ErrorCode::Unauthorized, message))
}

/// Turns away requests under a foreign name, and from pages of another origin.
pub(crate) async fn check_origin(State(host): State<Host>, request: Request, next: Next) -> Response {
    match refusal(&host, request.headers(), request.uri()) {
        Some((status, message)) => failure(status, &ApiError::new(ErrorCode::Denied, message)),
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
    // One that is no text is nobody's.
    let foreign = headers.get(ORIGIN).is_some_and(|origin| !origin.to_str().is_ok_and(is_own));
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
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
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
}
