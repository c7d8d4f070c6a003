//! The scene as the text formats see it: boxes in boxes with numbers for names, and links between them.
//!
//! What the drawing hangs on cards as badges, or does not draw because a frame says it, is a node or a line here: a text
//! is searched, not looked at.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{EdgeState, Health, RelationClass, ResourceKey};
use rustc_hash::FxHashMap;
use topology::{Edge, NodeId};

use crate::export::Subject;
use crate::picture::{is_hub, is_noise};
use crate::scene::{Badge, Block, Card, CardLook, Frame, Link, LinkEnd, Point, Rect, Scene};
use crate::theme::{Token, of_health};

/// The picture without its pixels.
pub(crate) struct Outline<'a> {
    pub(crate) frames: Vec<Group<'a>>,
    /// Every card, in reading order, then what the drawing shows as badges.
    pub(crate) cards: Vec<Member<'a>>,
    /// What the drawing draws, then what it shows as badges.
    pub(crate) wires: Vec<Wire<'a>>,
}

/// A frame with its blocks.
pub(crate) struct Group<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) sections: Vec<Section<'a>>,
    /// Numbers of what hangs on the frame as a badge.
    hung: Vec<usize>,
}

/// A block with its cards.
pub(crate) struct Section<'a> {
    pub(crate) block: &'a Block,
    /// Absolute.
    pub(crate) rect: Rect,
    /// Numbers of its cards and of what hangs on them as badges.
    pub(crate) cards: Vec<usize>,
    /// Number among all blocks.
    pub(crate) number: usize,
}

/// A card and where it is.
pub(crate) struct Member<'a> {
    pub(crate) card: Cow<'a, Card>,
    /// Absolute.
    pub(crate) rect: Rect,
    /// Numbers of its frame and block; what hangs on a frame is in no block.
    pub(crate) frame: usize,
    pub(crate) section: Option<usize>,
    /// The drawing shows it as a badge.
    pub(crate) is_badge: bool,
}

/// One step through an outline, as a text with boxes in boxes is written.
pub(crate) enum Step<'o, 'a> {
    /// A frame begins, with its number. Frames that hold nothing are left out.
    Frame(usize, &'a Frame),
    /// A block begins that has a title; the cards of others lie in the frame itself.
    Block(&'o Section<'a>),
    /// A card, with its number and the block that has a title around it.
    Card(usize, &'o Member<'a>, Option<&'o Section<'a>>),
    /// The block ends.
    BlockEnd,
    /// The frame ends.
    FrameEnd,
}

/// A link between two cards; an end that is a block stands for its first card.
pub(crate) struct Wire<'a> {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The ends are blocks, not cards.
    pub(crate) blocks: bool,
    /// It runs between blocks, or stands for links that do.
    pub(crate) between: bool,
    /// The drawing has no line for it.
    pub(crate) is_undrawn: bool,
    pub(crate) link: Cow<'a, Link>,
    /// Absolute.
    pub(crate) points: Vec<Point>,
}

impl<'a> Outline<'a> {
    /// Reads the scene, and from the graph what the scene shows as badges.
    pub(crate) fn of(subject: Subject<'a>) -> Self {
        let mut outline = Self::drawn(subject.scene);
        outline.hang(subject.scene);
        outline.join(subject);
        outline
    }

