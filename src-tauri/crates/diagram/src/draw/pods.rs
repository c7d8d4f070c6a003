//! A pod as a square: its state is in the colour and in what the square holds.

use model::Health;

use super::{Pen, at, ink};
use crate::geometry::{MARK, POD, POD_INSET, POD_INSET_RADIUS, POD_RADIUS};
use crate::scene::Rect;

/// Draws a pod's square in this box.
pub(super) fn pod(health: Health, rect: Rect, pen: &mut dyn Pen) {
    if health == Health::Ok {
        pen.rect(ink::pod(health), rect, POD_RADIUS);
        return;
    }
    let inset = Rect {
        x: rect.x + POD_INSET,
        y: rect.y + POD_INSET,
        width: rect.width - 2.0 * POD_INSET,
        height: rect.height - 2.0 * POD_INSET,
    };
    pen.rect(ink::pod(health), inset, POD_INSET_RADIUS);
    let inside = match health {
        Health::Failing | Health::Missing => Some((Health::Failing, 0.5)),
        Health::Degraded => Some((Health::Degraded, 0.5)),
        Health::Completed => Some((Health::Completed, 0.58)),
        _ => None,
    };
    if let Some((mark, scale)) = inside {
        let side = MARK * scale;
        pen.mark(mark, at(rect.x + (rect.width - side) / 2.0, rect.y + (rect.height - side) / 2.0), scale);
    }
}

/// The box of a pod's square whose top left is here.
pub(super) fn square(x: f32, y: f32) -> Rect {
    Rect { x, y, width: POD, height: POD }
}
