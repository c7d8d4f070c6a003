//! A run of named steps that ends with what each one took.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::shell;

/// One step. It says on the terminal what it does.
pub(crate) struct Step {
    /// For the summary.
    pub(crate) name: &'static str,
    /// Does it.
    pub(crate) run: fn() -> Result<()>,
}

/// Runs the steps in order, stops at the first that fails, and prints how long each took.
pub(crate) fn run_all(steps: &[Step]) -> Result<()> {
    let mut taken: Vec<(&str, Duration)> = Vec::new();
    for step in steps {
        shell::say(format!("{} ...", step.name));
        let started = Instant::now();
        let result = (step.run)().with_context(|| format!("step `{}` failed", step.name));
        taken.push((step.name, started.elapsed()));
        if let Err(error) = result {
            summarise(&taken, "failed");
            return Err(error);
        }
    }
    summarise(&taken, "all green");
    Ok(())
}

fn summarise(taken: &[(&str, Duration)], verdict: &str) {
    for (name, time) in taken {
        shell::say(format!("{:>6.1} s  {name}", time.as_secs_f32()));
    }
    let total: Duration = taken.iter().map(|(_, time)| *time).sum();
    shell::say(format!("{:>6.1} s  in all: {verdict}", total.as_secs_f32()));
}
