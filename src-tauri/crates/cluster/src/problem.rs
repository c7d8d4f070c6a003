//! What is wrong with an input file: a value to show, never an error that stops the rest.

use std::fmt;

/// What could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file (`archive:path` inside an archive), or `standard input`.
    pub file: String,
    /// Number of the document in the file, counted from 1; absent where the file itself is the problem.
    pub document: Option<usize>,
    /// Line in the file, counted from 1.
    pub line: Option<usize>,
    /// What is wrong, without full stop.
    pub message: String,
}

/// `dump.yaml: document 3, line 41: message`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        match (self.document, self.line) {
            (Some(document), Some(line)) => write!(f, "document {document}, line {line}: ")?,
            (Some(document), None) => write!(f, "document {document}: ")?,
            (None, Some(line)) => write!(f, "line {line}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)
    }
}