    /// Reads the scene alone. A block whose frame is unknown and a link to a card that is not drawn are left out.
    pub(crate) fn drawn(scene: &'a Scene) -> Self {
        let mut frames: Vec<Group<'a>> =
            scene.frames.iter().map(|frame| Group { frame, sections: Vec::new(), hung: Vec::new() }).collect();
        let frame_numbers: FxHashMap<&str, usize> =
            scene.frames.iter().enumerate().map(|(at, frame)| (&*frame.id, at)).collect();
        let mut cards = Vec::new();
        let mut of_key: FxHashMap<&str, usize> = FxHashMap::default();
        let mut of_block: FxHashMap<&str, usize> = FxHashMap::default();
        for (number, placed) in scene.blocks.iter().enumerate() {
            let block = &*placed.block;
            let Some(frame) = frame_numbers.get(&*block.frame).copied() else { continue };
            let from = cards.len();
            for card in &block.cards {
                let rect = Rect { x: card.rect.x + placed.origin.x, y: card.rect.y + placed.origin.y, ..card.rect };
                of_key.entry(card.key.as_str()).or_insert(cards.len());
                for pod in &card.pods {
                    of_key.entry(pod.key.as_str()).or_insert(cards.len());
                }
                let card = Cow::Borrowed(card);
                cards.push(Member { card, rect, frame, section: Some(number), is_badge: false });
            }
            if from < cards.len() {
                of_block.insert(&*block.id, from);
            }
            let rect = Rect { x: placed.origin.x, y: placed.origin.y, width: block.width, height: block.height };
            if let Some(group) = frames.get_mut(frame) {
                group.sections.push(Section { block, rect, cards: (from..cards.len()).collect(), number });
            }
        }
        let end = |end: &LinkEnd| match end {
            LinkEnd::Card(key) => of_key.get(key.as_str()).copied(),
            LinkEnd::Block(id) => of_block.get(&**id).copied(),
        };
        let mut wires = Vec::new();
        let mut wire = |link: &'a Link, origin: Point, outside: bool| {
            let (Some(from), Some(to)) = (end(&link.from), end(&link.to)) else { return };
            let points =
                link.points.iter().map(|point| Point { x: point.x + origin.x, y: point.y + origin.y }).collect();
            let blocks = matches!((&link.from, &link.to), (LinkEnd::Block(_), LinkEnd::Block(_)));
            let between = outside || matches!(link.from, LinkEnd::Block(_));
            wires.push(Wire { from, to, blocks, between, is_undrawn: false, link: Cow::Borrowed(link), points });
        };
        for placed in &scene.blocks {
            placed.block.links.iter().for_each(|link| wire(link, placed.origin, false));
        }
        scene.links.iter().for_each(|link| wire(link, Point::default(), true));
        Self { frames, cards, wires }
    }

    /// Makes a node of every object that the drawing shows as a badge alone, where its first badge is.
    fn hang(&mut self, scene: &'a Scene) {
        let mut known: BTreeSet<ResourceKey> = self.cards.iter().map(|member| member.card.key.clone()).collect();
        let mut hung: Vec<(usize, Option<usize>, Rect, ResourceKey)> = Vec::new();
        let mut hang = |frame: usize, section: Option<usize>, badge: &Badge, origin: Point| {
            let Some(key) = badge.key.as_ref().filter(|key| known.insert((*key).clone())) else { return };
            let rect = Rect { x: badge.rect.x + origin.x, y: badge.rect.y + origin.y, ..badge.rect };
            hung.push((frame, section, rect, key.clone()));
        };
        for (number, frame) in scene.frames.iter().enumerate() {
            frame.badges.iter().for_each(|badge| hang(number, None, badge, Point::default()));
        }
        for member in &self.cards {
            let origin = Point { x: member.rect.x - member.card.rect.x, y: member.rect.y - member.card.rect.y };
            member.card.badges.iter().for_each(|badge| hang(member.frame, member.section, badge, origin));
        }
        for (frame, section, rect, key) in hung {
            let number = self.cards.len();
            let Some(group) = self.frames.get_mut(frame) else { continue };
            match group.sections.iter_mut().find(|each| Some(each.number) == section) {
                Some(section) => section.cards.push(number),
                None => group.hung.push(number),
            }
            let card = Cow::Owned(plain(key, rect));
            self.cards.push(Member { card, rect, frame, section, is_badge: true });
        }
    }

    /// Adds a line for every relation between two cards that the drawing has none for. Membership, and what runs on which
    /// node, is left to boxes and captions.
    fn join(&mut self, subject: Subject<'a>) {
        let graph = subject.graph;
        let numbers: FxHashMap<ResourceKey, usize> =
            self.cards.iter().enumerate().rev().map(|(at, member)| (member.card.key.clone(), at)).collect();
        let mut of_node: FxHashMap<NodeId, usize> = FxHashMap::default();
        for (node, key) in subject.scene.seats.each() {
            if let Some(number) = numbers.get(key) {
                of_node.insert(node, *number);
            }
        }
        let badges = self.cards.iter().enumerate().filter(|(_, member)| member.is_badge);
        of_node.extend(badges.filter_map(|(number, member)| Some((graph.id(&member.card.key)?, number))));
        let mut wired: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut bundled: BTreeSet<(Option<usize>, Option<usize>)> = BTreeSet::new();
        let section = |number: usize| self.cards.get(number).and_then(|member| member.section);
        for wire in &self.wires {
            wired.extend([(wire.from, wire.to), (wire.to, wire.from)]);
            if wire.blocks {
                bundled.insert((section(wire.from), section(wire.to)));
            }
        }
        let mut found: BTreeMap<(usize, usize), Vec<&Edge>> = BTreeMap::new();
        let mut nodes: Vec<(NodeId, usize)> = of_node.iter().map(|(node, number)| (*node, *number)).collect();
        nodes.sort_unstable();
        for (node, from) in nodes {
            for edge in graph.outgoing(node) {
                let Some(to) = of_node.get(&edge.to).copied().filter(|to| *to != from) else { continue };
                let is_told = edge.class == RelationClass::Member
                    || is_hub(&graph.node(edge.to).key)
                    || is_noise(graph, edge)
                    || wired.contains(&(from, to))
                    || edge.class == RelationClass::Routes && bundled.contains(&(section(from), section(to)));
                if !is_told && subject.filter.shows(graph, edge) {
                    found.entry((from, to)).or_default().push(edge);
                }
            }
        }
        for ((from, to), edges) in found {
            let (Some(start), Some(end)) = (self.cards.get(from), self.cards.get(to)) else { continue };
            let link = undrawn(&start.card.key, &end.card.key, &edges);
            let points = vec![middle(&start.rect), middle(&end.rect)];
            let link = Cow::Owned(link);
            self.wires.push(Wire { from, to, blocks: false, between: true, is_undrawn: true, link, points });
        }
    }

    /// Leaves out what the drawing shows as badges.
    pub(crate) fn without_badges(mut self) -> Self {
        self.wires.retain(|wire| !wire.is_undrawn);
        for group in &mut self.frames {
            group.hung.clear();
            for section in &mut group.sections {
                section.cards.retain(|number| self.cards.get(*number).is_some_and(|member| !member.is_badge));
            }
        }
        self
    }

    /// Whether the drawing shows relations as badges.
    pub(crate) fn has_badges(&self) -> bool {
        self.wires.iter().any(|wire| wire.is_undrawn) || self.cards.iter().any(|member| member.is_badge)
    }

    /// Walks through frames, blocks and cards in reading order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Step<'_, 'a>> {
        let filled =
            self.frames.iter().enumerate().filter(|(_, group)| !group.sections.is_empty() || !group.hung.is_empty());
        let card = |number: &usize, section| Some(Step::Card(*number, self.cards.get(*number)?, section));
        filled.flat_map(move |(number, group)| {
            let hung = group.hung.iter().filter_map(move |number| card(number, None));
            let sections = group.sections.iter().flat_map(move |section| {
                let titled = (!section.block.title.is_empty()).then_some(section);
                let cards = section.cards.iter().filter_map(move |number| card(number, titled));
                titled.map(Step::Block).into_iter().chain(cards).chain(titled.map(|_| Step::BlockEnd))
            });
            std::iter::once(Step::Frame(number, group.frame)).chain(hung).chain(sections).chain([Step::FrameEnd])
        })
    }
}

