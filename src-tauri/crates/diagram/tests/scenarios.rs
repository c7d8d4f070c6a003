//! The small clusters of `tests/scenarios`, and what each must give: the graph, and the picture as SVG and PNG.
//!
//! A scenario is a folder with a `cluster.yaml`; where its first line reads `# lens: NAME`, that lens is drawn.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use diagram::picture::{Lens, Options, build};
use diagram::theme::Theme;
use diagram::{FORMATS, Format, Look, Subject, export};
use model::Object;
use topology::Filter;

use support::cluster::{engine, read};
use support::golden::{check_picture, check_text, without_fonts};

/// The folder of all scenarios.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/scenarios")
}

/// A scenario's objects and the lens it is drawn by.
fn scenario(name: &str) -> (Vec<Object>, Lens) {
    let yaml = std::fs::read_to_string(folder().join(name).join("cluster.yaml")).unwrap();
    let lens = yaml.lines().next().and_then(|line| line.strip_prefix("# lens: "));
    (read(&yaml), lens.map_or(Lens::All, |lens| Lens::parse(lens).unwrap()))
}

fn written(name: &str, objects: &[Object], lens: Lens, theme: Theme, format: Format) -> Vec<u8> {
    let graph = engine(objects).graph();
    let picture = build(&graph, &Options { title: name.into(), lens, ..Options::default() });
    let look = Look { theme, system_fonts: false, ..Look::default() };
    let mut bytes = Vec::new();
    let subject = Subject { scene: &picture.scene, graph: &graph, filter: &Filter::default() };
    export(subject, format, &look, &mut bytes, &|_| ControlFlow::Continue(())).unwrap();
    bytes
}

fn check(name: &str) {
    let (mut objects, lens) = scenario(name);
    let golden = |file: &str| folder().join(name).join(file);
    let light = |objects: &[Object], format: Format| written(name, objects, lens, Theme::Light, format);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    check_text(&golden("graph.json"), &text(light(&objects, Format::Json)));
    check_text(&golden("map.svg"), &without_fonts(&text(light(&objects, Format::Svg))));
    check_picture(&golden("map.png"), &light(&objects, Format::Png));
    let formats = || FORMATS.iter().filter(|entry| entry.format != Format::Png);
    let before: Vec<Vec<u8>> = formats().map(|entry| light(&objects, entry.format)).collect();
    objects.reverse();
    for (entry, before) in formats().zip(before) {
        assert!(light(&objects, entry.format) == before, "{} of {name} depends on the order of objects", entry.id);
    }
}

/// A test for each, and the list of all.
macro_rules! scenarios {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

scenarios! { batch broken calls gateway identity policy storage traffic }

#[test]
fn every_folder_is_a_test() {
    let folders = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<String> = folders
        .filter(|folder| folder.join("cluster.yaml").is_file())
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, NAMES);
}

#[test]
fn broken_in_dark() {
    let (objects, lens) = scenario("broken");
    let dark = written("broken", &objects, lens, Theme::Dark, Format::Png);
    check_picture(&folder().join("broken/map-dark.png"), &dark);
}
