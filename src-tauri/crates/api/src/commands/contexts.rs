//! Contexts of the kubeconfig, with what the person calls them.

use std::collections::BTreeMap;
use std::time::Duration;

use cluster::Failure;
use cluster::kubeconfig::{Context, Login};
use model::mask_credentials;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::KnownCluster;
use ts_rs::TS;

use crate::Application;
use crate::types::*;

/// One context of the kubeconfig files, as the start screen lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContextSummary {
    /// Stable across restarts: file and context name.
    pub id: String,
    /// The context's name.
    pub name: String,
    /// The file that holds it.
    pub file: String,
    /// Whether it is the current context.
    pub current: bool,
    /// The server's URL; empty where its cluster entry is missing.
    pub server: String,
    /// The name of its user entry.
    pub user: String,
    /// Its default namespace.
    pub namespace: Option<String>,
    /// A local name given by the person.
    pub alias: Option<String>,
    /// A local colour, `#rrggbb`.
    pub colour: Option<String>,
    /// A local tag such as `PROD`.
    pub tag: Option<String>,
    /// Namespaces the person named for this context, for accounts that may not list them.
    pub namespaces: Vec<String>,
    /// When it was last open, milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub last_opened: Option<i64>,
    /// The program that prints its credentials, where one does: asking the server runs it.
    pub plugin: Option<String>,
    /// Why it cannot be used (a missing cluster entry, an unreadable file), in a sentence.
    pub problem: Option<String>,
}

/// The start screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContextList {
    /// In kubectl's order.
    pub contexts: Vec<ContextSummary>,
    /// The kubeconfig files looked at, in order, with what is wrong with each.
    pub files: Vec<KubeconfigFile>,
}

/// One kubeconfig file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KubeconfigFile {
    /// Its path.
    pub path: String,
    /// What is wrong with it, in a sentence.
    pub problem: Option<String>,
}

/// The answer to "is it there?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContextHealth {
    /// Whether the API server answered.
    pub reachable: bool,
    /// Its version, `v1.36.3`.
    pub version: Option<String>,
    /// How long the answer took.
    pub latency_millis: Option<u32>,
    /// Why not, in a sentence with what to do.
    pub problem: Option<String>,
}

/// A kubeconfig context, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ContextRequest {
    /// [`ContextSummary::id`].
    pub id: String,
}

/// What the person calls a context; replaces what was remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
#[serde(rename_all = "camelCase")]
pub struct ContextUpdate {
    /// [`ContextSummary::id`].
    pub id: String,
    /// A local name; the context's own where absent.
    pub alias: Option<String>,
    /// A local colour, `#rrggbb`.
    pub colour: Option<String>,
    /// A local tag such as `PROD`.
    pub tag: Option<String>,
    /// Namespaces to look at where the account may not list them.
    #[serde(default)]
    pub namespaces: Vec<String>,
}

/// A start page that waits longer than this for one context says so.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn contexts_list(application: &Application, _: Nothing) -> Result<ContextList, ApiError> {
    Ok(list(application).await)
}

/// Every context with what is remembered of it; without a database nothing is.
pub(crate) async fn list(application: &Application) -> ContextList {
    let known = known(application).await;
    let contexts = application.shared.contexts.borrow().clone();
    let files = contexts.files.iter().map(|path| {
        let path = path.display().to_string();
        let problems: Vec<String> =
            contexts.problems.iter().filter(|problem| problem.file == path).map(ToString::to_string).collect();
        KubeconfigFile { path, problem: (!problems.is_empty()).then(|| problems.join("; ")) }
    });
    let summaries = contexts.contexts.iter().map(|context| {
        let current = contexts.current.as_ref() == Some(&context.id);
        summary(context, current, known.get(&*context.id.0))
    });
    ContextList { contexts: summaries.collect(), files: files.collect() }
}

pub(crate) async fn context_probe(
    application: &Application,
    request: ContextRequest,
) -> Result<ContextHealth, ApiError> {
    let context = find(application, &request.id)?;
    Ok(match cluster::probe(&context, PATIENCE).await {
        Ok(health) => ContextHealth {
            reachable: true,
            version: Some(health.version.git_version),
            latency_millis: u32::try_from(health.latency.as_millis()).ok(),
            problem: None,
        },
        // A refusal is an answer: the server is there, and the sentence says what it wants.
        Err(failure) => ContextHealth {
            reachable: matches!(failure, Failure::Unauthorized(_) | Failure::Forbidden(_)),
            version: None,
            latency_millis: None,
            problem: Some(failure.to_string()),
        },
    })
}

pub(crate) async fn context_update(
    application: &Application,
    request: ContextUpdate,
) -> Result<ContextSummary, ApiError> {
    let context = find(application, &request.id)?;
    let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let namespaces = request.namespaces.iter().map(|name| name.trim().to_owned());
    let update = KnownCluster {
        context: request.id.clone(),
        alias: trimmed(request.alias),
        colour: trimmed(request.colour),
        tag: trimmed(request.tag),
        namespaces: namespaces.filter(|name| !name.is_empty()).collect(),
        last_opened: None,
    };
    // Before it is remembered: a database that cannot be used must not keep anybody from looking.
    if let Ok(open) = application.cluster(&request.id) {
        open.session().look_into(update.namespaces.clone());
    }
    application.store()?.clusters().describe(&update).await?;
    let current = application.shared.contexts.borrow().current.as_ref() == Some(&context.id);
    let remembered = known(application).await.remove(&request.id);
    application.tell(Notice::Contexts(list(application).await));
    Ok(summary(&context, current, remembered.as_ref().or(Some(&update))))
}

/// A context by its id.
pub(crate) fn find(application: &Application, id: &str) -> Result<Context, ApiError> {
    let contexts = application.shared.contexts.borrow();
    let found = contexts.by_id(&model::ClusterId(id.into())).cloned();
    found.ok_or_else(|| is_gone(id))
}

pub(crate) fn is_gone(id: &str) -> ApiError {
    ApiError::not_found(format!("the context `{id}` is in no kubeconfig file any more"))
}

/// What is remembered of contexts, by id.
pub(crate) async fn known(application: &Application) -> BTreeMap<String, KnownCluster> {
    let Ok(store) = application.store() else { return BTreeMap::new() };
    match store.clusters().all().await {
        Ok(all) => all.into_iter().map(|known| (known.context.clone(), known)).collect(),
        Err(error) => {
            tracing::warn!(%error, "what is remembered of clusters cannot be read");
            BTreeMap::new()
        }
    }
}

fn summary(context: &Context, current: bool, known: Option<&KnownCluster>) -> ContextSummary {
    let known = known.cloned().unwrap_or_default();
    ContextSummary {
        id: context.id.to_string(),
        name: context.name.clone(),
        file: context.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default(),
        current,
        server: mask_credentials(context.server.as_deref().unwrap_or_default()).into_owned(),
        user: context.user.clone().unwrap_or_default(),
        namespace: context.namespace.clone(),
        alias: known.alias,
        colour: known.colour,
        tag: known.tag,
        namespaces: known.namespaces,
        last_opened: known.last_opened,
        plugin: match &context.login {
            Login::Exec { command } => Some(mask_credentials(command).into_owned()),
            _ => None,
        },
        problem: context.problem.clone(),
    }
}
