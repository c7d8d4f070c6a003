//! The built interface, from memory. It holds no secret: whoever may look at a cluster says so with each command.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

/// Empty where the interface was not built.
#[derive(Embed)]
#[folder = "../../../ui/dist"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";
const NOT_BUILT: &str = "The interface was not built into this program: type `npm ci && npm run build` in ui/, build \
    kubilitics-cli again, or let `cargo xtask run` do all of it. The commands under /api/v1 work without it.\n";

pub(crate) fn is_built() -> bool {
    Files::get(INDEX).is_some()
}

/// A file of the interface. Addresses inside it have no ending; all of them are the one page.
pub(crate) async fn page(address: Uri) -> Response {
    let path = address.path().trim_start_matches('/');
    let is_page = path == INDEX || !path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    match Files::get(if is_page { INDEX } else { path }) {
        Some(found) => file(path, found),
        None if is_page => NOT_BUILT.into_response(),
        None => (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
    }
}

fn file(path: &str, found: EmbeddedFile) -> Response {
    let kind = found.metadata.mimetype().to_owned();
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind };
    // Names of assets hold a hash of their content; an address may hold the secret that pages are opened with.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-store" };
    ([(CONTENT_TYPE, kind.as_str()), (CACHE_CONTROL, cache)], found.data).into_response()
}
