//! Free ports on loopback for programs that must be told theirs.

use std::net::{Ipv4Addr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, Result};

/// Below what Linux, macOS and Windows give to outgoing connections: nothing else takes a port from here by chance
/// between our looking and the program's listening, nor while an API server is down that will want its own back.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// A port that nobody listens on. One process never gets the same one twice, and two processes start far apart.
pub(crate) fn free() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = process::id().wrapping_mul(37) % u32::from(COUNT);
    (0..COUNT)
        .map(|_| {
            let place = (start + u32::from(NEXT.fetch_add(1, Ordering::Relaxed))) % u32::from(COUNT);
            FIRST + u16::try_from(place).unwrap_or_default()
        })
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .context("no free port on loopback")
}
