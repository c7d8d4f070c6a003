//! One shape per state: colour alone never says how something is.

use model::Health;
use serde::Serialize;

/// A state's shape on a 12 × 12 field.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mark {
    /// The state's word, as in the canonical JSON.
    pub id: &'static str,
    /// SVG path data.
    pub path: &'static str,
    /// Filled in the state's colour, else stroked with it.
    pub filled: bool,
    /// Width of the stroke, that of the rounding for filled shapes.
    pub stroke: f32,
    /// Dashes of the stroke; empty for a solid one.
    pub dash: &'static [f32],
}

const CIRCLE: &str = "M6 1.5A4.5 4.5 0 0 1 6 10.5A4.5 4.5 0 0 1 6 1.5Z";

/// In the order of [`Health::ALL`].
pub const MARKS: [Mark; 8] = [
    Mark { id: "failing", path: "M1.7 1.7L10.3 10.3M10.3 1.7L1.7 10.3", filled: false, stroke: 2.2, dash: &[] },
    Mark { id: "missing", path: "M3 3L9 9M9 3L3 9", filled: false, stroke: 1.8, dash: &[] },
    Mark { id: "degraded", path: "M6 1.6L10.9 10.2H1.1Z", filled: true, stroke: 1.2, dash: &[] },
    Mark { id: "pending", path: CIRCLE, filled: false, stroke: 1.7, dash: &[2.0, 1.534] },
    Mark {
        id: "unknown",
        path: "M4 4A2.1 2.1 0 1 1 7.1 5.8C6.3 6.3 6 6.7 6 7.5M6 9.9V9.92",
        filled: false,
        stroke: 1.6,
        dash: &[],
    },
    Mark { id: "ok", path: CIRCLE, filled: true, stroke: 0.0, dash: &[] },
    Mark { id: "completed", path: "M1.6 6.6L4.5 9.5L10.4 2.6", filled: false, stroke: 1.7, dash: &[] },
    Mark { id: "neutral", path: "M6 2A4 4 0 0 1 6 10A4 4 0 0 1 6 2Z", filled: false, stroke: 1.5, dash: &[] },
];

/// The shape of a state.
pub fn mark(health: Health) -> &'static Mark {
    let at = Health::ALL.iter().position(|each| *each == health).unwrap_or(0);
    &MARKS[at.min(MARKS.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_states() {
        for (health, mark) in Health::ALL.iter().zip(MARKS) {
            assert_eq!(health.word(), mark.id);
            assert!(kurbo::BezPath::from_svg(mark.path).is_ok(), "{}", mark.id);
        }
    }
}
