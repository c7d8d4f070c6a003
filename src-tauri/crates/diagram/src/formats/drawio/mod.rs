//! draw.io: frames and applications are containers, cards are groups of shapes, links are connectors on our routes.
//! Everything can be moved and edited in diagrams.net.

mod legend;

use std::fmt::Write as _;
use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Health;

use super::outline::{Member, Outline, Wire, words};
use super::xml::{escape, number};
use crate::draw::ink::{self, Ink};
use crate::export::{ExportError, Look, Notes, Progress, Subject};
use crate::icons;
use crate::scene::{CardLook, Point, Rect};
use crate::theme::{ASIDE, Theme, Token, of_health};

/// Writes the file.
pub(crate) fn write(
    subject: Subject<'_>,
    look: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    let scene = subject.scene;
    let outline = Outline::drawn(scene);
    let mut page = Page { text: String::with_capacity(1 << 16), theme: look.theme, is_aside: false };
    let title = look.title.as_deref().unwrap_or(&scene.title);
    page.text.push_str("<mxfile host=\"Kubilitics\">\n<diagram id=\"map\" name=\"");
    escape(&mut page.text, title);
    let background = page.colour(Token::Page);
    let _ = writeln!(
        page.text,
        "\">\n<mxGraphModel background=\"{background}\" grid=\"1\" gridSize=\"4\" page=\"0\">\n<root>\n\
         <mxCell id=\"0\"/>\n<mxCell id=\"1\" parent=\"0\"/>"
    );
    let words_style = |size: u32, token, theme: Theme| {
        format!(
            "text;fillColor=none;strokeColor=none;align=left;verticalAlign=middle;fontSize={size};fontColor={};",
            theme.colour(token)
        )
    };
    let bounds = scene.bounds;
    let head = Rect { x: bounds.x, y: bounds.y - 64.0, width: 400.0, height: 32.0 };
    page.cell("title", "1", title, &format!("{}fontStyle=1;", words_style(24, Token::Text, look.theme)), &head);
    let below = Rect { x: bounds.x, y: bounds.y - 34.0, width: 600.0, height: 24.0 };
    page.cell("subtitle", "1", &scene.subtitle, &words_style(13, Token::Secondary, look.theme), &below);
    for (at, group) in outline.frames.iter().enumerate() {
        progress.report(at, outline.frames.len())?;
        let frame = group.frame;
        let style = page.container(Token::Frame, Token::Text, 15);
        let title = format!("{}   {}", frame.title, frame.subtitle);
        page.cell(&frame.id, "1", title.trim(), &style, &frame.rect);
        for section in &group.sections {
            let (block, inside) = (section.block, relative(&section.rect, &frame.rect));
            let style = if block.title.is_empty() {
                "group;container=1;collapsible=0;fillColor=none;strokeColor=none;".to_owned()
            } else {
                page.container(Token::Group, Token::Secondary, 12)
            };
            page.cell(&block.id, &frame.id, &block.title, &style, &inside);
            for number in section.cards.iter().copied() {
                if let Some(member) = outline.cards.get(number) {
                    page.card(member, &block.id);
                    page.is_aside = false;
                }
            }
        }
    }
    for (at, wire) in outline.wires.iter().enumerate() {
        page.wire(at, wire, &outline);
    }
    legend::legend(&mut page, scene, look);
    page.text.push_str("</root>\n</mxGraphModel>\n</diagram>\n</mxfile>\n");
    out.write_all(page.text.as_bytes())?;
    Ok(Notes::default())
}

struct Page {
    text: String,
    theme: Theme,
    /// What is written stands back: it has no part in what the lens shows.
    is_aside: bool,
}

