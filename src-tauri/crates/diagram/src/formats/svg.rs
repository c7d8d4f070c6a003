//! SVG, by hand: text stays text in embedded fonts, icons are symbols, ids are object keys; nothing is fetched.
//!
//! Not built by a library of documents, which would hold a tree of elements; here text is appended once, in its order.
//! Attributes are sorted, numbers have two decimals, styles stand in one sheet that lists only what is used.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Health;

use crate::draw::ink::{Ink, Type};
use crate::draw::{Anchor, Pen, Rounded, Sheet, Window, draw, rounded};
use crate::export::{ExportError, Look, Notes, Progress, Stopped, Subject};
use crate::formats::xml;
use crate::icons::{self, Icon};
use crate::scene::{Point, Rect, Scene};
use crate::text::{Face, LATIN};
use crate::theme::{ASIDE, Theme, of_health};

/// Writes the file.
pub(crate) fn write(
    subject: Subject<'_>,
    look: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    let scene = subject.scene;
    let sheet = Sheet::of(scene, look);
    let pen = drawn(scene, &sheet, look, Window(None), progress.part(0.0, 0.95))?;
    let text = document(pen, scene, &sheet, look, Fonts::Embedded);
    out.write_all(text.as_bytes())?;
    Ok(Notes::default())
}

/// What touches the window as a document of the whole sheet's size, for a reader that has our fonts loaded.
pub(crate) fn loaded_document(scene: &Scene, sheet: &Sheet, look: &Look, window: Rect) -> Result<String, Stopped> {
    let pen = drawn(scene, sheet, look, Window(Some(window)), Progress::silent())?;
    Ok(document(pen, scene, sheet, look, Fonts::Loaded))
}

fn drawn(scene: &Scene, sheet: &Sheet, look: &Look, window: Window, progress: Progress<'_>) -> Result<SvgPen, Stopped> {
    let mut pen = SvgPen::new();
    draw(scene, sheet, look, window, &mut pen, progress)?;
    Ok(pen)
}

/// Where the reader of an SVG finds its fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fonts {
    /// In the file.
    Embedded,
    /// At hand: our own rasteriser has them loaded.
    Loaded,
}

fn document(pen: SvgPen, scene: &Scene, sheet: &Sheet, look: &Look, fonts: Fonts) -> String {
    let mut text = String::with_capacity(pen.body.len() + 160_000);
    text.push_str("<svg font-size=\"11\" height=\"");
    xml::number(&mut text, sheet.height);
    text.push_str("\" viewBox=\"0 0 ");
    xml::number(&mut text, sheet.width);
    text.push(' ');
    xml::number(&mut text, sheet.height);
    text.push_str("\" width=\"");
    xml::number(&mut text, sheet.width);
    text.push_str("\" xmlns=\"http://www.w3.org/2000/svg\">\n<title>");
    xml::escape(&mut text, look.title.as_deref().unwrap_or(&scene.title));
    text.push_str("</title>\n<style>\n");
    if fonts == Fonts::Embedded {
        pen.font_faces(&mut text);
    }
    pen.style_sheet(&mut text, look.theme);
    text.push_str("</style>\n<defs>\n");
    pen.symbols(&mut text);
    text.push_str("</defs>\n");
    text.push_str(&pen.body);
    text.push_str("</svg>\n");
    text
}

/// Collects the body, and what it needs at the head.
struct SvgPen {
    body: String,
    inks: BTreeMap<&'static str, &'static Ink>,
    types: BTreeMap<&'static str, &'static Type>,
    icons: BTreeMap<&'static str, &'static Icon>,
    marks: BTreeSet<Health>,
    /// Faces in use, and whether a text in them leaves the Latin part.
    faces: BTreeMap<Face, bool>,
}

impl SvgPen {
    fn new() -> Self {
        Self {
            body: String::with_capacity(1 << 16),
            inks: BTreeMap::new(),
            types: BTreeMap::new(),
            icons: BTreeMap::new(),
            marks: BTreeSet::new(),
            faces: BTreeMap::new(),
        }
    }

