//! The figures, by name, in the build folder: what every measurement appends to, one JSON object a line, and what
//! criterion leaves behind. A later figure of the same name wins.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::paths;

/// Names the file for measurements that are not Rust.
pub(crate) const VARIABLE: &str = "KUBILITICS_FIGURES";

/// Base units: seconds, bytes, shares, counts.
pub(crate) type Figures = BTreeMap<String, f64>;

/// Where figures of one scale are kept.
pub(crate) struct Kept {
    folder: PathBuf,
}

impl Kept {
    pub(crate) fn of(scale: f64) -> Result<Self> {
        let name = if scale == 1.0 { "figures".to_owned() } else { format!("figures-{scale}") };
        let folder = paths::target()?.join(name);
        fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
        Ok(Self { folder })
    }

    /// The file that measurements append to.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("figures.jsonl")
    }

    /// Where criterion writes.
    pub(crate) fn criterion(&self) -> PathBuf {
        self.folder.join("criterion")
    }

    pub(crate) fn add(&self, name: &str, value: f64) -> Result<()> {
        self.append(&json!({ "figure": name, "value": value }).to_string())
    }

    pub(crate) fn append(&self, lines: &str) -> Result<()> {
        let path = self.file();
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let mut file = file.with_context(|| format!("open {}", path.display()))?;
        writeln!(file, "{lines}").context("keep the figures")
    }

    pub(crate) fn read(&self) -> Result<Figures> {
        let mut figures = BTreeMap::new();
        medians(&self.criterion(), &mut figures)?;
        for line in fs::read_to_string(self.file()).unwrap_or_default().lines().filter(|line| !line.is_empty()) {
            let figure: Value = serde_json::from_str(line).context("read the kept figures")?;
            if let (Some(name), Some(value)) = (figure["figure"].as_str(), figure["value"].as_f64()) {
                figures.insert(name.to_owned(), value);
            }
        }
        Ok(figures)
    }
}

/// The median of every benchmark in seconds, by `group/name` as the benchmark calls itself.
fn medians(folder: &Path, figures: &mut Figures) -> Result<()> {
    let Ok(entries) = folder.read_dir() else { return Ok(()) };
    for entry in entries {
        let path = entry.context("read criterion's folder")?.path();
        if !path.is_dir() {
            continue;
        }
        if path.file_name().is_some_and(|name| name == "new") {
            let read = |name: &str| -> Result<Value> {
                let file = path.join(name);
                let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
                serde_json::from_str(&text).with_context(|| format!("read {}", file.display()))
            };
            let (about, estimates) = (read("benchmark.json")?, read("estimates.json")?);
            if let (Some(name), Some(nanos)) =
                (about["full_id"].as_str(), estimates["median"]["point_estimate"].as_f64())
            {
                figures.insert(name.to_owned(), nanos / 1e9);
            }
        } else {
            medians(&path, figures)?;
        }
    }
    Ok(())
}
