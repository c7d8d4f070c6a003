//! The menu. What concerns the page is told to it by the event `menu` with the entry's id. The page knows the shortcuts
//! that a browser leaves to it, so that they are the same there.

use tauri::menu::{AboutMetadata, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Emitter, Wry};

/// The event the page listens to.
const EVENT: &str = "menu";

/// Entries that the page carries out: id, words, shortcut.
const FILE: [(&str, &str, Option<&str>); 4] = [
    ("start", "Clusters", Some("CmdOrCtrl+O")),
    ("open-files", "Open Dump or Manifests…", Some("CmdOrCtrl+Shift+O")),
    ("open-folder", "Open Folder…", None),
    ("export", "Export…", Some("CmdOrCtrl+E")),
];
const VIEW: [(&str, &str, Option<&str>); 6] = [
    ("find", "Find Anything", Some("CmdOrCtrl+K")),
    ("problems", "Problems Only", None),
    ("zoom-in", "Zoom In", Some("CmdOrCtrl+Plus")),
    ("zoom-out", "Zoom Out", Some("CmdOrCtrl+-")),
    ("fit", "Fit", Some("CmdOrCtrl+0")),
    ("theme", "Light or Dark", None),
];

pub(crate) fn build(handle: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let file = Submenu::new(handle, "File", true)?;
    append(handle, &file, &FILE)?;
    file.append(&PredefinedMenuItem::separator(handle)?)?;
    file.append(&PredefinedMenuItem::quit(handle, None)?)?;
    let edit = Submenu::new(handle, "Edit", true)?;
    edit.append(&PredefinedMenuItem::copy(handle, None)?)?;
    edit.append(&PredefinedMenuItem::paste(handle, None)?)?;
    edit.append(&PredefinedMenuItem::select_all(handle, None)?)?;
    let view = Submenu::new(handle, "View", true)?;
    append(handle, &view, &VIEW)?;
    view.append(&PredefinedMenuItem::fullscreen(handle, None)?)?;
    let help = Submenu::new(handle, "Help", true)?;
    append(handle, &help, &[("keys", "Keyboard Shortcuts", None)])?;
    let about = AboutMetadata {
        name: Some("Kubilitics".to_owned()),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        license: Some("Apache-2.0".to_owned()),
        ..AboutMetadata::default()
    };
    help.append(&PredefinedMenuItem::about(handle, None, Some(about))?)?;
    Menu::with_items(handle, &[&file, &edit, &view, &help])
}

fn append(handle: &AppHandle, menu: &Submenu<Wry>, entries: &[(&str, &str, Option<&str>)]) -> tauri::Result<()> {
    entries
        .iter()
        .try_for_each(|(id, words, shortcut)| menu.append(&MenuItem::with_id(handle, *id, words, true, *shortcut)?))
}

pub(crate) fn chosen(handle: &AppHandle, event: MenuEvent) {
    if let Err(error) = handle.emit(EVENT, event.id().as_ref()) {
        tracing::warn!(%error, "the page was not told of the menu");
    }
}
