//! The sheet of paper: how large it is, where the picture lies on it, and the line above it.

use model::Health;

use super::frame::counted;
use super::legend;
use super::{Anchor, Pen, at, ink};
use crate::export::Look;
use crate::geometry::Role;
use crate::scene::{Point, Rect, Scene};

const MARGIN: f32 = 32.0;
const HEAD: f32 = 70.0;
const GAP: f32 = 16.0;
/// Narrower pictures still need room for a title and a legend.
const MIN_WIDTH: f32 = 560.0;

/// Sizes and places, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// Where the scene's origin lies.
    pub(crate) body: Point,
    pub(crate) head: Rect,
    pub(crate) legend: Rect,
}

impl Sheet {
    pub(crate) fn of(scene: &Scene, look: &Look) -> Self {
        let bounds = scene.bounds;
        let inner = bounds.width.max(MIN_WIDTH).ceil();
        let stacked = title_rows(scene, look, inner) > 1;
        let head_height = if stacked { HEAD + 24.0 } else { HEAD };
        let body_height = bounds.height.max(if scene.blocks.is_empty() { 60.0 } else { 0.0 }).ceil();
        let legend_top = head_height + body_height + GAP;
        let legend_height = legend::height(scene, look, inner);
        Self {
            width: inner + 2.0 * MARGIN,
            height: legend_top + legend_height + MARGIN,
            body: at(MARGIN - bounds.x, head_height - bounds.y),
            head: Rect { x: MARGIN, y: 0.0, width: inner, height: head_height },
            legend: Rect { x: MARGIN, y: legend_top, width: inner, height: legend_height },
        }
    }

    /// The page behind everything.
    pub(super) fn paper(&self, pen: &mut dyn Pen) {
        pen.rect(&ink::PAGE, Rect { x: 0.0, y: 0.0, width: self.width, height: self.height }, 0.0);
    }

    /// Title, counts in words, counts of what is wrong.
    pub(super) fn title(&self, scene: &Scene, look: &Look, pen: &mut dyn Pen) {
        let base = 46.0;
        let left = self.head.x;
        let title = Role::Title.fit(self.head.width, title_of(scene, look));
        pen.text(&ink::TITLE, at(left, base), Anchor::Start, &title);
        let stacked = title_rows(scene, look, self.head.width) > 1;
        let (x, y) = if stacked { (left, base + 26.0) } else { (left + Role::Title.width(&title) + 16.0, base) };
        pen.text(&ink::SUBTITLE, at(x, y), Anchor::Start, &scene.subtitle);
        let mut right = self.head.right();
        for (health, text) in counts(scene).into_iter().rev() {
            right -= Role::Subtitle.width(&text);
            pen.text(&ink::COUNT, at(right, y), Anchor::Start, &text);
            right -= 17.0;
            pen.mark(health, at(right, y - 10.5), 1.0);
            right -= 16.0;
        }
        if scene.blocks.is_empty() && scene.frames.is_empty() {
            let middle = at(self.width / 2.0, self.head.height + 34.0);
            pen.text(&ink::SUBTITLE, middle, Anchor::Middle, "nothing to draw");
        }
    }
}

fn title_of<'a>(scene: &'a Scene, look: &'a Look) -> &'a str {
    look.title.as_deref().unwrap_or(&scene.title)
}

/// Problems, then what is well.
fn counts(scene: &Scene) -> Vec<(Health, String)> {
    let healthy = scene.counts.of(Health::Ok);
    let well = (healthy > 0).then(|| (Health::Ok, format!("{healthy} healthy")));
    let mut problems: Vec<_> = counted(&scene.counts).collect();
    // The worst first: the title is read from the left.
    problems.reverse();
    problems.into_iter().chain(well).collect()
}

/// How many lines the head needs.
fn title_rows(scene: &Scene, look: &Look, width: f32) -> u32 {
    let counts: f32 = counts(scene).iter().map(|(_, text)| Role::Subtitle.width(text) + 33.0).sum();
    let words = Role::Title.width(title_of(scene, look)) + 16.0 + Role::Subtitle.width(&scene.subtitle);
    if words + 32.0 + counts > width { 2 } else { 1 }
}
