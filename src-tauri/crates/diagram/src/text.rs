//! The bundled faces, and how wide a text is in them.
//!
//! A width is the sum of the advances in the very files that SVG, PNG, PDF and the window draw with; those carry no
//! kerning (`fonts/README.md`), so that a text that fits here fits everywhere, on every platform, to the bit.

use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// A bundled face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Face {
    /// Inter, for almost everything.
    Regular,
    /// Inter semibold, for names and titles.
    SemiBold,
    /// JetBrains Mono, for ports, paths and field names.
    Mono,
}

/// Where a text that is too long loses its letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ellipsis {
    /// In the middle: both ends of a name tell objects apart (`checkout-6d9f…x2k`).
    Middle,
    /// At the end: a sentence is read from its start.
    End,
}

/// The characters that `*.latin.woff2` hold; the `latin` list of `fonts/cut.sh`.
pub const LATIN: [(char, char); 11] = [
    (' ', '~'),
    ('\u{a0}', '\u{ff}'),
    ('–', '—'),
    ('‘', '’'),
    ('“', '”'),
    ('•', '•'),
    ('…', '…'),
    ('←', '↓'),
    ('−', '−'),
    ('≠', '≠'),
    ('≤', '≥'),
];

impl Face {
    /// Every face.
    pub const ALL: [Self; 3] = [Self::Regular, Self::SemiBold, Self::Mono];

    /// The family's name inside the files.
    pub fn family(self) -> &'static str {
        match self {
            Self::Regular | Self::SemiBold => "Inter",
            Self::Mono => "JetBrains Mono",
        }
    }

    /// CSS weight.
    pub fn weight(self) -> u16 {
        match self {
            Self::Regular | Self::Mono => 400,
            Self::SemiBold => 600,
        }
    }

    /// The whole cut as TrueType.
    pub fn truetype(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../fonts/Inter-Regular.ttf"),
            Self::SemiBold => include_bytes!("../fonts/Inter-SemiBold.ttf"),
            Self::Mono => include_bytes!("../fonts/JetBrainsMono-Regular.ttf"),
        }
    }

    /// The whole cut as WOFF2.
    pub fn woff2(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../fonts/Inter-Regular.woff2"),
            Self::SemiBold => include_bytes!("../fonts/Inter-SemiBold.woff2"),
            Self::Mono => include_bytes!("../fonts/JetBrainsMono-Regular.woff2"),
        }
    }

    /// Its [`LATIN`] part as WOFF2.
    pub fn latin_woff2(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../fonts/Inter-Regular.latin.woff2"),
            Self::SemiBold => include_bytes!("../fonts/Inter-SemiBold.latin.woff2"),
            Self::Mono => include_bytes!("../fonts/JetBrainsMono-Regular.latin.woff2"),
        }
    }

    /// Whether the face can draw this character.
    pub fn has(self, character: char) -> bool {
        self.advances().of(character).is_some()
    }

    /// Its advances, read from the file once per process.
    fn advances(self) -> &'static Advances {
        static TABLES: LazyLock<[Advances; 3]> =
            LazyLock::new(|| Face::ALL.map(|face| Advances::read(face.truetype())));
        &TABLES[self as usize]
    }
}

/// How wide the text is at this size, in pixels. A character the face lacks counts as one em if its script is
/// wide (CJK, Hangul, emoji), else as the face's missing-glyph box.
pub fn width(face: Face, size: f32, text: &str) -> f32 {
    let advances = face.advances();
    advances.scale(size, text.chars().map(|character| advances.of_any(character)).sum())
}

