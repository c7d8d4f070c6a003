//! A look at the source of the command line, and what to say of documents that could not be read.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;

use crate::arguments::{Filter, Source, rules};
use crate::complain;

pub(crate) async fn look(source: &Source, filter: &Filter) -> Result<api::Look> {
    let rules = Arc::new(rules(filter.rules.as_ref())?);
    let looking = source.looking(filter);
    let mut look = api::look(source.cluster(&looking.kubeconfig)?, looking, rules).await?;
    let unseen = filter.unseen_namespaces(&look);
    look.problems.extend(unseen);
    Ok(look)
}

/// Names what was left out, every document that could not be read and every namespace of which nothing is seen. The rest was used; unless told to go on, that is a failure.
pub(crate) fn verdict(look: &api::Look, filter: &Filter) -> ExitCode {
    look.published.source.notes.iter().for_each(|note| complain(note));
    look.problems.iter().for_each(|problem| complain(problem));
    if look.problems.is_empty() || filter.keep_going { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
