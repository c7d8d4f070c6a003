//! From objects to a graph of relations, by one table of rules, incrementally.
