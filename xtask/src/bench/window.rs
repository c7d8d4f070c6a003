//! The map as a person meets it: the real window on a display of its own, and Chromium beside it.

use anyhow::Result;

use super::build::Programs;
use super::figures::{Kept, VARIABLE};
use crate::{e2e, shell};

/// Generated objects whose map has about ten thousand cards and pod squares.
const OBJECTS: &str = "12000";

/// Installs what is missing.
pub(crate) fn prepare(browser: bool, window: bool) -> Result<()> {
    if browser || window {
        e2e::browser()?;
    }
    if window {
        e2e::window()?;
    }
    Ok(())
}

pub(crate) fn measure(programs: &Programs, kept: &Kept) -> Result<()> {
    let (driver, application) = (e2e::window()?, programs.of("kubilitics")?);
    shell::say("start of the window and panning in it ...");
    let words = ["measure", "--", "measure/start", "measure/window"];
    let mut command = e2e::on_display(&driver, application, &words);
    shell::run(command.env(VARIABLE, kept.file()).env("KUBILITICS_OBJECTS", OBJECTS).stdout(std::io::stderr()))?;
    shell::say("panning in Chromium ...");
    let served = e2e::Served::start(programs.of("kubilitics-cli")?, &[&format!("--demo={OBJECTS}")])?;
    let mut command = e2e::script("measure");
    command.args(["--", "measure/browser"]).env("KUBILITICS_URL", &served.address).env(VARIABLE, kept.file());
    shell::run(command.stdout(std::io::stderr()))
}
