//! What differs between a list of a picture that the reader holds and the next one: entries that leave, entries that come
//! in, and entries that only moved. One card more or less moves all cards below it, which must not cost what they say.

use std::collections::BTreeMap;

use diagram::scene::{Badge, Card, Frame, Label, Link, LinkEnd, Meter, PodMark, Point, Rect, Tally};

use crate::types::WireSplice;

/// How the next list comes out of the one held.
pub(super) struct Difference<'a, T> {
    pub(super) splice: WireSplice,
    /// The entries that come in.
    pub(super) sent: Vec<&'a T>,
    /// How far each run of `splice.moved` moved.
    pub(super) by: Vec<Point>,
}

/// An entry of a list.
pub(super) trait Entry {
    /// Only entries of the same name are compared.
    type Name<'a>: Ord
    where
        Self: 'a;

    fn name(&self) -> Self::Name<'_>;

    /// How far `held` moved to become this one; none where no move makes it so.
    fn offset(&self, held: &Self) -> Option<Point>;
}

/// An entry that changed its place among those that stay is sent again.
pub(super) fn difference<'a, T: Entry>(before: &'a [T], after: &'a [T]) -> Difference<'a, T> {
    let mut found = Difference { splice: WireSplice::default(), sent: Vec::new(), by: Vec::new() };
    // Most of a list is as it was: what begins and ends alike is taken off before the rest is looked through.
    let same = |(was, now): (&T, &T)| now.offset(was);
    let head: Vec<Point> = before.iter().zip(after).map_while(same).collect();
    let (old, new) = (&before[head.len()..], &after[head.len()..]);
    let tail: Vec<Point> = old.iter().rev().zip(new.iter().rev()).map_while(same).collect();
    let (old, new) = (&old[..old.len() - tail.len()], &new[..new.len() - tail.len()]);
    let skipped = head.len();
    head.into_iter().enumerate().for_each(|(at, by)| found.stays(at, by));

    let mut places: BTreeMap<T::Name<'_>, Vec<usize>> = BTreeMap::new();
    for (at, entry) in old.iter().enumerate() {
        places.entry(entry.name()).or_default().push(at);
    }
    let mut kept: Vec<usize> = Vec::new();
    for (now, entry) in new.iter().enumerate() {
        let free = kept.last().map_or(0, |last| last + 1);
        let mut candidates = places.get(&entry.name()).into_iter().flatten().filter(|was| **was >= free);
        match candidates.find_map(|was| Some((*was, entry.offset(&old[*was])?))) {
            Some((was, by)) => {
                kept.push(was);
                found.stays(skipped + now, by);
            }
            None => {
                found.sent.push(entry);
                found.splice.at.push(place(skipped + now));
            }
        }
    }
    let gone = (0..old.len()).filter(|was| kept.binary_search(was).is_err());
    found.splice.gone = gone.map(|was| place(skipped + was)).collect();
    let first = after.len() - tail.len();
    tail.into_iter().rev().enumerate().for_each(|(at, by)| found.stays(first + at, by));
    found
}

impl<T> Difference<'_, T> {
    fn stays(&mut self, now: usize, by: Point) {
        if by == Point::default() {
            return;
        }
        match self.splice.moved.last_mut() {
            Some((first, count)) if *first + *count == place(now) && self.by.last() == Some(&by) => *count += 1,
            _ => {
                self.splice.moved.push((place(now), 1));
                self.by.push(by);
            }
        }
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Entry for Frame {
    type Name<'a> = &'a str;

    fn name(&self) -> &str {
        &self.id
    }

    fn offset(&self, held: &Self) -> Option<Point> {
        let Self { id, rect, title, subtitle, counts, badges } = self;
        let by = between(&held.rect, rect);
        let same = *id == held.id && *title == held.title && *subtitle == held.subtitle && *counts == held.counts;
        (same && moved(&held.rect, by) == *rect && all_moved(&held.badges, badges, by)).then_some(by)
    }
}

impl Entry for Card {
    type Name<'a> = &'a str;

    fn name(&self) -> &str {
        self.key.as_str()
    }

    fn offset(&self, held: &Self) -> Option<Point> {
        let by = between(&held.rect, &self.rect);
        let Self { key, rect, look, name, full_name, caption, health, status, .. } = self;
        let Self { pods, tallies, badges, note, meters, folded, aside, .. } = self;
        let same = *key == held.key
            && *look == held.look
            && *name == held.name
            && *full_name == held.full_name
            && *caption == held.caption
            && *health == held.health
            && *status == held.status
            && *folded == held.folded
            && *aside == held.aside;
        let inside = all_moved(&held.pods, pods, by)
            && all_moved(&held.tallies, tallies, by)
            && all_moved(&held.badges, badges, by)
            && all_moved(held.note.as_slice(), note.as_slice(), by)
            && all_moved(&held.meters, meters, by);
        (same && moved(&held.rect, by) == *rect && inside).then_some(by)
    }
}

impl Entry for Link {
    type Name<'a> = (&'a LinkEnd, &'a LinkEnd);

    fn name(&self) -> Self::Name<'_> {
        (&self.from, &self.to)
    }

    fn offset(&self, held: &Self) -> Option<Point> {
        let Self { from, to, class, state, inferred, count, points, label, words: _ } = self;
        let (first, was) = (points.first()?, held.points.first()?);
        let by = Point { x: first.x - was.x, y: first.y - was.y };
        let same = *from == held.from
            && *to == held.to
            && *class == held.class
            && *state == held.state
            && *inferred == held.inferred
            && *count == held.count
            && points.len() == held.points.len();
        let route = || held.points.iter().zip(points).all(|(was, now)| shifted(*was, by) == *now);
        (same && route() && all_moved(held.label.as_slice(), label.as_slice(), by)).then_some(by)
    }
}

