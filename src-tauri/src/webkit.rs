//! Which way WebKitGTK hands its pictures to the screen.
//!
//! Its DMA-BUF renderer shows white or black windows with NVIDIA's own driver and where there is no GPU to render on
//! (virtual machines, remote screens), and switching it off costs others most of their speed
//! (<https://github.com/tauri-apps/tauri/issues/9394>). So it is decided per machine, and whoever sets the variable
//! decides themselves.

use anyhow::Result;

#[cfg(target_os = "linux")]
pub(crate) fn choose_renderer() -> Result<()> {
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::Command;

    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

    let has_nvidia = Path::new("/proc/driver/nvidia/version").exists();
    let has_gpu = Path::new("/dev/dri").read_dir().is_ok_and(|mut devices| {
        devices.any(|device| device.is_ok_and(|device| device.file_name().to_string_lossy().starts_with("renderD")))
    });
    if std::env::var_os(VARIABLE).is_some() || has_gpu && !has_nvidia {
        return Ok(());
    }
    // The variable is read by a library as it is loaded, and a process may not safely change its own environment:
    // the program starts itself anew in its own place.
    let error = Command::new(std::env::current_exe()?).args(std::env::args_os().skip(1)).env(VARIABLE, "1").exec();
    Err(error.into())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn choose_renderer() -> Result<()> {
    Ok(())
}
