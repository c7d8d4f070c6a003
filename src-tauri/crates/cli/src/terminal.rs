//! Text on a terminal, which obeys some of what it shows: names and messages come from files and servers.

use std::io::{self, Write};

use model::legible;

/// One line without what a terminal would obey.
pub(crate) fn harmless(text: &str) -> String {
    legible(text).replace(['\n', '\t'], " ")
}

/// Passes text on to a terminal, without what it would obey but for ends of lines and tabs.
pub(crate) struct Harmless<W: Write> {
    to: W,
    /// The beginning of a character whose end has not been written yet.
    begun: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { to, begun: Vec::new() }
    }
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let mut shown = String::with_capacity(self.begun.len());
        let mut rest = self.begun.as_slice();
        let left = loop {
            let (good, left) = match str::from_utf8(rest) {
                Ok(good) => (good, None),
                Err(error) => {
                    let (good, bad) = rest.split_at_checked(error.valid_up_to()).unwrap_or((rest, &[]));
                    (str::from_utf8(good).unwrap_or_default(), Some((bad, error.error_len())))
                }
            };
            shown.push_str(&legible(good));
            match left {
                None => break Vec::new(),
                Some((bad, None)) => break bad.to_vec(),
                Some((bad, Some(length))) => {
                    shown.push(char::REPLACEMENT_CHARACTER);
                    rest = bad.get(length..).unwrap_or_default();
                }
            }
        };
        self.begun = left;
        self.to.write_all(shown.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Harmless, harmless};

    #[test]
    fn a_message_cannot_speak_to_the_terminal() {
        let said = harmless("no \u{1b}[2Jcontext\u{9b}31m \u{202e}x\nä");
        assert_eq!(said, "no «U+001B»[2Jcontext«U+009B»31m «U+202E»x ä");
    }

    #[test]
    fn a_diagram_cannot_speak_to_the_terminal_wherever_it_is_cut() {
        let text = "a\t\"\u{1b}]0;owned\u{7}\"\n\u{9b}31m\u{202e}ä\r\n".as_bytes();
        let mut bytes = text.to_vec();
        bytes.extend([0xff, b'z']);
        for cut in 0..bytes.len() {
            let mut shown = Vec::new();
            let mut out = Harmless::new(&mut shown);
            let (one, other) = bytes.split_at(cut);
            assert!(out.write_all(one).and_then(|()| out.write_all(other)).is_ok());
            let shown = String::from_utf8_lossy(&shown);
            assert_eq!(
                shown, "a\t\"«U+001B»]0;owned«U+0007»\"\n«U+009B»31m«U+202E»ä«U+000D»\n\u{fffd}z",
                "cut at {cut}"
            );
        }
    }
}