/// A part of an entry, which moves with it.
trait Part: PartialEq + Clone {
    fn rect(&mut self) -> &mut Rect;
}

fn all_moved<T: Part>(held: &[T], now: &[T], by: Point) -> bool {
    if by == Point::default() {
        return held == now;
    }
    let carried = |part: &T| {
        let mut part = part.clone();
        *part.rect() = moved(part.rect(), by);
        part
    };
    held.len() == now.len() && held.iter().zip(now).all(|(was, now)| carried(was) == *now)
}

fn between(was: &Rect, now: &Rect) -> Point {
    Point { x: now.x - was.x, y: now.y - was.y }
}

fn shifted(point: Point, by: Point) -> Point {
    Point { x: point.x + by.x, y: point.y + by.y }
}

fn moved(rect: &Rect, by: Point) -> Rect {
    Rect { x: rect.x + by.x, y: rect.y + by.y, ..*rect }
}

macro_rules! parts {
    ($($part:ty),*) => {
        $(impl Part for $part {
            fn rect(&mut self) -> &mut Rect {
                &mut self.rect
            }
        })*
    };
}

parts!(PodMark, Tally, Badge, Label, Meter);

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter at a height.
    #[derive(Clone, Debug, PartialEq)]
    struct Letter(char, f32);

    impl Entry for Letter {
        type Name<'a> = char;

        fn name(&self) -> char {
            self.0
        }

        fn offset(&self, held: &Self) -> Option<Point> {
            (self.0 == held.0).then_some(Point { x: 0.0, y: self.1 - held.1 })
        }
    }

    fn list(text: &str, heights: impl IntoIterator<Item = f32>) -> Vec<Letter> {
        text.chars().zip(heights).map(|(letter, height)| Letter(letter, height)).collect()
    }

    #[test]
    fn a_difference_makes_the_next_list_of_the_one_held() {
        for (before, after, sends) in [
            ("abcd", "abcd", 0),
            ("", "abc", 3),
            ("abc", "", 0),
            ("abcd", "axcd", 1),
            ("abcd", "xabyd", 2),
            ("aab", "aaab", 1),
            ("abc", "cab", 2),
        ] {
            let flat = |text| list(text, std::iter::repeat(0.0));
            let (mut held, after) = (flat(before), flat(after));
            let before = held.clone();
            let found = difference(&before, &after);
            found.splice.apply(&mut held, found.sent.iter().map(|letter| (*letter).clone()));
            assert_eq!((held, found.sent.len()), (after, sends), "from {before:?}");
        }
    }

    #[test]
    fn what_stands_below_one_that_left_only_moved() {
        let heights = || (0_u8..).map(|at| f32::from(at) * 10.0);
        let (before, after) = (list("abcdefg", heights()), list("abdexfg", heights()));
        let found = difference(&before, &after);
        assert_eq!(found.splice, WireSplice { gone: vec![2], at: vec![4], moved: vec![(2, 2)] });
        assert_eq!((found.sent, found.by), (vec![&Letter('x', 40.0)], vec![Point { x: 0.0, y: -10.0 }]));
    }
}
