//! The core as a child process, from outside: when it says what, what the kernel counts of it, and orders to it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;
use support::Access;

use crate::process;

/// The core with everything in. Dropping it ends it.
pub(crate) struct Core {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// From the start of the process to the first pods in the inventory.
    pub(crate) first: f64,
    /// From the start of the process to the end of the last list, everything indexed.
    pub(crate) all: f64,
    /// Objects held then.
    pub(crate) objects: f64,
}

impl Core {
    pub(crate) fn start(access: &Access) -> Result<Self> {
        let started = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .args(["core", "--kubeconfig"])
            .arg(access.kubeconfig())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("start the core")?;
        let orders = child.stdin.take().context("the core's input")?;
        let answers = BufReader::new(child.stdout.take().context("the core's output")?);
        let mut core = Self { child, orders, answers, first: 0.0, all: 0.0, objects: 0.0 };
        // Only the arrival of these lines is measured: the core's own clock would not see its start.
        core.read()?;
        core.first = started.elapsed().as_secs_f64();
        let synced = core.read()?;
        core.all = started.elapsed().as_secs_f64();
        core.objects = synced["objects"].as_f64().context("objects")?;
        Ok(core)
    }

    /// Obeyed, with what it answers.
    pub(crate) fn order(&mut self, order: &str) -> Result<Value> {
        writeln!(self.orders, "{order}")?;
        self.read().with_context(|| order.to_owned())
    }

    pub(crate) fn resident(&self) -> Result<f64> {
        Ok(process::resident(self.child.id())? as f64)
    }

    /// The share of one core that it uses over a span from now on.
    pub(crate) async fn cpu(&self, span: Duration) -> Result<f64> {
        let (before, from) = (process::cpu(self.child.id())?, Instant::now());
        tokio::time::sleep(span).await;
        Ok((process::cpu(self.child.id())? - before) / from.elapsed().as_secs_f64())
    }

    fn read(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("the core said: {line:?}"))
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about either failure.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
