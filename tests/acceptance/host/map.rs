//! A reader of the living map, as any interface is one: it puts the numbered messages together by what
//! `api::types::picture` says of them, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use api::types::{ApiError, PictureHeader, View, WireBadge, WireBlock, WireFrame, WireLink};
use api::{Item, Reader, Writer};
use serde_json::json;
use support::PATIENCE;

use super::Host;

/// The map as far as it has been read.
pub(crate) struct Map {
    stream: (Reader, Writer),
    cluster: String,
    pub(crate) view: View,
    /// Number of the last message.
    pub(crate) number: u64,
    /// The last header.
    pub(crate) header: Option<PictureHeader>,
    /// In reading order, by id, with the place.
    order: Vec<(String, Rect, WireFrame)>,
    /// By id, with the place.
    pub(crate) frames: BTreeMap<String, (Rect, WireFrame)>,
    /// By id, with the place.
    pub(crate) blocks: BTreeMap<String, (Rect, WireBlock)>,
    /// Between blocks.
    pub(crate) links: Vec<WireLink>,
}

pub(crate) type Rect = [f32; 4];

/// What a picture says, without where it says it.
pub(crate) type Contents = BTreeMap<String, BTreeSet<String>>;

impl Map {
    /// Opens the stream; nothing is read yet.
    pub(crate) fn open(host: &Host, cluster: &str, view: View) -> Self {
        let stream = subscribe(host, cluster, &view, None);
        Self {
            stream,
            cluster: cluster.to_owned(),
            view,
            number: 0,
            header: None,
            order: Vec::new(),
            frames: BTreeMap::new(),
            blocks: BTreeMap::new(),
            links: Vec::new(),
        }
    }

    /// Loses the connection, and asks for what comes after the last message.
    pub(crate) fn reconnect(&mut self, host: &Host) {
        self.reconnect_after(host, self.number);
    }

    pub(crate) fn reconnect_after(&mut self, host: &Host, number: u64) {
        self.hang_up(host);
        self.stream = subscribe(host, &self.cluster, &self.view, Some(number));
    }

    /// Asks for another view of the same stream.
    pub(crate) fn turn_to(&mut self, view: View) {
        self.stream.1.send(serde_json::to_value(&view).unwrap()).unwrap();
        self.view = view;
    }

    /// Loses the connection.
    pub(crate) fn hang_up(&mut self, host: &Host) {
        // Any other stream in its place: the reader of this one is dropped.
        self.stream = host.application.open_stream(api::Caller::Window, "notices", json!({})).unwrap();
    }

    /// The next message, put on the map.
    pub(crate) async fn next(&mut self, what: &str) -> PictureHeader {
        match self.item(what).await.expect("the map ended") {
            Ok(message) => self.take(&message),
            Err(error) => panic!("{what}: {error}"),
        }
    }

    /// The last words of a stream that ends.
    pub(crate) async fn end(&mut self) -> ApiError {
        loop {
            match self.item("the map ends").await {
                Some(Ok(message)) => {
                    self.take(&message);
                }
                Some(Err(error)) => return error,
                None => panic!("it ended without a word"),
            }
        }
    }

    /// Reads until the map is as wanted; the messages on the way.
    pub(crate) async fn until(&mut self, what: &str, mut wanted: impl FnMut(&Self) -> bool) -> Vec<PictureHeader> {
        let mut messages = Vec::new();
        while !wanted(self) {
            messages.push(self.next(what).await);
        }
        messages
    }

    /// The last message's header.
    pub(crate) fn header(&self) -> &PictureHeader {
        self.header.as_ref().expect("a picture has come")
    }

    /// What questions about this picture name.
    pub(crate) fn picture(&self) -> u32 {
        self.header().picture
    }

    /// Where each block stands.
    pub(crate) fn places(&self) -> BTreeMap<String, [f32; 2]> {
        self.blocks.iter().map(|(id, (rect, _))| (id.clone(), [rect[0], rect[1]])).collect()
    }

