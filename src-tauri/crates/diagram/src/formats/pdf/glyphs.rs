//! Outlines of characters that the bundled faces lack, from the machine's fonts where the look allows them.

use std::collections::BTreeMap;

use kurbo::{Affine, BezPath};
use resvg::usvg::fontdb::Database;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};

use crate::export::{Look, Notes};
use crate::formats::fallback;
use crate::scene::Scene;
use crate::text::Face;

/// One em high, y down, baseline at 0.
pub(super) struct Glyphs(BTreeMap<char, BezPath>);

impl Glyphs {
    /// Finds what the scene needs.
    pub(super) fn of(scene: &Scene, look: &Look, notes: &mut Notes) -> Self {
        let missing = fallback::missing(scene, look);
        if missing.is_empty() {
            return Self(BTreeMap::new());
        }
        let mut fonts = Database::new();
        if look.system_fonts {
            fonts.load_system_fonts();
        }
        fallback::note(&missing, &fonts, notes);
        let outlines = missing.into_iter().filter_map(|character| Some((character, outline(&fonts, character)?)));
        Self(outlines.collect())
    }

    /// The outline, if there is one.
    pub(super) fn outline(&self, character: char) -> Option<&BezPath> {
        self.0.get(&character)
    }
}

/// The number of a character's glyph in a bundled face, by which a file that embeds the face shows it.
pub(super) fn number(face: Face, character: char) -> Option<u16> {
    let font = FontRef::new(face.truetype()).ok()?;
    u16::try_from(font.charmap().map(character)?.to_u32()).ok()
}

/// The outline of a character in a bundled face.
pub(super) fn bundled(face: Face, character: char) -> Option<BezPath> {
    drawn(&FontRef::new(face.truetype()).ok()?, character)
}

fn outline(fonts: &Database, character: char) -> Option<BezPath> {
    let face = fallback::face_for(fonts, character)?;
    fonts.with_face_data(face, |data, index| drawn(&FontRef::from_index(data, index).ok()?, character))?
}

fn drawn(font: &FontRef<'_>, character: char) -> Option<BezPath> {
    let glyph = font.outline_glyphs().get(font.charmap().map(character)?)?;
    let mut pen = PathPen(BezPath::new());
    glyph.draw(DrawSettings::unhinted(Size::new(1.0), LocationRef::default()), &mut pen).ok()?;
    Some(Affine::scale_non_uniform(1.0, -1.0) * pen.0)
}

struct PathPen(BezPath);

impl OutlinePen for PathPen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((f64::from(x), f64::from(y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to((f64::from(x), f64::from(y)));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to((f64::from(cx), f64::from(cy)), (f64::from(x), f64::from(y)));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.curve_to((f64::from(ax), f64::from(ay)), (f64::from(bx), f64::from(by)), (f64::from(x), f64::from(y)));
    }

    fn close(&mut self) {
        self.0.close_path();
    }
}
