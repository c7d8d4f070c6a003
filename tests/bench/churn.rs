//! Deletions: pods go and are replaced under another name, as a ReplicaSet replaces them, and are running at once. Per
//! deletion the server tells every watcher three things: deleted, added, modified.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use support::Client;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::pods;

/// Deletions under way.
pub(crate) struct Churn {
    stop: CancellationToken,
    task: JoinHandle<Result<()>>,
    done: Arc<AtomicUsize>,
    started: Instant,
}

/// What happened.
pub(crate) struct Happened {
    /// Pods deleted and replaced.
    pub(crate) deletions: usize,
    /// How many a second that were.
    pub(crate) pace: f64,
}

impl Churn {
    /// Deletes so many a second, in order, each pod's generation one up. There must be more pods than are deleted.
    pub(crate) fn start(client: Client, a_second: u32) -> Self {
        let (stop, done) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
        let (stopped, counted) = (stop.clone(), Arc::clone(&done));
        let task = tokio::spawn(async move {
            let mut pause = tokio::time::interval(Duration::from_secs(1) / a_second);
            for number in 0.. {
                tokio::select! { _ = pause.tick() => {}, () = stopped.cancelled() => break }
                replace(&client, number).await?;
                counted.store(number + 1, Ordering::Relaxed);
            }
            Ok(())
        });
        Self { stop, task, done, started: Instant::now() }
    }

    pub(crate) async fn stop(self) -> Result<Happened> {
        self.stop.cancel();
        let span = self.started.elapsed().as_secs_f64();
        self.task.await.map_err(|error| anyhow!(error))??;
        let deletions = self.done.load(Ordering::Relaxed);
        Ok(Happened { deletions, pace: deletions as f64 / span })
    }
}

async fn replace(client: &Client, number: usize) -> Result<()> {
    let (namespace, name) = pods::place(number, 0);
    let path = format!("/api/v1/namespaces/{namespace}/pods");
    client.delete(&format!("{path}/{name}?gracePeriodSeconds=0")).await?;
    let mut pod = pods::pod(number, 1);
    let status = pod.as_object_mut().and_then(|pod| pod.remove("status")).unwrap_or(Value::Null);
    client.post(&path, &pod).await?;
    let (_, name) = pods::place(number, 1);
    client.patch(&format!("{path}/{name}/status"), &json!({ "status": status })).await?;
    Ok(())
}
