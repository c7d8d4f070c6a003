//! kubilitics-cli: topology, export, demo, serve. Scripts depend on its options, exit statuses and output.
//!
//! 0 success; 1 failure, one line on standard error; 2 usage.

mod arguments;
mod demo;
mod draw;
mod serve;
mod source;
mod terminal;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Reading a cluster and drawing it is mostly allocation: with the system's own allocator both take a third longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Kubernetes clusters as true pictures, from a live cluster, a dump or plain manifests.
#[derive(Parser)]
#[command(name = "kubilitics-cli", version, propagate_version = true, disable_help_subcommand = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Topology(draw::TopologyArgs),
    Export(draw::ExportArgs),
    Demo(demo::Args),
    Serve(serve::Args),
}

fn main() -> ExitCode {
    // Quiet unless asked: standard error is for the one line that says what failed.
    let level = EnvFilter::try_from_env("KUBILITICS_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    let command = CommandLine::parse().command;
    let level = if matches!(command, Command::Serve(_)) && std::env::var_os("KUBILITICS_LOG").is_none() {
        EnvFilter::new("warn,server=info")
    } else {
        level
    };
    tracing_subscriber::fmt().with_env_filter(level).with_writer(std::io::stderr).init();
    let ended = run(command);
    match ended {
        Ok(code) => code,
        Err(error) => {
            complain(&one_line(&error));
            if error.is::<Usage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// What was typed cannot be meant, whatever the source holds.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (interrupted, ended) = runtime.block_on(async {
        match command {
            Command::Topology(args) => unless_interrupted(draw::topology(args)).await,
            Command::Export(args) => unless_interrupted(draw::export(args)).await,
            Command::Demo(args) => (false, demo::run(args).await),
            Command::Serve(args) => (false, serve::run(args).await),
        }
    });
    if interrupted {
        // What runs for it ends with it, such as a program that logs in.
        runtime.shutdown_timeout(FAREWELL);
    } else {
        // A read of standard input that nobody waits for must not hold up the end.
        runtime.shutdown_background();
    }
    ended
}

/// How long what is interrupted may take to end.
const FAREWELL: Duration = Duration::from_millis(500);

/// The work, or that it was interrupted. It runs on a thread of its own: drawing leaves no moment to listen.
async fn unless_interrupted(
    work: impl Future<Output = anyhow::Result<ExitCode>> + Send + 'static,
) -> (bool, anyhow::Result<ExitCode>) {
    let interrupted = serve::interruption();
    let mut work = tokio::spawn(work);
    tokio::select! {
        ended = &mut work => (false, ended.unwrap_or_else(|error| Err(error.into()))),
        () = interrupted => {
            work.abort();
            (true, Ok(ExitCode::from(serve::INTERRUPTED)))
        }
    }
}

/// One line on standard error; nowhere else to complain where that is closed.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "kubilitics-cli: {}", terminal::harmless(text));
}

/// The error and its causes, without what is said twice.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(|cause| cause.to_string().replace('\n', " ")) {
        if line.contains(&cause) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&cause);
    }
    line
}
