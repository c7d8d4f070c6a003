//! Packages of the operating system: finds out which are missing, says what it is about to install, and installs them.
//! Where that is not possible (another system, no rights) it fails with the exact command to type.

use std::io::IsTerminal;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::shell;

/// Makes sure that Debian packages are installed. `purpose` completes the sentence "needed ...".
pub(crate) fn ensure(purpose: &str, packages: &[&str]) -> Result<()> {
    if shell::which("apt-get").is_none() || shell::which("dpkg-query").is_none() {
        // Other systems name these packages otherwise; whoever runs one finds out from the step that lacks them.
        shell::say(format!(
            "not a Debian system: {}, needed {purpose}, must be there under the names this system gives them",
            packages.join(", ")
        ));
        return Ok(());
    }
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let typed = format!("sudo apt-get install --yes --no-install-recommends {}", missing.join(" "));
    let Some(prefix) = rights() else {
        bail!("{} needed {purpose}: this account may not install packages, so type: {typed}", missing.join(", "));
    };
    shell::say(format!("installing {}, needed {purpose} (apt-get)", missing.join(", ")));
    // Lists of last month name versions that the mirrors no longer hold. A source of somebody else's that does not answer
    // is no reason to give up.
    if let Err(error) = shell::run(apt(&prefix).args(["update", "--quiet"])) {
        shell::say(format!("{error}; going on with the package lists that are here"));
    }
    let mut install = apt(&prefix);
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&missing);
    if let Err(error) = shell::run(&mut install) {
        bail!("{error}; once that is mended, or by hand: {typed}");
    }
    Ok(())
}

fn installed(package: &str) -> bool {
    let answer = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output();
    answer.is_ok_and(|answer| answer.status.success() && answer.stdout == b"installed")
}

/// What to put before `apt-get`: nothing for root, `sudo` where it works, `None` where packages cannot be installed.
fn rights() -> Option<Vec<&'static str>> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    if root {
        return Some(Vec::new());
    }
    shell::which("sudo")?;
    let silent = Command::new("sudo").args(["-n", "true"]).stderr(Stdio::null()).status();
    // With a person at the terminal sudo may ask for the password.
    (silent.is_ok_and(|status| status.success()) || std::io::stdin().is_terminal()).then(|| vec!["sudo"])
}

fn apt(prefix: &[&str]) -> Command {
    // `env` carries the variable through sudo, which drops the environment.
    let mut words = prefix.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    let mut command = Command::new(words.next().unwrap_or("apt-get"));
    command.args(words);
    command
}
