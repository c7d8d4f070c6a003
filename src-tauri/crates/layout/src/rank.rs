//! Ranks along arrows: how far from the sources something stands.

use crate::at::{At, push};

/// Longest path from the sources; links that would close a cycle do not count.
pub(crate) fn ranks(out: &[Vec<usize>]) -> Vec<usize> {
    #[derive(Clone, Copy, Default, PartialEq)]
    enum Mark {
        #[default]
        New,
        Open,
        Done,
    }
    let mut mark = vec![Mark::New; out.len()];
    let mut kept: Vec<Vec<usize>> = vec![Vec::new(); out.len()];
    let mut finished = Vec::with_capacity(out.len());
    // Groups that nothing points at first, so that cycles are cut where one enters them.
    let mut has_in = vec![false; out.len()];
    for to in out.iter().flatten() {
        has_in.put(*to, true);
    }
    let mut roots: Vec<usize> = (0..out.len()).collect();
    roots.sort_by_key(|group| has_in.at(*group));
    for root in roots {
        let mut stack = vec![(root, 0_usize)];
        while let Some((group, next)) = stack.pop() {
            if next == 0 {
                if mark.at(group) != Mark::New {
                    continue;
                }
                mark.put(group, Mark::Open);
            }
            match out.get(group).and_then(|out| out.get(next)) {
                None => {
                    mark.put(group, Mark::Done);
                    finished.push(group);
                }
                Some(to) => {
                    stack.push((group, next + 1));
                    if mark.at(*to) != Mark::Open {
                        push(&mut kept, group, *to);
                        stack.push((*to, 0));
                    }
                }
            }
        }
    }
    let mut rank = vec![0; out.len()];
    for group in finished.into_iter().rev() {
        for to in kept.get(group).into_iter().flatten() {
            let further = rank.at(*to).max(rank.at(group) + 1);
            rank.put(*to, further);
        }
    }
    rank
}
