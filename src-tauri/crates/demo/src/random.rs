//! Randomness that is the same on every machine: a seeded generator and stable hashes.
//!
//! Names and uids come from here, so two starts with one seed give one cluster, and exports of the demo
//! can be compared byte by byte. Libraries promise no sequence from one version to the next.

/// SplitMix64: 64 bits of state, the same sequence on every platform.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number in `0..bound`; 0 if the bound is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        match bound as u64 {
            0 => 0,
            // The remainder is below a `usize`, so the conversion keeps its value.
            bound => (self.next() % bound) as usize,
        }
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).max(0).unsigned_abs() + 1;
        low + i64::try_from(self.next() % span).unwrap_or(0)
    }
}

const fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// A stable hash of some words (FNV-1a, then mixed); `seed` separates one demo from another.
pub(crate) fn hash(seed: u64, words: &[&str]) -> u64 {
    let mut state = 0xCBF2_9CE4_8422_2325 ^ mix(seed);
    for word in words {
        for byte in word.bytes().chain([0xFF]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    mix(state)
}

/// A version 4 UUID made of the hash of some words.
pub(crate) fn uid(seed: u64, words: &[&str]) -> String {
    let high = hash(seed, words);
    let low = mix(high ^ 0x5DEE_CE66_D123_4567);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        0x8000 | ((low >> 48) & 0x3FFF),
        low & 0xFFFF_FFFF_FFFF
    )
}

/// The letters that `k8s.io/apimachinery/pkg/util/rand` names things with: no vowels, nothing ambiguous.
const SAFE: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// A name suffix as the controllers make them: `n` safe letters out of a hash.
pub(crate) fn suffix(mut hash: u64, n: usize) -> String {
    let mut text = String::with_capacity(n);
    for _ in 0..n {
        hash = mix(hash.wrapping_add(0x9E37_79B9_7F4A_7C15));
        let letter = SAFE[(hash % SAFE.len() as u64) as usize];
        text.push(char::from(letter));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_names() {
        assert_eq!(uid(1, &["Pod", "shop/web"]), uid(1, &["Pod", "shop/web"]));
        assert_ne!(uid(1, &["Pod", "shop/web"]), uid(2, &["Pod", "shop/web"]));
        assert_ne!(uid(1, &["ab", "c"]), uid(1, &["a", "bc"]));
        assert_eq!(uid(1, &["x"]).len(), 36);
        assert_eq!(suffix(7, 5).len(), 5);
    }
}
