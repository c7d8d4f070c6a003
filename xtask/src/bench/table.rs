//! The budget table: what is promised, what the best peer does, what is measured, and how that stands to the budget.

use super::figures::Figures;

/// One row.
struct Row {
    work: &'static str,
    promised: &'static str,
    peer: &'static str,
    budget: &'static str,
    figures: &'static [Figure],
}

/// One figure of a row.
struct Figure {
    name: &'static str,
    unit: Unit,
    /// What the design allows, in the base unit, or times another figure.
    budget: Budget,
    /// Words before it.
    label: &'static str,
}

#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Bytes,
    /// Of one core, or of all frames.
    Share,
    Count,
}

#[derive(Clone, Copy)]
enum Budget {
    None,
    Most(f64),
    /// So many times another figure of the same run.
    Times(f64, &'static str),
}

const fn seconds(name: &'static str, most: f64) -> Figure {
    Figure { name, unit: Unit::Seconds, budget: Budget::Most(most), label: "" }
}

const fn megabytes(name: &'static str, most: f64) -> Figure {
    Figure { name, unit: Unit::Bytes, budget: Budget::Most(most * 1e6), label: "" }
}

const fn share(name: &'static str, most: f64) -> Figure {
    Figure { name, unit: Unit::Share, budget: Budget::Most(most), label: "" }
}

const fn against(name: &'static str, times: f64, other: &'static str) -> Figure {
    Figure { name, unit: Unit::Seconds, budget: Budget::Times(times, other), label: "" }
}

/// A figure that nothing was promised of.
const fn beside(name: &'static str, unit: Unit) -> Figure {
    Figure { name, unit, budget: Budget::None, label: "" }
}

impl Figure {
    const fn called(self, label: &'static str) -> Self {
        Self { label, ..self }
    }
}

const NOTHING: &str = "–";

const ROWS: &[Row] = &[
    Row {
        work: "infer the graph, 1K / 10K / 100K objects",
        promised: "200 ms / 2 s / 20 s",
        peer: "45 ms (1.3K), 1.66 s (13K), 7.0 s (26K)",
        budget: "2 / 25 / 250 ms",
        figures: &[seconds("infer/1000", 0.002), seconds("infer/10000", 0.025), seconds("infer/100000", 0.25)],
    },
    Row {
        work: "apply one watch event at 100K objects, inventory / graph",
        promised: NOTHING,
        peer: "full re-list",
        budget: "20 µs in the owner, every sink fed",
        figures: &[
            seconds("inventory/one event at 100000 pods", 0.00002),
            seconds("apply one event at 100000/pod status", 0.00002),
        ],
    },
    Row {
        work: "layout with routes, 10K / 100K nodes",
        promised: NOTHING,
        peer: "4.5 s (11K, elkjs)",
        budget: "25 / 150 ms",
        figures: &[seconds("layout/10000 leaves", 0.025), seconds("layout/100000 leaves", 0.15)],
    },
    Row {
        work: "SVG, 1K / 10K nodes",
        promised: NOTHING,
        peer: "3.9 s (1K), 21 s (2K), dies at 5K",
        budget: "3 / 20 ms",
        figures: &[seconds("export/svg/1000", 0.003), seconds("export/svg/10000", 0.02)],
    },
    Row {
        work: "PNG, 10K nodes, time / peak memory",
        promised: NOTHING,
        peer: "unreadable",
        budget: "4 s under 200 MB",
        figures: &[seconds("export/png/10000", 4.0), megabytes("export/png/10000 peak", 200.0)],
    },
    Row {
        work: "PDF, 10K nodes, time / peak memory",
        promised: NOTHING,
        peer: NOTHING,
        budget: "1.5 s under 200 MB",
        figures: &[seconds("export/pdf/10000", 1.5), megabytes("export/pdf/10000 peak", 200.0)],
    },
    Row {
        work: "list and index 10K running pods (87 MB) from a real API server, first pods / all",
        promised: NOTHING,
        peer: "Radar 0.95 / 1.27 s; k9s 5.0 / 5.0 s; kubectl 3.4 s; bare HTTP list 0.9–1.9 s",
        budget: "0.1 s / 1.0 × the bare list",
        figures: &[seconds("pods.first", 0.1), against("pods.all", 1.0, "pods.bare")],
    },
    Row {
        work: "the same as a bare HTTP list / by `kubectl get pods -A`, in the same run; bytes",
        promised: NOTHING,
        peer: NOTHING,
        budget: NOTHING,
        figures: &[
            beside("pods.bare", Unit::Seconds),
            beside("pods.kubectl", Unit::Seconds),
            beside("pods.bytes", Unit::Bytes),
        ],
    },
    Row {
        work: "the whole of a 100K-object cluster in, from a real API server",
        promised: NOTHING,
        peer: "Radar > 300 s (users)",
        budget: "1.1 × the bare lists",
        figures: &[
            against("cluster.all", 1.1, "cluster.bare"),
            beside("cluster.objects", Unit::Count).called("objects: "),
            beside("cluster.bytes", Unit::Bytes),
        ],
    },
    Row {
        work: "resident memory of the core, 10K pods / 100K objects",
        promised: "150 MB / –",
        peer: "Radar 270 MB, k9s 763 MB (10K pods, measured)",
        budget: "80 / 350 MB",
        figures: &[megabytes("pods.memory", 80.0), megabytes("cluster.memory", 350.0)],
    },
    Row {
        work: "CPU at 10K pods, idle / 20 deletions a second / the same with the map open, of one core",
        promised: NOTHING,
        peer: "Radar 0 / 18.5 %; k9s 26 / 31 %",
        budget: "0.1 / 2 / 6 %",
        figures: &[
            share("churn.cpu.idle", 0.001),
            share("churn.cpu", 0.02),
            share("churn.cpu.map", 0.06),
            beside("churn.pace", Unit::Count).called("deletions a second: "),
        ],
    },
    Row {
        work: "sent to the interface under that churn, a minute / pods then unlike the server's / map unlike a fresh one",
        promised: NOTHING,
        peer: "Radar 107 MB a minute, and events lost",
        budget: "1 MB a minute, none lost",
        figures: &[
            megabytes("churn.sent", 1.0),
            beside("churn.lost", Unit::Count).called("pods: "),
            beside("churn.lost.map", Unit::Count).called("marks: "),
        ],
    },
    Row {
        work: "map of 20K objects (10K pods, 5K Services, 5K ConfigMaps) on screen, core synced",
        promised: NOTHING,
        peer: "Radar 19.7 s",
        budget: "0.6 s",
        figures: &[seconds("map.painted", 0.6), beside("map.cards", Unit::Count).called("cards: ")],
    },
    Row {
        work: "window: start to first picture of the demo",
        promised: NOTHING,
        peer: NOTHING,
        budget: "0.7 s",
        figures: &[seconds("start.painted", 0.7), beside("start.cards", Unit::Count).called("cards: ")],
    },
    Row {
        work: "pan, 10K nodes, no GPU, a frame: window median / p95; Chromium median / p95",
        promised: NOTHING,
        peer: "1 frame/s",
        budget: "16.7 / 25 ms",
        figures: &[
            seconds("frames.window.median", 0.0167),
            seconds("frames.window.p95", 0.025),
            seconds("frames.browser.median", 0.0167),
            seconds("frames.browser.p95", 0.025),
            beside("frames.nodes", Unit::Count).called("nodes: "),
        ],
    },
    Row {
        work: "of those frames, with everything sharp: window / Chromium",
        promised: NOTHING,
        peer: NOTHING,
        budget: NOTHING,
        figures: &[beside("frames.window.whole", Unit::Share), beside("frames.browser.whole", Unit::Share)],
    },
    Row {
        work: "installer, deb / rpm",
        promised: NOTHING,
        peer: "20 MB",
        budget: "20 MB",
        figures: &[megabytes("installer.deb", 20.0), megabytes("installer.rpm", 20.0)],
    },
];

/// The whole table. Behind each figure stands how many times its budget it is.
pub(crate) fn markdown(figures: &Figures) -> String {
    let mut text = String::from("| Work | promised by the original | best peer, measured | budget | measured |\n");
    text.push_str("|---|---|---|---|---|\n");
    for row in ROWS {
        let measured: Vec<String> = row.figures.iter().map(|figure| figure.text(figures)).collect();
        let Row { work, promised, peer, budget, .. } = row;
        text.push_str(&format!("| {work} | {promised} | {peer} | {budget} | {} |\n", measured.join(" / ")));
    }
    text.push_str("\nIn brackets: the measured figure divided by its budget, so that more than 1 misses it.\n");
    text
}

impl Figure {
    fn text(&self, figures: &Figures) -> String {
        let Some(&value) = figures.get(self.name) else { return "not measured".to_owned() };
        let text = match self.unit {
            Unit::Seconds if value < 1e-3 => format!("{:.0} µs", value * 1e6),
            Unit::Seconds if value < 0.1 => format!("{:.1} ms", value * 1e3),
            Unit::Seconds if value < 1.0 => format!("{:.0} ms", value * 1e3),
            Unit::Seconds => format!("{value:.2} s"),
            Unit::Bytes => format!("{:.1} MB", value / 1e6),
            Unit::Share => format!("{:.1} %", value * 100.0),
            Unit::Count => format!("{value:.0}"),
        };
        let text = format!("{}{text}", self.label);
        match self.budget {
            Budget::None => text,
            Budget::Most(most) => format!("{text} ({:.2})", value / most),
            Budget::Times(times, other) => match figures.get(other) {
                Some(other) => format!("{text} = {:.2} × {other:.2} s ({:.2})", value / other, value / other / times),
                None => text,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        let figures = Figures::from([
            ("t".to_owned(), 0.000_064),
            ("a".to_owned(), 2.6),
            ("b".to_owned(), 2.0),
            ("m".to_owned(), 88_400_000.0),
        ]);
        assert_eq!(seconds("t", 0.000_128).text(&figures), "64 µs (0.50)");
        assert_eq!(against("a", 1.3, "b").text(&figures), "2.60 s = 1.30 × 2.00 s (1.00)");
        assert_eq!(megabytes("m", 88.4).text(&figures), "88.4 MB (1.00)");
        assert_eq!(share("absent", 1.0).text(&figures), "not measured");
    }
}
