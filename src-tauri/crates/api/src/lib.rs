//! The list of commands and events that every host answers.
