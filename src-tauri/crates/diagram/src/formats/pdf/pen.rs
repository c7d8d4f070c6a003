//! Draws on a page of a PDF: the same strokes as everywhere, in points from the lower left.

use std::collections::BTreeMap;

use kurbo::{BezPath, PathEl};
use model::Health;
use printpdf::FontId;

use super::content::Content;
use super::glyphs::{self, Glyphs};
use crate::draw::ink::{Ink, Type};
use crate::draw::{Anchor, Pen, Rounded, rounded};
use crate::icons::{self, Icon};
use crate::scene::{Point, Rect};
use crate::text::{Face, width};
use crate::theme::{ASIDE, Theme, Token, of_health};

/// Points per pixel.
pub(super) const POINTS: f32 = 0.75;
/// How far a control point of a quarter circle stands from its end, in radii, to the corner.
const ARC: f32 = 0.447_715_2;

/// The name of a face among a page's resources.
pub(super) fn font_id(face: Face) -> FontId {
    FontId(font_resource(face).trim_start_matches('/').to_owned())
}

/// That name as operators say it.
fn font_resource(face: Face) -> &'static str {
    match face {
        Face::Regular => "/Inter-Regular",
        Face::SemiBold => "/Inter-SemiBold",
        Face::Mono => "/JetBrainsMono-Regular",
    }
}

/// What a path is drawn with.
#[derive(Clone, Copy)]
enum Paint {
    Fill,
    Stroke,
    FillStroke,
}

impl Paint {
    /// The operator that paints the path before it.
    fn operator(self) -> &'static str {
        match self {
            Self::Fill => "f",
            Self::Stroke => "S",
            Self::FillStroke => "B",
        }
    }
}

/// The characters that were drawn, with the numbers of their glyphs.
pub(super) type Used = BTreeMap<(Face, char), u16>;

/// What the page's graphics state was last told; `None` is never told.
#[derive(Default)]
struct State {
    fill: Option<Token>,
    stroke: Option<Token>,
    width: Option<f32>,
    dash: Option<Vec<f32>>,
    round: Option<bool>,
    font: Option<(Face, f32)>,
}

/// A page under way.
pub(super) struct PdfPen<'a> {
    content: Content,
    used: Used,
    theme: Theme,
    glyphs: &'a Glyphs,
    /// Origins of the open groups, absolute; the last one counts.
    origins: Vec<Point>,
    /// Height of the page in pixels.
    height: f32,
    scale: f32,
    state: State,
    /// How many groups are open within the outermost that stands back, itself included.
    aside: Option<usize>,
    icons: BTreeMap<&'static str, BezPath>,
    letters: BTreeMap<(Face, char), Option<BezPath>>,
}

impl<'a> PdfPen<'a> {
    /// A page that shows what lies right of and below `from`, `height` pixels of it.
    pub(super) fn new(theme: Theme, glyphs: &'a Glyphs, from: Point, height: f32) -> Self {
        Self {
            content: Content::new(),
            used: Used::new(),
            theme,
            glyphs,
            origins: vec![Point { x: -from.x, y: -from.y }],
            height,
            scale: POINTS,
            state: State::default(),
            aside: None,
            icons: BTreeMap::new(),
            letters: BTreeMap::new(),
        }
    }

    /// The packed content of the page, and the characters on it.
    pub(super) fn finish(self) -> (Vec<u8>, Used) {
        (self.content.finish(), self.used)
    }

    fn place(&self, x: f32, y: f32) -> [f32; 2] {
        let origin = self.origins.last().copied().unwrap_or_default();
        [round((origin.x + x) * self.scale), round((self.height - origin.y - y) * self.scale)]
    }

    fn move_to(&mut self, x: f32, y: f32) {
        let at = self.place(x, y);
        self.content.numbers(at).operator("m");
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.content.numbers(to).operator("l");
    }

    /// Two control points and the end.
    fn curve_to(&mut self, points: [(f32, f32); 3]) {
        for (x, y) in points {
            let point = self.place(x, y);
            self.content.numbers(point);
        }
        self.content.operator("c");
    }

    fn fill_with(&mut self, token: Token) {
        if self.state.fill != Some(token) {
            self.state.fill = Some(token);
            let colour = self.colour(token);
            self.content.numbers(colour).operator("rg");
        }
    }

    fn stroke_with(&mut self, token: Token, width: f32, dash: &[f32], round: bool) {
        if self.state.stroke != Some(token) {
            self.state.stroke = Some(token);
            let colour = self.colour(token);
            self.content.numbers(colour).operator("RG");
        }
        if self.state.width != Some(width) {
            self.state.width = Some(width);
            self.content.number(width * self.scale).operator("w");
        }
        if self.state.dash.as_deref() != Some(dash) {
            self.state.dash = Some(dash.to_vec());
            let lengths = dash.iter().map(|length| length * self.scale);
            self.content.word("[").numbers(lengths).word("]").number(0.0).operator("d");
        }
        if self.state.round != Some(round) {
            self.state.round = Some(round);
            // Round caps and joins, or butt caps and mitred joins.
            let style = if round { 1.0 } else { 0.0 };
            self.content.number(style).operator("J");
            self.content.number(style).operator("j");
        }
    }

