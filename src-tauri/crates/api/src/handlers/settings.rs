//! The application itself: what it is, what it remembers, what it is drawn with.

use store::move_aside;

use crate::Application;
use crate::application::{Memory, remember};
use crate::types::*;

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

pub(crate) async fn relation_rules(application: &Application, _: Nothing) -> Result<Vec<RelationRule>, ApiError> {
    let source = |(group, kind): &(topology::Text, topology::Text)| {
        format!("{}/{kind}", if group.is_empty() { "core" } else { group })
    };
    let rule = |rule: &topology::Rule| RelationRule {
        id: rule.id.to_string(),
        row: rule.row.map(u32::from),
        class: rule.class.word().to_owned(),
        source: rule.sources.iter().map(source).collect::<Vec<_>>().join(", "),
        field: rule.fields.join(", "),
        target: rule.target.to_string(),
        explanation: rule.explanation.to_string(),
    };
    Ok(application.shared.setup.rules.rules().iter().map(rule).collect())
}
