//! Bytes → text: UTF-8, or UTF-16 where a byte order mark says so, as PowerShell's `>` writes it and kubectl reads it.

use std::borrow::Cow;

/// Why bytes are no text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoText {
    /// Line of the first wrong byte, counted from 1; none for UTF-16.
    pub(crate) line: Option<usize>,
    pub(crate) message: &'static str,
}

/// The text of a file, without its byte order mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, NoText> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let text = String::from_utf16(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<_>>());
        match text {
            Ok(text) if rest.is_empty() => Ok(Cow::Owned(text)),
            _ => Err(NoText { line: None, message: "this is no UTF-16 text, although its byte order mark says so" }),
        }
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
                let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = good.iter().filter(|&&byte| byte == b'\n').count() + 1;
                NoText { line: Some(line), message: "this is no UTF-8 text" }
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_say_how_to_read() {
        let of = |units: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            let mut bytes = mark.to_vec();
            bytes.extend("a: ä\n".encode_utf16().flat_map(units));
            bytes
        };
        for bytes in [
            "a: ä\n".into(),
            "\u{feff}a: ä\n".into(),
            of(u16::to_le_bytes, [0xff, 0xfe]),
            of(u16::to_be_bytes, [0xfe, 0xff]),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok("a: ä\n"));
        }
        assert_eq!(decode(b"a\n\xff").map_err(|error| error.line), Err(Some(2)));
        assert!(decode(b"\xff\xfea").is_err() && decode(b"\xff\xfe\x00\xd8").is_err());
    }
}
