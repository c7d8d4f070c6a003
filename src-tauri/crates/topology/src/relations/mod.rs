//! Every relation, one file each (or a few that share their fields), in the order of the catalogue.

mod admission;
mod calls;
mod certificates;
mod gateway;
mod gitops;
mod guess;
mod ingress;
mod istio;
mod machines;
mod members;
mod netpol;
mod owners;
mod pod_config;
mod pod_identity;
mod pod_place;
mod pod_storage;
mod prometheus;
mod rbac;
mod scaling;
mod secret_operators;
mod service;
mod sets;
mod storage;

use model::GroupKind;

use crate::LabelSelector;
use crate::facts::{Among, Found, Namespaces};
use crate::marks::DEFAULT_CLASS;
use crate::rules::Rule;

pub(crate) use calls::mentions_of;

/// The whole table, ordered by row of the catalogue.
pub(crate) fn all() -> Vec<Rule> {
    let mut rules: Vec<Rule> = [
        owners::rules(),
        sets::rules(),
        service::rules(),
        ingress::rules(),
        gateway::rules(),
        netpol::rules(),
        pod_place::rules(),
        pod_config::rules(),
        pod_identity::rules(),
        pod_storage::rules(),
        storage::rules(),
        rbac::rules(),
        scaling::rules(),
        admission::rules(),
        members::rules(),
        prometheus::rules(),
        certificates::rules(),
        gitops::rules(),
        istio::rules(),
        secret_operators::rules(),
        machines::rules(),
        guess::rules(),
        calls::rules(),
    ]
    .into_iter()
    .flatten()
    .collect();
    rules.sort_by_key(|rule| rule.row);
    rules
}

/// The class that applies where none is named: the one that is marked as the default.
fn select_default(found: &mut Found<'_>, group: &str, kind: &str, at: &str) {
    let among = Among::Kind(GroupKind::new(group, kind));
    let selector = LabelSelector::label(DEFAULT_CLASS, "true");
    found.select(among, Namespaces::Named(vec!["".into()]), selector, at).at_selector = true;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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

    /// Every entry is named by a test of its file: in words of the test's name or in its snapshot.
    #[allow(clippy::disallowed_methods)]
    #[test]
    fn every_entry_has_its_test() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/relations");
        let mut tests = String::new();
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            tests.push_str(text.split_once("mod tests {").map_or("", |(_, tests)| tests));
        }
        for rule in super::all() {
            let in_name = rule.id.replace('-', "_");
            assert!(tests.contains(&*rule.id) || tests.contains(&in_name), "{} has no test", rule.id);
        }
    }
}
