//! The first page of a picture on many: an overview with the number of the page each part is on.

use printpdf::{Actions, Destination, LinkAnnotation, Op, Pt};

use super::Page;
use super::glyphs::Glyphs;
use super::pen::{POINTS, PdfPen};
use crate::draw::{Anchor, Pen, Sheet, ink};
use crate::export::Look;
use crate::geometry::Role;
use crate::scene::{Point, Rect, Scene};

/// A3, in pixels.
pub(super) const PAPER: (f32, f32) = (1587.0, 1123.0);
pub(super) const MARGIN: f32 = 48.0;
pub(super) const HEAD: f32 = 60.0;

/// Draws the overview; `tiles` are the pages that follow, in their order.
pub(super) fn page(scene: &Scene, sheet: &Sheet, look: &Look, glyphs: &Glyphs, tiles: &[Rect]) -> Page {
    let (width, height) = PAPER;
    let mut pen = PdfPen::new(look.theme, glyphs, Point::default(), height);
    pen.rect(&ink::PAGE, Rect { x: 0.0, y: 0.0, width, height }, 0.0);
    let title = Role::Title.fit(width - 2.0 * MARGIN, look.title.as_deref().unwrap_or(&scene.title));
    pen.text(&ink::TITLE, Point { x: MARGIN, y: MARGIN + 18.0 }, Anchor::Start, &title);

    let room = (width - 2.0 * MARGIN, height - 2.0 * MARGIN - HEAD);
    let scale = (room.0 / sheet.width).min(room.1 / sheet.height);
    let place = |rect: &Rect| Rect {
        x: MARGIN + rect.x * scale,
        y: MARGIN + HEAD + rect.y * scale,
        width: rect.width * scale,
        height: rect.height * scale,
    };
    for frame in &scene.frames {
        let moved = Rect { x: frame.rect.x + sheet.body.x, y: frame.rect.y + sheet.body.y, ..frame.rect };
        let rect = place(&moved);
        pen.rect(&ink::FRAME, rect, 2.0);
        if rect.height >= 14.0 && rect.width >= 40.0 {
            let name = Role::Badge.fit(rect.width - 8.0, &frame.title);
            pen.text(&ink::BADGE, Point { x: rect.x + 4.0, y: rect.y + 11.0 }, Anchor::Start, &name);
        }
    }
    let mut links = Vec::with_capacity(tiles.len());
    for (at, tile) in tiles.iter().enumerate() {
        let rect = place(tile);
        let corners =
            [(rect.x, rect.y), (rect.right(), rect.y), (rect.right(), rect.bottom()), (rect.x, rect.bottom())];
        let mut outline: Vec<Point> = corners.into_iter().map(|(x, y)| Point { x, y }).collect();
        outline.extend(outline.first().copied());
        pen.line(&ink::TILE_EDGE, &outline, 0.0);
        let middle = Point { x: rect.x + rect.width / 2.0, y: rect.y + rect.height / 2.0 + 5.0 };
        pen.text(&ink::TILE_NUMBER, middle, Anchor::Middle, &format!("page {}", at + 2));
        let target = printpdf::Rect::from_xywh(
            Pt(rect.x * POINTS),
            Pt((height - rect.bottom()) * POINTS),
            Pt(rect.width * POINTS),
            Pt(rect.height * POINTS),
        );
        let to = Destination::Xyz { page: at + 2, left: None, top: None, zoom: None };
        links.push(Op::LinkAnnotation { link: LinkAnnotation::new(target, Actions::Goto(to), None, None, None) });
    }
    Page { links, ..Page::drawn(width, height, pen) }
}
