//! The application itself: what it is, what it remembers, what it is drawn with.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::move_aside;
use ts_rs::TS;

use crate::Application;
use crate::application::{Memory, remember};
use crate::types::*;

/// The host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppInfo {
    /// Version of the application.
    pub version: String,
    /// `window` or `browser`.
    pub host: String,
    /// `linux`, `macos`, `windows`.
    pub platform: String,
    /// Folders whose files a page in a browser may open by path; the window asks for files with a dialog.
    pub folders: Vec<String>,
    /// Path of the database.
    pub database: Option<String>,
    /// What is wrong with the database, in a sentence; then nothing is remembered until it is resolved.
    pub database_problem: Option<String>,
    /// Why what the application was started on is not open.
    pub not_opened: Option<ApiError>,
}

/// A remembered choice, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct PreferenceRequest {
    /// Such as `map.lens`.
    pub name: String,
}

/// A remembered choice: a key such as `map.lens`, a JSON value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preference {
    /// Its name.
    pub name: String,
    /// Its value.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
}

/// Moves a damaged or newer database aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ResetRequest {
    /// Must be true: the person said so.
    pub consent: bool,
}

/// Kind icons as SVG path data on a 16 by 16 field, stroked, by icon id.
pub type Icons = BTreeMap<String, Vec<String>>;

pub(crate) async fn app_info(application: &Application, _: Nothing) -> Result<AppInfo, ApiError> {
    let setup = &application.shared.setup;
    let problem = match &*application.shared.memory.borrow() {
        Memory::Broken(error) => Some(error.message.clone()),
        Memory::Store(_) => None,
    };
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        host: setup.host.clone(),
        platform: std::env::consts::OS.to_owned(),
        folders: setup.folders.iter().map(|folder| folder.display().to_string()).collect(),
        database: setup.database.as_ref().map(|path| path.display().to_string()),
        database_problem: problem,
        not_opened: application.not_opened(),
    })
}

pub(crate) async fn preference_get(
    application: &Application,
    request: PreferenceRequest,
) -> Result<Preference, ApiError> {
    let value = application.store()?.preferences().get(&request.name).await?;
    Ok(Preference { name: request.name, value: value.unwrap_or_default() })
}

pub(crate) async fn preference_set(application: &Application, request: Preference) -> Result<Preference, ApiError> {
    application.store()?.preferences().set(&request.name, &request.value).await?;
    Ok(request)
}

pub(crate) async fn database_reset(application: &Application, request: ResetRequest) -> Result<AppInfo, ApiError> {
    if !request.consent {
        return Err(ApiError::invalid("moving the database aside takes the person's consent"));
    }
    let (setup, memory) = (&application.shared.setup, application.shared.memory.borrow().clone());
    if let (Some(path), Memory::Broken(error)) = (&setup.database, memory) {
        if error.code != ErrorCode::Store {
            return Err(error);
        }
        let aside = move_aside(path)?;
        tracing::info!(aside = %aside.display(), "the database was moved aside");
        let memory = remember(setup.database.as_ref()).await;
        application.shared.memory.send_replace(memory);
    }
    app_info(application, Nothing {}).await
}

pub(crate) async fn icons(_: &Application, _: Nothing) -> Result<Icons, ApiError> {
    Ok(diagram::icons::ICONS.iter().map(|icon| (icon.id.to_owned(), vec![icon.path.to_owned()])).collect())
}
