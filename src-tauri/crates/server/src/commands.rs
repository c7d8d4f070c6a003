//! Commands over POST, downloads, and what the host says of itself.

use api::types::ApiError;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::Host;
use crate::failure::{failure, status_of};
use crate::interface;

/// One command; an empty body is an empty request.
pub(crate) async fn call(State(host): State<Host>, Path(command): Path<String>, body: Bytes) -> Response {
    let request = if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice::<Value>(&body) };
    let answer = match request {
        // `null` and `{}` say the same where nothing is asked.
        Ok(Value::Null) => host.application.call(&command, json!({})).await,
        Ok(request) => host.application.call(&command, request).await,
        Err(error) => Err(ApiError::invalid(format!("the request is no JSON: {error}"))),
    };
    match answer {
        Ok(text) => ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], text).into_response(),
        Err(error) => failure(status_of(error.code), &error),
    }
}

/// The file of an export, by the name that its status gave.
pub(crate) async fn download(State(host): State<Host>, Path(name): Path<String>) -> Response {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.') && !name.contains("..");
    let gone = || failure(StatusCode::NOT_FOUND, &ApiError::not_found(format!("there is no export {name}")));
    if !is_plain {
        return gone();
    }
    let Ok(bytes) = tokio::fs::read(host.application.downloads().join(&name)).await else { return gone() };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(interface::media_type(&name)));
    // Without a name of its own: the page has named it after the cluster.
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    response
}

/// The process answers.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// Commands are answered; without a working database too, since reading a cluster needs none.
pub(crate) async fn ready(State(host): State<Host>) -> Response {
    match host.application.call("clusters_open", json!({})).await {
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