    fn colour(&self, token: Token) -> [f32; 3] {
        let share = if self.aside.is_some() { ASIDE } else { 1.0 };
        let grounds = self.theme.rgb(Token::Group);
        std::array::from_fn(|at| {
            let of = |colour: [u8; 3]| f32::from(colour.get(at).copied().unwrap_or_default()) / 255.0;
            of(self.theme.rgb(token)) * share + of(grounds) * (1.0 - share)
        })
    }

    /// Sets the state for an ink; what it then does to a path.
    fn take(&mut self, ink: &'static Ink) -> Paint {
        if let Some(token) = ink.fill {
            self.fill_with(token);
        }
        if let Some(token) = ink.stroke {
            self.stroke_with(token, ink.width, ink.dash, ink.round);
        }
        match (ink.fill, ink.stroke) {
            (Some(_), Some(_)) => Paint::FillStroke,
            (Some(_), None) => Paint::Fill,
            _ => Paint::Stroke,
        }
    }

    /// A polygon.
    fn closed(&mut self, points: impl IntoIterator<Item = (f32, f32)>, paint: Paint) {
        let mut points = points.into_iter();
        let Some((x, y)) = points.next() else { return };
        self.move_to(x, y);
        points.for_each(|(x, y)| self.line_to(x, y));
        self.content.operator("h");
        self.content.operator(paint.operator());
    }

    /// Draws SVG path data that was parsed, moved to `at` and scaled; a path that is filled is closed.
    fn path(&mut self, path: &BezPath, at: Point, scale: f32, filled: Option<Paint>) {
        let place = |point: kurbo::Point| (at.x + point.x as f32 * scale, at.y + point.y as f32 * scale);
        let mut current = kurbo::Point::ZERO;
        let mut is_open = false;
        for element in path.elements() {
            match *element {
                PathEl::MoveTo(point) => {
                    let (x, y) = place(point);
                    self.move_to(x, y);
                    (current, is_open) = (point, true);
                }
                PathEl::CurveTo(one, two, end) => {
                    self.curve_to([one, two, end].map(place));
                    current = end;
                }
                PathEl::QuadTo(control, end) => {
                    self.curve_to([current.lerp(control, 2.0 / 3.0), end.lerp(control, 2.0 / 3.0), end].map(place));
                    current = end;
                }
                PathEl::LineTo(end) => {
                    let (x, y) = place(end);
                    self.line_to(x, y);
                    current = end;
                }
                PathEl::ClosePath => {
                    self.content.operator("h");
                    is_open = false;
                }
            }
        }
        if is_open && filled.is_some() {
            self.content.operator("h");
        }
        self.content.operator(filled.unwrap_or(Paint::Stroke).operator());
    }

    /// A run of characters that the face has.
    fn run(&mut self, kind: &'static Type, x: f32, y: f32, text: &str) {
        let (face, size) = (kind.role.face(), kind.role.size() * self.scale);
        let at = self.place(x, y);
        self.content.operator("BT");
        if self.state.font != Some((face, size)) {
            self.state.font = Some((face, size));
            self.content.word(font_resource(face)).number(size).operator("Tf");
        }
        self.content.numbers(at).operator("Td");
        let used = &mut self.used;
        let glyphs = text.chars().map(|character| {
            *used.entry((face, character)).or_insert_with(|| glyphs::number(face, character).unwrap_or_default())
        });
        self.content.glyphs(glyphs).operator("Tj");
        self.content.operator("ET");
    }

    /// Outlines around the letters. As shapes, since a second copy of the text would be found twice when searching.
    fn halo(&mut self, token: Token, face: Face, size: f32, at: Point, text: &str) {
        self.stroke_with(token, 3.5, &[], true);
        let mut x = at.x;
        for character in text.chars() {
            if let Some(outline) =
                self.letters.entry((face, character)).or_insert_with(|| glyphs::bundled(face, character))
            {
                let outline = outline.clone();
                self.path(&outline, Point { x, y: at.y }, size, Some(Paint::Stroke));
            }
            x += width(face, size, character.encode_utf8(&mut [0; 4]));
        }
    }

    /// A character that no bundled face has: an outline from the machine's fonts, else a box.
    fn stranger(&mut self, character: char, x: f32, y: f32, size: f32, token: Token) {
        match self.glyphs.outline(character) {
            Some(outline) => {
                self.fill_with(token);
                let outline = outline.clone();
                self.path(&outline, Point { x, y }, size, Some(Paint::Fill));
            }
            None => {
                let wide = width(Face::Regular, size, character.encode_utf8(&mut [0; 4]));
                self.stroke_with(token, size / 16.0, &[], false);
                let (left, right, top) = (x + wide * 0.1, x + wide * 0.9, y - size * 0.72);
                self.closed([(left, y), (right, y), (right, top), (left, top)], Paint::Stroke);
            }
        }
    }
}

