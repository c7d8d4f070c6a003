//! Colours, light and dark, by what they mean. Screen and files take them from here.

use model::Health;
use serde::{Deserialize, Serialize};

/// Which of the two looks a picture has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark on white: paper, documents.
    #[default]
    Light,
    /// Light on near-black: screens in dark rooms.
    Dark,
}

impl Theme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// Its word, on the command line and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The look of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.word() == word)
    }
}

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Token {
    /// Behind everything.
    Page,
    /// A namespace.
    Frame,
    /// An application.
    Group,
    /// A card.
    Card,
    /// Behind a kind's icon, and the empty part of a meter.
    Tile,
    /// Lines of frames, groups and badges.
    FrameLine,
    /// Lines of cards.
    CardLine,
    /// Names.
    Text,
    /// Everything that is read second.
    Secondary,
    /// Links.
    Line,
    /// Links that carry traffic, and the full part of a meter.
    StrongLine,
    /// All is well.
    Ready,
    /// On its way, or working in part.
    Warning,
    /// Behind a card that is in part.
    WarningCard,
    /// Does not work, or is not there.
    Failing,
    /// Behind a card that fails.
    FailingCard,
    /// Ran to its end.
    Completed,
    /// Has no health of its own.
    Neutral,
    /// Selection, focus, what is active.
    Accent,
    /// [`Token::Ready`] where it carries text.
    ReadyText,
    /// [`Token::Warning`] where it carries text.
    WarningText,
    /// [`Token::Failing`] where it carries text.
    FailingText,
    /// [`Token::Accent`] where it carries text.
    AccentText,
}

/// Every colour: token, light, dark. Contrast of text on what it stands on is at least 4.5:1 (WCAG AA).
pub const COLOURS: [(Token, &str, &str); 23] = [
    (Token::Page, "#FAFAF9", "#0E1113"),
    (Token::Frame, "#F3F4F5", "#14181B"),
    (Token::Group, "#FFFFFF", "#191E22"),
    (Token::Card, "#FFFFFF", "#1F252A"),
    (Token::Tile, "#EEF1F3", "#2A3238"),
    (Token::FrameLine, "#DDE1E4", "#272D32"),
    (Token::CardLine, "#CDD3D8", "#384149"),
    (Token::Text, "#1A1F24", "#E8ECEF"),
    (Token::Secondary, "#5E6973", "#98A4AE"),
    (Token::Line, "#98A3AD", "#56626C"),
    (Token::StrongLine, "#5E6973", "#8794A0"),
    (Token::Ready, "#17875A", "#3FBF86"),
    (Token::Warning, "#B26A00", "#E0A23B"),
    (Token::WarningCard, "#FEF8EE", "#2A2317"),
    (Token::Failing, "#C4322B", "#F0665E"),
    (Token::FailingCard, "#FDF3F2", "#2A1A1A"),
    (Token::Completed, "#8E99A4", "#6F7C87"),
    (Token::Neutral, "#7D8893", "#8794A0"),
    (Token::Accent, "#2B6CDE", "#6CA0FF"),
    (Token::ReadyText, "#11704A", "#57CF99"),
    (Token::WarningText, "#8F5500", "#E6AD4F"),
    (Token::FailingText, "#B3271F", "#F4807A"),
    (Token::AccentText, "#1D5BC9", "#8AB4FF"),
];

/// How much is left of what has no part in what a lens shows.
pub const ASIDE: f32 = 0.3;

impl Theme {
    /// The colour as `#RRGGBB`.
    pub fn colour(self, token: Token) -> &'static str {
        let Some((_, light, dark)) = COLOURS.get(token as usize) else { return "#000000" };
        match self {
            Self::Light => light,
            Self::Dark => dark,
        }
    }

    /// The colour as red, green and blue.
    pub fn rgb(self, token: Token) -> [u8; 3] {
        let value = u32::from_str_radix(self.colour(token).trim_start_matches('#'), 16).unwrap_or_default();
        let [_, red, green, blue] = value.to_be_bytes();
        [red, green, blue]
    }
}

/// The colour of a state.
pub fn of_health(health: Health) -> Token {
    match health {
        Health::Ok => Token::Ready,
        Health::Pending | Health::Degraded => Token::Warning,
        Health::Failing | Health::Missing => Token::Failing,
        Health::Completed => Token::Completed,
        Health::Neutral | Health::Unknown => Token::Neutral,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_tokens() {
        for (at, (token, ..)) in COLOURS.iter().enumerate() {
            assert_eq!(*token as usize, at, "{token:?}");
        }
        assert_eq!(Theme::Dark.rgb(Token::Accent), [0x6c, 0xa0, 0xff]);
    }

    /// Relative luminance and contrast by WCAG 2.2.
    fn contrast(theme: Theme, one: Token, other: Token) -> f64 {
        let luminance = |token| {
            let [red, green, blue] = theme.rgb(token).map(|channel| {
                let share = f64::from(channel) / 255.0;
                if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_is_readable_wherever_it_stands() {
        use Token::{Card, FailingCard, FailingText, Frame, Group, Page, Secondary, Text, WarningCard, WarningText};
        for theme in [Theme::Light, Theme::Dark] {
            for ground in [Page, Frame, Group, Card, WarningCard, FailingCard] {
                for text in [Text, Secondary] {
                    assert!(contrast(theme, text, ground) >= 4.5, "{theme:?} {text:?} on {ground:?}");
                }
            }
            let problems =
                [(WarningText, WarningCard), (FailingText, FailingCard), (FailingText, Group), (FailingText, Card)];
            for (text, ground) in problems {
                assert!(contrast(theme, text, ground) >= 4.5, "{theme:?} {text:?} on {ground:?}");
            }
        }
    }
}
