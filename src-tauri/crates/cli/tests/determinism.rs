//! The same objects give the same bytes in every format, whatever their order, the files they lie in, and the machine's
//! language and time zone.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const FORMATS: [&str; 9] = ["svg", "png", "pdf", "json", "drawio", "mmd", "d2", "dot", "graphml"];

/// Documents of a YAML stream; JSON is YAML.
fn stream<'a>(objects: impl Iterator<Item = &'a Value>) -> String {
    objects.map(|object| format!("---\n{object}\n")).collect()
}

/// A folder called `shop` in `parent` with these files.
fn folder(parent: &Path, files: &[(&str, String)]) {
    let folder = parent.join("shop");
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

fn exported(parent: &Path, format: &str, environment: [(&str, &str); 2]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_kubilitics-cli"))
        .args(["export", "--from", "shop", "-o", "-", "--format", format])
        .current_dir(parent)
        .envs(environment)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn the_order_of_the_input_and_the_machine_leave_no_trace() {
    let objects = demo::shop_objects(1, demo::Time::from_millis(1_790_000_000_000)).unwrap();
    let place = tempfile::tempdir().unwrap();
    let [listed, reversed, dealt] = ["listed", "reversed", "dealt"].map(|name| place.path().join(name));
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": objects });
    folder(&listed, &[("all.json", list.to_string())]);
    folder(&reversed, &[("all.yaml", stream(objects.iter().rev()))]);
    // Seven hands of cards, read in the order of the files' names, which is not the order of dealing.
    let names = ["m.yaml", "c.yaml", "x.yaml", "a.yaml", "k.yaml", "b.yaml", "z.yaml"];
    let hand = |at: usize| stream(objects.iter().skip(at).step_by(names.len()));
    folder(&dealt, &names.into_iter().enumerate().map(|(at, name)| (name, hand(at))).collect::<Vec<_>>());
    for format in FORMATS {
        let first = exported(&listed, format, [("LC_ALL", "C"), ("TZ", "UTC")]);
        assert!(!first.is_empty(), "{format}");
        let second = exported(&reversed, format, [("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Pacific/Auckland")]);
        assert!(first == second, "{format} differs when the objects come in reverse");
        let third = exported(&dealt, format, [("LC_ALL", "de_DE.UTF-8"), ("TZ", "America/New_York")]);
        assert!(first == third, "{format} differs when the objects lie in several files");
    }
}