    fn font_faces(&self, text: &mut String) {
        for (face, beyond_latin) in &self.faces {
            let file = if *beyond_latin { face.woff2() } else { face.latin_woff2() };
            text.push_str("@font-face{font-family:\"");
            text.push_str(face.family());
            text.push_str("\";font-weight:");
            text.push_str(&face.weight().to_string());
            text.push_str(";src:url(data:font/woff2;base64,");
            STANDARD.encode_string(file, text);
            text.push_str(") format(\"woff2\")}\n");
        }
    }

    fn style_sheet(&self, text: &mut String, theme: Theme) {
        text.push_str("text{white-space:pre}\n");
        for ink in self.inks.values() {
            push(text, &[".", ink.name, "{fill:", ink.fill.map_or("none", |token| theme.colour(token))]);
            if let Some(token) = ink.stroke {
                push(text, &[";stroke:", theme.colour(token), ";stroke-width:"]);
                xml::number(text, ink.width);
            }
            if !ink.dash.is_empty() {
                text.push_str(";stroke-dasharray:");
                dashes(text, ink.dash);
            }
            if ink.round {
                text.push_str(";stroke-linecap:round;stroke-linejoin:round");
            }
            text.push_str("}\n");
        }
        for kind in self.types.values() {
            let face = kind.role.face();
            let generic = if face == Face::Mono { "monospace" } else { "sans-serif" };
            push(text, &[".", kind.name, "{fill:", theme.colour(kind.token), ";font:"]);
            push(text, &[&face.weight().to_string(), " "]);
            xml::number(text, kind.role.size());
            push(text, &["px \"", face.family(), "\",", generic]);
            if let Some(halo) = kind.halo {
                push(text, &[";paint-order:stroke;stroke:", theme.colour(halo)]);
                text.push_str(";stroke-linejoin:round;stroke-width:3.5");
            }
            text.push_str("}\n");
        }
        for health in &self.marks {
            let mark = icons::mark(*health);
            let colour = theme.colour(of_health(*health));
            push(text, &[".m-", mark.id, "{fill:", if mark.filled { colour } else { "none" }]);
            if mark.stroke > 0.0 {
                push(text, &[";stroke:", colour, ";stroke-linecap:"]);
                text.push_str(if mark.dash.is_empty() { "round" } else { "butt" });
                text.push_str(";stroke-linejoin:round;stroke-width:");
                xml::number(text, mark.stroke);
            }
            if !mark.dash.is_empty() {
                text.push_str(";stroke-dasharray:");
                dashes(text, mark.dash);
            }
            text.push_str("}\n");
        }
    }

    fn symbols(&self, text: &mut String) {
        for icon in self.icons.values() {
            push(
                text,
                &["<symbol id=\"i-", icon.id, "\" overflow=\"visible\"><path d=\"", icon.path, "\"/></symbol>\n"],
            );
        }
        for health in &self.marks {
            let mark = icons::mark(*health);
            push(text, &["<symbol id=\"m-", mark.id, "\" overflow=\"visible\"><path class=\"m-", mark.id]);
            push(text, &["\" d=\"", mark.path, "\"/></symbol>\n"]);
        }
    }

    /// Two numbers with a blank between them.
    fn pair(&mut self, point: Point) {
        xml::number(&mut self.body, point.x);
        self.body.push(' ');
        xml::number(&mut self.body, point.y);
    }

    fn attribute(&mut self, name: &str, value: f32) {
        push(&mut self.body, &[" ", name, "=\""]);
        xml::number(&mut self.body, value);
        self.body.push('"');
    }
}

impl Pen for SvgPen {
    fn open_aside(&mut self) {
        self.body.push_str("<g opacity=\"");
        xml::number(&mut self.body, ASIDE);
        self.body.push_str("\">\n");
    }