    /// Whether a card, an application or a frame of this id is drawn.
    pub(crate) fn shows(&self, id: &str) -> bool {
        self.block_of(id).is_some() || self.blocks.contains_key(id) || self.frames.contains_key(id)
    }

    /// The block that holds the card of an object.
    pub(crate) fn block_of(&self, key: &str) -> Option<&WireBlock> {
        let has = |block: &WireBlock| block.cards.iter().any(|card| card.key == key);
        self.blocks.values().map(|(_, block)| block).find(|block| has(block))
    }

    /// The second line of an object's card.
    pub(crate) fn caption_of(&self, key: &str) -> Option<&str> {
        let card = self.block_of(key)?.cards.iter().find(|card| card.key == key)?;
        Some(&card.caption)
    }

    /// How many pods the card of an object holds; none where there is no such card.
    pub(crate) fn pods_of(&self, key: &str) -> Option<usize> {
        let card = self.block_of(key)?.cards.iter().find(|card| card.key == key)?;
        Some(card.pods.len())
    }

    /// Everything that can be read on it.
    pub(crate) fn contents(&self) -> Contents {
        let link = |link: &WireLink| {
            format!("{} → {} {} {} ×{}", link.from.id, link.to.id, link.class.word(), link.state.word(), link.count)
        };
        let block = |block: &WireBlock| {
            let cards = block.cards.iter().map(|card| {
                let pods: Vec<String> =
                    card.pods.iter().map(|pod| format!("{}:{}", pod.key, pod.health.word())).collect();
                let words = (&card.key, &card.name, &card.caption, &card.health, &card.status, pods, card.folded);
                format!("{words:?} {:?}", card.look)
            });
            cards.chain(block.links.iter().map(link)).collect()
        };
        let mut contents: Contents = self.blocks.iter().map(|(id, (_, it))| (id.clone(), block(it))).collect();
        contents.insert("frames".to_owned(), self.frames.keys().cloned().collect());
        contents.insert("links".to_owned(), self.links.iter().map(link).collect());
        contents
    }

    async fn item(&mut self, what: &str) -> Option<Result<Vec<u8>, ApiError>> {
        let waited = tokio::time::timeout(PATIENCE, self.stream.0.next()).await;
        let item = waited.unwrap_or_else(|_| panic!("waited in vain: {what}"))?;
        Some(item.map(|item| match item {
            Item::Binary(bytes) => bytes,
            Item::Json(text) => panic!("the map came as text: {text}"),
        }))
    }

