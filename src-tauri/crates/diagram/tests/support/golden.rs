//! Goldens: what a file must be like.
//!
//! `KUBILITICS_ACCEPT=1 cargo test -p diagram` writes them anew; a picture that differs leaves `*.actual.png` and
//! `*.diff.png` (differences in red) in cargo's folder for temporary files of tests.

use std::path::Path;

use resvg::tiny_skia::Pixmap;

fn accept(path: &Path, actual: &[u8]) {
    if std::env::var_os("KUBILITICS_ACCEPT").is_some() {
        std::fs::write(path, actual).expect("write the golden");
    }
}

/// Folder and file, which tell a golden from all others.
fn name(path: &Path) -> String {
    let parts: Vec<String> = path.iter().rev().take(2).map(|part| part.to_string_lossy().into_owned()).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("-")
}

/// Compares a text file with its golden.
pub fn check_text(path: &Path, actual: &str) {
    accept(path, actual.as_bytes());
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let differing = expected.lines().zip(actual.lines()).enumerate().find(|(_, (one, other))| one != other);
    assert!(expected == actual, "{} differs from its golden, first at {differing:?}", name(path));
}

/// Compares a picture with its golden; one step of a channel is rounding, not a difference.
pub fn check_picture(path: &Path, actual: &[u8]) {
    accept(path, actual);
    let name = name(path);
    let expected = Pixmap::decode_png(&std::fs::read(path).unwrap_or_default());
    let mut drawn = Pixmap::decode_png(actual).unwrap();
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let stem = name.trim_end_matches(".png");
    let leave = |kind: &str, bytes: &[u8]| std::fs::write(scratch.join(format!("{stem}.{kind}.png")), bytes).unwrap();
    let Ok(expected) = expected else {
        leave("actual", actual);
        panic!("{name} has no golden; the picture is in {}", scratch.display());
    };
    if (expected.width(), expected.height()) != (drawn.width(), drawn.height()) {
        leave("actual", actual);
        panic!("{name} has another size than its golden; the picture is in {}", scratch.display());
    }
    let mut differing = 0;
    for (was, is) in expected.data().chunks_exact(4).zip(drawn.data_mut().chunks_exact_mut(4)) {
        if was.iter().zip(is.iter()).any(|(was, is)| was.abs_diff(*is) > 1) {
            differing += 1;
            is.copy_from_slice(&[255, 0, 0, 255]);
        } else {
            is.iter_mut().take(3).for_each(|channel| *channel = 255 - (255 - *channel) / 4);
        }
    }
    if differing > 0 {
        leave("actual", actual);
        leave("diff", &drawn.encode_png().unwrap());
        panic!("{name} differs from its golden in {differing} pixels; see {}", scratch.display());
    }
}

/// The fonts are in the file; they need not be in the golden too.
pub fn without_fonts(svg: &str) -> String {
    svg.lines().filter(|line| !line.starts_with("@font-face")).map(|line| format!("{line}\n")).collect()
}