impl Page {
    fn colour(&self, token: Token) -> &'static str {
        self.theme.colour(token)
    }

    fn container(&self, fill: Token, words: Token, size: u32) -> String {
        format!(
            "rounded=1;absoluteArcSize=1;arcSize=16;container=1;collapsible=0;fillColor={};strokeColor={};\
             fontColor={};fontSize={size};fontStyle=1;align=left;verticalAlign=top;spacingLeft=12;spacingTop=4;",
            self.colour(fill),
            self.colour(Token::FrameLine),
            self.colour(words),
        )
    }

    /// A shape; the value is plain text.
    fn cell(&mut self, id: &str, parent: &str, value: &str, style: &str, rect: &Rect) {
        self.text.push_str("<mxCell id=\"");
        escape(&mut self.text, id);
        self.text.push_str("\" parent=\"");
        escape(&mut self.text, parent);
        self.text.push_str("\" style=\"");
        escape(&mut self.text, style);
        if self.is_aside {
            let percent = (ASIDE * 100.0).round();
            let _ = write!(self.text, "opacity={percent};textOpacity={percent};");
        }
        self.text.push_str("\" value=\"");
        escape(&mut self.text, value);
        self.text.push_str("\" vertex=\"1\"><mxGeometry");
        for (name, value) in [("height", rect.height), ("width", rect.width), ("x", rect.x), ("y", rect.y)] {
            let _ = write!(self.text, " {name}=\"");
            number(&mut self.text, value);
            self.text.push('"');
        }
        self.text.push_str(" as=\"geometry\"/></mxCell>\n");
    }

    /// A card with its parts inside it, so that they move together.
    fn card(&mut self, member: &Member<'_>, parent: &str) {
        let card = &*member.card;
        self.is_aside = card.aside;
        let health = member.health();
        let (fill, line, words) = match health {
            Health::Failing | Health::Missing => (Token::FailingCard, Token::Failing, Token::Failing),
            Health::Degraded | Health::Pending => (Token::WarningCard, Token::Warning, Token::Warning),
            Health::Unknown => (Token::Group, Token::Neutral, Token::Secondary),
            _ => (Token::Card, Token::CardLine, Token::Secondary),
        };
        let ghost = matches!(card.look, CardLook::Missing | CardLook::Unknown);
        let dashed = if ghost { "dashed=1;dashPattern=4 3;" } else { "" };
        let style = format!(
            "rounded=1;absoluteArcSize=1;arcSize=14;container=1;collapsible=0;html=0;fillColor={};strokeColor={};{dashed}",
            self.colour(fill),
            self.colour(line),
        );
        let id = card.key.as_str();
        self.cell(id, parent, "", &style, &card.rect);
        let part = |x, y, width, height| Rect { x, y, width, height };
        let drawing = if card.look == CardLook::Missing { Token::Failing } else { Token::Secondary };
        if !ghost {
            let tile = format!(
                "rounded=1;absoluteArcSize=1;arcSize=12;strokeColor=none;fillColor={};",
                self.colour(Token::Tile)
            );
            self.cell(&format!("{id}#tile"), id, "", &tile, &part(9.0, 9.0, 28.0, 28.0));
        }
        let icon = icon_style(icons::of(&card.key).path, self.colour(drawing));
        self.cell(&format!("{id}#icon"), id, "", &icon, &part(15.0, 15.0, 16.0, 16.0));
        let text =
            "text;html=0;fillColor=none;strokeColor=none;align=left;verticalAlign=middle;spacing=0;overflow=hidden;";
        let name = format!("{text}fontSize=12;fontStyle=1;fontColor={};", self.colour(Token::Text));
        let wide = card.rect.width - 44.0;
        self.cell(&format!("{id}#name"), id, &card.full_name, &name, &part(44.0, 7.0, wide - 26.0, 18.0));
        let caption = format!("{text}fontSize=11;fontColor={};", self.colour(words));
        self.cell(&format!("{id}#caption"), id, &card.full_caption, &caption, &part(44.0, 23.0, wide - 6.0, 16.0));
        let shape = mark_style(health, self.colour(of_health(health)));
        self.cell(&format!("{id}#state"), id, "", &shape, &part(card.rect.width - 22.0, 10.0, 12.0, 12.0));
        for pod in &card.pods {
            self.pod(pod.key.as_str(), id, pod.health, &relative(&pod.rect, &card.rect));
        }
        for (at, tally) in card.tallies.iter().enumerate() {
            let place = relative(&tally.rect, &card.rect);
            let square = Rect { width: 12.0, height: 12.0, ..place };
            self.pod(&format!("{id}#tally{at}"), id, tally.health, &square);
            let style = format!("{text}fontSize=11;fontColor={};", self.colour(Token::Text));
            let figure = Rect { x: place.x + 17.0, ..place };
            self.cell(&format!("{id}#count{at}"), id, &tally.count.to_string(), &style, &figure);
        }
        for (at, meter) in card.meters.iter().enumerate() {
            let words = format!("{} {:.0}%", meter.label, f64::from(meter.share) * 100.0);
            let style = format!("{text}fontSize=11;fontColor={};", self.colour(Token::Secondary));
            self.cell(&format!("{id}#meter{at}"), id, &words, &style, &relative(&meter.rect, &card.rect));
        }
        for (at, badge) in card.badges.iter().enumerate() {
            let style = format!(
                "rounded=1;arcSize=50;fontSize=10;fillColor={};strokeColor={};fontColor={};",
                self.colour(Token::Group),
                self.colour(Token::CardLine),
                self.colour(Token::Secondary),
            );
            self.cell(&format!("{id}#badge{at}"), id, &badge.text, &style, &relative(&badge.rect, &card.rect));
        }
        if let Some(note) = &card.note {
            let style = format!("{text}fontSize=11;fontColor={};", self.colour(Token::Failing));
            self.cell(&format!("{id}#note"), id, &note.text, &style, &relative(&note.rect, &card.rect));
        }
    }

    fn pod(&mut self, id: &str, parent: &str, health: Health, rect: &Rect) {
        let line = self.colour(of_health(health));
        let fill = if health == Health::Ok { line } else { "none" };
        let dashed = if health == Health::Pending { "dashed=1;dashPattern=2 2;" } else { "" };
        let style = format!("rounded=1;absoluteArcSize=1;arcSize=6;fillColor={fill};strokeColor={line};{dashed}");
        self.cell(id, parent, "", &style, rect);
    }

    fn wire(&mut self, at: usize, wire: &Wire<'_>, outline: &Outline<'_>) {
        let (Some(from), Some(to)) = (outline.cards.get(wire.from), outline.cards.get(wire.to)) else { return };
        let (Some(first), Some(last)) = (wire.points.first(), wire.points.last()) else { return };
        let several = wire.link.count > 1 && wire.between;
        let (ink, _) = ink::link(wire.link.class, wire.link.state, wire.link.inferred, several);
        let mut style = line_style(self, ink);
        let _ = write!(
            style,
            "fontColor={};fontSize=10;labelBackgroundColor={};",
            self.colour(Token::Secondary),
            self.colour(Token::Group),
        );
        // A line between two blocks stands for many: it holds at the blocks.
        let block = |member: &Member<'_>| {
            let sections = outline.frames.get(member.frame).map(|group| &group.sections)?;
            sections.iter().find(|section| Some(section.number) == member.section && wire.blocks)
        };
        let rect = |member: &Member<'_>| block(member).map_or(member.rect, |section| section.rect);
        style.push_str(&anchor("exit", first, &rect(from)));
        style.push_str(&anchor("entry", last, &rect(to)));
        let id = |member: &Member<'_>| {
            block(member).map_or(member.card.key.to_string(), |section| section.block.id.to_string())
        };
        let _ = write!(self.text, "<mxCell edge=\"1\" id=\"link{at}\" parent=\"1\" source=\"");
        escape(&mut self.text, &id(from));
        let _ = write!(self.text, "\" style=\"{style}\" target=\"");
        escape(&mut self.text, &id(to));
        self.text.push_str("\" value=\"");
        escape(&mut self.text, &words(&wire.link));
        self.text.push_str("\"><mxGeometry relative=\"1\" as=\"geometry\"><Array as=\"points\">");
        for point in wire.points.iter().skip(1).take(wire.points.len().saturating_sub(2)) {
            self.text.push_str("<mxPoint x=\"");
            number(&mut self.text, point.x);
            self.text.push_str("\" y=\"");
            number(&mut self.text, point.y);
            self.text.push_str("\"/>");
        }
        self.text.push_str("</Array></mxGeometry></mxCell>\n");
    }
}

