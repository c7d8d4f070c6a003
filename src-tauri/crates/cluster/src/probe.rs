//! Whether a context's server answers, without listing anything.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::client::{ApiClient, Limit};
use crate::failure::Failure;
use crate::kubeconfig::Context;
use crate::reader::Version;

/// What a start page shows of a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The server's version.
    pub version: Version,
    /// From the question to the answer, without logging in and connecting.
    pub latency: Duration,
}

/// Asks a context's server for its version, at most for `patience`.
///
/// # Errors
/// Why it gave no answer, as a sentence to show: which program was not found, what the network says.
pub async fn probe(context: &Context, patience: Duration) -> Result<Health, Failure> {
    let client = ApiClient::new(context.clone(), Some(patience));
    let ask = async {
        // The first question logs in and connects, the second is as fast as the way to the server.
        client.json::<Version>("/version", Limit::VERSION).await?;
        let asked = Instant::now();
        let version = client.json::<Version>("/version", Limit::VERSION).await?;
        Ok(Health { version, latency: asked.elapsed() })
    };
    match timeout(patience, ask).await {
        Ok(answer) => answer,
        // Nobody has asked the server yet.
        Err(_) if client.is_logging_in() => Err(Failure::Credentials(format!(
            "the program that logs in gave no answer within {} s",
            patience.as_secs()
        ))),
        Err(_) => Err(Failure::Silent(patience)),
    }
}
