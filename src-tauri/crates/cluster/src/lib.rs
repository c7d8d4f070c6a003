//! Kubeconfig, discovery, informers and offline sources as one stream of deltas.
//!
//! Everything here reads; nothing writes to a cluster.

mod auth;
mod client;
mod clock;
mod connection;
mod discovery;
mod failure;
mod files;
mod informer;
pub mod kubeconfig;
mod metrics;
pub mod offline;
mod outbox;
mod probe;
mod problem;
mod program;
mod reader;
mod rights;
mod secret;
mod text;
mod transport;
mod trust;
mod version;
mod watch_slots;
mod yaml;

pub use auth::AuthError;
pub use connection::{Connection, Link, Options, WallClock, connect};
pub use failure::Failure;
pub use metrics::{Metrics, NodeUsePoll, Usage, quantity};
pub use probe::{Health, probe};
pub use problem::Problem;
pub use reader::{Reader, Version};
pub use yaml::to_yaml;
