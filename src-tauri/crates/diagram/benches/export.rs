//! How long a file takes, by format and number of cards.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use diagram::{Format, Look};

fn export(criterion: &mut Criterion) {
    let look = Look { system_fonts: false, ..Look::default() };
    let mut group = criterion.benchmark_group("export");
    group.sample_size(10);
    for (format, sizes) in [
        (Format::Svg, &[1_000, 10_000][..]),
        (Format::Png, &[1_000, 10_000]),
        (Format::Pdf, &[1_000, 10_000]),
        (Format::Drawio, &[10_000]),
        (Format::Dot, &[10_000]),
    ] {
        for cards in sizes {
            let scene = support::generated(*cards);
            let id = BenchmarkId::new(format.entry().id, cards);
            group.bench_with_input(id, &scene, |bencher, scene| {
                bencher.iter(|| support::written(scene, format, &look));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, export);
criterion_main!(benches);
