//! PDF, drawn from the scene: vectors, embedded fonts, text that can be selected and searched.
//!
//! Drawn onto printpdf's pages shape by shape: its way from SVG outlines the text, and differs from run to run.
//!
//! One page as large as the picture; past the 14,400 points that readers accept, tiles behind an index page. What
//! lies inside cards is listed on pages behind it.

mod appendix;
mod content;
mod glyphs;
mod index;
mod pen;

use std::io::{self, Write};

use lopdf::{Dictionary, Object, Stream, StringFormat};
use printpdf::{Mm, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem};

use crate::draw::{Sheet, Window, draw};
use crate::export::{ExportError, Look, Notes, Progress, Subject};
use crate::scene::{Point, Rect};
use crate::text::Face;
use glyphs::Glyphs;
use pen::{POINTS, PdfPen, Used, font_id};

/// Longest side of a page that every reader accepts (PDF 32000-1, annex C.2).
const MAX_SIDE: f32 = 14_400.0;

/// Writes the file.
pub(crate) fn write(
    subject: Subject<'_>,
    look: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    let scene = subject.scene;
    let sheet = Sheet::of(scene, look);
    let mut notes = Notes::default();
    let glyphs = Glyphs::of(scene, look, &mut notes);

    let tiles = tiles(&sheet);
    let mut pages = Vec::with_capacity(tiles.len() + 1);
    if tiles.len() > 1 {
        notes.0.push(format!(
            "the picture is larger than a page may be (14400 points): it lies on {} pages, the first is an index",
            tiles.len() + 1
        ));
        pages.push(index::page(scene, &sheet, look, &glyphs, &tiles));
    }
    let drawing = progress.part(0.0, 0.6);
    for (at, tile) in tiles.iter().enumerate() {
        let part = drawing.part(at as f32 / tiles.len() as f32, (at + 1) as f32 / tiles.len() as f32);
        let mut pen = PdfPen::new(look.theme, &glyphs, Point { x: tile.x, y: tile.y }, tile.height);
        let window = Window((tiles.len() > 1).then_some(*tile));
        draw(scene, &sheet, look, window, &mut pen, part)?;
        pages.push(Page::drawn(tile.width, tile.height, pen));
    }

    pages.extend(appendix::pages(subject, look, &glyphs, &mut notes));

    let mut document = PdfDocument::new(look.title.as_deref().unwrap_or(&scene.title));
    document.metadata.info.creator = "Kubilitics".to_owned();
    document.metadata.info.producer = "Kubilitics".to_owned();
    for face in Face::ALL {
        let font = ParsedFont::from_bytes(face.truetype(), 0, &mut Vec::new())
            .ok_or_else(|| ExportError::Draw(format!("the bundled font {} cannot be read", face.family())))?;
        // An id of our own: the library's come from a counter of the process and would differ with every export.
        document.resources.fonts.map.insert(font_id(face), PdfFont::new(font));
    }
    let mut used = Used::new();
    let mut contents = Vec::with_capacity(pages.len());
    let mut outlines = Vec::with_capacity(pages.len());
    for page in pages {
        used.extend(page.used);
        contents.push(page.content);
        outlines.push(PdfPage::new(Mm::from(Pt(page.width * POINTS)), Mm::from(Pt(page.height * POINTS)), page.links));
    }
    if let Some(first) = outlines.first_mut() {
        first.ops.extend(shown(&used));
    }
    document.with_pages(outlines);
    progress.report(6, 10)?;
    save(&document, contents, out, progress.part(0.6, 0.99))?;
    Ok(notes)
}

/// A page that is drawn.
struct Page {
    width: f32,
    height: f32,
    /// Packed.
    content: Vec<u8>,
    links: Vec<Op>,
    used: Used,
}

impl Page {
    fn drawn(width: f32, height: f32, pen: PdfPen<'_>) -> Self {
        let (content, used) = pen.finish();
        Self { width, height, content, links: Vec::new(), used }
    }
}

/// Tells the library which characters of which face are on the pages; from that it makes what the file says of its fonts.
/// The content that it makes itself is replaced.
fn shown(used: &Used) -> impl Iterator<Item = Op> {
    Face::ALL.into_iter().flat_map(|face| {
        let characters = used.keys().filter(|(other, _)| *other == face).map(|(_, character)| *character);
        let font = PdfFontHandle::External(font_id(face));
        [
            Op::StartTextSection,
            Op::SetFont { font, size: Pt(1.0) },
            Op::ShowText { items: vec![TextItem::Text(characters.collect())] },
            Op::EndTextSection,
        ]
    })
}

/// The pieces of the sheet that become pages, row by row: one where it fits.
fn tiles(sheet: &Sheet) -> Vec<Rect> {
    let most = MAX_SIDE / POINTS;
    let columns = (sheet.width / most).ceil().max(1.0);
    let rows = (sheet.height / most).ceil().max(1.0);
    let (width, height) = (sheet.width / columns, sheet.height / rows);
    let columns = columns as usize;
    (0..columns * rows as usize)
        .map(|at| Rect { x: (at % columns) as f32 * width, y: (at / columns) as f32 * height, width, height })
        .collect()
}

/// Makes the file depend on its content alone, and writes it.
fn save(
    document: &PdfDocument,
    contents: Vec<Vec<u8>>,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<(), ExportError> {
    let options = PdfSaveOptions { optimize: true, secure: true, ..PdfSaveOptions::default() };
    let mut file = document.to_lopdf_document(&options, &mut Vec::new());
    let pages: Vec<_> = file.get_pages().into_values().collect();
    for (page, content) in pages.into_iter().zip(contents) {
        let place =
            file.get_object(page).and_then(Object::as_dict).and_then(|page| page.get(b"Contents")?.as_reference());
        let place =
            place.map_err(|error| ExportError::Draw(format!("a page has no place for its content: {error}")))?;
        file.objects.insert(place, Object::Stream(stream(Dictionary::new(), content)));
    }
    progress.report(4, 10)?;
    if let Ok(info) = file.trailer.get(b"Info").and_then(Object::as_reference)
        && let Ok(info) = file.get_object_mut(info).and_then(Object::as_dict_mut)
    {
        for key in ["CreationDate", "ModDate", "Identifier", "GTS_PDFXVersion", "Author", "Subject", "Keywords"] {
            info.remove(key.as_bytes());
        }
    }
    for object in file.objects.values_mut() {
        if let Object::Stream(plain) = object
            && !plain.dict.has(b"Filter")
        {
            *plain = stream(std::mem::take(&mut plain.dict), content::packed(&plain.content));
        }
    }
    progress.report(8, 10)?;
    let mut digest = Digest(0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142);
    for object in file.objects.values() {
        if let Object::Stream(stream) = object {
            digest.write_all(&stream.content)?;
        }
    }
    let id = Object::String(format!("{:016x}{:016x}", digest.0, digest.1).into_bytes(), StringFormat::Literal);
    file.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    // lopdf writes a byte or two at a time.
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    file.save_to(&mut out)?;
    out.flush()?;
    Ok(())
}

/// A stream of packed bytes.
fn stream(mut about: Dictionary, packed: Vec<u8>) -> Stream {
    about.set("Filter", "FlateDecode");
    Stream::new(about, packed)
}

/// FNV-1a from two starting points: 128 bits that name the content, no protection against anyone.
struct Digest(u64, u64);

impl Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            self.1 = (self.1 ^ u64::from(byte.rotate_left(4))).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
