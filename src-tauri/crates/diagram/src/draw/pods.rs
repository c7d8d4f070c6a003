//! A pod as a square: its state is in the colour and in what the square holds.

use model::Health;

use super::{Pen, at, ink};
use crate::geometry::POD;
use crate::scene::Rect;

/// Draws a pod's square in this box.
pub(super) fn pod(health: Health, rect: Rect, pen: &mut dyn Pen) {
    if health == Health::Ok {
        pen.rect(ink::pod(health), rect, 3.0);
        return;
    }
    let inset = Rect { x: rect.x + 0.7, y: rect.y + 0.7, width: rect.width - 1.4, height: rect.height - 1.4 };
    pen.rect(ink::pod(health), inset, 2.4);
    let inside = match health {
        Health::Failing | Health::Missing => Some((Health::Failing, 0.5)),
        Health::Degraded => Some((Health::Degraded, 0.5)),
        Health::Completed => Some((Health::Completed, 0.58)),
        _ => None,
    };
    if let Some((mark, scale)) = inside {
        let side = 12.0 * scale;
        pen.mark(mark, at(rect.x + (rect.width - side) / 2.0, rect.y + (rect.height - side) / 2.0), scale);
    }
}

/// The box of a pod's square whose top left is here.
pub(super) fn square(x: f32, y: f32) -> Rect {
    Rect { x, y, width: POD, height: POD }
}
