//! Runs programs that others wrote: what they print has a limit, and so has their time. Whoever stops waiting ends them,
//! with all that they have started.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::timeout;

/// What a program may print; a certificate chain with its key has some ten kilobytes.
const OUTPUT_LIMIT: usize = 1 << 20;
/// What is kept of the end of its messages.
const MESSAGES: usize = 16 << 10;

/// What a program that has ended left.
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    /// The last of it; empty where it went elsewhere.
    pub(crate) stderr: Vec<u8>,
}

/// Why a program left nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfinished {
    #[error("{0}")]
    Start(#[source] io::Error),
    #[error("it printed more than {} KiB", OUTPUT_LIMIT >> 10)]
    TooMuch,
    #[error("it gave no answer within {} s", .0.as_secs())]
    TooLong(Duration),
}

/// Runs the program and collects what it prints. `apart` gives it a process group of its own, by which its children end
/// with it; a program that speaks with a person must stay in the terminal's.
pub(crate) async fn output(mut command: Command, apart: bool, patience: Duration) -> Result<Output, Unfinished> {
    command.stdout(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    if apart {
        command.process_group(0);
    }
    let mut child = command.spawn().map_err(Unfinished::Start)?;
    let mut group = Group::of(child.id().filter(|_| apart));
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let ends = async {
        let (stdout, stderr, status) = tokio::try_join!(all(stdout), async { Ok(last(stderr).await) }, async {
            child.wait().await.map_err(Unfinished::Start)
        })?;
        Ok(Output { status, stdout, stderr })
    };
    let output = timeout(patience, ends).await.map_err(|_| Unfinished::TooLong(patience))??;
    // It ended by itself: what it started and left, such as a browser, is the person's.
    group.release();
    Ok(output)
}

async fn all(reader: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, Unfinished> {
    let mut bytes = Vec::new();
    if let Some(reader) = reader {
        reader.take(OUTPUT_LIMIT as u64 + 1).read_to_end(&mut bytes).await.map_err(Unfinished::Start)?;
    }
    if bytes.len() > OUTPUT_LIMIT { Err(Unfinished::TooMuch) } else { Ok(bytes) }
}

/// Reads to the end, since a program whose messages nobody takes stands still, and keeps the last.
async fn last(reader: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(mut reader) = reader else { return kept };
    let mut buffer = vec![0; 4 << 10];
    while let Ok(count @ 1..) = reader.read(&mut buffer).await {
        kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if kept.len() > 2 * MESSAGES {
            kept.drain(..kept.len() - MESSAGES);
        }
    }
    kept
}

/// A process group that ends when this is dropped.
struct Group(Option<u32>);

impl Group {
    fn of(leader: Option<u32>) -> Self {
        Self(leader)
    }

    fn release(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.0.and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?)) {
            // That it has ended already is all that can go wrong.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}
