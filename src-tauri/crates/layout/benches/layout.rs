//! Layout with routes at 1K, 10K and 100K leaves, in the proportions of a real cluster: applications of ten cards,
//! a quarter of them linked to another.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use layout::{Edge, Frame, Group, Input, Leaf, Link, LinkEnd, Place, Shape, Size, layout};

/// As in the programs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Leaves of one application.
const LEAVES: usize = 10;

fn application(at: usize) -> Group {
    let columns = [1, 2, 2, 3, 3, 4, 4, 4, 4, 4];
    let leaves = (0..LEAVES)
        .map(|leaf| Leaf {
            id: format!("leaf-{leaf}").into(),
            size: Size { width: 196, height: if columns[leaf] == 3 { 70 } else { 46 } },
            column: Some(columns[leaf]),
            under: None,
            port: 23,
        })
        .collect();
    let pairs = [(0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (3, 6), (4, 6), (4, 7), (4, 8), (9, 3)];
    let edges = pairs.iter().map(|(from, to)| Edge { from: *from, to: *to, weight: 1, label: None }).collect();
    Group { id: format!("app-{at:05}").into(), leaves, edges, shape: Shape::Columns, header: 28, least_width: 120 }
}

/// `count` leaves in frames of 25 applications; every fourth application calls another, one in ten across frames.
fn sheet(count: usize) -> Input {
    let applications = count / LEAVES;
    let frames: Vec<Frame> = (0..applications.div_ceil(25))
        .map(|frame| Frame {
            id: format!("frame-{frame:04}").into(),
            groups: (frame * 25..(frame * 25 + 25).min(applications)).map(|at| Arc::new(application(at))).collect(),
            place: Place::Upper,
            header: 42,
            least_width: 200,
        })
        .collect();
    let end = |at: usize, leaf: usize| LinkEnd { frame: at / 25, group: at % 25, leaf: Some(leaf) };
    let links = (0..applications)
        .step_by(4)
        .map(|at| {
            let same = at - at % 25 + (at * 7 + 3) % 25;
            let to = if at % 10 == 0 { (at * 31 + 17) % applications } else { same.min(applications - 1) };
            Link { from: end(at, 3), to: end(to, 1), label: None }
        })
        .collect();
    Input { frames, links, aspect: (16, 10), is_part: false }
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("layout");
    group.sample_size(10);
    for count in [1_000, 10_000, 100_000] {
        let input = sheet(count);
        group.bench_function(format!("{count} leaves"), |bencher| bencher.iter(|| layout(black_box(&input), None)));
    }
    let mut input = sheet(100_000);
    let before = layout(&input, None);
    let mut changed = application(7);
    changed.leaves[9].size.height = 60;
    input.frames[0].groups[7] = Arc::new(changed);
    group.bench_function("one application of 100000 leaves changes", |bencher| {
        bencher.iter(|| layout(black_box(&input), Some(&before)));
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
