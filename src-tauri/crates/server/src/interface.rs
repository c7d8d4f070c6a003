//! The built interface, from memory.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::Host;
use crate::access::{COOKIE_NAME, knows_token, token_in};

/// Path and content, ordered by path; empty where the interface was not built.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/interface.rs"));

const NOT_BUILT: &str = "The interface was not built into this program: type `npm ci && npm run build` in ui/, build \
    kubilitics-cli again, or let `cargo xtask run` do all of it. The commands under /api/v1 work without it.\n";
const NO_TOKEN: &str = "Open the address that was printed at the start: it holds the token.\n";

pub(crate) fn is_built() -> bool {
    !FILES.is_empty()
}

/// A file of the interface. The page itself takes the token, and turns the one in the address into a cookie.
pub(crate) async fn page(State(host): State<Host>, request: Request) -> Response {
    let path = request.uri().path();
    // Addresses inside the interface have no ending; all of them are the one page.
    let name = if path.rsplit('/').next().is_some_and(|last| last.contains('.')) { path } else { "/index.html" };
    if name != "/index.html" {
        return match find(name) {
            Some(content) => file(name, content),
            None => (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
        };
    }
    if !knows_token(&host, request.headers(), request.uri()) {
        return (StatusCode::UNAUTHORIZED, NO_TOKEN).into_response();
    }
    let cookie = format!("{COOKIE_NAME}={}; HttpOnly; SameSite=Strict; Path=/", host.options.token);
    let mut response = match (token_in(request.uri()), find(name)) {
        // Cleaned at once, so that the token stays out of the history and of referrers.
        (Some(_), _) => (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response(),
        (None, Some(content)) => file(name, content),
        (None, None) => (StatusCode::OK, NOT_BUILT).into_response(),
    };
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

fn find(name: &str) -> Option<&'static [u8]> {
    let at = FILES.binary_search_by(|(path, _)| (*path).cmp(name)).ok()?;
    FILES.get(at).map(|(_, content)| *content)
}

fn file(name: &str, content: &'static [u8]) -> Response {
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    // Names of assets hold a hash of their content.
    let cache = if name.starts_with("/assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// By the file's ending.
pub(crate) fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "graphml" | "drawio" => "application/xml",
        "mmd" | "d2" | "dot" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
