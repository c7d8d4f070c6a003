//! The last messages of a stream: a connection that breaks takes with it what was on its way.

use std::collections::VecDeque;

/// Some seconds of a busy map. A first picture may be larger: it is not kept, but drawn anew.
const LIMIT: usize = 1 << 20;

/// The newest messages whose sizes sum up to no more than the limit.
#[derive(Default)]
pub(crate) struct Kept {
    messages: VecDeque<Vec<u8>>,
    bytes: usize,
}

impl Kept {
    /// Keeps a message, and forgets old ones that there is no room for.
    pub(crate) fn keep(&mut self, message: &[u8]) {
        self.bytes += message.len();
        while self.bytes > LIMIT {
            let Some(old) = self.messages.pop_front() else {
                self.bytes = 0;
                return;
            };
            self.bytes -= old.len();
        }
        self.messages.push_back(message.to_vec());
    }

    /// What was sent after `number`, up to `last`; none where not all of that is kept.
    pub(crate) fn after(&self, number: u64, last: u64) -> Option<Vec<Vec<u8>>> {
        let missed = usize::try_from(last.checked_sub(number)?).ok()?;
        let first = self.messages.len().checked_sub(missed)?;
        Some(self.messages.range(first..).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_number_is_there_or_it_is_said_that_it_is_not() {
        let mut kept = Kept::default();
        for number in 1..=3_u8 {
            kept.keep(&[number]);
        }
        assert_eq!(kept.after(1, 3), Some(vec![vec![2], vec![3]]));
        assert_eq!(kept.after(3, 3), Some(vec![]));
        assert_eq!(kept.after(4, 3), None);
        kept.keep(&vec![0; LIMIT - 1]);
        assert_eq!(kept.after(2, 4).map(|messages| messages.len()), Some(2));
        assert_eq!(kept.after(1, 4), None, "there was no room for the second");
        kept.keep(&vec![0; LIMIT + 1]);
        assert_eq!(kept.after(4, 5), None, "too large to be kept");
        assert_eq!(kept.after(5, 5), Some(vec![]));
        kept.keep(&[6]);
        assert_eq!(kept.after(5, 6), Some(vec![vec![6]]));
    }
}