impl Member<'_> {
    /// The state that the text formats show.
    pub(crate) fn health(&self) -> Health {
        if self.card.look == CardLook::Unknown { Health::Unknown } else { self.card.health }
    }

    /// What stands under the name: the kind, which has no icon in a text, and what the card says or else its state.
    pub(crate) fn lines(&self) -> Vec<&str> {
        let kind = self.card.key.kind();
        match [&*self.card.full_caption, &*self.card.status].into_iter().find(|text| !kind.starts_with(text)) {
            Some(said) if said.starts_with(kind) => vec![said],
            Some(said) => vec![kind, said],
            None => vec![kind],
        }
    }
}

/// The card of an object that is drawn as a badge.
fn plain(key: ResourceKey, rect: Rect) -> Card {
    let name: Arc<str> = model::legible(&key.name().replace("%2F", "/")).into();
    Card {
        key,
        rect,
        look: CardLook::Object,
        name: Arc::clone(&name),
        full_name: name,
        caption: "".into(),
        full_caption: "".into(),
        health: Health::Neutral,
        status: "".into(),
        pods: Vec::new(),
        tallies: Vec::new(),
        badges: Vec::new(),
        note: None,
        meters: Vec::new(),
        folded: 0,
        aside: false,
    }
}

/// One link for all relations between two cards.
fn undrawn(from: &ResourceKey, to: &ResourceKey, edges: &[&Edge]) -> Link {
    let class = edges.iter().map(|edge| edge.class).min().unwrap_or(RelationClass::Refers);
    let state = |state| edges.iter().any(|edge| edge.state == state).then_some(state);
    let relations: BTreeSet<_> = edges.iter().map(|edge| edge.relation).collect();
    Link {
        from: LinkEnd::Card(from.clone()),
        to: LinkEnd::Card(to.clone()),
        class,
        state: state(EdgeState::Missing).or(state(EdgeState::Unknown)).unwrap_or(EdgeState::Resolved),
        inferred: edges.iter().all(|edge| edge.inferred),
        count: u32::try_from(relations.len()).unwrap_or(u32::MAX),
        points: Vec::new(),
        label: None,
        words: None,
    }
}

fn middle(rect: &Rect) -> Point {
    Point { x: rect.x + rect.width / 2.0, y: rect.y + rect.height / 2.0 }
}

/// Ground and line of a card in the text formats.
pub(crate) fn colours(health: Health) -> (Token, Token) {
    let ground = match health {
        Health::Failing | Health::Missing => Token::FailingCard,
        Health::Degraded | Health::Pending => Token::WarningCard,
        _ => Token::Card,
    };
    (ground, if health.is_problem() || health == Health::Ok { of_health(health) } else { Token::CardLine })
}

/// What a wire says beside its line: its labels, or how many it stands for.
pub(crate) fn words(link: &Link) -> String {
    match &link.words {
        Some(words) if link.count > 1 => format!("{words} ×{}", link.count),
        Some(words) => words.to_string(),
        None if link.count > 1 => format!("×{}", link.count),
        None => String::new(),
    }
}
