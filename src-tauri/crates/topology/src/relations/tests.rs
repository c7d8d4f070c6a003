//! Every rule of the table against its fixtures.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::RuleBook;
use crate::testing::fixtures::{self, Fixture};
use crate::testing::{edges, graph_of, nodes, parsed};

#[test]
fn every_row_of_the_catalogue_has_an_entry_and_ids_are_unique() {
    let rules = super::all();
    let rows: BTreeSet<u8> = rules.iter().filter_map(|rule| rule.row).collect();
    assert_eq!(rows, (1..=75).collect());
    let ids: BTreeSet<&str> = rules.iter().map(|rule| &*rule.id).collect();
    assert_eq!(ids.len(), rules.len());
    for rule in &rules {
        assert!(!rule.explanation.is_empty() && !rule.fields.is_empty() && !rule.target.is_empty(), "{}", rule.id);
    }
}

#[test]
fn every_fixture_gives_its_edges() {
    let mut wrong = String::new();
    for (file, fixture) in fixtures::all() {
        let graph = graph_of(RuleBook::default(), parsed(&fixture));
        let found = edges(&graph, |relation| fixture.rules.iter().any(|rule| rule == relation));
        compare(&mut wrong, file, &fixture, &fixture.edges, &found);
        if let Some(expected) = &fixture.nodes {
            compare(&mut wrong, file, &fixture, expected, &nodes(&graph));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn compare(wrong: &mut String, file: &str, fixture: &Fixture, expected: &str, found: &str) {
    // Lines alone: YAML keeps no space at their ends.
    let lines = |text: &str| text.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n  ");
    let (expected, found) = (lines(expected), lines(found));
    if expected != found {
        let _ = writeln!(wrong, "fixtures/{file}.yaml: {}\nexpected\n  {expected}\nfound\n  {found}", fixture.says);
    }
}

/// One positive: an edge of the rule. One near miss: an object beside it that the rule leaves alone. A rule that draws
/// no edge has a fixture that shows where it is told instead.
#[test]
fn every_rule_has_a_positive_and_a_near_miss() {
    let fixtures = fixtures::all();
    let mut lacking = Vec::new();
    for rule in super::all() {
        let (mut shown, mut positive, mut near_miss) = (false, false, false);
        for (_, fixture) in fixtures.iter().filter(|(_, fixture)| fixture.rules.iter().any(|id| *id == rule.id)) {
            shown = true;
            let edges = fixture.edges.lines().filter(|line| line.split(' ').any(|word| word == rule.id));
            let touched: BTreeSet<&str> = edges.flat_map(|line| line.split(' ')).collect();
            positive |= !touched.is_empty();
            near_miss |= parsed(fixture).iter().any(|object| !touched.contains(object.key.to_string().as_str()));
        }
        if !shown || rule.draws_edges() && !(positive && near_miss) {
            lacking.push(format!("{}: positive {positive}, near miss {near_miss}", rule.id));
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}