/// A connector that looks like the line of the drawn formats, with an arrow's head.
fn line_style(page: &Page, ink: &Ink) -> String {
    let mut style = String::from("edgeStyle=none;rounded=1;endArrow=blockThin;endFill=1;endSize=6;strokeWidth=");
    number(&mut style, ink.width);
    let _ = write!(style, ";strokeColor={};", ink.stroke.map_or("none", |token| page.colour(token)));
    if let [dash, gap] = ink.dash {
        style.push_str("dashed=1;fixDash=1;dashPattern=");
        number(&mut style, dash.max(1.0));
        style.push(' ');
        number(&mut style, *gap);
        style.push(';');
    }
    style
}

/// Where on a shape's edge a connector holds.
fn anchor(end: &str, point: &Point, rect: &Rect) -> String {
    let share = |value: f32, from: f32, size: f32| ((value - from) / size.max(1.0)).clamp(0.0, 1.0);
    let (mut x, mut y) = (String::new(), String::new());
    number(&mut x, share(point.x, rect.x, rect.width));
    number(&mut y, share(point.y, rect.y, rect.height));
    format!("{end}X={x};{end}Y={y};{end}Dx=0;{end}Dy=0;{end}Perimeter=0;")
}

fn relative(rect: &Rect, outer: &Rect) -> Rect {
    Rect { x: rect.x - outer.x, y: rect.y - outer.y, ..*rect }
}

/// An image of our own line drawing. In a style a semicolon would end the value, hence no `;base64`.
fn icon_style(path: &str, colour: &str) -> String {
    picture(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><path d=\"{path}\" fill=\"none\" \
         stroke=\"{colour}\" stroke-linecap=\"round\" stroke-linejoin=\"round\" stroke-width=\"1.35\"/></svg>"
    ))
}

fn mark_style(health: Health, colour: &str) -> String {
    let mark = icons::mark(health);
    let dash: Vec<String> = mark.dash.iter().map(f32::to_string).collect();
    picture(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 12 12\"><path d=\"{}\" fill=\"{}\" stroke=\"{colour}\" \
         stroke-dasharray=\"{}\" stroke-linecap=\"{}\" stroke-linejoin=\"round\" stroke-width=\"{}\"/></svg>",
        mark.path,
        if mark.filled { colour } else { "none" },
        if dash.is_empty() { "none".to_owned() } else { dash.join(" ") },
        if dash.is_empty() { "round" } else { "butt" },
        mark.stroke,
    ))
}

fn picture(svg: &str) -> String {
    format!("shape=image;imageAspect=0;image=data:image/svg+xml,{};", STANDARD.encode(svg))
}
