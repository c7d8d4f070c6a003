//! Running other programs and talking to the person in front of the terminal.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Tells the person what is going on, on standard error, so that a chore's own output stays clean.
pub(crate) fn say(text: impl AsRef<str>) {
    // A closed terminal is no reason to stop a build.
    let _ = writeln!(std::io::stderr().lock(), "xtask: {}", text.as_ref());
}

/// A chore's own output, on standard output.
pub(crate) fn print(text: &str) -> Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes()).context("write to standard output")
}

/// Runs a command that talks to the terminal itself; fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("start {}", spelled(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", spelled(command));
    }
    Ok(())
}

/// Becomes the command: whoever signals or kills this process signals or kills that program. Returns only to fail.
#[cfg(unix)]
pub(crate) fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("start {}", spelled(command)))
}

/// Runs the command to its end where a process cannot become another.
#[cfg(not(unix))]
pub(crate) fn become_program(command: &mut Command) -> Result<()> {
    run(command)
}

/// Runs a command and returns its standard output, trimmed; its standard error is shown.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("start {}", spelled(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", spelled(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first program of that name on the `PATH`.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| is_program(candidate))
}

/// A command as one would type it, for messages.
pub(crate) fn spelled(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.with_extension("exe").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_spelled_so_that_it_can_be_typed() {
        let mut command = Command::new("sudo");
        command.args(["apt-get", "install", "it's here", ""]);
        assert_eq!(spelled(&command), r"sudo apt-get install 'it'\''s here' ''");
    }
}
