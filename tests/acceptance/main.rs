//! The whole system on a real control plane: one program, so that its tests share one cluster. One module per capability.
//!
//! `cargo xtask control-plane` builds the cluster's programs; `KUBILITICS_TEST_KUBECONFIG` names another cluster.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod definitions;
mod demo;
mod far_away;
mod faults;
mod fill;
mod host;
mod invariants;
mod live;
mod many_watches;
mod offline;
mod plane;
mod proxy;
mod relations;
mod restricted;
mod sync;
mod two_clusters;
