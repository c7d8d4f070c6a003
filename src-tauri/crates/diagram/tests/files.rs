//! What every written file must be: like its golden, the same again, well-formed, free of what does not belong there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use diagram::theme::Theme;
use diagram::{ExportError, FORMATS, Format, Look};
use resvg::tiny_skia::Pixmap;
use resvg::usvg::roxmltree;
use support::golden::{check_picture, check_text, without_fonts};
use support::{SECRETS, generated, shop, small, written, written_until};

fn look(theme: Theme) -> Look {
    Look { theme, system_fonts: false, ..Look::default() }
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

#[test]
fn svg_of_a_small_application() {
    let (bytes, _) = written(&small(), Format::Svg, &look(Theme::Light));
    check_text(&golden("small.svg"), &without_fonts(&String::from_utf8(bytes).unwrap()));
}

#[test]
fn png_of_everything_in_light() {
    let stamped = Look { stamp: Some("20 Nov 2026, 14:02 UTC · Kubilitics".into()), ..look(Theme::Light) };
    check_picture(&golden("shop-light.png"), &written(&shop(), Format::Png, &stamped).0);
}

#[test]
fn png_of_everything_in_dark() {
    check_picture(&golden("shop-dark.png"), &written(&shop(), Format::Png, &look(Theme::Dark)).0);
}

/// Strips must not show: a picture of many equals the same picture drawn at once.
#[test]
fn strips_of_a_large_png_join_without_a_seam() {
    let scene = generated(600);
    let (bytes, _) = written(&scene, Format::Png, &look(Theme::Light));
    let drawn = Pixmap::decode_png(&bytes).unwrap();
    assert!(u64::from(drawn.width()) * u64::from(drawn.height()) > 12_000_000, "several strips");
    let (svg, _) = written(&scene, Format::Svg, &look(Theme::Light));
    let mut options = resvg::usvg::Options::default();
    for face in diagram::text::Face::ALL {
        options.fontdb_mut().load_font_data(face.truetype().to_vec());
    }
    let tree = resvg::usvg::Tree::from_data(&svg, &options).unwrap();
    let mut whole = Pixmap::new(drawn.width(), drawn.height()).unwrap();
    resvg::render(&tree, resvg::tiny_skia::Transform::default(), &mut whole.as_mut());
    // A pixel on the edge of a curve may round differently when the strip's own top is subtracted; no eye sees that.
    let worst = drawn.data().iter().zip(whole.data()).map(|(one, other)| one.abs_diff(*other)).max();
    assert!(worst < Some(32), "bytes differ by up to {worst:?}");
}

#[test]
fn the_same_scene_gives_the_same_bytes_in_every_format() {
    for entry in &FORMATS {
        let look = look(Theme::Light);
        let (first, second) = (written(&shop(), entry.format, &look), written(&shop(), entry.format, &look));
        assert!(first == second, "{} differs on the second run", entry.id);
        assert!(!first.0.is_empty(), "{} is empty", entry.id);
    }
}

#[test]
fn svg_is_well_formed_and_fetches_nothing() {
    let mut scene = shop();
    scene.title = "<script>alert(1)</script> & \"more\" \u{0} ]]>".into();
    let (bytes, _) = written(&scene, Format::Svg, &look(Theme::Light));
    let text = String::from_utf8(bytes).unwrap();
    let document = roxmltree::Document::parse(&text).expect("well-formed");
    let mut ids = std::collections::BTreeSet::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let names: Vec<_> = node.attributes().map(|attribute| attribute.name()).collect();
        assert!(names.is_sorted(), "attributes of {node:?} are sorted");
        assert!(!matches!(node.tag_name().name(), "foreignObject" | "script" | "image" | "a"), "{node:?}");
        if let Some(href) = node.attribute("href") {
            assert!(href.starts_with('#'), "{href} points outside");
        }
        if let Some(id) = node.attribute("id") {
            assert!(ids.insert(id.to_owned()), "id {id} appears twice");
        }
    }
    assert!(ids.contains("apps/Deployment/shop/checkout"), "cards carry their keys");
    assert!(!text.replace("http://www.w3.org/2000/svg", "").contains("http"), "no address in the file");
    assert!(text.contains(">CreateContainerConfigError</text>"), "text stays text");
}

#[test]
fn the_other_xml_formats_are_well_formed() {
    let mut scene = shop();
    scene.title = "<b>&\"".into();
    for format in [Format::Drawio, Format::Graphml] {
        let text = String::from_utf8(written(&scene, format, &look(Theme::Dark)).0).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{format:?}: {error}"));
        let ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{format:?}: ids are unique");
        for end in ["source", "target", "parent"] {
            let ends = document.descendants().filter_map(|node| node.attribute(end));
            ends.for_each(|end| assert!(unique.contains(&end), "{format:?}: {end} is there"));
        }
    }
}

#[test]
fn text_formats_of_a_small_application() {
    for (format, name) in [
        (Format::Mermaid, "small.mmd"),
        (Format::D2, "small.d2"),
        (Format::Dot, "small.dot"),
        (Format::Drawio, "small.drawio"),
        (Format::Graphml, "small.graphml"),
    ] {
        check_text(&golden(name), &String::from_utf8(written(&small(), format, &look(Theme::Light)).0).unwrap());
    }
}

#[test]
fn a_call_that_is_read_from_a_value_is_no_certain_route() {
    for (format, line, mark) in [
        (Format::Mermaid, "linkStyle", "stroke-dasharray:9 3"),
        (Format::D2, " -> ", "{class: [routes; inferred]}"),
        (Format::Dot, "class=\"routes\"", "style=dashed];"),
    ] {
        let text = String::from_utf8(written(&shop(), format, &look(Theme::Light)).0).unwrap();
        assert!(text.lines().any(|each| each.contains(line) && each.ends_with(mark)), "{format:?}: {text}");
    }
}

