//! The vocabulary: what an object, a key, a delta and a health are.
