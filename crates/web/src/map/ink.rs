//! In which colours is a drawing shown? A file has those of paper; on the screen it has those of the theme, so that nobody who
//! reads in the dark is shown a white page.
//!
//! A drawing names its colours in attributes only, and never has a raw quotation mark from a name ([`super::svg::escaped`]), so
//! what stands between two of them is a colour of the drawing and no text of anybody.

/// The colours of a theme: those of paper, as the drawing has them, and what is in their place (`ui/src/theme/tokens.css`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Ink {
    #[default]
    Paper,
    Dark,
    Contrast,
}

/// Of paper, dark, and of high contrast.
const COLOURS: [[&str; 3]; 13] = [
    ["#1b2027", "#e8ebef", "#ffffff"],
    ["#525b67", "#abb4bf", "#ffffff"],
    ["#ffffff", "#12151a", "#000000"],
    ["#fff", "#12151a", "#000000"],
    ["#f1f3f5", "#171b21", "#000000"],
    ["#dfe3e8", "#2a313a", "#b8b8b8"],
    ["#868f9b", "#6d7783", "#ffffff"],
    ["#8a94a1", "#76818e", "#ffffff"],
    ["#7a0a2c", "#ff5c7a", "#ff8fa3"],
    ["#c4460f", "#ffa45c", "#ffb57a"],
    ["#f2c037", "#ffe08a", "#ffe08a"],
    ["#6b5200", "#ffe08a", "#ffe08a"],
    ["#66707d", "#98a2af", "#ffffff"],
];

impl Ink {
    /// The theme of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name {
            "light" => Some(Self::Paper),
            "dark" => Some(Self::Dark),
            "contrast" => Some(Self::Contrast),
            _ => None,
        }
    }

    /// A drawing in these colours. Linear in it.
    pub(crate) fn drawn(self, svg: String) -> String {
        let column = match self {
            Self::Paper => return svg,
            Self::Dark => 1,
            Self::Contrast => 2,
        };
        let mut out = String::with_capacity(svg.len());
        for part in svg.split_inclusive('"') {
            let colour = COLOURS.iter().find(|row| part.strip_suffix('"') == Some(row[0]));
            match colour {
                Some(row) => {
                    out.push_str(row[column]);
                    out.push('"');
                }
                None => out.push_str(part),
            }
        }
        out
    }
}