    fn open(&mut self, id: &str, title: &str, origin: Point) {
        self.body.push_str("<g");
        if !id.is_empty() {
            self.body.push_str(" id=\"");
            xml::escape(&mut self.body, id);
            self.body.push('"');
        }
        if origin != Point::default() {
            self.body.push_str(" transform=\"translate(");
            self.pair(origin);
            self.body.push_str(")\"");
        }
        self.body.push('>');
        if !title.is_empty() {
            self.body.push_str("<title>");
            xml::escape(&mut self.body, title);
            self.body.push_str("</title>");
        }
        self.body.push('\n');
    }

    fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    fn rect(&mut self, ink: &'static Ink, rect: Rect, radius: f32) {
        self.inks.insert(ink.name, ink);
        push(&mut self.body, &["<rect class=\"", ink.name, "\""]);
        self.attribute("height", rect.height);
        if radius > 0.0 {
            self.attribute("rx", radius);
        }
        self.attribute("width", rect.width);
        self.attribute("x", rect.x);
        self.attribute("y", rect.y);
        self.body.push_str("/>\n");
    }

    fn line(&mut self, ink: &'static Ink, points: &[Point], radius: f32) {
        let Some(first) = points.first() else { return };
        self.inks.insert(ink.name, ink);
        push(&mut self.body, &["<path class=\"", ink.name, "\" d=\"M"]);
        self.pair(*first);
        for piece in rounded(points, radius) {
            match piece {
                Rounded::To(point) => {
                    self.body.push('L');
                    self.pair(point);
                }
                Rounded::Around(corner, end) => {
                    self.body.push('Q');
                    self.pair(corner);
                    self.body.push(' ');
                    self.pair(end);
                }
            }
        }
        self.body.push_str("\"/>\n");
    }

    fn polygon(&mut self, ink: &'static Ink, points: &[Point]) {
        self.inks.insert(ink.name, ink);
        push(&mut self.body, &["<path class=\"", ink.name, "\" d=\""]);
        for (at, point) in points.iter().enumerate() {
            self.body.push(if at == 0 { 'M' } else { 'L' });
            self.pair(*point);
        }
        self.body.push_str("Z\"/>\n");
    }

    fn icon(&mut self, ink: &'static Ink, icon: &'static Icon, at: Point) {
        self.inks.insert(ink.name, ink);
        self.icons.insert(icon.id, icon);
        push(&mut self.body, &["<use class=\"", ink.name, "\" href=\"#i-", icon.id, "\""]);
        self.attribute("x", at.x);
        self.attribute("y", at.y);
        self.body.push_str("/>\n");
    }

    fn mark(&mut self, health: Health, at: Point, scale: f32) {
        self.marks.insert(health);
        push(&mut self.body, &["<use href=\"#m-", icons::mark(health).id, "\""]);
        if scale == 1.0 {
            self.attribute("x", at.x);
            self.attribute("y", at.y);
        } else {
            self.body.push_str(" transform=\"translate(");
            self.pair(at);
            self.body.push_str(")scale(");
            xml::number(&mut self.body, scale);
            self.body.push_str(")\"");
        }
        self.body.push_str("/>\n");
    }

    fn text(&mut self, kind: &'static Type, at: Point, anchor: Anchor, text: &str) {
        if text.is_empty() {
            return;
        }
        self.types.insert(kind.name, kind);
        let face = kind.role.face();
        let beyond = self.faces.entry(face).or_default();
        if !text.is_ascii() {
            *beyond |= text.chars().any(|character| !is_latin(character));
        }
        push(&mut self.body, &["<text class=\"", kind.name, "\""]);
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => self.body.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.body.push_str(" text-anchor=\"end\""),
        }
        self.attribute("x", at.x);
        self.attribute("y", at.y);
        self.body.push('>');
        xml::escape(&mut self.body, text);
        self.body.push_str("</text>\n");
    }
}

fn is_latin(character: char) -> bool {
    LATIN.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

fn push(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}

fn dashes(text: &mut String, dash: &[f32]) {
    for (at, length) in dash.iter().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        xml::number(text, *length);
    }
}
