//! How much memory a large file takes to write: the peak of a process that holds the scene and writes it, as the kernel
//! counts it (Linux only). Each in a process of its own, since a peak does not come down again. One JSON object a line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::process::Command;

use diagram::{Format, Look};

const CARDS: usize = 10_000;
const FORMATS: [(&str, Format); 3] = [("svg", Format::Svg), ("png", Format::Png), ("pdf", Format::Pdf)];

fn main() {
    let named = std::env::args().skip(1).find_map(|word| FORMATS.into_iter().find(|(name, _)| *name == word));
    match named {
        Some((name, format)) => {
            let scene = support::generated(CARDS);
            support::written(&scene, format, &Look { system_fonts: false, ..Look::default() });
            println!("{}", serde_json::json!({ "figure": format!("export/{name}/{CARDS} peak"), "value": peak() }));
        }
        None => {
            for (name, _) in FORMATS {
                let own = std::env::current_exe().expect("find the running program");
                assert!(Command::new(own).arg(name).status().expect("start another").success(), "{name}");
            }
        }
    }
}

/// Bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("read /proc/self/status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
    line.trim().trim_end_matches("kB").trim().parse::<u64>().expect("a number") * 1024
}