/// The text if it fits into `max_width` pixels, else as much of it as fits with an ellipsis.
/// Where not even that fits, the ellipsis alone.
pub fn fit(face: Face, size: f32, max_width: f32, ellipsis: Ellipsis, text: &str) -> Arc<str> {
    let advances = face.advances();
    let widths: Vec<(char, u32)> = text.chars().map(|character| (character, advances.of_any(character))).collect();
    let total: u32 = widths.iter().map(|(_, advance)| advance).sum();
    if advances.scale(size, total) <= max_width {
        return text.into();
    }
    let mut used = advances.of_any('…');
    let (mut head, mut tail) = (0, 0);
    while head + tail < widths.len() {
        // The middle cut gives the start one letter more than the end: names are told apart by prefix first.
        let from_tail = ellipsis == Ellipsis::Middle && tail < head;
        let next = if from_tail { widths.len() - 1 - tail } else { head };
        let advance = widths.get(next).map_or(0, |(_, advance)| *advance);
        if advances.scale(size, used + advance) > max_width {
            break;
        }
        used += advance;
        *(if from_tail { &mut tail } else { &mut head }) += 1;
    }
    let start: String = widths.iter().take(head).map(|(character, _)| character).collect();
    let end: String = widths.iter().skip(widths.len() - tail).map(|(character, _)| character).collect();
    format!("{}…{}", start.trim_end(), end.trim_start()).into()
}

/// The text cut so that what differs stays: `differs` is the part of it, in characters, that others like it do not share.
/// Where that is too long itself, as much of it as fits.
pub fn fit_around(face: Face, size: f32, max_width: f32, differs: std::ops::Range<usize>, text: &str) -> Arc<str> {
    let advances = face.advances();
    let signs: Vec<(char, u32)> = text.chars().map(|character| (character, advances.of_any(character))).collect();
    let sum = |part: &[(char, u32)]| part.iter().map(|(_, advance)| advance).sum::<u32>();
    let ellipsis = advances.of_any('…');
    let mut best: Option<((usize, usize), String)> = None;
    let mut head = 0;
    for cut in 0..=signs.len() {
        if cut > 0 {
            head += signs.get(cut - 1).map_or(0, |sign| sign.1);
        }
        let mut tail = signs.len();
        while tail > cut && {
            let rest = signs.get(tail - 1..).map_or(0, sum);
            advances.scale(size, head + ellipsis + rest) <= max_width
        } {
            tail -= 1;
        }
        if advances.scale(size, head + ellipsis) > max_width {
            break;
        }
        let lost = differs.end.min(tail).saturating_sub(differs.start.max(cut));
        let uneven = cut.abs_diff(signs.len() - tail);
        if best.as_ref().is_none_or(|(least, _)| (lost, uneven) < *least) {
            let part = |range: &[(char, u32)]| range.iter().map(|sign| sign.0).collect::<String>();
            let (start, end) = (signs.get(..cut).map(part), signs.get(tail..).map(part));
            let (start, end) = (start.unwrap_or_default(), end.unwrap_or_default());
            best = Some(((lost, uneven), format!("{start}…{end}")));
        }
    }
    let lost = best.as_ref().map_or(usize::MAX, |((lost, _), _)| *lost);
    // What differs stands deep inside a name that is longer still: it alone, cut on both sides.
    let mut inner = String::from("…");
    let (mut used, mut kept) = (2 * ellipsis, 0);
    for (sign, advance) in signs.iter().skip(differs.start) {
        used += advance;
        if advances.scale(size, used) > max_width {
            break;
        }
        inner.push(*sign);
        kept += 1;
    }
    match best {
        Some((_, text)) if kept + lost <= differs.len() => text.into(),
        Some(_) => format!("{inner}…").into(),
        None => "…".into(),
    }
}

/// Advances in font units: ASCII by index, the rest by hash.
struct Advances {
    ascii: [u16; 128],
    rest: FxHashMap<char, u16>,
    missing: u16,
    units_per_em: u16,
}

