//! What the application remembers, in SQL.
