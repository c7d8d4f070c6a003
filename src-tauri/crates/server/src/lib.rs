//! HTTP and WebSocket host of the api.
