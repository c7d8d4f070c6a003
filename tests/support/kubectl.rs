//! Running `kubectl` as one account, undisturbed by the environment of whoever runs the tests.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::access::Access;
use crate::folder::control_plane_folder;

/// The `kubectl` that was built with the control plane, else the one on the `PATH`.
pub(crate) fn program() -> PathBuf {
    control_plane_folder().map_or_else(|_| PathBuf::from("kubectl"), |built| built.join("bin/kubectl"))
}

/// Its standard output; fails with its standard error.
pub(crate) async fn run<A: AsRef<OsStr>>(
    program: &Path,
    access: &Access,
    arguments: impl IntoIterator<Item = A>,
    input: Option<&str>,
) -> Result<String> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("KUBECONFIG", access.kubeconfig())
        // By default it remembers in the home folder, by address, what a server offers: another server may have been there.
        .env("KUBECACHEDIR", access.kubeconfig().with_extension("cache"))
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let words: Vec<_> = command.as_std().get_args().map(OsStr::to_string_lossy).collect();
    let typed = format!("kubectl {}", words.join(" "));
    let mut child = command.spawn().with_context(|| format!("start {typed}"))?;
    let mut stdin = child.stdin.take();
    let feed = async {
        if let (Some(stdin), Some(input)) = (&mut stdin, input) {
            stdin.write_all(input.as_bytes()).await?;
        }
        drop(stdin);
        Ok::<_, std::io::Error>(())
    };
    let (fed, output) = tokio::join!(feed, child.wait_with_output());
    let output = output.with_context(|| format!("wait for {typed}"))?;
    if !output.status.success() {
        bail!("{typed}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    fed.with_context(|| format!("hand over the input of {typed}"))?;
    String::from_utf8(output.stdout).with_context(|| format!("read the output of {typed}"))
}