#[test]
fn mermaid_keeps_to_its_limits_and_says_so() {
    let size = |scene: diagram::scene::Scene| {
        let (bytes, notes) = written(&scene, Format::Mermaid, &look(Theme::Light));
        let text = String::from_utf8(bytes).unwrap();
        let edges = text.lines().filter(|line| line.contains("->") || line.contains("==>")).count();
        assert!(text.chars().count() <= 50_000 && edges <= 500, "{} characters, {edges} edges", text.len());
        (text.matches("subgraph").count(), notes.0)
    };
    assert!(size(small()).1.is_empty());
    let (subgraphs, notes) = size(generated(1_500));
    assert!(subgraphs > 10 && notes[0].ends_with("every application is one node"), "{notes:?}");
    let (subgraphs, notes) = size(generated(20_000));
    assert!(subgraphs == 0 && notes[0].ends_with("every namespace is one node"), "{notes:?}");
}

#[test]
fn no_secret_is_in_any_file() {
    for entry in &FORMATS {
        let (bytes, _) = written(&shop(), entry.format, &look(Theme::Light));
        for secret in SECRETS {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in the {}", entry.name);
        }
    }
}

#[test]
fn text_beyond_latin_brings_the_whole_face() {
    let mut scene = small();
    let latin = written(&scene, Format::Svg, &look(Theme::Light)).0.len();
    scene.title = "Кластер".into();
    let cyrillic = written(&scene, Format::Svg, &look(Theme::Light)).0.len();
    assert!(cyrillic > latin + 20_000, "{latin} then {cyrillic}");
}

#[test]
fn a_glyph_without_font_is_noted_and_stops_nothing() {
    let mut scene = small();
    scene.title = "東京".into();
    for format in [Format::Png, Format::Pdf] {
        let (_, notes) = written(&scene, format, &look(Theme::Light));
        assert_eq!(notes.0, ["2 characters have no font here and are drawn as boxes: 京東"], "{format:?}");
    }
}

/// Every word drawn on the page, by what the file itself says its glyphs mean.
fn words_of(pdf: &[u8], page: u32) -> String {
    lopdf::Document::load_mem(pdf).expect("a PDF").extract_text(&[page]).expect("text")
}

#[test]
fn text_of_a_pdf_can_be_found() {
    let (bytes, notes) = written(&shop(), Format::Pdf, &look(Theme::Light));
    let words = words_of(&bytes, 1);
    for wanted in ["shop-eu-1", "checkout-flags", "rollout stuck · 2 of 3", ":6379", "CreateContainerConfigError"] {
        assert_eq!(words.matches(wanted).count(), 1, "{wanted} in {words}");
    }
    assert!(notes.0.is_empty());
    for forbidden in [b"/CreationDate".as_slice(), b"/ModDate", b"D:19", b"D:20"] {
        assert!(!bytes.windows(forbidden.len()).any(|window| window == forbidden), "{forbidden:?} in the file");
    }
}

#[test]
fn a_picture_larger_than_a_page_lies_on_tiles_behind_an_index() {
    let mut scene = shop();
    scene.bounds.width = 45_000.0;
    let (bytes, notes) = written(&scene, Format::Pdf, &look(Theme::Light));
    let document = lopdf::Document::load_mem(&bytes).unwrap();
    assert_eq!(document.get_pages().len(), 4, "an index and three tiles");
    assert_eq!(notes.0.len(), 1);
    assert!(words_of(&bytes, 1).contains("page 4"));
    assert!(words_of(&bytes, 2).contains("checkout-flags"));
    assert!(!words_of(&bytes, 3).contains("checkout-flags"));
}

#[test]
fn an_export_can_be_stopped() {
    for entry in &FORMATS {
        let asked = std::cell::Cell::new(0);
        let stop = |_: f32| {
            asked.set(asked.get() + 1);
            if asked.get() > 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let result = written_until(&shop(), entry.format, &look(Theme::Light), &stop);
        assert!(matches!(result, Err(ExportError::Stopped)), "{} went on", entry.id);
    }
}

#[test]
fn a_picture_too_large_for_png_says_what_would_do() {
    let scaled = Look { scale: 40.0, ..look(Theme::Light) };
    let result = written_until(&shop(), Format::Png, &scaled, &|_| ControlFlow::Continue(()));
    let message = result.unwrap_err().to_string();
    assert!(message.contains("--scale 14.65") && message.contains("svg or pdf"), "{message}");
}

#[test]
fn the_table_finds_formats_by_id_and_ending() {
    for (at, entry) in FORMATS.iter().enumerate() {
        assert_eq!(entry.format as usize, at, "{} stands in the order of the enum", entry.id);
        assert_eq!(entry.id.parse::<Format>().unwrap(), entry.format);
        for ending in entry.extensions {
            assert_eq!(Format::of_file(&format!("a.b/c.{}", ending.to_uppercase())), Some(entry.format));
        }
    }
    assert!("gif".parse::<Format>().unwrap_err().to_string().contains("svg, png"));
    assert_eq!(Format::of_file("svg"), None);
}

#[test]
fn an_empty_scene_is_a_picture_too() {
    for entry in &FORMATS {
        let (bytes, _) = written(&diagram::scene::Scene::default(), entry.format, &look(Theme::Dark));
        assert!(!bytes.is_empty(), "{}", entry.id);
    }
}
