//! The bare list: the requests that the product makes to have everything (JSON, the same pages), one after another on
//! one connection, bytes thrown away. No program can be faster without asking in parallel.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use support::{Access, Client};

/// Secrets are listed as metadata.
const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const PAGE: usize = 500;

/// What a bare list took.
pub(crate) struct Bare {
    pub(crate) time: Duration,
    pub(crate) bytes: usize,
}

/// Lists one path, or everything that can be listed and watched.
pub(crate) async fn list(access: &Access, path: Option<&str>) -> Result<Bare> {
    let client = Client::new(access)?;
    let paths = match path {
        Some(path) => vec![path.to_owned()],
        None => listable(&client).await?,
    };
    let started = Instant::now();
    let mut bytes = 0;
    for path in &paths {
        let mut next = String::new();
        loop {
            let (page, body) = page(&client, path, &next).await?;
            bytes += body;
            match page {
                Some(token) => next = token,
                None => break,
            }
        }
    }
    Ok(Bare { time: started.elapsed(), bytes })
}

/// One page: where the next one begins, and its size.
async fn page(client: &Client, path: &str, next: &str) -> Result<(Option<String>, usize)> {
    let path_of_page = format!("{path}?limit={PAGE}{}{next}", if next.is_empty() { "" } else { "&continue=" });
    let accept = if path.ends_with("/secrets") { METADATA } else { "application/json" };
    let (status, body) = client.get_as(&path_of_page, accept).await?;
    ensure!(status.is_success(), "GET {path_of_page}: {status}");
    // Only the head is looked at: reading the page is not part of a bare list.
    let head = String::from_utf8_lossy(body.as_bytes().get(..body.len().min(4096)).unwrap_or_default()).into_owned();
    let token = head.split(r#""continue":""#).nth(1).and_then(|rest| rest.split('"').next());
    Ok((token.filter(|token| !token.is_empty()).map(str::to_owned), body.len()))
}

async fn listable(client: &Client) -> Result<Vec<String>> {
    let mut bases = vec!["/api/v1".to_owned()];
    let groups = client.get("/apis").await?;
    for group in groups["groups"].as_array().context("the groups of discovery")? {
        let version = group["preferredVersion"]["groupVersion"].as_str().context("a preferred version")?;
        bases.push(format!("/apis/{version}"));
    }
    let mut paths = Vec::new();
    for base in bases {
        let resources = client.get(&base).await?;
        for resource in resources["resources"].as_array().into_iter().flatten() {
            let verbs: Vec<&str> =
                resource["verbs"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let name = resource["name"].as_str().unwrap_or_default();
            if verbs.contains(&"list") && verbs.contains(&"watch") && !(base == "/api/v1" && name == "events") {
                paths.push(format!("{base}/{name}"));
            }
        }
    }
    Ok(paths)
}
