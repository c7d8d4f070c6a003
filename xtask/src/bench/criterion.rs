//! Reads what criterion left behind.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// The median of every benchmark in seconds, by `group/name` as the benchmark calls itself.
pub(crate) fn medians(folder: &Path) -> Result<BTreeMap<String, f64>> {
    let mut medians = BTreeMap::new();
    collect(folder, &mut medians)?;
    Ok(medians)
}

fn collect(folder: &Path, medians: &mut BTreeMap<String, f64>) -> Result<()> {
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
                medians.insert(name.to_owned(), nanos / 1e9);
            }
        } else {
            collect(&path, medians)?;
        }
    }
    Ok(())
}