    fn take(&mut self, message: &[u8]) -> PictureHeader {
        let (length, rest) = message.split_at(4);
        let length = u32::from_le_bytes(length.try_into().unwrap()) as usize;
        assert_eq!(length % 4, 0, "the header is padded");
        let (header, geometry) = rest.split_at(length);
        let header: PictureHeader = serde_json::from_slice(header).unwrap();
        assert_eq!(header.cluster, self.cluster);
        if header.view.is_some() {
            self.order.clear();
            self.blocks.clear();
            self.links.clear();
        } else {
            assert_eq!(header.number, self.number + 1, "a message is lost");
            assert_eq!(header.picture, self.picture(), "the picture has another name");
        }
        self.number = header.number;
        let mut numbers = Numbers(geometry.chunks_exact(4));
        let bounds = numbers.rect();
        let frames = header.frames.iter().map(|frame| (frame.id.clone(), numbers.frame(frame), frame.clone()));
        header.frames_splice.apply(&mut self.order, frames);
        for (first, count) in &header.frames_splice.moved {
            let [right, down] = numbers.point();
            for (_, rect, _) in self.order.iter_mut().skip(*first as usize).take(*count as usize) {
                [rect[0], rect[1]] = [rect[0] + right, rect[1] + down];
            }
        }
        let places = self.order.iter().map(|(id, rect, frame)| (id.clone(), (*rect, frame.clone())));
        self.frames = places.collect();
        for block in &header.blocks {
            let rect = numbers.block(block);
            let (mut cards, mut links) = match self.blocks.remove(&block.id) {
                Some((_, held)) => (held.cards, held.links),
                None => (Vec::new(), Vec::new()),
            };
            block.cards_splice.apply(&mut cards, block.cards.iter().cloned());
            block.links_splice.apply(&mut links, block.links.iter().cloned());
            self.blocks.insert(block.id.clone(), (rect, WireBlock { cards, links, ..block.clone() }));
        }
        for id in &header.moved {
            let (rect, _) = self.blocks.get_mut(id).expect("what moved is there");
            [rect[0], rect[1]] = numbers.point();
        }
        header.links.iter().for_each(|link| numbers.link(link));
        numbers.points(header.links_splice.moved.len());
        header.links_splice.apply(&mut self.links, header.links.iter().cloned());
        assert_eq!(numbers.0.len(), 0, "numbers are left over");
        for id in &header.removed {
            self.blocks.remove(id).expect("what is removed was there");
        }
        for (id, (rect, block)) in &self.blocks {
            let (frame, _) = self.frames.get(&block.frame).expect("every block stands in a frame");
            assert!(
                is_inside(rect, frame) && is_inside(frame, &bounds),
                "{id} at {rect:?} leaves {frame:?} or {bounds:?}"
            );
        }
        self.header = Some(header.clone());
        header
    }
}

fn subscribe(host: &Host, cluster: &str, view: &View, resume: Option<u64>) -> (Reader, Writer) {
    let request = json!({ "cluster": cluster, "view": view, "resume": resume });
    host.application.open_stream(api::Caller::Window, "picture", request).unwrap()
}

fn is_inside(inner: &Rect, outer: &Rect) -> bool {
    const ROUNDING: f32 = 0.5;
    inner[0] >= outer[0] - ROUNDING
        && inner[1] >= outer[1] - ROUNDING
        && inner[0] + inner[2] <= outer[0] + outer[2] + ROUNDING
        && inner[1] + inner[3] <= outer[1] + outer[3] + ROUNDING
}

/// The geometry of a message, in the order in which it is to be taken.
struct Numbers<'a>(std::slice::ChunksExact<'a, u8>);

impl Numbers<'_> {
    fn number(&mut self) -> f32 {
        let four = self.0.next().expect("a number is missing");
        f32::from_le_bytes(four.try_into().unwrap())
    }

    fn point(&mut self) -> [f32; 2] {
        [self.number(), self.number()]
    }

    fn rect(&mut self) -> Rect {
        [self.number(), self.number(), self.number(), self.number()]
    }

    fn points(&mut self, count: usize) {
        (0..count).for_each(|_| {
            self.point();
        });
    }

    fn rects(&mut self, count: usize) {
        (0..count).for_each(|_| {
            self.rect();
        });
    }

    fn badges(&mut self, badges: &[WireBadge]) {
        self.rects(badges.len());
    }

    fn frame(&mut self, frame: &WireFrame) -> Rect {
        let rect = self.rect();
        self.badges(&frame.badges);
        rect
    }

    fn block(&mut self, block: &WireBlock) -> Rect {
        let rect = self.rect();
        let own = [0.0, 0.0, rect[2], rect[3]];
        for card in &block.cards {
            let place = self.rect();
            assert!(is_inside(&place, &own), "{} at {place:?} leaves its block {own:?}", card.key);
            self.points(card.pods.len());
            self.rects(card.tallies.len());
            self.badges(&card.badges);
            self.rects(card.note.iter().len());
            self.rects(card.meters.len());
        }
        self.points(block.cards_splice.moved.len());
        block.links.iter().for_each(|link| self.link(link));
        self.points(block.links_splice.moved.len());
        rect
    }

    fn link(&mut self, link: &WireLink) {
        self.rects(link.label.iter().len());
        self.points(link.corners as usize);
    }
}
