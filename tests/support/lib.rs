//! What acceptance tests stand on: a real Kubernetes control plane, restricted accounts on it,
//! a proxy that makes things go wrong, and the means to wait.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use support::ControlPlane;
//!
//! let plane = ControlPlane::shared().await?;            // one for all tests of the process
//! let namespace = plane.namespace("sync").await?;       // a namespace of one's own on it
//! plane.kubectl(["-n", &namespace, "create", "deployment", "web", "--image=nginx", "--replicas=3"]).await?;
//! let kubeconfig = plane.admin().kubeconfig();          // what the product is pointed at
//! # Ok(())
//! # }
//! ```
//!
//! A test that kills the API server or compacts etcd starts a control plane of its own:
//! `ControlPlane::start(Parts::ALL)`, or `Parts::BARE` where nothing need happen by itself.
//!
//! | variable | what it does |
//! |---|---|
//! | `KUBILITICS_TEST_KUBECONFIG` | the shared cluster is this kubeconfig's current context, not one of our own |
//! | `KUBILITICS_CONTROL_PLANE_DIR` | where the programs were built, when not in the build folder |
//! | `KUBILITICS_TEST_KEEP` | the folders of runs stay, with the programs' logs (`control-plane/run/`) |

mod access;
mod accounts;
mod client;
mod control_plane;
mod definitions;
mod fill;
mod folder;
mod keys;
mod kubectl;
mod kubelets;
mod metrics;
mod ports;
mod program;
mod programs;
mod proxy;
mod tunnel;
mod wait;
mod workload;

pub use access::Access;
pub use accounts::Account;
pub use client::{Answer, Client};
pub use control_plane::{ControlPlane, KUBECONFIG_VARIABLE, Parts, items};
pub use folder::{CONTROL_PLANE_VARIABLE, KEEP_VARIABLE, control_plane_folder};
pub use proxy::{Fault, FaultProxy, Line, Rule, Seen};
pub use tunnel::Tunnel;
pub use wait::{PATIENCE, eventually};
