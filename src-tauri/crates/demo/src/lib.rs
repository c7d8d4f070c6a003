//! An embedded cluster to try things on: a small Kubernetes API, one scenario, generated scale, its own clock.
//!
//! For the newcomer, for scale and for repeatable pictures. It imitates no more of the API than the product and
//! everyday `kubectl` reading need, and refuses the rest with an honest `Status` 501. What holds for real
//! clusters is not proven here but on the real control plane.

mod clock;
mod generate;
mod http;
mod kinds;
mod life;
mod logs;
mod profile;
mod random;
mod running;
mod scenario;
mod store;
mod time;
mod usage;

use serde_json::Value;

pub use clock::{Clock, ManualClock, SystemClock};
pub use generate::generate;
pub use running::{Demo, OBJECTS, Options, Running, Scenario, StartError};
pub use scenario::{Incident, ScenarioError};
pub use time::Time;

/// The objects of scenario `shop` as they are at `start`, whole, owners before what they own.
///
/// # Errors
///
/// Only if the scenario's own data is broken, which a test prevents.
pub fn shop_objects(seed: u64, start: Time) -> Result<Vec<Value>, ScenarioError> {
    Ok(life::shop(seed, start)?.objects())
}

/// What is wrong in scenario `shop`, on purpose.
///
/// # Errors
///
/// Only if the scenario's own data is broken, which a test prevents.
pub fn shop_incidents() -> Result<Vec<Incident>, ScenarioError> {
    let world = life::shop(0, Time::from_millis(0))?;
    Ok(world.incidents().to_vec())
}
