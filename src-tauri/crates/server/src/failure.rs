//! An error as an HTTP answer.

use api::types::{ApiError, ErrorCode};
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};

/// An error in the one shape.
pub(crate) fn failure(status: StatusCode, error: &ApiError) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(error)).into_response()
}

/// The status that says the same as an error's code.
pub(crate) fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Invalid => StatusCode::BAD_REQUEST,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Gone => StatusCode::GONE,
        ErrorCode::Unreachable => StatusCode::BAD_GATEWAY,
        // 401 and 403 are this host's own; the cluster's refusals are answers of a gateway.
        ErrorCode::Unauthorized | ErrorCode::Forbidden => StatusCode::BAD_GATEWAY,
        ErrorCode::Denied => StatusCode::FORBIDDEN,
        ErrorCode::Store | ErrorCode::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::Cancelled => StatusCode::CONFLICT,
    }
}
