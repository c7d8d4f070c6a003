//! Single questions to a cluster. It can ask and nothing else: there is no way to write through it.

use std::fmt;
use std::sync::Arc;

use model::{Object, ResourceKey, ResourceKind};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::client::{ApiClient, Ask, Limit};
use crate::failure::Failure;
use crate::informer::decode;
use crate::informer::target::{collection_path, push_encoded};

/// Asks one cluster as one account.
#[derive(Clone)]
pub struct Reader {
    pub(crate) client: Arc<ApiClient>,
    kinds: watch::Receiver<Arc<[ResourceKind]>>,
}

/// What `/version` says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// For example `v1.36.3`.
    pub git_version: String,
    /// For example `linux/amd64`.
    #[serde(default)]
    pub platform: String,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("context", self.client.context()).finish_non_exhaustive()
    }
}

impl Reader {
    pub(crate) fn new(client: Arc<ApiClient>, kinds: watch::Receiver<Arc<[ResourceKind]>>) -> Self {
        Self { client, kinds }
    }

    /// The server's version.
    pub async fn version(&self) -> Result<Version, Failure> {
        self.client.json("/version", Limit::VERSION).await
    }

    /// The object as it is at the moment. Of Secrets the values stay out.
    pub async fn get(&self, key: &ResourceKey) -> Result<Object, Failure> {
        let kind = key.group_kind();
        let served = self.kinds.borrow().iter().find(|served| served.group_kind == kind).cloned();
        let served = served.ok_or_else(|| Failure::NotFound(format!("the server does not serve {kind}")))?;
        let namespace = Some(key.namespace()).filter(|namespace| !namespace.is_empty());
        let mut path = collection_path(&served, namespace);
        path.push('/');
        push_encoded(&mut path, key.name());
        let bytes = self.client.bytes(Ask::json(&path), Limit::OBJECT).await?;
        decode::object(&bytes, &served).map_err(|error| Failure::Malformed(error.to_string()))
    }

    /// The events about an object, oldest first.
    pub async fn events_about(&self, key: &ResourceKey) -> Result<Vec<Object>, Failure> {
        let events = ResourceKind {
            group_kind: model::GroupKind::new("", "Event"),
            version: "v1".into(),
            plural: "events".into(),
            namespaced: true,
        };
        // Events about what has no namespace are kept in `default`.
        let namespace = if key.namespace().is_empty() { "default" } else { key.namespace() };
        let selector = format!("involvedObject.kind={},involvedObject.name={}", key.kind(), key.name());
        let mut path = format!("{}?fieldSelector=", collection_path(&events, Some(namespace)));
        push_encoded(&mut path, &selector);
        let bytes = self.client.bytes(Ask::json(&path), Limit::EVENTS).await?;
        let page = decode::page(&bytes, &events).map_err(|error| Failure::Malformed(error.to_string()))?;
        let mut found = page.objects;
        found.sort_by(|one, other| last_seen(one).cmp(last_seen(other)));
        Ok(found)
    }
}

/// The newest of an event's times; RFC 3339 in UTC sorts as text.
fn last_seen(event: &Object) -> &str {
    ["/series/lastObservedTime", "/lastTimestamp", "/eventTime", "/metadata/creationTimestamp"]
        .iter()
        .find_map(|field| event.body.pointer(field).and_then(Value::as_str))
        .unwrap_or_default()
}
