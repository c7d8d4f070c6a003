//! A scene as the numbered binary messages that `types::picture` describes: only what differs from the last one sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use diagram::scene::{Badge, Block, Card, CardLook, Counts, Frame, Link, LinkEnd, Point, Rect, Scene};
use model::Health;

use crate::types::*;

/// What the reader holds.
#[derive(Default)]
pub(crate) struct Sent {
    /// Number of the last message.
    pub(crate) number: u64,
    blocks: BTreeMap<Arc<str>, (Point, Arc<Block>)>,
    frames: Vec<Frame>,
    links: Vec<Link>,
    counts: Counts,
    texts: Vec<Arc<str>>,
}

impl Sent {
    /// Nothing yet; the first message gets the number after `number`.
    pub(crate) fn nothing(number: u64) -> Self {
        Self { number, ..Self::default() }
    }

    /// The next message, or none where the reader would see no difference. `changed` are keys that glow.
    pub(crate) fn next(&mut self, cluster: &str, scene: &Scene, changed: Vec<String>, reset: bool) -> Option<Vec<u8>> {
        if reset {
            *self = Self::nothing(self.number);
        }
        let mut geometry = Geometry::default();
        geometry.rect(&scene.bounds);
        for frame in &scene.frames {
            geometry.rect(&frame.rect);
            geometry.badges(&frame.badges);
        }
        let mut blocks = Vec::new();
        let mut moved = Vec::new();
        let mut moves = Geometry::default();
        let mut present = BTreeMap::new();
        for placed in &scene.blocks {
            let (origin, block) = (placed.origin, &placed.block);
            match self.blocks.get(&block.id) {
                Some((_, sent)) if !Arc::ptr_eq(sent, block) && **sent != **block => {
                    geometry.block(origin, block);
                    blocks.push(wire_block(block));
                }
                Some((before, _)) if *before != origin => {
                    moves.point(origin);
                    moved.push(block.id.to_string());
                }
                Some(_) => {}
                None => {
                    geometry.block(origin, block);
                    blocks.push(wire_block(block));
                }
            }
            present.insert(Arc::clone(&block.id), (origin, Arc::clone(block)));
        }
        let removed: Vec<String> =
            self.blocks.keys().filter(|id| !present.contains_key(*id)).map(ToString::to_string).collect();
        geometry.0.extend(moves.0);
        let links = (reset || self.number == 0 || self.links != scene.links).then(|| {
            scene.links.iter().for_each(|link| geometry.link(link));
            scene.links.iter().map(wire_link).collect()
        });
        let texts: Vec<Arc<str>> =
            [&scene.title, &scene.subtitle].into_iter().chain(&scene.gaps).map(Arc::clone).collect();
        let same = !reset
            && blocks.is_empty()
            && moved.is_empty()
            && removed.is_empty()
            && links.is_none()
            && changed.is_empty()
            && self.frames == scene.frames
            && self.counts == scene.counts
            && self.texts == texts;
        if same {
            return None;
        }
        self.number += 1;
        self.blocks = present;
        self.frames.clone_from(&scene.frames);
        self.links.clone_from(&scene.links);
        self.counts = scene.counts;
        self.texts = texts;
        let header = PictureHeader {
            number: self.number,
            cluster: cluster.to_owned(),
            revision: scene.revision,
            reset,
            title: scene.title.to_string(),
            subtitle: scene.subtitle.to_string(),
            counts: wire_counts(&scene.counts),
            gaps: scene.gaps.iter().map(ToString::to_string).collect(),
            frames: scene.frames.iter().map(wire_frame).collect(),
            blocks,
            moved,
            removed,
            links,
            changed,
        };
        Some(message(&header, &geometry.0))
    }
}

