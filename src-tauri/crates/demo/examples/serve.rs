//! Serves the demo until Ctrl-C: `cargo run -p demo --example serve -- [PORT [OBJECTS [CHURN]]]`. The product's own
//! command for this is `kubilitics-cli demo`.

use std::io::Write as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<u32> = std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    let argument = |place: usize| arguments.get(place).copied().unwrap_or(0);
    let scenario = match argument(1) {
        0 => demo::Scenario::Shop,
        count => demo::Scenario::Objects(usize::try_from(count)?),
    };
    let options =
        demo::Options { scenario, port: u16::try_from(argument(0))?, churn: argument(2), ..demo::Options::default() };
    let running = demo::Demo::start(options).await?;
    std::io::stdout().write_all(running.kubeconfig().as_bytes())?;
    std::io::stdout().flush()?;
    std::future::pending::<()>().await;
    Ok(())
}
