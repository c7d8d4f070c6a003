//! The canonical topology JSON, which `topology` defines and writes.

use std::io::Write;

use topology::canonical;

use crate::export::{ExportError, Look, Notes, Progress, Subject};

/// Writes the file.
pub(crate) fn write(
    subject: Subject<'_>,
    _: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    progress.report(0, 2)?;
    let text = canonical::write(subject.graph, subject.filter);
    progress.report(1, 2)?;
    out.write_all(&text)?;
    Ok(Notes::default())
}