impl Advances {
    fn read(file: &[u8]) -> Self {
        let mut advances = Self { ascii: [0; 128], rest: FxHashMap::default(), missing: 0, units_per_em: 1 };
        // A bundled file that cannot be read leaves every width zero; a test holds that it can.
        let Ok(font) = FontRef::new(file) else { return advances };
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        // Advances are whole font units below 65,536, so the float holds them exactly.
        let advance = |glyph| metrics.advance_width(glyph).map_or(0, |advance| advance as u16);
        advances.units_per_em = font.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1);
        advances.missing = advance(skrifa::GlyphId::NOTDEF);
        for (code, glyph) in font.charmap().mappings() {
            let Some(character) = char::from_u32(code) else { continue };
            match advances.ascii.get_mut(character as usize) {
                Some(slot) => *slot = advance(glyph),
                None => drop(advances.rest.insert(character, advance(glyph))),
            }
        }
        advances
    }

    fn of(&self, character: char) -> Option<u16> {
        match self.ascii.get(character as usize) {
            Some(0) => None,
            Some(advance) => Some(*advance),
            None => self.rest.get(&character).copied(),
        }
    }

    fn of_any(&self, character: char) -> u32 {
        self.of(character).unwrap_or(if is_wide(character) { self.units_per_em } else { self.missing }).into()
    }

    fn scale(&self, size: f32, units: u32) -> f32 {
        units as f32 / f32::from(self.units_per_em) * size
    }
}

/// The blocks of Unicode's East Asian Width classes W and F, coarsely (UAX #11).
fn is_wide(character: char) -> bool {
    matches!(u32::from(character),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60
        | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_sums_of_advances() {
        assert_eq!(width(Face::Mono, 10.0, ":8080"), 30.0, "five glyphs of 0.6 em");
        assert!(width(Face::SemiBold, 13.0, "checkout") > width(Face::Regular, 13.0, "checkout"));
        assert_eq!(width(Face::Regular, 13.0, ""), 0.0);
        assert_eq!(width(Face::Regular, 12.0, "東京"), 24.0, "one em each");
    }

    #[test]
    fn names_are_cut_in_the_middle_and_captions_at_the_end() {
        let name = fit(Face::SemiBold, 12.5, 120.0, Ellipsis::Middle, "checkout-worker-6d9f7c8b5-x2k");
        assert_eq!(&*name, "checkout…8b5-x2k");
        assert!(width(Face::SemiBold, 12.5, &name) <= 120.0);
        let caption = fit(Face::Regular, 11.0, 100.0, Ellipsis::End, "get, list on secrets of this namespace");
        assert_eq!(&*caption, "get, list on secret…");
        assert_eq!(&*fit(Face::Regular, 11.0, 100.0, Ellipsis::End, "bound"), "bound");
        assert_eq!(&*fit(Face::Regular, 11.0, 1.0, Ellipsis::Middle, "bound"), "…");
    }

    /// Three cards of one application all read `grafana-dash…s-namespace`.
    #[test]
    fn names_are_cut_where_they_do_not_differ() {
        let cut = |differs, name| fit_around(Face::SemiBold, 12.5, 130.0, differs, name);
        let (one, other) = ("grafana-dashboard-k8s-resources-namespace", "grafana-dashboard-alertmanager-namespace");
        assert_eq!(&*fit(Face::SemiBold, 12.5, 130.0, Ellipsis::Middle, one), "grafana-…amespace");
        assert_eq!(&*fit(Face::SemiBold, 12.5, 130.0, Ellipsis::Middle, other), "grafana-…amespace");
        assert!(cut(18..31, one).contains("k8s-resources"), "{}", cut(18..31, one));
        assert!(cut(18..30, other).contains("alertmanager"), "{}", cut(18..30, other));
        assert!(width(Face::SemiBold, 12.5, &cut(18..31, one)) <= 130.0);
    }

    #[test]
    fn every_face_draws_its_latin_part_and_more() {
        for face in Face::ALL {
            for (first, last) in LATIN {
                for character in (first..=last).filter(|character| !matches!(character, '\u{ad}')) {
                    assert!(face.has(character), "{face:?} lacks {character:?}");
                }
            }
            for character in "äőЖяλΩ·×→✓≥".chars() {
                assert!(face.has(character), "{face:?} lacks {character:?}");
            }
            assert!(!face.has('東'));
        }
    }
}
