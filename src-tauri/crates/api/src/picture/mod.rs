//! Pictures of an open cluster: from a person's view to a scene, and from a scene to the messages of a subscription.

mod difference;
pub(crate) mod options;
mod shown;
mod stream;
mod wire;

pub(crate) use shown::{AllShown, Subject};
pub(crate) use stream::{Subscription, picture};
