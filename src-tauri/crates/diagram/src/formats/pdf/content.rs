//! The content of a page: operators as text, packed while they are written. A page of ten thousand cards has millions of
//! operators, which as values take hundreds of megabytes.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// So much is packed at a time.
const PIECE: usize = 1 << 16;

/// A content stream under way.
pub(super) struct Content {
    text: Vec<u8>,
    packed: ZlibEncoder<Vec<u8>>,
}

impl Content {
    pub(super) fn new() -> Self {
        Self { text: Vec::with_capacity(PIECE + 4096), packed: packer() }
    }

    /// A number, to the thousandth.
    pub(super) fn number(&mut self, value: f32) -> &mut Self {
        #[allow(clippy::cast_possible_truncation)]
        let thousandths = if value.is_finite() { (f64::from(value) * 1000.0).round() as i64 } else { 0 };
        if thousandths < 0 {
            self.text.push(b'-');
        }
        let thousandths = thousandths.unsigned_abs();
        self.digits(thousandths / 1000);
        let rest = thousandths % 1000;
        if rest > 0 {
            self.text.push(b'.');
            let digits = [rest / 100, rest / 10 % 10, rest % 10];
            let last = digits.iter().rposition(|digit| *digit > 0).unwrap_or(0);
            for digit in digits.iter().take(last + 1) {
                self.text.push(digit_of(*digit));
            }
        }
        self.text.push(b' ');
        self
    }

    /// Numbers one after another.
    pub(super) fn numbers(&mut self, values: impl IntoIterator<Item = f32>) -> &mut Self {
        for value in values {
            self.number(value);
        }
        self
    }

    /// Anything that stands before an operator: a name, a bracket.
    pub(super) fn word(&mut self, word: &str) -> &mut Self {
        self.text.extend_from_slice(word.as_bytes());
        self.text.push(b' ');
        self
    }

    /// A string of glyphs by their numbers.
    pub(super) fn glyphs(&mut self, glyphs: impl IntoIterator<Item = u16>) -> &mut Self {
        self.text.push(b'<');
        for glyph in glyphs {
            // Writing to a vector cannot fail.
            let _ = write!(self.text, "{glyph:04X}");
        }
        self.text.extend_from_slice(b"> ");
        self
    }

    /// The operator that takes what was written before it.
    pub(super) fn operator(&mut self, name: &str) {
        self.text.extend_from_slice(name.as_bytes());
        self.text.push(b'\n');
        if self.text.len() >= PIECE {
            self.pack();
        }
    }

    /// The packed content.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.pack();
        self.packed.finish().unwrap_or_default()
    }

    fn pack(&mut self) {
        // Packing into a vector cannot fail.
        let _ = self.packed.write_all(&self.text);
        self.text.clear();
    }

    fn digits(&mut self, number: u64) {
        if number >= 10 {
            self.digits(number / 10);
        }
        self.text.push(digit_of(number % 10));
    }
}

fn digit_of(digit: u64) -> u8 {
    b"0123456789".get(digit as usize).copied().unwrap_or(b'0')
}

fn packer() -> ZlibEncoder<Vec<u8>> {
    // What packs best takes three times as long and saves a few percent.
    ZlibEncoder::new(Vec::new(), Compression::new(5))
}

/// Bytes as a stream of the file holds them.
pub(super) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = packer();
    // Packing into a vector cannot fail.
    let _ = packer.write_all(bytes);
    packer.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Read;

    use super::*;

    #[test]
    fn numbers_are_short_and_exact_to_the_thousandth() {
        let mut content = Content::new();
        content.numbers([0.0, 1.0, -0.5, 12.34, 0.001, -0.0004, 1234.0625, f32::NAN, 100.05]).operator("x");
        let mut text = String::new();
        flate2::read::ZlibDecoder::new(&*content.finish()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "0 1 -0.5 12.34 0.001 0 1234.063 0 100.05 x\n");
    }
}
