//! The parts: criterion's benchmarks of the crates, only those that the table shows.

use std::process::Command;

use anyhow::Result;

use super::build::Programs;
use super::figures::Kept;
use crate::shell;

/// Each benchmark with what it is told to run: criterion takes a regular expression over names.
const RUNS: [(&str, &str); 4] = [
    ("graph", "^infer/|^apply one event at 100000/pod status$"),
    ("apply", "^inventory/one event at 100000 pods$"),
    ("layout", "^layout/(10000|100000) leaves$"),
    ("export", "^export/(svg/1000|svg/10000|png/10000|pdf/10000)$"),
];

pub(crate) fn measure(programs: &Programs, kept: &Kept) -> Result<()> {
    for (bench, names) in RUNS {
        shell::say(format!("benchmark `{bench}` ..."));
        let mut command = Command::new(programs.of(bench)?);
        // A short warm-up and span: medians of ten samples are compared by ratio, not to the percent.
        command.args(["--bench", "--quiet", "--noplot", "--warm-up-time", "1", "--measurement-time", "3", names]);
        shell::run(command.env("CRITERION_HOME", kept.criterion()).stdout(std::io::stderr()))?;
    }
    shell::say("peak memory of large files ...");
    kept.append(&shell::capture(&mut Command::new(programs.of("peak")?))?)
}
