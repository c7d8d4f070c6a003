//! What the application remembers, in SQLite or in memory alone: known clusters, choices, exports.
//!
//! One file per table; `backend` is the seam behind which the tables lie. No object's body is kept here. A database that
//! cannot be used is never touched: it is reported with its path, and moved aside only when the person says so
//! ([`move_aside`]). The first migration also makes a table `windows`: nothing is in it any more.

mod backend;
mod clusters;
mod database;
mod exports;
mod ours;
mod preferences;

pub use clusters::{Clusters, KnownCluster};
pub use database::{Store, StoreError, move_aside};
pub use exports::{Export, Exports};
pub use ours::private_folder;
pub use preferences::Preferences;
