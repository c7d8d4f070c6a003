//! Every relation, one file each (or a few that share their fields), in the order of the catalogue.

mod ingress;
mod owners;
mod pods;
mod service;

use crate::facts::{Export, Source};
use crate::rules::Rule;

/// The whole table.
pub(crate) fn all() -> Vec<Rule> {
    [owners::rules(), pods::rules(), service::rules(), ingress::rules()].into_iter().flatten().collect()
}

pub(crate) fn mentions_of(_source: &Source<'_>) -> Vec<Export> {
    Vec::new()
}
