//! `cargo xtask run`: builds what is missing and opens the application; without a display it serves the same interface.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

use crate::check::{INTERFACE_BUILD, INTERFACE_PACKAGES, PACKAGES};
use crate::{paths, shell};

/// Build and open the application; without a display, serve it and print the address.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Serve in a browser even where there is a display.
    #[arg(long)]
    browser: bool,
    /// Handed to the application, or to `kubilitics-cli serve`.
    #[arg(last = true)]
    rest: Vec<OsString>,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let window = !args.browser && has_display();
    if window {
        (PACKAGES.run)()?;
    }
    (INTERFACE_PACKAGES.run)()?;
    (INTERFACE_BUILD.run)()?;
    let what = match (window, args.rest.is_empty(), has_kubeconfig()) {
        (_, false, _) => "what was asked for",
        (_, true, true) => "the current context of your kubeconfig",
        (_, true, false) => "the demo, since there is no kubeconfig",
    };
    let place = if window { "in a window" } else { "in a browser, at the address below" };
    shell::say(format!(
        "building (release; some minutes the first time), then showing {what}, {place}; Ctrl-C ends it"
    ));
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(paths::root()).args(["run", "--release"]);
    let first = match (window, has_kubeconfig()) {
        (true, true) => Some("--current-context"),
        (_, false) => Some("--demo"),
        (false, true) => None,
    };
    let first = first.filter(|_| args.rest.is_empty());
    if window {
        // The feature makes the window load the built interface instead of a development server's.
        command.args(["--package", "kubilitics", "--features", "tauri/custom-protocol", "--"]);
    } else {
        command.args(["--package", "cli", "--bin", "kubilitics-cli", "--", "serve"]);
    }
    shell::become_program(command.args(first).args(&args.rest))
}

fn has_display() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn has_kubeconfig() -> bool {
    let named = env::var_os("KUBECONFIG").filter(|value| !value.is_empty());
    let files: Vec<_> = match named {
        Some(list) => env::split_paths(&list).collect(),
        None => env::home_dir().map(|home| home.join(".kube/config")).into_iter().collect(),
    };
    files.iter().any(|file| file.is_file())
}