/// Length of the header, the header padded to four bytes, the numbers.
fn message(header: &PictureHeader, numbers: &[f32]) -> Vec<u8> {
    // Serialising plain structs of strings and numbers to memory cannot fail.
    let mut text = serde_json::to_vec(header).unwrap_or_default();
    text.resize(text.len().next_multiple_of(4), b' ');
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(4 + text.len() + numbers.len() * 4);
    bytes.extend(length.to_le_bytes());
    bytes.extend(text);
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

/// Numbers in the order of the documentation of `types::picture`.
#[derive(Default)]
struct Geometry(Vec<f32>);

impl Geometry {
    fn point(&mut self, point: Point) {
        self.0.extend([point.x, point.y]);
    }

    fn rect(&mut self, rect: &Rect) {
        self.0.extend([rect.x, rect.y, rect.width, rect.height]);
    }

    fn badges(&mut self, badges: &[Badge]) {
        badges.iter().for_each(|badge| self.rect(&badge.rect));
    }

    fn block(&mut self, origin: Point, block: &Block) {
        self.rect(&Rect { x: origin.x, y: origin.y, width: block.width, height: block.height });
        for card in &block.cards {
            self.rect(&card.rect);
            card.pods.iter().for_each(|pod| self.point(Point { x: pod.rect.x, y: pod.rect.y }));
            card.tallies.iter().for_each(|tally| self.rect(&tally.rect));
            self.badges(&card.badges);
            card.note.iter().for_each(|note| self.rect(&note.rect));
            card.meters.iter().for_each(|meter| self.rect(&meter.rect));
        }
        block.links.iter().for_each(|link| self.link(link));
    }

    fn link(&mut self, link: &Link) {
        link.label.iter().for_each(|label| self.rect(&label.rect));
        link.points.iter().for_each(|point| self.point(*point));
    }
}

fn wire_counts(counts: &Counts) -> WireCounts {
    WireCounts {
        objects: counts.objects,
        failing: counts.of(Health::Failing),
        missing: counts.of(Health::Missing),
        degraded: counts.of(Health::Degraded),
        pending: counts.of(Health::Pending),
        unknown: counts.of(Health::Unknown),
        ok: counts.of(Health::Ok),
        completed: counts.of(Health::Completed),
        neutral: counts.of(Health::Neutral),
    }
}

fn wire_frame(frame: &Frame) -> WireFrame {
    WireFrame {
        id: frame.id.to_string(),
        title: frame.title.to_string(),
        subtitle: frame.subtitle.to_string(),
        counts: wire_counts(&frame.counts),
        badges: frame.badges.iter().map(wire_badge).collect(),
    }
}

fn wire_badge(badge: &Badge) -> WireBadge {
    WireBadge { text: badge.text.to_string(), key: badge.key.as_ref().map(ToString::to_string) }
}

fn wire_block(block: &Arc<Block>) -> WireBlock {
    WireBlock {
        id: block.id.to_string(),
        frame: block.frame.to_string(),
        title: block.title.to_string(),
        subtitle: block.subtitle.to_string(),
        counts: wire_counts(&block.counts),
        cards: block.cards.iter().map(wire_card).collect(),
        links: block.links.iter().map(wire_link).collect(),
    }
}

fn wire_card(card: &Card) -> WireCard {
    let pod = |pod: &diagram::scene::PodMark| WirePod { key: pod.key.to_string(), health: pod.health.word().into() };
    let tally = |tally: &diagram::scene::Tally| WireTally { health: tally.health.word().into(), count: tally.count };
    let meter = |meter: &diagram::scene::Meter| WireMeter {
        label: meter.label.to_string(),
        share: meter.share,
        high: meter.high,
    };
    WireCard {
        key: card.key.to_string(),
        look: match card.look {
            CardLook::Object => WireLook::Object,
            CardLook::Missing => WireLook::Missing,
            CardLook::Unknown => WireLook::Unknown,
            CardLook::External => WireLook::External,
            CardLook::Fold => WireLook::Fold,
        },
        icon: diagram::icons::of(&card.key).id.to_owned(),
        name: card.name.to_string(),
        full_name: (card.full_name != card.name).then(|| card.full_name.to_string()),
        caption: card.caption.to_string(),
        health: card.health.word().into(),
        status: card.status.to_string(),
        pods: card.pods.iter().map(pod).collect(),
        tallies: card.tallies.iter().map(tally).collect(),
        badges: card.badges.iter().map(wire_badge).collect(),
        note: card.note.as_ref().map(|note| note.text.to_string()),
        meters: card.meters.iter().map(meter).collect(),
        folded: card.folded,
    }
}

fn wire_link(link: &Link) -> WireLink {
    WireLink {
        from: wire_end(&link.from),
        to: wire_end(&link.to),
        class: link.class.word().into(),
        state: link.state.word().into(),
        inferred: link.inferred,
        count: link.count,
        corners: u32::try_from(link.points.len()).unwrap_or(u32::MAX),
        label: link.label.as_ref().map(|label| label.text.to_string()),
    }
}

fn wire_end(end: &LinkEnd) -> WireEnd {
    match end {
        LinkEnd::Card(key) => WireEnd { id: key.to_string(), block: false },
        LinkEnd::Block(id) => WireEnd { id: id.to_string(), block: true },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use diagram::scene::PlacedBlock;

    use super::*;

    fn block(id: &str, title: &str) -> Arc<Block> {
        Arc::new(Block {
            id: id.into(),
            frame: "ns:shop".into(),
            width: 10.0,
            height: 5.0,
            title: title.into(),
            subtitle: "".into(),
            counts: Counts::default(),
            cards: Vec::new(),
            links: Vec::new(),
        })
    }

    fn scene(blocks: &[(&str, &str, f32)]) -> Scene {
        let placed = |(id, title, x): &(&str, &str, f32)| PlacedBlock {
            origin: Point { x: *x, y: 0.0 },
            block: block(id, title),
        };
        Scene { blocks: blocks.iter().map(placed).collect(), ..Scene::default() }
    }

    fn read(message: &[u8]) -> (serde_json::Value, Vec<f32>) {
        let length = u32::from_le_bytes(message[..4].try_into().unwrap()) as usize;
        assert_eq!(length % 4, 0);
        let header = serde_json::from_slice(&message[4..4 + length]).unwrap();
        let numbers = message[4 + length..].chunks(4).map(|four| f32::from_le_bytes(four.try_into().unwrap()));
        (header, numbers.collect())
    }

    #[test]
    fn the_second_message_holds_only_what_differs() {
        let mut sent = Sent::nothing(0);
        let first = sent.next("c", &scene(&[("a", "A", 0.0), ("b", "B", 20.0), ("c", "C", 40.0)]), vec![], true);
        let (header, numbers) = read(&first.unwrap());
        assert_eq!((&header["number"], header["blocks"].as_array().unwrap().len()), (&1.into(), 3));
        assert_eq!(numbers.len(), 4 + 3 * 4);

        let after = scene(&[("a", "A", 5.0), ("b", "B changed", 20.0)]);
        let (header, numbers) = read(&sent.next("c", &after, vec![], false).unwrap());
        assert_eq!(header["blocks"][0]["id"], "b");
        assert_eq!(header["moved"], serde_json::json!(["a"]));
        assert_eq!(header["removed"], serde_json::json!(["c"]));
        assert_eq!(header["links"], serde_json::Value::Null);
        assert_eq!(numbers, [0.0, 0.0, 0.0, 0.0, 20.0, 0.0, 10.0, 5.0, 5.0, 0.0]);

        assert!(sent.next("c", &after, vec![], false).is_none(), "nothing differs");
        assert_eq!(sent.number, 2);
    }
}
