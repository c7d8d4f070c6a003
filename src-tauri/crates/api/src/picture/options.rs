//! From a person's view to the options of a picture.

use std::sync::Arc;

use diagram::picture::Options;
use model::ResourceKey;
use session::Published;

use crate::status;
use crate::types::View;

/// Narrower or wider than this no screen is; a layout for it would be a ribbon.
const ASPECTS: (u32, u32) = (40, 400);

/// The options that draw `view` of a cluster called `title`. Words that mean nothing are left out.
pub(crate) fn options(title: &str, view: &View, published: &Published) -> Options {
    let texts = |words: &[String]| words.iter().map(|word| Arc::from(word.as_str())).collect();
    let key = |text: &String| ResourceKey::parse(text).ok();
    let usual = Options::default();
    Options {
        title: title.into(),
        lens: view.lens,
        namespaces: texts(&view.namespaces),
        kinds: texts(&view.kinds),
        health: view.health.clone(),
        problems_only: view.problems_only,
        focus: view.focus.as_ref().and_then(key).map(|key| (key, view.depth.unwrap_or(1))),
        expanded: view.expanded.iter().filter_map(key).collect(),
        expand_all: view.expand_all,
        node_use: published.node_use.shares.iter().map(|(name, share)| (Arc::clone(name), *share)).collect(),
        gaps: status::gaps(published.snapshot.coverage()),
        aspect: view.aspect.map_or(usual.aspect, |percent| (percent.clamp(ASPECTS.0, ASPECTS.1), 100)),
        ..usual
    }
}
