//! The scene as the text formats see it: boxes in boxes with numbers for names, and links between them.

use model::Health;
use rustc_hash::FxHashMap;

use crate::scene::{Block, Card, CardLook, Frame, Link, LinkEnd, Point, Rect, Scene};
use crate::theme::{Token, of_health};

/// The picture without its pixels.
pub(crate) struct Outline<'a> {
    pub(crate) frames: Vec<Group<'a>>,
    /// Every card, in reading order; `cards` of a [`Section`] count from here.
    pub(crate) cards: Vec<Member<'a>>,
    pub(crate) wires: Vec<Wire<'a>>,
}

/// A frame with its blocks.
pub(crate) struct Group<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) sections: Vec<Section<'a>>,
}

/// A block with its cards.
pub(crate) struct Section<'a> {
    pub(crate) block: &'a Block,
    /// Absolute.
    pub(crate) rect: Rect,
    pub(crate) cards: std::ops::Range<usize>,
    /// Number among all blocks.
    pub(crate) number: usize,
}

/// A card and where it is.
pub(crate) struct Member<'a> {
    pub(crate) card: &'a Card,
    /// Absolute.
    pub(crate) rect: Rect,
    /// Numbers of its frame and block.
    pub(crate) frame: usize,
    pub(crate) section: usize,
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
    pub(crate) link: &'a Link,
    /// Absolute.
    pub(crate) points: Vec<Point>,
}

impl<'a> Outline<'a> {
    /// Reads the scene. A block whose frame is unknown and a link to a card that is not drawn are left out.
    pub(crate) fn of(scene: &'a Scene) -> Self {
        let mut frames: Vec<Group<'a>> =
            scene.frames.iter().map(|frame| Group { frame, sections: Vec::new() }).collect();
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
                cards.push(Member { card, rect, frame, section: number });
            }
            if from < cards.len() {
                of_block.insert(&*block.id, from);
            }
            let rect = Rect { x: placed.origin.x, y: placed.origin.y, width: block.width, height: block.height };
            if let Some(group) = frames.get_mut(frame) {
                group.sections.push(Section { block, rect, cards: from..cards.len(), number });
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
            wires.push(Wire { from, to, blocks, between, link, points });
        };
        for placed in &scene.blocks {
            placed.block.links.iter().for_each(|link| wire(link, placed.origin, false));
        }
        scene.links.iter().for_each(|link| wire(link, Point::default(), true));
        Self { frames, cards, wires }
    }

    /// Walks through frames, blocks and cards in reading order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Step<'_, 'a>> {
        let filled = self.frames.iter().enumerate().filter(|(_, group)| !group.sections.is_empty());
        filled.flat_map(|(number, group)| {
            let sections = group.sections.iter().flat_map(|section| {
                let titled = (!section.block.title.is_empty()).then_some(section);
                let members = section.cards.clone().zip(self.cards.get(section.cards.clone()).unwrap_or_default());
                let cards = members.map(move |(number, member)| Step::Card(number, member, titled));
                titled.map(Step::Block).into_iter().chain(cards).chain(titled.map(|_| Step::BlockEnd))
            });
            std::iter::once(Step::Frame(number, group.frame)).chain(sections).chain([Step::FrameEnd])
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
        // A caption that is the kind may have been cut to the width of its card.
        let is_kind = |text: &str| kind.starts_with(text.trim_end_matches('…'));
        match [&*self.card.caption, &*self.card.status].into_iter().find(|text| !is_kind(text)) {
            Some(said) if said.starts_with(kind) => vec![said],
            Some(said) => vec![kind, said],
            None => vec![kind],
        }
    }
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

/// What a wire says beside its line: its label, or how many it stands for.
pub(crate) fn words(link: &Link) -> String {
    match &link.label {
        Some(label) if link.count > 1 => format!("{} ×{}", label.text, link.count),
        Some(label) => label.text.to_string(),
        None if link.count > 1 => format!("×{}", link.count),
        None => String::new(),
    }
}
