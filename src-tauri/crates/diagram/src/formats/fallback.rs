//! Characters the bundled faces cannot draw: which there are, and what the reader of the file will see.
//! They never stop an export.

use std::collections::BTreeSet;

use resvg::usvg::fontdb::{Database, ID};
use skrifa::{FontRef, MetadataProvider};

use crate::export::{Look, Notes};
use crate::scene::Scene;
use crate::text::Face;

/// Every character of the picture that a bundled face lacks.
pub(crate) fn missing(scene: &Scene, look: &Look) -> BTreeSet<char> {
    let mut missing = BTreeSet::new();
    let mut see = |text: &str| {
        if !text.is_ascii() {
            missing.extend(text.chars().filter(|character| Face::ALL.iter().any(|face| !face.has(*character))));
        }
    };
    see(look.title.as_deref().unwrap_or(&scene.title));
    see(look.stamp.as_deref().unwrap_or_default());
    see(&scene.subtitle);
    scene.gaps.iter().for_each(|gap| see(gap));
    for frame in &scene.frames {
        see(&frame.title);
        see(&frame.subtitle);
        frame.badges.iter().for_each(|badge| see(&badge.text));
    }
    let blocks = || scene.blocks.iter().map(|placed| &placed.block);
    for link in scene.links.iter().chain(blocks().flat_map(|block| &block.links)) {
        link.label.iter().for_each(|label| see(&label.text));
    }
    for block in blocks() {
        see(&block.title);
        see(&block.subtitle);
        for card in &block.cards {
            see(&card.name);
            see(&card.caption);
            card.note.iter().for_each(|note| see(&note.text));
            card.badges.iter().for_each(|badge| see(&badge.text));
            card.meters.iter().for_each(|meter| see(&meter.label));
        }
    }
    // What every face lacks matters first; a sign that one face has may still stand in another's text.
    missing.retain(|character| !character.is_control());
    missing
}

/// The first face, in the order of the database, that can draw this character.
pub(crate) fn face_for(fonts: &Database, character: char) -> Option<ID> {
    fonts.faces().map(|info| info.id).find(|id| {
        fonts
            .with_face_data(*id, |data, index| {
                FontRef::from_index(data, index).is_ok_and(|font| {
                    font.charmap().map(character).is_some_and(|glyph| glyph != skrifa::GlyphId::NOTDEF)
                })
            })
            .unwrap_or(false)
    })
}

/// Says which characters come from the machine's fonts and which become boxes.
pub(crate) fn note(missing: &BTreeSet<char>, fonts: &Database, notes: &mut Notes) {
    let (found, lost): (Vec<char>, Vec<char>) =
        missing.iter().partition(|character| face_for(fonts, **character).is_some());
    let list = |characters: &[char]| characters.iter().take(20).collect::<String>();
    if !found.is_empty() {
        notes.0.push(format!(
            "{} characters are drawn in this machine's fonts, as the bundled ones lack them: {}",
            found.len(),
            list(&found)
        ));
    }
    if !lost.is_empty() {
        notes.0.push(format!("{} characters have no font here and are drawn as boxes: {}", lost.len(), list(&lost)));
    }
}