impl Pen for PdfPen<'_> {
    fn open_aside(&mut self) {
        self.open("", "", Point::default());
        self.aside.get_or_insert(self.origins.len());
        self.state = State::default();
    }

    fn open(&mut self, _: &str, _: &str, origin: Point) {
        let outer = self.origins.last().copied().unwrap_or_default();
        self.origins.push(Point { x: outer.x + origin.x, y: outer.y + origin.y });
    }

    fn close(&mut self) {
        if self.aside == Some(self.origins.len()) {
            self.aside = None;
            self.state = State::default();
        }
        if self.origins.len() > 1 {
            self.origins.pop();
        }
    }

    fn rect(&mut self, ink: &'static Ink, rect: Rect, radius: f32) {
        let mode = self.take(ink);
        let radius = radius.min(rect.width / 2.0).min(rect.height / 2.0);
        let (left, top, right, bottom) = (rect.x, rect.y, rect.right(), rect.bottom());
        if radius <= 0.0 {
            return self.closed([(left, top), (right, top), (right, bottom), (left, bottom)], mode);
        }
        let near = radius * ARC;
        self.move_to(left + radius, top);
        self.line_to(right - radius, top);
        self.curve_to([(right - near, top), (right, top + near), (right, top + radius)]);
        self.line_to(right, bottom - radius);
        self.curve_to([(right, bottom - near), (right - near, bottom), (right - radius, bottom)]);
        self.line_to(left + radius, bottom);
        self.curve_to([(left + near, bottom), (left, bottom - near), (left, bottom - radius)]);
        self.line_to(left, top + radius);
        self.curve_to([(left, top + near), (left + near, top), (left + radius, top)]);
        self.content.operator("h");
        self.content.operator(mode.operator());
    }

    fn line(&mut self, ink: &'static Ink, points: &[Point], radius: f32) {
        let Some(first) = points.first() else { return };
        self.take(ink);
        self.move_to(first.x, first.y);
        let mut current = *first;
        for piece in rounded(points, radius) {
            match piece {
                Rounded::To(point) => {
                    self.line_to(point.x, point.y);
                    current = point;
                }
                Rounded::Around(corner, end) => {
                    let third = |from: Point| {
                        (from.x + (corner.x - from.x) * 2.0 / 3.0, from.y + (corner.y - from.y) * 2.0 / 3.0)
                    };
                    self.curve_to([third(current), third(end), (end.x, end.y)]);
                    current = end;
                }
            }
        }
        self.content.operator("S");
    }

    fn polygon(&mut self, ink: &'static Ink, points: &[Point]) {
        let mode = self.take(ink);
        self.closed(points.iter().map(|point| (point.x, point.y)), mode);
    }

    fn icon(&mut self, ink: &'static Ink, icon: &'static Icon, at: Point) {
        self.take(ink);
        let path =
            self.icons.entry(icon.id).or_insert_with(|| BezPath::from_svg(icon.path).unwrap_or_default()).clone();
        self.path(&path, at, 1.0, None);
    }

    fn mark(&mut self, health: Health, at: Point, scale: f32) {
        let mark = icons::mark(health);
        let token = of_health(health);
        let path =
            self.icons.entry(mark.id).or_insert_with(|| BezPath::from_svg(mark.path).unwrap_or_default()).clone();
        if mark.stroke > 0.0 {
            let dash: Vec<f32> = mark.dash.iter().map(|length| length * scale).collect();
            self.stroke_with(token, mark.stroke * scale, &dash, mark.dash.is_empty());
        }
        if mark.filled {
            self.fill_with(token);
            let mode = if mark.stroke > 0.0 { Paint::FillStroke } else { Paint::Fill };
            self.path(&path, at, scale, Some(mode));
        } else {
            self.path(&path, at, scale, None);
        }
    }

    fn text(&mut self, kind: &'static Type, at: Point, anchor: Anchor, text: &str) {
        if text.is_empty() {
            return;
        }
        let (face, size) = (kind.role.face(), kind.role.size());
        let wide = width(face, size, text);
        let mut x = match anchor {
            Anchor::Start => at.x,
            Anchor::Middle => at.x - wide / 2.0,
            Anchor::End => at.x - wide,
        };
        if let Some(halo) = kind.halo {
            self.halo(halo, face, size, Point { x, y: at.y }, text);
        }
        self.fill_with(kind.token);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let known = face.has(first);
            let end = rest.find(|character| face.has(character) != known).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            if known {
                self.run(kind, x, at.y, run);
                x += width(face, size, run);
            } else {
                for character in run.chars() {
                    self.stranger(character, x, at.y, size, kind.token);
                    x += width(face, size, character.encode_utf8(&mut [0; 4]));
                }
            }
            rest = after;
        }
    }
}

/// Hundredths of a point are finer than any printer.
fn round(value: f32) -> f32 {
    if value.is_finite() { (value * 100.0).round() / 100.0 } else { 0.0 }
}
