//! From the list of commands and streams to their handlers.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Application;
use crate::access::{Caller, Paths, admit, admit_paths};
use crate::picture::picture;
use crate::streams::{Binary, Duplex, NoMessage, Reader, Writer, notices, object};
use crate::types::*;

fn read<T: DeserializeOwned>(request: Value) -> Result<T, ApiError> {
    serde_json::from_value(request).map_err(|error| ApiError::invalid(format!("the request does not fit: {error}")))
}

fn write<T: Serialize>(answer: &T) -> Result<String, ApiError> {
    serde_json::to_string(answer).map_err(|error| ApiError::failed("the answer cannot be written").because(&error))
}

impl Application {
    /// The request with the real paths that it names, where the caller may name them.
    fn admit_files<T: Paths>(&self, caller: Caller, mut request: T) -> Result<T, ApiError> {
        let kept = |path: &std::path::Path| self.shared.uploads.holds(path);
        admit_paths(caller, &mut request, &self.shared.setup.folders, &kept)?;
        Ok(request)
    }
}

/// What lets a request through that may name what the word after `+` says.
macro_rules! admits {
    (file) => {
        Self::admit_files
    };
}

macro_rules! dispatch_commands {
    ($(#[doc = $doc:literal] $access:ident $(+ $paths:ident)? $name:ident($request:ty) -> $answer:ty,)+) => {
        pub(crate) async fn call(
            application: &Application,
            caller: Caller,
            command: &str,
            request: Value,
        ) -> Result<String, ApiError> {
            match command {
                $(stringify!($name) => {
                    // Before the request is read: whoever may not call it need not know what it takes.
                    admit(caller, access!($access), command)?;
                    write(&application.$name(caller, read(request)?).await?)
                })+
                _ => Err(ApiError::not_found(format!("there is no command `{command}`"))),
            }
        }

        impl Application {
            $(
                #[doc = $doc]
                ///
                /// # Errors
                /// What failed, on what, and what to do; also where the caller may not.
                pub async fn $name(&self, caller: Caller, request: $request) -> Result<$answer, ApiError> {
                    admit(caller, access!($access), stringify!($name))?;
                    $(let request = admits!($paths)(self, caller, request)?;)?
                    $name(self, request).await
                }
            )+
        }
    };
}
with_commands!(dispatch_commands);

macro_rules! dispatch_streams {
    ($($(#[doc = $doc:literal])+ $access:ident $name:ident($request:ty) <-> ($message:ty, $item:ty),)+) => {
        pub(crate) fn open(
            application: &Application,
            caller: Caller,
            stream: &str,
            request: Value,
        ) -> Result<(Reader, Writer), ApiError> {
            match stream {
                $(stringify!($name) => {
                    admit(caller, access!($access), stream)?;
                    let request: $request = read(request)?;
                    let (duplex, reader, writer) = Duplex::<$message, $item>::open();
                    // Ends with its reader: every handler sees to that.
                    tokio::spawn($name(application, request, duplex)?);
                    Ok((reader, writer))
                })+
                _ => Err(ApiError::not_found(format!("there is no stream `{stream}`"))),
            }
        }
    };
}
with_streams!(dispatch_streams);
