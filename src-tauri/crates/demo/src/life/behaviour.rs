//! How pods behave: the incidents that a scenario can put into a workload.

use serde::Deserialize;

/// What becomes of the first container of a pod.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub(crate) enum Behaviour {
    /// Starts, becomes ready and stays so.
    #[default]
    Steady,
    /// Runs for some seconds, exits with a code, and is started again after a back-off.
    CrashLoop {
        /// Seconds that a try lasts.
        runs: u32,
        /// The exit code.
        exit: i32,
    },
    /// Grows until the kernel kills it at its limit, then begins anew.
    Leak {
        /// Minutes from the start to the kill.
        minutes: u32,
    },
    /// The image cannot be pulled.
    ImagePull {
        /// What the container runtime says.
        message: String,
    },
    /// The container cannot be created from its configuration.
    ConfigError {
        /// What the kubelet says.
        message: String,
    },
    /// Runs, but its readiness probe fails.
    NotReady {
        /// What the kubelet says of the probe.
        message: String,
    },
    /// No node takes the pod.
    Unschedulable {
        /// What the scheduler says.
        message: String,
    },
}
