//! Kubeconfig, discovery, informers and offline sources as one stream of deltas.
//!
//! Everything here reads; nothing writes to a cluster.

pub mod offline;
mod secret;
mod version;
