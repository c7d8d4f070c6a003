//! Follows one Namespace by asking for it, for accounts that may see their own but list none.

use std::time::Duration;

use model::{Delta, ResourceKey};

use super::target::collection_path;
use super::{Informer, State, decode};
use crate::client::{Ask, Limit};
use crate::failure::Failure;

/// A Namespace changes rarely, and what changes in it is watched.
const ASK_EVERY: Duration = Duration::from_secs(60);

/// Asks for the namespace called `name`; answers how long to wait until it is time to ask again. Whoever waits holds up no
/// other kind.
pub(super) async fn run(informer: &Informer, state: &mut State, name: &str) -> Result<Duration, Failure> {
    let kind = &informer.target.kind;
    let path = format!("{}/{name}", collection_path(kind, None));
    let delta = match informer.client.bytes(Ask::json(&path), Limit::OBJECT).await {
        Ok(bytes) => {
            let object = decode::object(&bytes, kind).map_err(|error| Failure::Malformed(error.to_string()))?;
            Delta::Upsert(object)
        }
        Err(Failure::NotFound(_)) => Delta::Delete(ResourceKey::of(&kind.group_kind, "", name)),
        Err(failure) => return Err(failure),
    };
    informer.outbox.write(&informer.writer, [delta]);
    informer.client.hear();
    state.live(informer);
    Ok(ASK_EVERY)
}
