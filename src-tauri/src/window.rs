//! The window: where it stood last time, and in front when it is asked for again.

use api::Application;
use store::Geometry;
use tauri::{
    AppHandle, Manager, PhysicalPosition, PhysicalSize, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window,
    WindowEvent,
};

/// The one window.
pub(crate) const MAIN: &str = "main";

/// Its size on the first start where the screen has room for it, and the least at which everything has its place, in logical pixels.
const FIRST: (f64, f64) = (1440.0, 900.0);
const LEAST: (f64, f64) = (960.0, 600.0);

/// Opens it where it stood, if that is still on a screen.
pub(crate) fn open(handle: &AppHandle, application: &Application) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(handle, MAIN, WebviewUrl::App("index.html".into()))
        .title("Kubilitics")
        .inner_size(FIRST.0, FIRST.1)
        .min_inner_size(LEAST.0, LEAST.1)
        .prevent_overflow()
        .visible(false)
        .on_navigation(is_ours)
        .build()?;
    if let Some(place) = tauri::async_runtime::block_on(application.window_place(MAIN)) {
        restore(&window, place)?;
    }
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

fn restore(window: &WebviewWindow, place: Geometry) -> tauri::Result<()> {
    let reaches = |start: i32, length: u32, from: i32, extent: u32| {
        i64::from(start) + i64::from(length) > i64::from(from) && i64::from(start) < i64::from(from) + i64::from(extent)
    };
    let on_a_screen = window.available_monitors()?.iter().any(|monitor| {
        let (at, size) = (monitor.position(), monitor.size());
        reaches(place.x, place.width, at.x, size.width) && reaches(place.y, place.height, at.y, size.height)
    });
    if on_a_screen {
        window.set_position(PhysicalPosition::new(place.x, place.y))?;
        window.set_size(PhysicalSize::new(place.width, place.height))?;
    }
    if place.maximized { window.maximize() } else { Ok(()) }
}

/// Brings the window to the front: somebody started the application a second time.
pub(crate) fn show(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window(MAIN) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window cannot be brought to the front");
    }
}

/// Writes down where the window stands when it is left or closed: rarely enough, and before a crash of the machine
/// more often than on closing alone.
pub(crate) fn remember(window: &Window, event: &WindowEvent) {
    if !matches!(event, WindowEvent::CloseRequested { .. } | WindowEvent::Focused(false)) {
        return;
    }
    let application = window.state::<Application>();
    let Ok(place) = place_of(window) else { return };
    let Some(mut place) = place else { return };
    tauri::async_runtime::block_on(async {
        if place.maximized
            && let Some(before) = application.window_place(MAIN).await
        {
            // What it returns to when it is no longer maximized.
            place = Geometry { maximized: true, ..before };
        }
        application.remember_window(MAIN, place).await;
    });
}

/// Nothing while it is minimized: its numbers mean nothing then.
fn place_of(window: &Window) -> tauri::Result<Option<Geometry>> {
    if window.is_minimized()? {
        return Ok(None);
    }
    let (at, size) = (window.outer_position()?, window.inner_size()?);
    Ok(Some(Geometry { x: at.x, y: at.y, width: size.width, height: size.height, maximized: window.is_maximized()? }))
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
