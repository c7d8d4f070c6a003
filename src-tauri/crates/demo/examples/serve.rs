//! Serves the demo until Ctrl-C: `cargo run -p demo --example serve -- [PORT]`. The product's own command for
//! this is `kubilitics-cli demo`.

use std::io::Write as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let running = demo::Demo::start(demo::Options { port, ..demo::Options::default() }).await?;
    std::io::stdout().write_all(running.kubeconfig().as_bytes())?;
    std::io::stdout().flush()?;
    std::future::pending::<()>().await;
    Ok(())
}
