//! Where programs are found: the process' PATH and, because a window that was started from a dock does not have it,
//! the login shell's, asked once.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::program;

/// A shell whose start-up files ask something never answers.
const SHELL_PATIENCE: Duration = Duration::from_secs(5);
/// Start-up files may print greetings around the answer.
const MARK: &str = "__kubilitics_path__";
/// Where package managers put programs even where no shell says so.
const USUAL: [&str; 4] = ["/usr/local/bin", "/opt/homebrew/bin", "/snap/bin", "/usr/bin"];

/// The folders that are searched for exec plugins.
#[derive(Debug, Default)]
pub struct SearchPath {
    process: Option<OsString>,
    shell: Option<OsString>,
    home: Option<PathBuf>,
    login: OnceCell<Option<OsString>>,
}

impl SearchPath {
    /// From `PATH`, `SHELL` and the home folder.
    pub fn new(process: Option<OsString>, shell: Option<OsString>, home: Option<PathBuf>) -> Self {
        Self { process, shell, home, login: OnceCell::new() }
    }

    /// All folders, each once: the process' own, the login shell's, the usual ones.
    pub(crate) async fn folders(&self) -> Vec<PathBuf> {
        let login = self.login.get_or_init(|| self.ask_shell()).await;
        let listed = [&self.process, login].into_iter().flatten().flat_map(env::split_paths);
        let home =
            self.home.iter().flat_map(|home| [home.join(".local/bin"), home.join("bin"), home.join(".krew/bin")]);
        let mut folders: Vec<PathBuf> = Vec::new();
        for folder in listed.chain(USUAL.map(PathBuf::from)).chain(home) {
            if folder.is_absolute() && !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        folders
    }

    async fn ask_shell(&self) -> Option<OsString> {
        let shell = self.shell.as_deref().filter(|_| cfg!(unix))?;
        let mut command = Command::new(shell);
        // Interactive, because many people extend PATH in .bashrc or .zshrc; printenv, because fish writes $PATH apart.
        command.args(["-ilc", &format!("printf %s {MARK}; printenv PATH; printf %s {MARK}")]);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        let output = program::output(command, true, SHELL_PATIENCE).await.ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.split(MARK).nth(1).map(str::trim).filter(|path| !path.is_empty()).map(OsString::from)
    }
}

/// The first folder's program of that name; on Windows its usual endings are tried.
pub(crate) fn find(folders: &[PathBuf], command: &OsStr) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &["", ".exe", ".cmd", ".bat"] } else { &[""] };
    folders
        .iter()
        .flat_map(|folder| endings.iter().map(move |ending| with_ending(&folder.join(command), ending)))
        .find(|path| is_program(path))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(ending);
    text.into()
}

fn is_program(path: &Path) -> bool {
    #[cfg(unix)]
    let executable =
        |metadata: &std::fs::Metadata| std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let executable = |_: &std::fs::Metadata| true;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && executable(&metadata))
}
