//! Text as a person reads it: characters that cannot be seen, or that make what follows read as something else, are
//! shown by their numbers.
//!
//! For screens, pictures and terminals only. Keys, ids and canonical JSON keep the exact text.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with everything that hides or turns it written out: `evil«U+202E»gpj.exe`. Line breaks and tabs stay.
/// Borrowed where there is nothing of the kind.
pub fn legible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~')) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            // A write to a string does not fail.
            let _ = write!(shown, "«U+{:04X}»", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Controls but line breaks and tabs, and what Unicode calls default ignorable: marks and overrides of direction (UAX #9),
/// joiners, spaces without width, fillers, tags. First and last of each range, ascending.
pub const HIDDEN: [(char, char); 18] = [
    ('\0', '\u{8}'),
    ('\u{b}', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character is one of [`HIDDEN`].
pub fn is_hidden(character: char) -> bool {
    HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name with an override read as another one, on screen and on paper.
    #[test]
    fn what_hides_or_turns_a_text_is_written_out() {
        let check = |text: &str, shown: &str| assert_eq!(legible(text), shown);
        check("evil\u{202e}gpj.exe", "evil«U+202E»gpj.exe");
        check("a\u{2066}b\u{2069}", "a«U+2066»b«U+2069»");
        check("pay\u{200b}ments\u{feff}\u{2060}", "pay«U+200B»ments«U+FEFF»«U+2060»");
        check("\u{1b}[2Jx\u{9b}", "«U+001B»[2Jx«U+009B»");
        check("tag\u{e0041}", "tag«U+E0041»");
        check("two\nlines\tand ä 東京 🚀", "two\nlines\tand ä 東京 🚀");
        assert!(matches!(legible("checkout-api"), Cow::Borrowed(_)));
        assert_eq!(legible(&legible("x\u{202e}")), "x«U+202E»");
    }
}
