//! `serve`: the interface in a browser, until Ctrl-C.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use api::types::{ClusterSource, ConnectRequest};
use api::{Application, Caller, Setup};
use cluster::kubeconfig::{self, Environment};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::arguments::{Source, rules};
use crate::{Usage, complain};

/// Names the token with which a script may ask.
const TOKEN: &str = "KUBILITICS_TOKEN";
/// The status of a process that Ctrl-C ended.
pub(crate) const INTERRUPTED: u8 = 130;

/// Serve the interface on a local address and print it.
///
/// Each page that opens the printed address gets a token of its own. A script sets KUBILITICS_TOKEN (16 or more letters,
/// digits, `-`, `_`, `.` or `~`) and shows it as bearer.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// Where to listen; a free port where absent.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// A name beside localhost under which a browser may ask; may be repeated.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// WebSockets that one address may hold.
    #[arg(long, value_name = "N", default_value_t = 32)]
    sockets: usize,
    /// A folder of this machine whose files a page may open; may be repeated. Other files it uploads.
    #[arg(long, value_name = "DIR")]
    files: Vec<PathBuf>,
    /// Where to remember clusters, choices and exports.
    #[arg(long, value_name = "FILE", env = "KUBILITICS_DATABASE")]
    database: Option<PathBuf>,
    /// The demo stands still at one moment: for pictures that can be compared.
    #[arg(long)]
    still: bool,
    /// Rules for your own kinds.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let listener = TcpListener::bind(args.listen).await.with_context(|| format!("listen on {}", args.listen))?;
    let address = listener.local_addr().context("find the address listened on")?;
    if args.source.default_namespace.is_some() {
        let message = "serve opens files as kubectl would, in the namespace `default`; --default-namespace is for topology and export";
        return Err(Usage(message.to_owned()).into());
    }
    let options = server::Options {
        secret: server::token().context("make the secret of the printed address")?,
        script: script_token()?,
        hosts: args.allow_host,
        sockets: args.sockets,
    };
    if let Some(folder) = args.files.iter().find(|folder| !folder.is_dir()) {
        return Err(Usage(format!("--files {} is no folder", folder.display())).into());
    }
    // Downloads are kept for this run only.
    let downloads = api::downloads_folder().context("make a folder for downloads")?;
    let environment = Environment::from_process(args.source.kubeconfig.clone());
    let setup = Setup {
        host: "browser".to_owned(),
        kubeconfig: environment.clone(),
        database: args.database.or_else(api::default_database),
        downloads: downloads.path().to_owned(),
        // What it was started on may be opened again after it was closed.
        folders: args.files.into_iter().chain(args.source.from.iter().map(PathBuf::from)).collect(),
        rules: Arc::new(rules(args.rules.as_ref())?),
        still: args.still,
    };
    let application = Application::start(setup).await;
    if let Some(source) = source_of(&args.source, &environment)? {
        application.cluster_connect(Caller::Window, ConnectRequest { source, namespaces: None }).await?;
    }
    let shown =
        if address.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], address.port())) } else { address };
    let interrupted = interruption();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", options.address(shown)).and_then(|()| out.flush()).context("print the address")?;
    drop(out);
    if !address.ip().is_loopback() {
        complain("listening beyond this machine, without encryption: whoever reads the token on the way may ask too");
    }
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    let kept = downloads.path().to_owned();
    // Ends with the process at the latest.
    tokio::spawn(async move {
        interrupted.await;
        let again = interruption();
        stop.cancel();
        again.await;
        // Nothing is waited for any more; what was kept for this run goes all the same.
        let _ = std::fs::remove_dir_all(kept);
        std::process::exit(INTERRUPTED.into());
    });
    server::run(listener, application, options, shutdown).await;
    Ok(ExitCode::SUCCESS)
}

/// What a script shows to be answered: the documented variable, kept out of arguments, which every user of the machine sees.
fn script_token() -> Result<Option<String>> {
    let Some(text) = std::env::var_os(TOKEN) else { return Ok(None) };
    let text = text.into_string().map_err(|_| Usage(format!("{TOKEN} is no text")))?;
    Ok(Some(server::script_token(text).map_err(|why| Usage(format!("{TOKEN} {why}")))?))
}

/// What to open at the start. Where nothing is named the current context, if there is one that can be used.
fn source_of(source: &Source, environment: &Environment) -> Result<Option<ClusterSource>> {
    if !source.is_unsaid() {
        return source.cluster(environment).map(Some);
    }
    let contexts = kubeconfig::load(environment);
    let current = contexts.select(None).ok().filter(|context| context.problem.is_none());
    Ok(current.map(|context| ClusterSource::Context { id: context.id.to_string() }))
}

/// Resolves on Ctrl-C or, where there is one, a request to end. Heard from the call on, so that whoever reads what is
/// printed after it may ask for the end at once.
pub(crate) fn interruption() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let heard = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    };
    async move {
        #[cfg(unix)]
        if let (Ok(mut interrupt), Ok(mut end)) = heard {
            tokio::select! { _ = interrupt.recv() => {}, _ = end.recv() => {} }
            return;
        }
        // Where signals cannot be heard the process is ended from outside.
        let _ = tokio::signal::ctrl_c().await;
    }
}
