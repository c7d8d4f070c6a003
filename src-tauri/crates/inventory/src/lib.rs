//! Owns the objects of one cluster and publishes immutable snapshots.
//!
//! The one [`Inventory`] of a cluster is written by the cluster's owner task; everybody else reads an
//! `Arc<Snapshot>`, which costs nothing to take and never changes. Bodies are held compressed ([`pack`]).
//! It knows nothing of what objects mean: that is topology's.

mod pack;
mod snapshot;
mod state;

pub use snapshot::{Held, Snapshot};
pub use state::{Applied, Change, Inventory};
