//! Where figures go: a file, one JSON object a line, and standard error for whoever waits.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::json;

/// The file of the figures.
#[derive(Clone, Debug)]
pub(crate) struct Figures(PathBuf);

impl Figures {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self(file)
    }

    /// One figure in its base unit (seconds, bytes, shares, counts), by the name that the budget table knows.
    pub(crate) fn tell(&self, name: &str, value: f64) -> Result<()> {
        eprintln!("measure: {name} = {value:.4}");
        let file = OpenOptions::new().create(true).append(true).open(&self.0);
        let mut file = file.with_context(|| format!("open {}", self.0.display()))?;
        writeln!(file, "{}", json!({ "figure": name, "value": value })).context("write a figure")
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.0
    }
}

/// The middle one; of an even number the upper of the two in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
