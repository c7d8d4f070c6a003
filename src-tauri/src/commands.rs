//! The commands of `api` as functions that the window can invoke, made from the one list.

use api::types::*;
use api::with_commands;
use api::{Application, Caller};
use tauri::ipc::Invoke;
use tauri::{State, Wry};

macro_rules! tauri_commands {
    ($(#[doc = $doc:literal] $access:ident $(+ $paths:ident)? $name:ident($request:ty) -> $answer:ty,)+) => {
        $(
            #[doc = $doc]
            #[tauri::command]
            async fn $name(application: State<'_, Application>, request: $request) -> Result<$answer, ApiError> {
                application.$name(Caller::Window, request).await
            }
        )+

        /// What answers the window.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![
                $($name,)+
                crate::streams::stream_open,
                crate::streams::stream_send,
                crate::streams::stream_close
            ]
        }
    };
}
with_commands!(tauri_commands);
