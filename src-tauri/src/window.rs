//! The window: where it stood last time, and in front when it is asked for again.

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

/// The one window.
pub(crate) const MAIN: &str = "main";

/// Its size on the first start where the screen has room for it, and the least at which everything has its place, in logical pixels.
const FIRST: (f64, f64) = (1440.0, 900.0);
const LEAST: (f64, f64) = (960.0, 600.0);

/// Remembers where the window stands, and lets it begin there where that is still on a screen.
pub(crate) fn place<R: Runtime>() -> TauriPlugin<R> {
    // Whether it is shown is decided here: it is when it has been built.
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::POSITION | StateFlags::SIZE | StateFlags::MAXIMIZED)
        .build()
}

/// Opens it.
pub(crate) fn open(handle: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(handle, MAIN, WebviewUrl::App("index.html".into()))
        .title("Kubilitics")
        .inner_size(FIRST.0, FIRST.1)
        .min_inner_size(LEAST.0, LEAST.1)
        .prevent_overflow()
        .visible(false)
        .on_navigation(is_ours)
        .build()?;
    window.show()?;
    window.set_focus()
}

/// Whether the window may go to this address. A link or a script that leads elsewhere would find the commands there.
fn is_ours(address: &Url) -> bool {
    match (address.scheme(), address.host_str()) {
        ("tauri", Some("localhost")) => true,
        // What Windows makes of it.
        ("http" | "https", Some("tauri.localhost")) => true,
        _ => false,
    }
}

/// Brings the window to the front: somebody started the application a second time.
pub(crate) fn show(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window(MAIN) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window cannot be brought to the front");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_goes_nowhere_but_to_its_own_pages() {
        let goes = |address: &str| is_ours(&Url::parse(address).unwrap());
        for own in ["tauri://localhost/", "tauri://localhost/index.html#/cluster/demo", "http://tauri.localhost/"] {
            assert!(goes(own), "{own}");
        }
        for foreign in [
            "https://example.org/",
            "http://localhost:8080/",
            "tauri://evil/",
            "https://tauri.localhost.evil.example/",
            "file:///etc/passwd",
            "data:text/html,<script>1</script>",
            "about:blank",
        ] {
            assert!(!goes(foreign), "{foreign}");
        }
    }
}
