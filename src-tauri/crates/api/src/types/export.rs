//! Pictures as files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::View;
use crate::access::Paths;

/// A file to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportRequest {
    /// Which cluster.
    pub cluster: String,
    /// What to draw; `None` draws everything.
    pub view: Option<View>,
    /// Format id: `svg png pdf json drawio mermaid d2 dot graphml`.
    pub format: String,
    /// `light` or `dark`.
    pub theme: String,
    /// Title; the cluster's name where absent.
    pub title: Option<String>,
    /// Write context and time on it.
    pub stamp: bool,
    /// Width to height, for example 1.6; the format's own where absent.
    pub aspect: Option<f32>,
    /// Pixels per unit for PNG; 1 where absent.
    pub scale: Option<f32>,
    /// Nothing folded.
    pub expand: bool,
    /// Where to write. In a browser absent: the file is downloaded from `/exports/ID`.
    pub path: Option<String>,
}

impl Paths for ExportRequest {
    fn written(&self) -> Option<&str> {
        self.path.as_deref()
    }
}

/// A format the product writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportFormat {
    /// Id; the usual ending of its files may differ (`mermaid`, `.mmd`).
    pub id: String,
    /// Name for a menu.
    pub name: String,
    /// What it is good for, in half a sentence.
    pub note: String,
    /// Whether theme, stamp and title matter.
    pub drawn: bool,
}

/// How an export stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportStatus {
    /// Its id.
    pub id: String,
    /// 0 to 1.
    pub progress: f32,
    /// Whether it has ended.
    pub done: bool,
    /// Where it was written, or the download address.
    pub path: Option<String>,
    /// Bytes written.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    /// What the reader should know ("12 glyphs drawn as boxes").
    pub notes: Vec<String>,
    /// Why it failed.
    pub error: Option<super::ApiError>,
}

/// A past export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportRecord {
    /// Cluster name at that time.
    pub cluster: String,
    /// Format id.
    pub format: String,
    /// Where.
    pub path: String,
    /// Size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When, milliseconds since the epoch.
    #[ts(type = "number")]
    pub at: i64,
}
