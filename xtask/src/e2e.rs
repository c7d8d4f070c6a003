//! `cargo xtask e2e`: the interface in a real browser against `kubilitics-cli serve --demo`, and the real window under a
//! display of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::check::{INTERFACE_BUILD, INTERFACE_PACKAGES, PACKAGES, cargo};
use crate::steps::{Step, run_all};
use crate::{interface, paths, shell, system};

/// Test the interface in a real browser, and the window with --window.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The real window too, driven by WebDriver.
    #[arg(long)]
    window: bool,
}

/// The version whose protocol the tests speak.
const TAURI_DRIVER: &str = "2.1.0";

pub(crate) fn run(args: Args) -> Result<()> {
    let mut steps = vec![PACKAGES, INTERFACE_PACKAGES, INTERFACE_BUILD, BROWSER];
    if args.window {
        steps.push(WINDOW);
    }
    run_all(&steps)
}

/// Playwright on the system's Chromium.
pub(crate) const BROWSER: Step = Step {
    name: "browser tests",
    run: || {
        browser()?;
        build()?;
        let cli = cli()?;
        // Standing still: a test reads the picture over a stream of its own, which is the page's while nothing happens.
        let server = Served::start(&cli, &["--demo", "--still"])?;
        let newer = paths::target()?.join("debug/examples/newer");
        let environment = [
            // For a test that needs a server of its own.
            ("KUBILITICS_CLI", cli.as_os_str()),
            // Writes a database of a later version.
            ("KUBILITICS_NEWER", newer.as_os_str()),
            ("KUBILITICS_URL", server.address.as_str().as_ref()),
            ("KUBILITICS_KUBECONFIG", server.kubeconfig.as_os_str()),
        ];
        shell::run(script("browser").envs(environment))
    },
};

/// WebKitWebDriver through tauri-driver, on a display of its own.
pub(crate) const WINDOW: Step = Step {
    name: "window tests",
    run: || {
        let driver = window()?;
        build()?;
        shell::run(&mut on_display(&driver, &paths::target()?.join("debug/kubilitics"), &["window"]))
    },
};

/// Writes the screenshots of the demo, which stands still meanwhile, to a folder.
pub(crate) fn photograph(folder: &Path) -> Result<()> {
    browser()?;
    build()?;
    let server = Served::start(&cli()?, &["--demo", "--still"])?;
    shell::run(script("screenshots").env("KUBILITICS_URL", &server.address).env("KUBILITICS_SCREENSHOTS", folder))
}

/// What it takes to open a page.
pub(crate) fn browser() -> Result<()> {
    system::ensure("to open pages", &["chromium"])?;
    interface::packages(&folder())
}

/// What it takes to drive the window; answers where tauri-driver is.
pub(crate) fn window() -> Result<PathBuf> {
    system::ensure("to test the window", &["webkit2gtk-driver", "xvfb", "xauth", "dbus-x11", "libgl1-mesa-dri"])?;
    interface::packages(&folder())?;
    if let Some(driver) = shell::which("tauri-driver") {
        return Ok(driver);
    }
    let tools = paths::target()?.join("tools");
    let driver = tools.join("bin/tauri-driver");
    if !driver.is_file() {
        shell::say("installing tauri-driver (cargo install, half a minute, once)");
        let root = tools.to_string_lossy();
        cargo(&["install", "--quiet", "--locked", "tauri-driver", "--version", TAURI_DRIVER, "--root", &root])?;
    }
    Ok(driver)
}

/// A script of the tests with the window's program, on a display of its own.
pub(crate) fn on_display(driver: &Path, application: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("xvfb-run");
    command
        .current_dir(folder())
        .args(["--auto-servernum", "--server-args=-screen 0 1600x1000x24", "dbus-run-session", "--"])
        .args(["npm", "run"])
        .args(words)
        .env("TAURI_DRIVER", driver)
        .env("KUBILITICS_APP", application);
    command
}

/// A script of the tests.
pub(crate) fn script(name: &str) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder()).args(["run", name]);
    command
}

/// Everything that runs, in one build: built one by one, what they share would be compiled once for each. The examples
/// bring the features of the tests' own dependencies in, without which all the others would be compiled again.
fn build() -> Result<()> {
    cargo(&["build", "--quiet", "--workspace", "--bins", "--examples"])
}

fn cli() -> Result<PathBuf> {
    Ok(paths::target()?.join("debug/kubilitics-cli"))
}

/// `kubilitics-cli serve`. Dropping it ends it.
pub(crate) struct Served {
    process: Child,
    pub(crate) address: String,
    /// Where it looks for one; a test may put it there.
    kubeconfig: PathBuf,
}

impl Served {
    /// `arguments` say what is served.
    pub(crate) fn start(cli: &Path, arguments: &[&str]) -> Result<Self> {
        // Nothing of the person's is read or remembered.
        let memory = paths::target()?.join("e2e");
        std::fs::create_dir_all(&memory).with_context(|| format!("create {}", memory.display()))?;
        let database = memory.join(format!("{}.db", std::process::id()));
        let kubeconfig = memory.join("no-kubeconfig");
        let mut process = Command::new(cli)
            // The tests open pages faster than a person: more sockets than one address usually needs.
            .arg("serve")
            .args(arguments)
            .args(["--sockets", "256", "--database"])
            .arg(database)
            .env("KUBECONFIG", &kubeconfig)
            .stdout(Stdio::piped())
            .spawn()
            .context("start kubilitics-cli serve")?;
        let out = process.stdout.take().context("the server's output")?;
        let mut address = String::new();
        BufReader::new(out).read_line(&mut address).context("read the address")?;
        Ok(Self { process, address: address.trim().to_owned(), kubeconfig })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about either failure.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn folder() -> PathBuf {
    paths::root().join("tests/e2e")
}
