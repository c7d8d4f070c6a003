//! The core as a process: connects, says when the first pods and when everything is in, and then obeys its parent, one
//! order a line, one answer each:
//!
//! - `read`: begins to read the whole map, as a window does;
//! - `sent`: bytes sent to that reader since the last time it was asked, its first picture not counted;
//! - `lost`: whether that reader holds what a fresh one is sent;
//! - `version KEY`: the resourceVersion at which the core holds an object, or null.

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use api::types::{
    ApiError, ClusterRequest, ClusterSource, ConnectRequest, ErrorCode, LinkState, Nothing, ObjectRequest,
};
use api::{Application, Caller, Setup};
use cluster::kubeconfig::Environment;
use serde_json::{Value, json};

use crate::reader::MapReader;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Whose current context to open.
    #[arg(long)]
    kubeconfig: PathBuf,
}

/// How often the state is looked at; the error of every time measured here.
const LOOK: Duration = Duration::from_millis(3);

pub(crate) async fn run(args: Args) -> Result<()> {
    let application = Application::start(Setup {
        host: "browser".to_owned(),
        kubeconfig: Environment::from_process(Some(args.kubeconfig)),
        database: None,
        downloads: std::env::temp_dir(),
        folders: Vec::new(),
        rules: Arc::default(),
        still: false,
    })
    .await;
    let contexts = application.contexts_list(Caller::Window, Nothing {}).await.map_err(failed)?;
    let context = contexts.contexts.into_iter().find(|context| context.current).context("no current context")?;
    let source = ClusterSource::Context { id: context.id };
    let opened = application
        .cluster_connect(Caller::Window, ConnectRequest { source, namespaces: None })
        .await
        .map_err(failed)?;
    let cluster = opened.cluster;

    let mut first = false;
    loop {
        let status = application
            .cluster_status(Caller::Window, ClusterRequest { cluster: cluster.clone() })
            .await
            .map_err(failed)?;
        let pods = status.kinds.iter().find(|kind| kind.group.is_empty() && kind.kind == "Pod");
        if !first && pods.is_some_and(|pods| pods.count > 0) {
            first = true;
            println!("{}", json!({ "pods": pods.map(|pods| pods.count) }));
        }
        if status.link == LinkState::Live {
            if !first {
                println!("{}", json!({ "pods": 0 }));
            }
            println!("{}", json!({ "objects": status.objects }));
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    obey(&application, &cluster).await
}

async fn obey(application: &Application, cluster: &str) -> Result<()> {
    // Orders come on a thread of their own: reading standard input blocks.
    let (orders, mut next) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            if orders.blocking_send(line).is_err() {
                break;
            }
        }
    });
    let mut reader = None;
    while let Some(order) = next.recv().await {
        let answer = match order.split_once(' ').unwrap_or((&order, "")) {
            ("read", _) => {
                reader = Some(MapReader::open(application, cluster).await?);
                Value::Null
            }
            ("sent", _) => json!(reader.as_ref().context("nobody reads")?.bytes()),
            ("lost", _) => {
                let held = reader.as_ref().context("nobody reads")?.settled().await?;
                let fresh = MapReader::open(application, cluster).await?.settled().await?;
                json!(held.differences(&fresh))
            }
            ("version", key) => {
                let request = ObjectRequest { cluster: cluster.to_owned(), key: key.to_owned() };
                match application.object_detail(Caller::Window, request).await {
                    Ok(detail) => json!(detail.yaml.as_deref().and_then(resource_version)),
                    Err(error) if error.code == ErrorCode::NotFound => Value::Null,
                    Err(error) => return Err(failed(error)),
                }
            }
            _ => bail!("no such order: {order}"),
        };
        println!("{answer}");
    }
    Ok(())
}

fn resource_version(yaml: &str) -> Option<&str> {
    let line = yaml.lines().find_map(|line| line.trim_start().strip_prefix("resourceVersion: "))?;
    Some(line.trim_matches(['"', '\'']))
}

pub(crate) fn failed(error: ApiError) -> anyhow::Error {
    anyhow::anyhow!(error.message)
}
