//! What pods use: believable series of CPU and memory, as a pure function of the time.

use crate::random::hash;
use crate::time::{MINUTE, Time};

/// How much a workload uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// All pods together, usually, in millicores.
    pub(crate) cpu: u64,
    /// One pod, in MiB.
    pub(crate) memory: u64,
    /// By how many percent the CPU use swings around the usual.
    pub(crate) swing: i64,
}

/// The wave of load goes up and down in this time.
const PERIOD: i64 = 20 * MINUTE;

/// CPU use of a whole workload in millicores: a slow wave and a little noise. Integers only, so that it is the
/// same on every machine.
pub(crate) fn workload_cpu(load: &Load, key: &str, now: Time) -> u64 {
    let shifted = now.millis() + i64::try_from(hash(0, &[key]) % 60).unwrap_or(0) * 1_000;
    let place = shifted.rem_euclid(PERIOD);
    let quarter = PERIOD / 4;
    // A triangle from -1000 to 1000 per mille.
    let wave = match place / quarter {
        0 => place * 1_000 / quarter,
        1 | 2 => 2_000 - place * 1_000 / quarter,
        _ => place * 1_000 / quarter - 4_000,
    };
    let slot = (now.millis() / 15_000).to_string();
    let noise = i64::try_from(hash(1, &[key, &slot]) % 61).unwrap_or(30) - 30;
    let factor = 1_000 + wave * load.swing / 100 + noise;
    let cpu = i64::try_from(load.cpu).unwrap_or(0) * factor / 1_000;
    u64::try_from(cpu).unwrap_or(0)
}

/// A CPU quantity in millicores.
pub(crate) fn millicores(quantity: &str) -> u64 {
    match quantity.strip_suffix('m') {
        Some(millis) => millis.parse().unwrap_or(0),
        None => quantity.parse::<f64>().map(|cores| (cores * 1_000.0) as u64).unwrap_or(0),
    }
}

/// A memory quantity in bytes.
pub(crate) fn bytes(quantity: &str) -> u64 {
    const UNITS: [(&str, u64); 8] = [
        ("Ki", 1 << 10),
        ("Mi", 1 << 20),
        ("Gi", 1 << 30),
        ("Ti", 1 << 40),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("T", 1_000_000_000_000),
    ];
    for (unit, factor) in UNITS {
        if let Some(number) = quantity.strip_suffix(unit) {
            return number.parse::<u64>().unwrap_or(0) * factor;
        }
    }
    quantity.parse().unwrap_or(0)
}
