//! Draws YAML files, or the demo, for looking at pictures while working on them:
//! `cargo run --example draw -- FILE.yaml...|demo OUT.svg|png [dark] [expand] [focus=KEY,DEPTH] [lens=NAME]
//! [namespace=NAME] [aspect=W:H]`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../tests/support/cluster.rs"]
mod cluster;

use std::fs::File;
use std::ops::ControlFlow;

use diagram::picture::{Lens, Options, build};
use diagram::theme::Theme;
use diagram::{Format, Look};
use model::{Object, ResourceKey};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (mut objects, mut out): (Vec<Object>, Option<(File, Format)>) = (Vec::new(), None);
    let (mut options, mut look) = (Options::default(), Look::default());
    for word in &words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("demo", _) => objects.extend(cluster::demo_shop()),
            ("dark", _) => look.theme = Theme::Dark,
            ("expand", _) => options.expand_all = true,
            ("lens", name) => options.lens = Lens::parse(name).expect("a lens"),
            ("namespace", name) => options.namespaces.push(name.into()),
            ("focus", what) => {
                let (key, depth) = what.rsplit_once(',').expect("KEY,DEPTH");
                options.focus = Some((ResourceKey::parse(key).expect("a key"), depth.parse().expect("a number")));
            }
            ("aspect", shape) => {
                let (across, down) = shape.split_once(':').expect("W:H");
                options.aspect = (across.parse().unwrap(), down.parse().unwrap());
            }
            (file, _) if file.ends_with(".yaml") => {
                objects.extend(cluster::read(&std::fs::read_to_string(file).unwrap()));
            }
            (file, _) => out = Some((File::create(file).unwrap(), Format::of_file(file).expect("a format"))),
        }
    }
    options.title = words[0].rsplit('/').next().unwrap().into();
    let graph = cluster::engine(&objects).graph();
    let picture = build(&graph, &options);
    let (mut file, format) = out.expect("a file to write");
    let subject = diagram::Subject { scene: &picture.scene, graph: &graph, filter: &topology::Filter::default() };
    diagram::export(subject, format, &look, &mut file, &|_| ControlFlow::Continue(())).unwrap();
}
