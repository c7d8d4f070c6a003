//! A scene as the numbered binary messages that `types::picture` describes: only what differs from the last one sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use diagram::scene::{Badge, Block, Card, Counts, Frame, Link, LinkEnd, Point, Rect, Scene};
use model::Health;

use super::difference::{Difference, difference};
use crate::types::*;

/// What the reader holds.
#[derive(Default)]
pub(crate) struct Sent {
    /// Its id.
    picture: u32,
    /// Number of the last message.
    pub(crate) number: u64,
    bounds: Rect,
    blocks: BTreeMap<Arc<str>, (Point, Arc<Block>)>,
    frames: Vec<Frame>,
    links: Vec<Link>,
    counts: Counts,
    texts: Vec<Arc<str>>,
}

impl Sent {
    /// Nothing yet; the first message gets the number after `number`.
    pub(crate) fn nothing(picture: u32, number: u64) -> Self {
        Self { picture, number, ..Self::default() }
    }

    /// The next message, or none where the reader would see no difference. `changed` are keys that glow; `begins` is the
    /// view of the picture where this is its first message.
    pub(crate) fn next(
        &mut self,
        cluster: &str,
        scene: &Scene,
        changed: Vec<String>,
        begins: Option<&View>,
    ) -> Option<Vec<u8>> {
        let reset = begins.is_some();
        if reset {
            *self = Self::nothing(self.picture, self.number);
        }
        let mut geometry = Geometry::default();
        geometry.rect(&scene.bounds);
        let Difference { splice: frames_splice, sent: frames, by } = difference(&self.frames, &scene.frames);
        for frame in &frames {
            geometry.rect(&frame.rect);
            geometry.badges(&frame.badges);
        }
        geometry.points(&by);
        let mut blocks = Vec::new();
        let mut moved = Vec::new();
        let mut moves = Geometry::default();
        let mut present = BTreeMap::new();
        for placed in &scene.blocks {
            let (origin, block) = (placed.origin, &placed.block);
            match self.blocks.get(&block.id) {
                Some((_, sent)) if !Arc::ptr_eq(sent, block) && **sent != **block => {
                    blocks.push(geometry.block(origin, block, Some(sent)));
                }
                Some((before, _)) if *before != origin => {
                    moves.point(origin);
                    moved.push(block.id.to_string());
                }
                Some(_) => {}
                None => blocks.push(geometry.block(origin, block, None)),
            }
            present.insert(Arc::clone(&block.id), (origin, Arc::clone(block)));
        }
        let removed: Vec<String> =
            self.blocks.keys().filter(|id| !present.contains_key(*id)).map(ToString::to_string).collect();
        geometry.0.extend(moves.0);
        let Difference { splice: links_splice, sent: links, by } = difference(&self.links, &scene.links);
        links.iter().for_each(|link| geometry.link(link));
        geometry.points(&by);
        let texts: Vec<Arc<str>> =
            [&scene.title, &scene.subtitle].into_iter().chain(&scene.gaps).map(Arc::clone).collect();
        let same = !reset
            && frames_splice == WireSplice::default()
            && blocks.is_empty()
            && moved.is_empty()
            && removed.is_empty()
            && links_splice == WireSplice::default()
            && changed.is_empty()
            && self.bounds == scene.bounds
            && self.counts == scene.counts
            && self.texts == texts;
        if same {
            return None;
        }
        let header = PictureHeader {
            number: self.number + 1,
            picture: self.picture,
            cluster: cluster.to_owned(),
            revision: scene.revision,
            view: begins.cloned(),
            title: scene.title.to_string(),
            subtitle: scene.subtitle.to_string(),
            counts: wire_counts(&scene.counts),
            gaps: scene.gaps.iter().map(ToString::to_string).collect(),
            frames: frames.into_iter().map(wire_frame).collect(),
            frames_splice,
            blocks,
            moved,
            removed,
            links: links.into_iter().map(wire_link).collect(),
            links_splice,
            changed,
        };
        self.number += 1;
        self.bounds = scene.bounds;
        self.blocks = present;
        self.frames.clone_from(&scene.frames);
        self.links.clone_from(&scene.links);
        self.counts = scene.counts;
        self.texts = texts;
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

    fn points(&mut self, points: &[Point]) {
        points.iter().for_each(|point| self.point(*point));
    }

    fn rect(&mut self, rect: &Rect) {
        self.0.extend([rect.x, rect.y, rect.width, rect.height]);
    }

    fn badges(&mut self, badges: &[Badge]) {
        badges.iter().for_each(|badge| self.rect(&badge.rect));
    }

    /// What differs of a block from the one that the reader holds.
    fn block(&mut self, origin: Point, block: &Block, held: Option<&Block>) -> WireBlock {
        let (held_cards, held_links) = held.map_or((&[][..], &[][..]), |held| (&held.cards, &held.links));
        let Difference { splice: cards_splice, sent: cards, by: cards_by } = difference(held_cards, &block.cards);
        let Difference { splice: links_splice, sent: links, by: links_by } = difference(held_links, &block.links);
        self.rect(&Rect { x: origin.x, y: origin.y, width: block.width, height: block.height });
        for card in &cards {
            self.rect(&card.rect);
            card.pods.iter().for_each(|pod| self.point(Point { x: pod.rect.x, y: pod.rect.y }));
            card.tallies.iter().for_each(|tally| self.rect(&tally.rect));
            self.badges(&card.badges);
            card.note.iter().for_each(|note| self.rect(&note.rect));
            card.meters.iter().for_each(|meter| self.rect(&meter.rect));
        }
        self.points(&cards_by);
        links.iter().for_each(|link| self.link(link));
        self.points(&links_by);
        WireBlock {
            id: block.id.to_string(),
            frame: block.frame.to_string(),
            title: block.title.to_string(),
            subtitle: block.subtitle.to_string(),
            counts: wire_counts(&block.counts),
            cards: cards.into_iter().map(wire_card).collect(),
            cards_splice,
            links: links.into_iter().map(wire_link).collect(),
            links_splice,
        }
    }

    fn link(&mut self, link: &Link) {
        link.label.iter().for_each(|label| self.rect(&label.rect));
        self.points(&link.points);
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

fn wire_card(card: &Card) -> WireCard {
    let pod = |pod: &diagram::scene::PodMark| WirePod { key: pod.key.to_string(), health: pod.health };
    let tally = |tally: &diagram::scene::Tally| WireTally { health: tally.health, count: tally.count };
    let meter = |meter: &diagram::scene::Meter| WireMeter {
        label: meter.label.to_string(),
        share: meter.share,
        high: meter.high,
    };
    WireCard {
        key: card.key.to_string(),
        look: card.look,
        icon: diagram::icons::of(&card.key).id.to_owned(),
        name: card.name.to_string(),
        full_name: (card.full_name != card.name).then(|| card.full_name.to_string()),
        caption: card.caption.to_string(),
        health: card.health,
        status: card.status.to_string(),
        pods: card.pods.iter().map(pod).collect(),
        tallies: card.tallies.iter().map(tally).collect(),
        badges: card.badges.iter().map(wire_badge).collect(),
        note: card.note.as_ref().map(|note| note.text.to_string()),
        full_note: card.note.as_ref().filter(|note| note.full != note.text).map(|note| note.full.to_string()),
        meters: card.meters.iter().map(meter).collect(),
        folded: card.folded,
        aside: card.aside,
    }
}

fn wire_link(link: &Link) -> WireLink {
    WireLink {
        from: wire_end(&link.from),
        to: wire_end(&link.to),
        class: link.class,
        state: link.state,
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

    fn card(name: &str, caption: &str) -> Card {
        Card {
            key: model::ResourceKey::new("apps", "Deployment", "shop", name),
            rect: Rect::default(),
            look: CardLook::Object,
            name: name.into(),
            full_name: name.into(),
            caption: caption.into(),
            full_caption: caption.into(),
            health: Health::Ok,
            status: "Available".into(),
            pods: Vec::new(),
            tallies: Vec::new(),
            badges: Vec::new(),
            note: None,
            meters: Vec::new(),
            folded: 0,
            aside: false,
        }
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
        let mut sent = Sent::nothing(1, 0);
        let first = sent.next(
            "c",
            &scene(&[("a", "A", 0.0), ("b", "B", 20.0), ("c", "C", 40.0)]),
            vec![],
            Some(&View::default()),
        );
        let (header, numbers) = read(&first.unwrap());
        assert_eq!((&header["number"], header["blocks"].as_array().unwrap().len()), (&1.into(), 3));
        assert_eq!(numbers.len(), 4 + 3 * 4);

        let after = scene(&[("a", "A", 5.0), ("b", "B changed", 20.0)]);
        let (header, numbers) = read(&sent.next("c", &after, vec![], None).unwrap());
        assert_eq!(header["blocks"][0]["id"], "b");
        assert_eq!(header["moved"], serde_json::json!(["a"]));
        assert_eq!(header["removed"], serde_json::json!(["c"]));
        assert_eq!(header["links"], serde_json::json!([]));
        assert_eq!(numbers, [0.0, 0.0, 0.0, 0.0, 20.0, 0.0, 10.0, 5.0, 5.0, 0.0]);

        assert!(sent.next("c", &after, vec![], None).is_none(), "nothing differs");
        assert_eq!(sent.number, 2);
    }

    #[test]
    fn a_change_in_one_block_sends_what_changed_of_it_and_no_other_frame() {
        let frame = |at: usize, objects: u32| Frame {
            id: format!("ns:n{at}").into(),
            rect: Rect::default(),
            title: format!("n{at}").into(),
            subtitle: "".into(),
            counts: Counts { objects, ..Counts::default() },
            badges: Vec::new(),
        };
        let link = |from: usize, count: u32| Link {
            from: LinkEnd::Block(format!("app:{from}").into()),
            to: LinkEnd::Block("app:0".into()),
            class: model::RelationClass::Owns,
            state: model::EdgeState::Resolved,
            inferred: false,
            count,
            points: vec![Point::default(); 2],
            label: None,
            words: None,
        };
        let picture = |caption: &str, objects: u32, count: u32| {
            let block = |at: usize| {
                let cards = (0..20).map(|each| {
                    card(&format!("app-{at}-{each}"), if (at, each) == (7, 3) { caption } else { "1 of 1 ready" })
                });
                let block = Block { cards: cards.collect(), ..(*block(&format!("app:{at}"), "")).clone() };
                PlacedBlock { origin: Point::default(), block: Arc::new(block) }
            };
            Scene {
                frames: (0..40).map(|at| frame(at, if at == 5 { objects } else { 9 })).collect(),
                blocks: (0..40).map(block).collect(),
                links: (1..40).map(|from| link(from, if from == 30 { count } else { 1 })).collect(),
                ..Scene::default()
            }
        };
        let mut sent = Sent::nothing(1, 0);
        let first = sent.next("c", &picture("1 of 1 ready", 9, 1), vec![], Some(&View::default())).unwrap();
        let (header, _) = read(&first);
        assert_eq!(header["frames"].as_array().unwrap().len(), 40);

        let one = sent.next("c", &picture("0 of 1 ready", 9, 1), vec![], None).unwrap();
        let (header, _) = read(&one);
        let header: PictureHeader = serde_json::from_value(header).unwrap();
        assert_eq!((header.frames.len(), header.links.len(), header.blocks.len()), (0, 0, 1));
        let [changed] = header.blocks[0].cards.as_slice() else { panic!("{:?}", header.blocks) };
        assert_eq!((&*changed.name, &*changed.caption), ("app-7-3", "0 of 1 ready"));
        assert_eq!(header.blocks[0].cards_splice, WireSplice { gone: vec![3], at: vec![3], moved: vec![] });
        assert!(one.len() * 100 < first.len(), "{} bytes after {}", one.len(), first.len());

        let (header, _) = read(&sent.next("c", &picture("0 of 1 ready", 8, 2), vec![], None).unwrap());
        let header: PictureHeader = serde_json::from_value(header).unwrap();
        assert_eq!((header.frames.len(), header.links.len(), header.blocks.len()), (1, 1, 0));
        assert_eq!(header.frames_splice, WireSplice { gone: vec![5], at: vec![5], moved: vec![] });
        assert_eq!(header.links_splice, WireSplice { gone: vec![29], at: vec![29], moved: vec![] });
    }

    #[test]
    fn a_pod_that_goes_is_told_in_a_fraction_of_what_its_blocks_hold() {
        let moment = demo::Time::from_millis(1_790_000_000_000);
        let objects = demo::shop_objects(1, moment).unwrap();
        // One of several alike: a StatefulSet's pod that others refer to leaves a ghost, and its block is laid out anew.
        let of_a_replica_set = |value: &serde_json::Value| {
            value["kind"] == "Pod" && value["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet"
        };
        let pod = objects.iter().position(of_a_replica_set).unwrap();
        let objects: Vec<model::Object> =
            objects.into_iter().map(|value| model::Object::from_json(value).unwrap()).collect();
        let pod = objects[pod].key.clone();
        let mut engine = topology::Engine::new(Arc::default());
        let coverage = model::Coverage::default();
        let arrived: Vec<_> = objects.into_iter().map(topology::Change::Upserted).collect();
        engine.apply(&arrived, &coverage);
        let options = diagram::picture::Options::default();
        let before = diagram::picture::build(&engine.graph(), &options);
        let delta = engine.apply(&[topology::Change::Removed(pod)], &coverage);
        let after = diagram::picture::rebuild(&engine.graph(), &options, &before.state, &delta);

        let mut sent = Sent::nothing(1, 0);
        sent.next("c", &before.scene, vec![], Some(&View::default())).unwrap();
        // What it would be with every frame and link, and whole blocks in place of what changed of them.
        let mut coarse = Sent { frames: vec![], links: vec![], blocks: sent.blocks.clone(), ..Sent::nothing(1, 1) };
        let changed =
            |placed: &&PlacedBlock| sent.blocks.get(&placed.block.id).is_none_or(|(_, held)| *held != placed.block);
        for placed in after.scene.blocks.iter().filter(changed) {
            coarse.blocks.remove(&placed.block.id);
        }
        let coarse = coarse.next("c", &after.scene, vec![], None).unwrap();
        let fine = sent.next("c", &after.scene, vec![], None).unwrap();
        assert!(fine.len() * 2 < coarse.len(), "{} bytes in place of {}", fine.len(), coarse.len());
    }

    #[test]
    fn cards_below_one_that_goes_are_told_how_far_they_move() {
        let picture = |gone: Option<u8>| {
            let cards = (0..100_u8).filter(|at| Some(*at) != gone).zip(0_u8..).map(|(at, row)| Card {
                rect: Rect { x: 12.0, y: f32::from(row) * 58.0, width: 196.0, height: 46.0 },
                badges: vec![Badge {
                    rect: Rect { x: 150.0, y: f32::from(row) * 58.0 + 38.0, width: 50.0, height: 16.0 },
                    text: "sa: web".into(),
                    key: None,
                }],
                ..card(&format!("app-{at}"), "1 of 1 ready")
            });
            let whole = Block { cards: cards.collect(), ..(*block("app:shop", "shop")).clone() };
            let placed = PlacedBlock { origin: Point::default(), block: Arc::new(whole) };
            Scene { blocks: vec![placed], ..Scene::default() }
        };
        let mut sent = Sent::nothing(1, 0);
        let first = sent.next("c", &picture(None), vec![], Some(&View::default())).unwrap();
        let next = sent.next("c", &picture(Some(30)), vec![], None).unwrap();
        let (header, numbers) = read(&next);
        let header: PictureHeader = serde_json::from_value(header).unwrap();
        assert_eq!(header.blocks[0].cards, []);
        assert_eq!(header.blocks[0].cards_splice, WireSplice { gone: vec![30], at: vec![], moved: vec![(30, 69)] });
        assert_eq!(numbers[8..], [0.0, -58.0]);
        assert!(next.len() * 20 < first.len(), "{} bytes after {}", next.len(), first.len());
    }
}
