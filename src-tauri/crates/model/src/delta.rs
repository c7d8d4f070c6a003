//! Changes, as every source reports them.

use crate::{GroupKind, KindState, Object, ResourceKey, ResourceKind, Scope};

/// One step of the stream that a source emits for one cluster. Steps of one object keep their order;
/// readers may see several upserts of one object coalesced into the last. An upsert never takes the place of a delete, nor
/// of an upsert of an object with another uid: what went and came again is seen to have gone. Of an object that went and
/// came more often than twice before it was read, the visits in between are left out.
#[derive(Clone, Debug)]
pub enum Delta {
    /// The source serves this kind. Comes before any other delta of the kind.
    Discovered(ResourceKind),
    /// The kind is no longer served (its CRD is gone): its objects are removed with it.
    Withdrawn(GroupKind),
    /// The object is there, new or changed.
    Upsert(Object),
    /// The object is gone.
    Delete(ResourceKey),
    /// A fresh list of `kind` in `scope` begins: what is not upserted until the matching
    /// [`Delta::RelistEnd`] no longer exists.
    RelistBegin(GroupKind, Scope),
    /// The list that began is complete.
    RelistEnd(GroupKind, Scope),
    /// What is known of the kind's completeness changed.
    State(GroupKind, Scope, KindState),
    /// The scope is not looked at by itself any more: a larger one covers it.
    Left(GroupKind, Scope),
    /// What is held of the kind from a time when the account might list it is dropped.
    Forget(GroupKind),
}
