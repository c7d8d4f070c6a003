//! Builds what tauri needs to know of its configuration.

fn main() {
    tauri_build::build();
}
