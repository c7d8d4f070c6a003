//! Draws a List of objects (JSON), or the demo, for looking at pictures while working on them:
//! `cargo run --example draw -- LIST.json|demo OUT.svg [light|dark] [focus KEY DEPTH] [expand]`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::ControlFlow;
use std::sync::Arc;

use diagram::picture::{Options, build};
use diagram::theme::Theme;
use diagram::{Format, Look};
use model::{Coverage, GroupKind, KindCoverage, KindState, Object, ResourceKind, Scope};
use topology::{Change, Engine, RuleBook};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let values: Vec<serde_json::Value> = match words[0].as_str() {
        "demo" => demo::shop_objects(1, demo::Time::from_millis(1_790_000_000_000)).unwrap(),
        path => serde_json::from_reader(File::open(path).unwrap()).unwrap(),
    };
    let objects: Vec<Object> = values.into_iter().map(|value| Object::from_json(value).unwrap()).collect();
    let mut kinds: BTreeMap<GroupKind, u64> = BTreeMap::new();
    for object in &objects {
        *kinds.entry(object.key.group_kind()).or_default() += 1;
    }
    let coverage = Coverage {
        kinds: kinds
            .into_iter()
            .map(|(kind, count)| KindCoverage {
                kind: ResourceKind {
                    plural: format!("{}s", kind.kind.to_lowercase()).into(),
                    group_kind: kind,
                    version: "v1".into(),
                    namespaced: true,
                },
                scopes: vec![(Scope::Cluster, KindState::Live)],
                count,
            })
            .collect(),
    };
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    let changes: Vec<Change> = objects.into_iter().map(Change::Upserted).collect();
    engine.apply(&changes, &coverage);
    let graph = engine.graph();
    let mut options = Options { title: words[0].rsplit('/').next().unwrap().into(), ..Options::default() };
    if let Some(at) = words.iter().position(|word| word == "focus") {
        options.focus = Some((model::ResourceKey::parse(&words[at + 1]).unwrap(), words[at + 2].parse().unwrap()));
    }
    options.expand_all = words.iter().any(|word| word == "expand");
    let picture = build(&graph, &options);
    let theme = if words.iter().any(|word| word == "dark") { Theme::Dark } else { Theme::Light };
    let format = if words[1].ends_with("png") { Format::Png } else { Format::Svg };
    let look = Look { theme, ..Look::default() };
    let mut file = File::create(&words[1]).unwrap();
    let subject = diagram::Subject { scene: &picture.scene, graph: &graph, filter: &topology::Filter::default() };
    diagram::export(subject, format, &look, &mut file, &|_| ControlFlow::Continue(())).unwrap();
}
