//! From the list of commands and streams to their handlers.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Application;
use crate::handlers::*;
use crate::picture;
use crate::streams::Reader;
use crate::types::*;

fn read<T: DeserializeOwned>(request: Value) -> Result<T, ApiError> {
    serde_json::from_value(request).map_err(|error| ApiError::invalid(format!("the request does not fit: {error}")))
}

fn write<T: Serialize>(answer: &T) -> Result<String, ApiError> {
    serde_json::to_string(answer).map_err(|error| ApiError::failed("the answer cannot be written").because(&error))
}

macro_rules! dispatch_commands {
    ($(#[doc = $doc:literal] $access:ident $name:ident($request:ty) -> $answer:ty,)+) => {
        pub(crate) async fn call(application: &Application, command: &str, request: Value) -> Result<String, ApiError> {
            match command {
                $(stringify!($name) => write(&application.$name(read(request)?).await?),)+
                _ => Err(ApiError::not_found(format!("there is no command `{command}`"))),
            }
        }

        impl Application {
            $(
                #[doc = $doc]
                ///
                /// # Errors
                /// What failed, on what, and what to do.
                pub async fn $name(&self, request: $request) -> Result<$answer, ApiError> {
                    $name(self, request).await
                }
            )+
        }
    };
}
with_commands!(dispatch_commands);

pub(crate) fn open(application: &Application, stream: &str, request: Value) -> Result<Reader, ApiError> {
    match stream {
        "picture" => {
            let PictureRequest { cluster, view, resume } = read(request)?;
            let open = application.cluster(&cluster)?;
            Ok(Reader::of_items(picture::open(open, view, resume, &application.shared.numbers)))
        }
        "notices" => {
            let Nothing {} = read(request)?;
            Ok(Reader::of_notices(application))
        }
        _ => Err(ApiError::not_found(format!("there is no stream `{stream}`"))),
    }
}
