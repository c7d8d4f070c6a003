//! Commands over POST, uploads and downloads, and what the host says of itself.

use std::time::Duration;

use api::types::ApiError;
use api::{Caller, Upload};
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures::StreamExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use crate::Host;
use crate::failure::{failure, status_of};
use crate::interface;

/// The longest request of a command; what is larger is a file, and uploaded as such.
const REQUEST_LIMIT: usize = 2 << 20;
/// How long a command's request, and each piece of an upload, may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// One command; an empty body is an empty request.
pub(crate) async fn call(
    State(host): State<Host>,
    Extension(caller): Extension<Caller>,
    Path(command): Path<String>,
    body: Body,
) -> Response {
    let answer = match read(body).await {
        Ok(request) => host.application.call(caller, &command, request).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(text) => ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], text).into_response(),
        Err(error) => failure(status_of(error.code), &error),
    }
}

async fn read(body: Body) -> Result<Value, ApiError> {
    let bytes = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, REQUEST_LIMIT)).await.map_err(|_| late())?;
    let limit = REQUEST_LIMIT >> 20;
    let unread =
        |error| ApiError::invalid(format!("the request is longer than {limit} MB or broke off")).because(&error);
    let bytes = bytes.map_err(unread)?;
    if bytes.is_empty() {
        return Ok(json!({}));
    }
    match serde_json::from_slice(&bytes) {
        // `null` and `{}` say the same where nothing is asked.
        Ok(Value::Null) => Ok(json!({})),
        Ok(request) => Ok(request),
        Err(error) => Err(ApiError::invalid(format!("the request is no JSON: {error}"))),
    }
}

fn late() -> ApiError {
    ApiError::invalid(format!("nothing of the request arrived for {} s", BODY_TIMEOUT.as_secs()))
}

/// A file that the page wants opened, as `{"path": ".."}`: what to name in `cluster_connect`.
pub(crate) async fn upload(
    State(host): State<Host>,
    Extension(caller): Extension<Caller>,
    Path((batch, path)): Path<(String, String)>,
    body: Body,
) -> Response {
    let kept = match host.application.upload(caller, &batch, &path) {
        Ok(upload) => keep(upload, body).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(path) => Json(json!({ "path": path })).into_response(),
        Err(error) => failure(status_of(error.code), &error),
    }
}

async fn keep(mut upload: Upload, body: Body) -> Result<String, ApiError> {
    let mut pieces = body.into_data_stream();
    loop {
        let piece = tokio::time::timeout(BODY_TIMEOUT, pieces.next()).await.map_err(|_| late())?;
        let Some(piece) =
            piece.transpose().map_err(|error| ApiError::failed("the upload broke off").because(&error))?
        else {
            return upload.finish();
        };
        let written = tokio::task::spawn_blocking(move || upload.write(&piece).map(|()| upload)).await;
        upload = written.map_err(|error| ApiError::failed("the upload cannot be kept").because(&error))??;
    }
}

/// The file of an export, by the name that its status gave.
pub(crate) async fn download(State(host): State<Host>, Path(name): Path<String>, request: Request) -> Response {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.') && !name.contains("..");
    let file = host.application.downloads().join(&name);
    if !is_plain || !file.is_file() {
        return failure(StatusCode::NOT_FOUND, &ApiError::not_found(format!("there is no export {name}")));
    }
    // It answers failures of its own.
    let served = ServeFile::new(file).oneshot(request).await;
    let mut response = served.unwrap_or_else(|never| match never {}).map(Body::new);
    // Without a name of its own: the page has named it after the cluster.
    response.headers_mut().insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The process answers.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// Commands are answered; without a working database too, since reading a cluster needs none.
pub(crate) async fn ready(State(host): State<Host>) -> Response {
    match host.application.call(Caller::Script, "clusters_open", json!({})).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => failure(StatusCode::SERVICE_UNAVAILABLE, &error),
    }
}

/// What is served here. Says nothing of clusters: it takes no token.
pub(crate) async fn info() -> Json<Value> {
    Json(json!({
        "name": "Kubilitics",
        "version": env!("CARGO_PKG_VERSION"),
        "api": "/api/v1",
        "interface": interface::is_built(),
        "commands": api::commands().iter().map(|command| command.name).collect::<Vec<_>>(),
        "streams": api::streams().iter().map(|stream| stream.name).collect::<Vec<_>>(),
    }))
}

pub(crate) async fn openapi() -> Json<Value> {
    Json(api::openapi())
}
