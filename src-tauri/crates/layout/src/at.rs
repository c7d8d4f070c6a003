//! Access by position that cannot panic. Positions here number the members of one list in others that are as long; where
//! one of them were wrong, what it means would be drawn at the origin, and nothing would fall.

/// Lists of small values.
pub(crate) trait At<T> {
    /// The value at a position, or none of it.
    fn at(&self, position: usize) -> T
    where
        T: Copy + Default;

    /// Puts a value where there is such a position.
    fn put(&mut self, position: usize, value: T);
}

impl<T> At<T> for [T] {
    fn at(&self, position: usize) -> T
    where
        T: Copy + Default,
    {
        debug_assert!(position < self.len(), "{position} of {}", self.len());
        self.get(position).copied().unwrap_or_default()
    }

    fn put(&mut self, position: usize, value: T) {
        debug_assert!(position < self.len(), "{position} of {}", self.len());
        if let Some(place) = self.get_mut(position) {
            *place = value;
        }
    }
}

/// Adds to one of several lists.
pub(crate) fn push<T>(lists: &mut [Vec<T>], position: usize, value: T) {
    debug_assert!(position < lists.len(), "{position} of {}", lists.len());
    if let Some(list) = lists.get_mut(position) {
        list.push(value);
    }
}
