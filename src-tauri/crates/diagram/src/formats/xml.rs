//! What the XML formats share: escaping, and numbers that are the same everywhere.

/// Appends text that may stand between tags or in quotes. Characters that XML 1.0 forbids become U+FFFD.
pub(crate) fn escape(out: &mut String, text: &str) {
    let plain = |byte: u8| (0x20..0x7f).contains(&byte) && !matches!(byte, b'&' | b'<' | b'>' | b'"');
    if text.bytes().all(plain) {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
}

/// Appends a number with at most two decimals. What is not finite becomes 0, so that no input makes a broken file.
pub(crate) fn number(out: &mut String, value: f32) {
    let hundredths = if value.is_finite() { (f64::from(value) * 100.0).round() as i64 } else { 0 };
    if hundredths < 0 {
        out.push('-');
    }
    let hundredths = hundredths.unsigned_abs();
    let mut digits = [0u8; 20];
    let mut whole = hundredths / 100;
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (whole % 10) as u8;
        whole /= 10;
        if whole == 0 || at == 0 {
            break;
        }
    }
    out.extend(digits.iter().skip(at).map(|digit| char::from(*digit)));
    let (tenths, rest) = (hundredths / 10 % 10, hundredths % 10);
    if tenths + rest > 0 {
        out.push('.');
        out.push(char::from(b'0' + tenths as u8));
        if rest > 0 {
            out.push(char::from(b'0' + rest as u8));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_decimals_at_most() {
        let check = |value: f32, expected: &str| {
            let mut text = String::new();
            number(&mut text, value);
            assert_eq!(text, expected);
        };
        check(0.0, "0");
        check(-0.001, "0");
        check(12.5, "12.5");
        check(-12.345, "-12.35");
        check(1234.05, "1234.05");
        check(f32::NAN, "0");
        check(f32::INFINITY, "0");
    }

    #[test]
    fn nothing_in_a_name_breaks_the_file() {
        let mut text = String::new();
        escape(&mut text, "a<b>&\"c\"\u{0}\u{b}\nЖ");
        assert_eq!(text, "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd}\u{fffd} Ж");
    }
}
