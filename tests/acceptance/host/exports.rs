//! Pictures as files: every format, with progress, cancelled, and remembered.

use std::path::Path;

use api::types::{
    ErrorCode, ExportFormat, ExportPreview, ExportRecord, ExportRequest, ExportStatus, Format, Notice, Theme, View,
};
use serde_json::{Value, json};
use support::ControlPlane;

use super::{Host, Notices};

fn request(cluster: &str, format: Format, path: Option<&Path>) -> ExportRequest {
    ExportRequest {
        cluster: cluster.to_owned(),
        view: None,
        format,
        theme: Theme::Light,
        title: None,
        stamp: false,
        aspect: None,
        scale: None,
        expand: false,
        path: path.map(|path| path.display().to_string()),
    }
}

async fn start(host: &Host, request: &ExportRequest) -> ExportStatus {
    host.ask("export_start", serde_json::to_value(request).unwrap()).await.unwrap()
}

/// The next step of an export.
async fn step(notices: &mut Notices, id: &str) -> ExportStatus {
    loop {
        if let Notice::Export(status) = notices.next("the export goes on").await
            && status.id == id
        {
            return status;
        }
    }
}

/// Follows an export to its end; every step is further than the one before.
async fn end(notices: &mut Notices, id: &str) -> ExportStatus {
    let mut progress = 0.0;
    loop {
        let status = step(notices, id).await;
        assert!((0.0..=1.0).contains(&status.progress) && status.progress >= progress, "{status:?}");
        progress = status.progress;
        if status.done {
            return status;
        }
    }
}

/// What is wrong with a file of a format that must hold `name`.
fn fault(format: Format, bytes: &[u8], name: &str) -> Option<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    let (is_it, says) = match format {
        Format::Svg => (text.starts_with("<svg") || text.starts_with("<?xml"), text.trim_end().ends_with("</svg>")),
        Format::Png => (bytes.starts_with(b"\x89PNG\r\n\x1a\n"), bytes.ends_with(b"IEND\xaeB`\x82")),
        Format::Pdf => (bytes.starts_with(b"%PDF-1."), text.trim_end().ends_with("%%EOF")),
        Format::Json => {
            let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
            (value["schema"] == "kubilitics.dev/topology/v1", value["nodes"].is_array())
        }
        Format::Drawio => (text.contains("<mxGraphModel"), text.contains("</mxfile>")),
        Format::Mermaid => (text.contains("flowchart"), text.contains("subgraph")),
        Format::D2 => (text.contains("->"), text.contains('{')),
        Format::Dot => (text.contains("digraph"), text.trim_end().ends_with('}')),
        Format::Graphml => (text.contains("<graphml"), text.trim_end().ends_with("</graphml>")),
    };
    match (is_it, says, matches!(format, Format::Png | Format::Pdf) || text.contains(name)) {
        (true, true, true) => None,
        (false, ..) => Some("it is no such file"),
        (_, false, _) => Some("it has no end"),
        (.., false) => Some("it lacks an object"),
    }
}

/// Writes every format of a cluster that has an application called `name`.
async fn writes_every_format(host: &Host, cluster: &str, name: &str) {
    let formats: Vec<ExportFormat> = host.ask("export_formats", json!({})).await.unwrap();
    let endings: Vec<&str> = formats.iter().map(|format| format.id.entry().ending()).collect();
    assert_eq!(endings, ["svg", "png", "pdf", "json", "drawio", "mmd", "d2", "dot", "graphml"]);
    for format in formats.iter().map(|format| format.id) {
        let path = host.path(&format!("map.{}", format.entry().ending()));
        let mut notices = host.notices();
        let status = start(host, &request(cluster, format, Some(&path))).await;
        let status = end(&mut notices, &status.id).await;
        assert_eq!(status.error, None, "{format:?}");
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!((status.bytes, status.progress), (Some(bytes.len() as u64), 1.0));
        assert_eq!(fault(format, &bytes, name), None, "{format:?}");
        let past: Vec<ExportRecord> = host.ask("exports_list", json!({})).await.unwrap();
        let last = &past[0];
        assert_eq!((last.format.as_str(), last.bytes), (format.entry().id, bytes.len() as u64));
        assert_eq!(last.path, path.display().to_string());
    }
    let past: Vec<ExportRecord> = host.ask("exports_list", json!({})).await.unwrap();
    assert_eq!(past.len(), formats.len());
    leaves_nothing_behind(host);
}

