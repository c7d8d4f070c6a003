//! Waiting for something that another process does: asked again and again, with an end, and with the last answer in the
//! message when the end comes. Nothing here waits a fixed time and hopes.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Far beyond what anything takes on a loaded machine: reaching it is a failure, not slowness.
pub const PATIENCE: Duration = Duration::from_secs(120);

const PAUSE: Duration = Duration::from_millis(50);

/// Asks until `ask` answers `Ok(Some(_))`. `Ok(None)` and errors mean "not yet"; the last error is in the message.
pub async fn eventually<T, F>(what: &str, mut ask: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let start = Instant::now();
    loop {
        let last = match ask().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if start.elapsed() > PATIENCE {
            match last {
                Some(error) => return Err(error.context(format!("waited {PATIENCE:?} in vain: {what}"))),
                None => bail!("waited {PATIENCE:?} in vain: {what}"),
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
