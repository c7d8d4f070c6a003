//! Every rule of the table against its fixtures.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use model::Object;

use crate::RuleBook;
use crate::testing::fixtures::{self, Fixture};
use crate::testing::{edges, graph_of, nodes};

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
        let objects = fixture.objects.iter().map(|object| Object::from_json(object.clone()).expect("an object"));
        let graph = graph_of(RuleBook::default(), objects.collect());
        let found = edges(&graph, |relation| fixture.rules.iter().any(|rule| rule == relation));
        compare(&mut wrong, file, &fixture, &fixture.edges, &found);
        if let Some(expected) = &fixture.nodes {
            compare(&mut wrong, file, &fixture, expected, &nodes(&graph));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn compare(wrong: &mut String, file: &str, fixture: &Fixture, expected: &str, found: &str) {
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    let (expected, found) = (lines(expected.trim()), lines(found.trim()));
    if expected != found {
        let (expected, found) = (expected.join("\n  "), found.join("\n  "));
        let _ = writeln!(wrong, "fixtures/{file}.yaml: {}\nexpected\n  {expected}\nfound\n  {found}", fixture.says);
    }
}

/// One positive: an edge of the rule, where it draws any. One near miss: an object of the same fixture that the rule
/// leaves alone.
#[test]
fn every_rule_has_a_positive_and_a_near_miss() {
    let fixtures = fixtures::all();
    let mut lacking = Vec::new();
    for rule in super::all() {
        let own = || {
            fixtures.iter().map(|(_, fixture)| fixture).filter(|fixture| fixture.rules.iter().any(|id| *id == rule.id))
        };
        let of_rule = format!(" {} ", rule.id);
        let found = |fixture: &Fixture| fixture.edges.lines().filter(|line| line.contains(&of_rule)).count();
        let left_alone = |fixture: &Fixture| {
            let objects =
                fixture.objects.iter().map(|object| Object::from_json(object.clone()).expect("an object").key);
            let edges = || fixture.edges.lines().filter(|line| line.contains(&of_rule));
            objects.map(|key| key.to_string()).any(|key| !edges().any(|line| line.split(' ').any(|word| word == key)))
        };
        let (positive, near_miss) = match rule.draws_edges() {
            true => (own().any(|fixture| found(fixture) > 0), own().any(left_alone)),
            false => (own().next().is_some(), true),
        };
        if !positive || !near_miss {
            lacking.push(format!("{}: positive {positive}, near miss {near_miss}", rule.id));
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}
