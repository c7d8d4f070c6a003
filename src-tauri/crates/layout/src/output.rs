//! Where everything stands.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::frame::{FrameJob, FrameLayout, Measured};
use crate::geometry::{Rect, Size};
use crate::group::{GroupLayout, Route};
use crate::hold::Held;

/// A sheet laid out. Frames, groups and links are in the order of the input. Give it back as `previous`.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Extent of everything.
    pub size: Size,
    /// The frames.
    pub frames: Vec<PlacedFrame>,
    /// Routes of the links between groups, absolute.
    pub links: Vec<Route>,
    pub(crate) memory: FxHashMap<Arc<str>, Twin>,
    pub(crate) held: Held,
}

/// A frame and where it stands.
#[derive(Clone, Debug)]
pub struct PlacedFrame {
    /// Absolute.
    pub rect: Rect,
    /// Its groups.
    pub groups: Vec<PlacedGroup>,
}

/// A group and where it stands.
#[derive(Clone, Debug)]
pub struct PlacedGroup {
    /// Absolute; at least as large as the group's own layout.
    pub rect: Rect,
    /// Positions inside, relative to the rectangle's top left. The same `Arc` as before where nothing changed.
    pub layout: Arc<GroupLayout>,
}

/// A frame as it was measured, as it was laid out, and where it stood.
#[derive(Clone, Debug)]
pub(crate) struct Twin {
    pub(crate) measured: Arc<Measured>,
    pub(crate) fitted: Arc<Memory>,
    pub(crate) place: Rect,
}

/// What a frame was laid out from and how it came out.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) job: FrameJob,
    pub(crate) width: i32,
    pub(crate) layout: Arc<FrameLayout>,
}
