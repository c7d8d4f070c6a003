//! One program of the control plane: started in a process group of its own, killed with everything it started, and
//! never outliving the process that started it, however that one ends (return, panic, abort, SIGKILL).
//!
//! No signal handler can promise the last part, a pipe can: a watcher in the group holds the reading end and kills the
//! group at end of file, and only this process holds the writing end, which the kernel closes with it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Becomes the program (`exec`) after leaving the watcher behind, so that the child's process id is the program's and
/// the group's. The group's number cannot be reused while the watcher is in it.
const LEASH: &str =
    "exec 3<&0; { read -r _ <&3; kill -s KILL -- -$$; } 2>/dev/null & exec 3<&-; exec \"$@\" </dev/null";

/// How much of the log an error message quotes, in lines.
const QUOTED_LINES: usize = 12;

/// A program that runs until it is killed or dropped.
#[derive(Debug)]
pub(crate) struct Program {
    name: &'static str,
    path: PathBuf,
    arguments: Vec<OsString>,
    log: PathBuf,
    child: Option<Child>,
}

impl Program {
    /// Starts the program at `path`; what it prints goes to `NAME.log` in `folder`.
    pub(crate) fn start<A: Into<OsString>>(
        name: &'static str,
        path: PathBuf,
        arguments: impl IntoIterator<Item = A>,
        folder: &Path,
    ) -> Result<Self> {
        let arguments = arguments.into_iter().map(Into::into).collect();
        let log = folder.join(format!("{name}.log"));
        let mut program = Self { name, path, arguments, log, child: None };
        program.start_again()?;
        Ok(program)
    }

    /// Starts it with the same arguments; kills it first where it still runs.
    pub(crate) fn start_again(&mut self) -> Result<()> {
        self.kill();
        let log = File::options().create(true).append(true).open(&self.log);
        let mut log = log.with_context(|| format!("open {}", self.log.display()))?;
        writeln!(log, "--- {} {:?}", self.path.display(), self.arguments).context("write to a log")?;
        let child = Command::new("sh")
            .args(["-c", LEASH, "sh"])
            .arg(&self.path)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().context("share a log")?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .with_context(|| format!("start {}", self.name))?;
        self.child = Some(child);
        Ok(())
    }

    /// Kills it and all it started, and waits until it is gone. The API server would linger up to a minute on anything
    /// gentler while watches are open.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            // It fails only for a child that has been waited for, and then it is gone.
            let _ = child.wait();
        }
    }

    /// Fails, quoting the log, when the program has ended by itself.
    pub(crate) fn check(&mut self) -> Result<()> {
        let Some(child) = &mut self.child else { anyhow::bail!("{} was killed", self.name) };
        if let Some(status) = child.try_wait().with_context(|| format!("ask for the state of {}", self.name))? {
            anyhow::bail!("{} ended with {status}; the end of {}:\n{}", self.name, self.log.display(), self.log_end());
        }
        Ok(())
    }

    /// The last lines it printed.
    pub(crate) fn log_end(&self) -> String {
        let text = fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n")
    }

    #[cfg(test)]
    /// The process id while it runs; it is also the number of its process group.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::RunFolder;
    use crate::wait::eventually;

    fn group_is_empty(group: u32) -> bool {
        let asked = Command::new("kill").args(["-0", "--", &format!("-{group}")]).stderr(Stdio::null()).status();
        !asked.unwrap().success()
    }

    #[tokio::test]
    async fn a_killed_program_takes_its_group_along_and_can_be_started_again() {
        let folder = RunFolder::beside_program().unwrap();
        let mut program = Program::start("sleeper", PathBuf::from("sleep"), ["600"], folder.path()).unwrap();
        let first = program.id().unwrap();
        program.check().unwrap();
        program.start_again().unwrap();
        let second = program.id().unwrap();
        assert_ne!(first, second);
        drop(program);
        eventually(
            "both groups are gone",
            async || Ok((group_is_empty(first) && group_is_empty(second)).then_some(())),
        )
        .await
        .unwrap();
    }

    #[tokio::test]
    async fn a_program_that_ends_by_itself_is_reported_with_its_last_words() {
        let folder = RunFolder::beside_program().unwrap();
        let arguments = ["-c", "echo port 99 is taken >&2; exit 3"];
        let program = Program::start("failing", PathBuf::from("sh"), arguments, folder.path()).unwrap();
        let program = std::sync::Mutex::new(program);
        let ended = eventually("it has ended", async || Ok(program.lock().unwrap().check().err())).await;
        let report = ended.unwrap().to_string();
        assert!(report.contains("exit status: 3") && report.contains("port 99 is taken"), "{report}");
    }
}
