//! Draws on a page of a PDF: the same strokes as everywhere, in points from the lower left.

use std::collections::BTreeMap;

use kurbo::{BezPath, PathEl};
use model::Health;
use printpdf::{
    Color, FontId, Line, LineCapStyle, LineDashPattern, LineJoinStyle, LinePoint, Op, PaintMode, PdfFontHandle,
    Polygon, PolygonRing, Pt, Rgb, TextItem, TextMatrix, WindingOrder,
};

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
    FontId(match face {
        Face::Regular => "Inter-Regular".to_owned(),
        Face::SemiBold => "Inter-SemiBold".to_owned(),
        Face::Mono => "JetBrainsMono-Regular".to_owned(),
    })
}

/// What the page's graphics state was last told; `None` is never told.
#[derive(Default)]
struct State {
    fill: Option<Token>,
    stroke: Option<Token>,
    width: Option<f32>,
    dash: Option<Vec<f32>>,
    round: Option<bool>,
}

/// A page under way.
pub(super) struct PdfPen<'a> {
    pub(super) ops: Vec<Op>,
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
            ops: Vec::new(),
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

    fn point(&self, point: Point) -> printpdf::Point {
        let origin = self.origins.last().copied().unwrap_or_default();
        printpdf::Point {
            x: Pt(round((origin.x + point.x) * self.scale)),
            y: Pt(round((self.height - origin.y - point.y) * self.scale)),
        }
    }

    fn to(&self, x: f32, y: f32) -> LinePoint {
        LinePoint { p: self.point(Point { x, y }), bezier: false }
    }

    fn control(&self, x: f32, y: f32) -> LinePoint {
        LinePoint { p: self.point(Point { x, y }), bezier: true }
    }

    fn fill_with(&mut self, token: Token) {
        if self.state.fill != Some(token) {
            self.state.fill = Some(token);
            self.ops.push(Op::SetFillColor { col: self.colour(token) });
        }
    }

    fn stroke_with(&mut self, token: Token, width: f32, dash: &[f32], round: bool) {
        if self.state.stroke != Some(token) {
            self.state.stroke = Some(token);
            self.ops.push(Op::SetOutlineColor { col: self.colour(token) });
        }
        if self.state.width != Some(width) {
            self.state.width = Some(width);
            self.ops.push(Op::SetOutlineThickness { pt: Pt(round3(width * self.scale)) });
        }
        if self.state.dash.as_deref() != Some(dash) {
            self.state.dash = Some(dash.to_vec());
            let points: Vec<f32> = dash.iter().map(|length| round3(length * self.scale)).collect();
            self.ops.push(Op::SetLineDashPattern { dash: LineDashPattern::new(0.0, &points) });
        }
        if self.state.round != Some(round) {
            self.state.round = Some(round);
            let (cap, join) = if round {
                (LineCapStyle::Round, LineJoinStyle::Round)
            } else {
                (LineCapStyle::Butt, LineJoinStyle::Miter)
            };
            self.ops.push(Op::SetLineCapStyle { cap });
            self.ops.push(Op::SetLineJoinStyle { join });
        }
    }

    fn colour(&self, token: Token) -> Color {
        let share = if self.aside.is_some() { ASIDE } else { 1.0 };
        let grounds = self.theme.rgb(Token::Group);
        let [r, g, b] = std::array::from_fn(|at| {
            let of = |colour: [u8; 3]| f32::from(colour.get(at).copied().unwrap_or_default()) / 255.0;
            round3(of(self.theme.rgb(token)) * share + of(grounds) * (1.0 - share))
        });
        Color::Rgb(Rgb { r, g, b, icc_profile: None })
    }

    /// Sets the state for an ink; what it then does to a path.
    fn take(&mut self, ink: &'static Ink) -> PaintMode {
        if let Some(token) = ink.fill {
            self.fill_with(token);
        }
        if let Some(token) = ink.stroke {
            self.stroke_with(token, ink.width, ink.dash, ink.round);
        }
        match (ink.fill, ink.stroke) {
            (Some(_), Some(_)) => PaintMode::FillStroke,
            (Some(_), None) => PaintMode::Fill,
            _ => PaintMode::Stroke,
        }
    }

    fn closed(&mut self, points: Vec<LinePoint>, mode: PaintMode) {
        let rings = vec![PolygonRing { points }];
        self.ops.push(Op::DrawPolygon { polygon: Polygon { rings, mode, winding_order: WindingOrder::NonZero } });
    }

    /// Draws SVG path data that was parsed, moved to `at` and scaled.
    fn path(&mut self, path: &BezPath, at: Point, scale: f32, filled: Option<PaintMode>) {
        let place = |point: kurbo::Point| (at.x + point.x as f32 * scale, at.y + point.y as f32 * scale);
        let mut rings: Vec<(Vec<LinePoint>, bool)> = Vec::new();
        let mut current = kurbo::Point::ZERO;
        for element in path.elements() {
            if let PathEl::MoveTo(point) = element {
                let (x, y) = place(*point);
                rings.push((vec![self.to(x, y)], false));
                current = *point;
                continue;
            }
            let Some((ring, closed)) = rings.last_mut() else { continue };
            let mut curve = |one: kurbo::Point, two: kurbo::Point, end: kurbo::Point| {
                for (point, bezier) in [(one, true), (two, true), (end, false)] {
                    let (x, y) = place(point);
                    ring.push(if bezier { self.control(x, y) } else { self.to(x, y) });
                }
            };
            match *element {
                PathEl::CurveTo(one, two, end) => {
                    curve(one, two, end);
                    current = end;
                }
                PathEl::QuadTo(control, end) => {
                    curve(current.lerp(control, 2.0 / 3.0), end.lerp(control, 2.0 / 3.0), end);
                    current = end;
                }
                PathEl::LineTo(end) => {
                    let (x, y) = place(end);
                    ring.push(self.to(x, y));
                    current = end;
                }
                PathEl::ClosePath => *closed = true,
                PathEl::MoveTo(_) => {}
            }
        }
        match filled {
            Some(mode) => {
                let rings = rings.into_iter().map(|(points, _)| PolygonRing { points }).collect();
                let polygon = Polygon { rings, mode, winding_order: WindingOrder::NonZero };
                self.ops.push(Op::DrawPolygon { polygon });
            }
            None => {
                let lines = rings.into_iter().map(|(points, is_closed)| Line { points, is_closed });
                self.ops.extend(lines.map(|line| Op::DrawLine { line }));
            }
        }
    }

    /// A run of characters that the face has.
    fn run(&mut self, kind: &'static Type, x: f32, y: f32, text: &str) {
        let point = self.point(Point { x, y });
        self.ops.push(Op::StartTextSection);
        let size = Pt(round3(kind.role.size() * self.scale));
        self.ops.push(Op::SetFont { font: PdfFontHandle::External(font_id(kind.role.face())), size });
        self.ops.push(Op::SetTextMatrix { matrix: TextMatrix::Translate(point.x, point.y) });
        self.ops.push(Op::ShowText { items: vec![TextItem::Text(text.to_owned())] });
        self.ops.push(Op::EndTextSection);
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
                self.path(&outline, Point { x, y: at.y }, size, Some(PaintMode::Stroke));
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
                self.path(&outline, Point { x, y }, size, Some(PaintMode::Fill));
            }
            None => {
                let wide = width(Face::Regular, size, character.encode_utf8(&mut [0; 4]));
                self.stroke_with(token, size / 16.0, &[], false);
                let (left, right, top) = (x + wide * 0.1, x + wide * 0.9, y - size * 0.72);
                let corners = [(left, y), (right, y), (right, top), (left, top)];
                let points = corners.into_iter().map(|(x, y)| self.to(x, y)).collect();
                self.closed(points, PaintMode::Stroke);
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
        let points = if radius > 0.0 {
            let near = radius * ARC;
            let mut points = vec![self.to(left + radius, top), self.to(right - radius, top)];
            points.extend([
                self.control(right - near, top),
                self.control(right, top + near),
                self.to(right, top + radius),
            ]);
            points.push(self.to(right, bottom - radius));
            points.extend([self.control(right, bottom - near), self.control(right - near, bottom)]);
            points.extend([self.to(right - radius, bottom), self.to(left + radius, bottom)]);
            points.extend([self.control(left + near, bottom), self.control(left, bottom - near)]);
            points.extend([self.to(left, bottom - radius), self.to(left, top + radius)]);
            points.extend([
                self.control(left, top + near),
                self.control(left + near, top),
                self.to(left + radius, top),
            ]);
            points
        } else {
            vec![self.to(left, top), self.to(right, top), self.to(right, bottom), self.to(left, bottom)]
        };
        self.closed(points, mode);
    }

    fn line(&mut self, ink: &'static Ink, points: &[Point], radius: f32) {
        let Some(first) = points.first() else { return };
        self.take(ink);
        let mut line = vec![self.to(first.x, first.y)];
        let mut current = *first;
        for piece in rounded(points, radius) {
            match piece {
                Rounded::To(point) => {
                    line.push(self.to(point.x, point.y));
                    current = point;
                }
                Rounded::Around(corner, end) => {
                    let third = |from: Point| {
                        (from.x + (corner.x - from.x) * 2.0 / 3.0, from.y + (corner.y - from.y) * 2.0 / 3.0)
                    };
                    let ((ax, ay), (bx, by)) = (third(current), third(end));
                    line.extend([self.control(ax, ay), self.control(bx, by), self.to(end.x, end.y)]);
                    current = end;
                }
            }
        }
        self.ops.push(Op::DrawLine { line: Line { points: line, is_closed: false } });
    }

    fn polygon(&mut self, ink: &'static Ink, points: &[Point]) {
        let mode = self.take(ink);
        let points = points.iter().map(|point| self.to(point.x, point.y)).collect();
        self.closed(points, mode);
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
            let mode = if mark.stroke > 0.0 { PaintMode::FillStroke } else { PaintMode::Fill };
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

fn round3(value: f32) -> f32 {
    if value.is_finite() { (value * 1000.0).round() / 1000.0 } else { 0.0 }
}
