//! THE list of commands and streams. Every host, the OpenAPI text and the TypeScript client are made from it.

/// Hands the list of commands to another macro, which makes of it what it needs: the access it takes
/// ([`Access`](crate::Access) in lower case), name, request, answer, each with its documentation. `+ file` marks a
/// request that may name paths of this machine: naming one takes `file`, without one the first word is enough. Nothing
/// here changes a cluster.
#[macro_export]
macro_rules! with_commands {
    ($then:ident) => {
        $then! {
            /// What this application is and whether its database is well.
            read app_info(Nothing) -> AppInfo,
            /// The contexts of the kubeconfig files, with what the person calls them.
            read contexts_list(Nothing) -> ContextList,
            /// Ask a context's API server whether it is there.
            read context_probe(ContextRequest) -> ContextHealth,
            /// Remember alias, colour, tag and namespaces of a context.
            remember context_update(ContextUpdate) -> ContextSummary,
            /// Open a context, the demo or files, and start reading.
            read + file cluster_connect(ConnectRequest) -> ClusterSummary,
            /// Remove from the map what was listed until the account lost the right to; nothing of it changes in the cluster.
            remember cluster_forget(ClusterRequest) -> Nothing,
            /// Close an open cluster.
            remember cluster_disconnect(ClusterRequest) -> Nothing,
            /// The open clusters, in the order in which they were opened.
            read clusters_open(Nothing) -> Vec<ClusterSummary>,
            /// How fresh and how complete an open cluster is.
            read cluster_status(ClusterRequest) -> ClusterStatus,
            /// One object: what it is, its health and why, its relations, its YAML.
            read object_detail(ObjectRequest) -> ObjectDetail,
            /// Why the edges between two objects, or two applications, are there.
            read edge_detail(EndsRequest) -> Vec<EdgeDetail>,
            /// Objects whose name, kind, namespace or labels match, best first.
            read object_search(SearchRequest) -> Vec<SearchHit>,
            /// The shortest ways along relations from one object to another.
            read object_paths(EndsRequest) -> ObjectPaths,
            /// Everything that an object needs, or that needs it, nearest first.
            read object_reach(ReachRequest) -> Reach,
            /// The rules that edges are made by.
            read relation_rules(Nothing) -> Vec<RelationRule>,
            /// The file formats that can be written.
            read export_formats(Nothing) -> Vec<ExportFormat>,
            /// The picture of an export, before it is written.
            read export_preview(ExportRequest) -> ExportPreview,
            /// Write a picture to a file; progress comes as notices.
            remember + file export_start(ExportRequest) -> ExportStatus,
            /// Stop an export.
            remember export_cancel(ExportId) -> Nothing,
            /// The exports of the past, latest first.
            read exports_list(Nothing) -> Vec<ExportRecord>,
            /// A remembered choice; its value is null where nothing was remembered.
            read preference_get(PreferenceRequest) -> Preference,
            /// Remember a choice.
            remember preference_set(Preference) -> Preference,
            /// Move a damaged or newer database aside and begin another.
            remember database_reset(ResetRequest) -> AppInfo,
            /// The kind icons as path data.
            read icons(Nothing) -> Icons,
        }
    };
}

/// Hands the list of streams to another macro: access, name, what it is opened with, and in brackets what its reader may
/// say to it and what an item is (`Binary`, or a type sent as JSON).
#[macro_export]
macro_rules! with_streams {
    ($then:ident) => {
        $then! {
            /// The living map: numbered binary messages, as the module `types::picture` describes them. Its reader may turn
            /// to another view.
            read picture(PictureRequest) <-> (View, Binary),
            /// One object, now and whenever it or what it is joined with changed.
            read object(ObjectRequest) <-> (NoMessage, ObjectNow),
            /// Low-rate notices.
            read notices(Nothing) <-> (NoMessage, Notice),
        }
    };
}

/// The access that a word of the list means; a word that means none does not compile.
macro_rules! access {
    (read) => {
        $crate::access::Access::Read
    };
    (remember) => {
        $crate::access::Access::Remember
    };
    (file) => {
        $crate::access::Access::File
    };
    (change) => {
        $crate::access::Access::Change
    };
}