/// No half-written file lies about.
fn leaves_nothing_behind(host: &Host) {
    let names = std::fs::read_dir(host.path(".")).unwrap().map(|entry| entry.unwrap().file_name());
    let parts: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with(".kubilitics-")).collect();
    assert!(parts.is_empty(), "{parts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_written_in_every_format() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("export").await.unwrap();
    plane.kubectl(["-n", &namespace, "create", "deployment", "storefront", "--image=nginx"]).await.unwrap();
    let (host, cluster) = Host::on(plane.admin()).await;
    host.live(&cluster).await;
    host.has(&cluster, &format!("apps/Deployment/{namespace}/storefront")).await;
    writes_every_format(&host, &cluster, "storefront").await;

    // Only what is on screen, and on it what was asked for.
    let view = View { namespaces: vec![namespace.clone()], ..View::default() };
    let wanted = ExportRequest {
        view: Some(view),
        theme: Theme::Dark,
        title: Some("Quarterly review".to_owned()),
        stamp: true,
        ..request(&cluster, Format::Svg, None)
    };
    let preview: ExportPreview = host.ask("export_preview", serde_json::to_value(&wanted).unwrap()).await.unwrap();
    assert!(preview.svg.contains("Quarterly review") && preview.svg.contains("storefront"));
    assert!(!preview.svg.contains("kube-system"), "another namespace is on it");
    let mut notices = host.notices();
    let status = start(&host, &wanted).await;
    assert_eq!(end(&mut notices, &status.id).await.error, None);
    let name = status.path.unwrap();
    let file = host.path(name.strip_prefix("/exports/").unwrap());
    let plain = |svg: &str| svg.lines().filter(|line| !line.contains("UTC")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(plain(&std::fs::read_to_string(file).unwrap()), plain(&preview.svg));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_written_in_every_format() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    writes_every_format(&host, &cluster, "checkout").await;
}

/// What was seen: with problems only on screen, the JSON of what the map shows held the whole cluster.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_map_shows_is_what_formats_for_programs_hold() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let names = async |view: View| {
        let mut notices = host.notices();
        let wanted = ExportRequest { view: Some(view), ..request(&cluster, Format::Json, None) };
        let status = start(&host, &wanted).await;
        assert_eq!(end(&mut notices, &status.id).await.error, None);
        let file = host.path(status.path.unwrap().strip_prefix("/exports/").unwrap());
        let written: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let nodes = written["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = names(View::default()).await;
    let problems = names(View { problems_only: true, ..View::default() }).await;
    assert!(all.iter().any(|id| id == "core/Service/data/redis") && problems.len() * 2 < all.len());
    assert!(problems.iter().all(|id| id != "core/Service/data/redis"));
    assert!(problems.iter().any(|id| id == "apps/StatefulSet/data/orders-db"));
    let services = names(View { kinds: vec!["core/Service".to_owned()], ..View::default() }).await;
    assert!(!services.is_empty() && services.iter().all(|id| id.starts_with("core/Service/")), "{services:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_export_leaves_the_old_file_alone() {
    let host = Host::knowing(&[]).await;
    let cluster = host.open(json!({ "from": "demo", "objects": 600 })).await.unwrap().cluster;
    host.live(&cluster).await;
    let path = host.path("map.png");
    std::fs::write(&path, "the picture of yesterday").unwrap();
    let wanted = ExportRequest { expand: true, ..request(&cluster, Format::Png, Some(&path)) };
    let mut notices = host.notices();
    let status = start(&host, &wanted).await;
    let moved = step(&mut notices, &status.id).await;
    assert!(moved.progress > 0.0 && !moved.done, "{moved:?}");
    host.ask::<Value>("export_cancel", json!({ "id": status.id })).await.unwrap();
    let last = end(&mut notices, &status.id).await;
    assert_eq!(last.error.unwrap().code, ErrorCode::Cancelled);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "the picture of yesterday");
    assert!(host.ask::<Vec<ExportRecord>>("exports_list", json!({})).await.unwrap().is_empty());
    leaves_nothing_behind(&host);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_is_told() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let refusal = |request: ExportRequest| {
        let host = &host;
        async move { host.refusal("export_start", serde_json::to_value(&request).unwrap()).await }
    };
    let mut unknown = serde_json::to_value(request(&cluster, Format::Svg, None)).unwrap();
    unknown["format"] = json!("docx");
    assert_eq!(host.refusal("export_start", unknown).await.code, ErrorCode::Invalid);
    assert_eq!(refusal(request("elsewhere", Format::Svg, None)).await.code, ErrorCode::NotFound);
    let mut notices = host.notices();
    let nowhere = host.path("no/such/folder/map.svg");
    let status = start(&host, &request(&cluster, Format::Svg, Some(&nowhere))).await;
    let error = end(&mut notices, &status.id).await.error.unwrap();
    assert_eq!(error.code, ErrorCode::Failed);
    assert!(error.message.contains("no/such/folder/map.svg"), "{error}");
}
