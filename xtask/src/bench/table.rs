//! The budget table: what is promised, what the best peer does, what is measured.

use std::collections::BTreeMap;

/// One row.
pub(crate) struct Row {
    pub(crate) work: &'static str,
    pub(crate) promised: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) budget: &'static str,
    /// The package whose criterion benchmarks have it.
    pub(crate) bench: Option<&'static str>,
    /// What `measure` is run with.
    pub(crate) measure: Option<&'static [&'static str]>,
    figures: &'static [Figure],
}

/// One figure of a row.
struct Figure {
    name: &'static str,
    unit: Unit,
    /// Another figure that this one is divided by, and shown as a ratio beside it.
    beside: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Bytes,
    /// Of one core.
    Share,
}

const fn seconds(name: &'static str) -> Figure {
    Figure { name, unit: Unit::Seconds, beside: None }
}

const fn bytes(name: &'static str) -> Figure {
    Figure { name, unit: Unit::Bytes, beside: None }
}

const fn share(name: &'static str) -> Figure {
    Figure { name, unit: Unit::Share, beside: None }
}

const fn against(name: &'static str, beside: &'static str) -> Figure {
    Figure { name, unit: Unit::Seconds, beside: Some(beside) }
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        work: "infer the graph, 1K / 10K / 100K objects",
        promised: "200 ms / 2 s / 20 s",
        peer: "45 ms (1.3K), 1.66 s (13K), 7.0 s (26K)",
        budget: "2 / 25 / 300 ms",
        bench: Some("topology"),
        measure: None,
        figures: &[seconds("infer/1000"), seconds("infer/10000"), seconds("infer/100000")],
    },
    Row {
        work: "apply one watch event at 100K objects (graph)",
        promised: "–",
        peer: "full re-list",
        budget: "100 µs",
        bench: Some("topology"),
        measure: None,
        figures: &[seconds("apply one event at 100000/pod status")],
    },
    Row {
        work: "apply one watch event at 100K objects (inventory)",
        promised: "–",
        peer: "–",
        budget: "100 µs",
        bench: Some("inventory"),
        measure: None,
        figures: &[seconds("inventory/one event at 100000 pods")],
    },
    Row {
        work: "layout with routes, 10K / 100K nodes",
        promised: "–",
        peer: "4.5 s (11K, elkjs)",
        budget: "30 / 400 ms",
        bench: Some("layout"),
        measure: None,
        figures: &[seconds("layout/10000 leaves"), seconds("layout/100000 leaves")],
    },
    Row {
        work: "SVG, 1K / 10K nodes",
        promised: "–",
        peer: "3.9 s (1K), 21 s (2K), dies at 5K",
        budget: "30 / 400 ms",
        bench: Some("diagram"),
        measure: None,
        figures: &[seconds("export/svg/1000"), seconds("export/svg/10000")],
    },
    Row {
        work: "PNG / PDF, 10K nodes",
        promised: "–",
        peer: "unreadable / –",
        budget: "6 s under 400 MB / 2 s",
        bench: Some("diagram"),
        measure: None,
        figures: &[seconds("export/png/10000"), seconds("export/pdf/10000")],
    },
    Row {
        work: "list and index 10K running pods from a real API server, first rows / all",
        promised: "–",
        peer: "Radar 0.95 / 1.27 s; k9s 5.0 / 5.0 s; kubectl 3.4 s; bare HTTP list 0.9–1.9 s",
        budget: "0.1 s / 1.3 × the bare list",
        bench: None,
        measure: Some(&["pods"]),
        figures: &[seconds("pods.first"), against("pods.all", "pods.bare")],
    },
    Row {
        work: "the same by kubectl get, and as a bare HTTP list, in the same run",
        promised: "–",
        peer: "–",
        budget: "–",
        bench: None,
        measure: Some(&["pods"]),
        figures: &[seconds("pods.kubectl"), seconds("pods.bare")],
    },
    Row {
        work: "the whole of a 100K-object cluster in, from a real API server",
        promised: "–",
        peer: "Radar > 300 s (users)",
        budget: "1.5 × the bare lists",
        bench: None,
        measure: Some(&["cluster", "100000"]),
        figures: &[against("cluster.100000.all", "cluster.100000.bare")],
    },
    Row {
        work: "the whole of a 1K / 10K-object cluster in, from a real API server",
        promised: "–",
        peer: "–",
        budget: "–",
        bench: None,
        measure: Some(&["cluster", "10000"]),
        figures: &[against("cluster.10000.all", "cluster.10000.bare")],
    },
    Row {
        work: "resident memory of the core, 10K pods / 100K objects",
        promised: "150 MB / –",
        peer: "Radar 270 MB, k9s 763 MB (10K pods, measured)",
        budget: "90 / 400 MB",
        bench: None,
        measure: Some(&["pods"]),
        figures: &[bytes("pods.memory"), bytes("cluster.100000.memory")],
    },
    Row {
        work: "CPU at 10K pods, idle / 20 deletions a second, of one core",
        promised: "–",
        peer: "Radar 0 / 18.5 %; k9s 26 / 31 %",
        budget: "0.2 / 3 %",
        bench: None,
        measure: Some(&["pods"]),
        figures: &[share("pods.cpu.idle"), share("pods.cpu.churn")],
    },
    Row {
        work: "sent to the interface under that churn, a minute",
        promised: "–",
        peer: "Radar 107 MB a minute, and events lost",
        budget: "2 MB a minute, none lost",
        bench: None,
        measure: Some(&["pods"]),
        figures: &[bytes("pods.stream")],
    },
];

impl Row {
    /// The measured column.
    pub(crate) fn measured(&self, figures: &BTreeMap<String, f64>) -> String {
        let texts: Vec<String> = self.figures.iter().map(|figure| figure.text(figures)).collect();
        texts.join(" / ")
    }
}

impl Figure {
    fn text(&self, figures: &BTreeMap<String, f64>) -> String {
        let Some(&value) = figures.get(self.name) else { return "not measured".to_owned() };
        let text = match self.unit {
            Unit::Seconds if value < 1e-3 => format!("{:.0} µs", value * 1e6),
            Unit::Seconds if value < 0.1 => format!("{:.1} ms", value * 1e3),
            Unit::Seconds if value < 1.0 => format!("{:.0} ms", value * 1e3),
            Unit::Seconds => format!("{value:.2} s"),
            Unit::Bytes => format!("{:.1} MB", value / 1e6),
            Unit::Share => format!("{:.1} %", value * 100.0),
        };
        match self.beside.and_then(|name| figures.get(name)) {
            Some(other) => format!("{text} ({:.2} × {other:.2} s)", value / other),
            None => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        let figures = BTreeMap::from([
            ("t".to_owned(), 0.000_064),
            ("a".to_owned(), 2.6),
            ("b".to_owned(), 2.0),
            ("m".to_owned(), 88_400_000.0),
        ]);
        assert_eq!(seconds("t").text(&figures), "64 µs");
        assert_eq!(against("a", "b").text(&figures), "2.60 s (1.30 × 2.00 s)");
        assert_eq!(bytes("m").text(&figures), "88.4 MB");
        assert_eq!(share("absent").text(&figures), "not measured");
    }
}
