//! Watches the built interface: a new file in it is part of the program too.

fn main() {
    say("cargo::rerun-if-changed=../../../ui/dist");
}

#[allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]
fn say(line: &str) {
    println!("{line}");
}
