//! kubilitics-cli.

fn main() {}
