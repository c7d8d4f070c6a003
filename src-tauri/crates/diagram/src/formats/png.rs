//! PNG through our own SVG, strip by strip: neither all pixels nor the parsed tree of the whole picture are ever in
//! memory. While one strip is compressed the next is drawn.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::draw::Sheet;
use crate::export::{ExportError, Look, Notes, Progress, Subject};
use crate::formats::{fallback, svg};
use crate::scene::{Rect, Scene};
use crate::text::Face;

/// Past this no viewer follows, and Cairo, Skia and browsers refuse.
const MAX_PIXELS: f64 = 400e6;
/// Longest side that common viewers open.
const MAX_SIDE: f64 = 65_000.0;
/// Pixels of a strip: 24 MB, two of them alive at a time.
const STRIP_PIXELS: usize = 6_000_000;

/// Writes the file.
pub(crate) fn write(
    subject: Subject<'_>,
    look: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    let scene = subject.scene;
    let sheet = Sheet::of(scene, look);
    let (width, height) = pixels(&sheet, look.scale)?;
    let missing = fallback::missing(scene, look);
    let mut notes = Notes::default();
    let fonts = fonts(&missing, look, &mut notes);

    let mut encoder = png::Encoder::new(out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Above a slide or two the time to compress is what people wait for; below it the size is what they mail.
    let small = u64::from(width) * u64::from(height) < 20_000_000;
    encoder.set_compression(if small { png::Compression::Balanced } else { png::Compression::Fast });
    let mut writer = encoder.write_header().map_err(encoding)?;
    let mut stream = writer.stream_writer().map_err(encoding)?;

    let rows = (STRIP_PIXELS / width as usize).clamp(64, 4096) as u32;
    let strips: Vec<(u32, u32)> = (0..height).step_by(rows as usize).map(|top| (top, rows.min(height - top))).collect();
    let draw = |(top, rows): (u32, u32)| strip(scene, &sheet, look, &fonts, width, top, rows);
    let mut next = strips.first().map(|first| draw(*first));
    for (at, _) in strips.iter().enumerate() {
        progress.report(at, strips.len())?;
        let Some(drawn) = next.take() else { break };
        let pixels = drawn?;
        let following = strips.get(at + 1).copied();
        // Only the writer is used by this thread; which of the two ends first changes nothing.
        let (written, drawn) = std::thread::scope(|scope| {
            let drawing = following.map(|strip| scope.spawn(move || draw(strip)));
            let written = stream.write_all(&pixels);
            (written, drawing.map(std::thread::ScopedJoinHandle::join))
        });
        written?;
        next = drawn.map(|joined| joined.unwrap_or_else(|_| Err(ExportError::Draw("a strip panicked".to_owned()))));
    }
    stream.finish().map_err(encoding)?;
    writer.finish().map_err(encoding)?;
    Ok(notes)
}

/// The picture's size, or what to do where it is too large.
fn pixels(sheet: &Sheet, scale: f32) -> Result<(u32, u32), ExportError> {
    let size = |side: f32| (f64::from(side) * f64::from(scale)).ceil().max(1.0);
    let (width, height) = (size(sheet.width), size(sheet.height));
    if width * height <= MAX_PIXELS && width.max(height) <= MAX_SIDE {
        return Ok((width as u32, height as u32));
    }
    let by_area = (MAX_PIXELS / (width * height)).sqrt();
    let by_side = MAX_SIDE / width.max(height);
    let fitting = (f64::from(scale) * by_area.min(by_side) * 100.0).floor() / 100.0;
    let advice = if fitting >= 0.5 {
        format!("--scale {fitting} would do, and so would svg or pdf")
    } else {
        "svg or pdf would do, or fewer namespaces with -n".to_owned()
    };
    let megapixels = width * height / 1e6;
    Err(ExportError::TooLarge(format!(
        "a png of {width} × {height} pixels ({megapixels:.0} megapixels) is past the limit of 400 megapixels and \
         65000 pixels a side; {advice}"
    )))
}

/// Draws some rows of the picture: three bytes a pixel.
fn strip(
    scene: &Scene,
    sheet: &Sheet,
    look: &Look,
    fonts: &Arc<fontdb::Database>,
    width: u32,
    top: u32,
    rows: u32,
) -> Result<Vec<u8>, ExportError> {
    let y = top as f32 / look.scale;
    let window = Rect { x: 0.0, y, width: sheet.width, height: rows as f32 / look.scale };
    let text = svg::loaded_document(scene, sheet, look, window)?;
    let options =
        Options { font_family: Face::Regular.family().to_owned(), fontdb: Arc::clone(fonts), ..Options::default() };
    let tree = Tree::from_str(&text, &options).map_err(|error| ExportError::Draw(error.to_string()))?;
    drop(text);
    let mut pixmap =
        Pixmap::new(width, rows).ok_or_else(|| ExportError::Draw(format!("no memory for {width} × {rows} pixels")))?;
    let transform = Transform::from_row(look.scale, 0.0, 0.0, look.scale, 0.0, -(top as f32));
    resvg::render(&tree, transform, &mut pixmap.as_mut());
    // The page behind everything is opaque, so that premultiplied values are the values.
    Ok(pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect())
}

/// The bundled faces; the machine's too where a glyph is missing and the look allows them.
fn fonts(missing: &BTreeSet<char>, look: &Look, notes: &mut Notes) -> Arc<fontdb::Database> {
    let mut fonts = fontdb::Database::new();
    for face in Face::ALL {
        fonts.load_font_data(face.truetype().to_vec());
    }
    fonts.set_sans_serif_family(Face::Regular.family());
    fonts.set_monospace_family(Face::Mono.family());
    if !missing.is_empty() {
        if look.system_fonts {
            fonts.load_system_fonts();
        }
        fallback::note(missing, &fonts, notes);
    }
    Arc::new(fonts)
}

fn encoding(error: png::EncodingError) -> ExportError {
    match error {
        png::EncodingError::IoError(error) => ExportError::Write(error),
        other => ExportError::Draw(other.to_string()),
    }
}
