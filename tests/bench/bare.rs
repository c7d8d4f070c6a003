//! The bare list: the requests that the product makes to have everything (discovery, then JSON lists in the same pages),
//! one after another on one connection, bytes thrown away. No program can be faster without asking in parallel.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use http_body_util::BodyExt;
use serde_json::Value;
use support::{Access, Client};

/// Secrets are listed as metadata.
const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
/// The pages that the product asks for.
const FIRST_PAGE: usize = 100;
const PAGE: usize = 500;
/// Where the token of the next page stands at the latest.
const HEAD: usize = 4096;

/// What a bare list took.
pub(crate) struct Bare {
    pub(crate) time: Duration,
    pub(crate) bytes: usize,
}

/// Lists everything that can be listed and watched.
pub(crate) async fn list(access: &Access) -> Result<Bare> {
    let started = Instant::now();
    let client = Client::new(access)?;
    let mut bytes = 0;
    for path in &listable(&client).await? {
        let (mut next, mut limit) = (String::new(), FIRST_PAGE);
        loop {
            let (page, body) = page(&client, path, limit, &next).await?;
            bytes += body;
            limit = PAGE;
            match page {
                Some(token) => next = token,
                None => break,
            }
        }
    }
    Ok(Bare { time: started.elapsed(), bytes })
}

/// One page: where the next one begins, and its size.
async fn page(client: &Client, path: &str, limit: usize, next: &str) -> Result<(Option<String>, usize)> {
    let separator = if next.is_empty() { "" } else { "&continue=" };
    let path_of_page = format!("{path}?limit={limit}{separator}{next}");
    let accept = if path.ends_with("/secrets") { METADATA } else { "application/json" };
    let mut answer = client.open_as(&path_of_page, accept).await?;
    ensure!(answer.status().is_success(), "GET {path_of_page}: {}", answer.status());
    // Only the head is kept: reading the page is not part of a bare list.
    let (mut head, mut size) = (Vec::new(), 0);
    while let Some(frame) = answer.body_mut().frame().await {
        let Ok(data) = frame.with_context(|| format!("read {path_of_page}"))?.into_data() else { continue };
        size += data.len();
        head.extend(data.iter().take(HEAD - head.len()));
    }
    let head = String::from_utf8_lossy(&head);
    let token = head.split(r#""continue":""#).nth(1).and_then(|rest| rest.split('"').next());
    Ok((token.filter(|token| !token.is_empty()).map(str::to_owned), size))
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
