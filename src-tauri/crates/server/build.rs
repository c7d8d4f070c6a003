//! Makes the table of the built interface, so that one file serves it. Where ui/dist was not built the table is empty,
//! and the server says so on its first page.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = manifest.join("../../../ui/dist");
    say(&format!("cargo::rerun-if-changed={}", dist.display()));
    let mut files = Vec::new();
    if dist.is_dir() {
        walk(&dist.canonicalize()?, String::new(), &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for (name, path) in files {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "    ({name:?}, include_bytes!({:?})),", path.display().to_string());
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("interface.rs"), table)
}

fn walk(folder: &Path, prefix: String, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = format!("{prefix}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            walk(&path, name, files)?;
        } else {
            files.push((name, path));
        }
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]
fn say(line: &str) {
    println!("{line}");
}
