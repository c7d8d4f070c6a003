//! One object: its detail, now and whenever it or what it is joined with changed. Whoever shows an object need not ask
//! at every change of a cluster.

use std::future::Future;
use std::time::Duration;

use model::ResourceKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use session::Published;
use tokio::time::{Instant, timeout_at};
use topology::Around;
use ts_rs::TS;

use super::{Duplex, NoMessage};
use crate::Application;
use crate::commands::{objects, off_thread};
use crate::types::{ApiError, ObjectDetail, ObjectRequest};

/// What lies farther off is looked at this often while the cluster changes: events, and how much the object reaches.
const FAR: Duration = Duration::from_secs(5);

/// An object at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "state", content = "data", rename_all = "camelCase")]
pub enum ObjectNow {
    /// It is there, or something refers to it.
    Known(Box<ObjectDetail>),
    /// It is not in the cluster any more, in a sentence; it may come back.
    Gone(String),
}

/// What tells whether the object, its edges or their far ends changed.
#[derive(PartialEq)]
struct Near {
    around: Option<Around>,
    version: Option<Box<str>>,
}

impl Near {
    fn of(now: &Published, key: &ResourceKey) -> Self {
        let around = now.graph.id(key).map(|id| now.graph.around(id));
        Self { around, version: now.snapshot.resource_version(key).map(Into::into) }
    }
}

/// Details of the object from this moment on, each unlike the one before it.
pub(crate) fn object(
    application: &Application,
    ObjectRequest { cluster, key }: ObjectRequest,
    stream: Duplex<NoMessage, ObjectNow>,
) -> Result<impl Future<Output = ()> + Send + use<>, ApiError> {
    let key = ResourceKey::parse(&key).map_err(|error| ApiError::invalid(error.to_string()))?;
    let open = application.cluster(&cluster)?;
    let (mut states, closed) = (open.session().follow(), open.session().closed());
    // Not kept alive by who reads.
    drop(open);
    Ok(async move {
        let telling = async {
            let mut near = None;
            let mut told = None;
            let mut looked = Instant::now();
            // Whether something changed that was not looked at.
            let mut is_behind = false;
            loop {
                let place = stream.items.place().await?;
                let now = states.borrow_and_update().clone();
                let seen = Near::of(&now, &key);
                is_behind |= near.is_some();
                if near.as_ref() != Some(&seen) || (is_behind && looked.elapsed() >= FAR) {
                    (near, looked, is_behind) = (Some(seen), Instant::now(), false);
                    let (cluster, key) = (cluster.clone(), key.clone());
                    let item = off_thread(move || objects::now(cluster, &now, &key)).await;
                    match item {
                        Ok(item) if told.as_ref().is_none_or(|told: &ObjectNow| !told.says(&item)) => {
                            told = Some(item.clone());
                            place.send(item);
                        }
                        Ok(_) => {}
                        Err(error) => {
                            place.fail(error);
                            return None::<()>;
                        }
                    }
                }
                let changed = states.changed();
                if is_behind {
                    // A cluster that comes to rest is looked at once more.
                    if let Ok(changed) = timeout_at(looked + FAR, changed).await {
                        changed.ok()?;
                    }
                } else {
                    changed.await.ok()?;
                }
            }
        };
        let gone = || ApiError::not_found("this cluster was closed");
        tokio::select! {
            _ = telling => {}
            () = stream.items.closed() => {}
            () = closed.cancelled() => stream.items.fail(gone()).await,
        }
    })
}

impl ObjectNow {
    /// Whether it says the same as another, at whatever revision.
    fn says(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one), Self::Known(other)) => {
                let revised = ObjectDetail { revision: one.revision, ..(**other).clone() };
                **one == revised
            }
            _ => self == other,
        }
    }
}
