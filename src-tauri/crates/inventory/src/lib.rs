//! Owns the objects of one cluster and publishes immutable snapshots.
