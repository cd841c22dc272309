//! A map as one SVG file: the drawing of the app, for documents and slides. It asks for nothing from outside, has no script
//! and no style sheet (looks are attributes, so that it may stand inside of any page), and says every sentence of the map
//! as the title of its shape.
//!
//! Names are hostile text: what acts is spelled out, and what is markup is escaped.

use std::fmt::Write as _;

use clavicle_answer::shape::Severity;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::glyph::{Glyph, crown, kind, leaving, risk, wavy};
use super::page::{Change, Crown, Label, MapPage, Outline, Relation, Ribbon, Shape, ShapeKind};
use crate::severity::{severity_mark, severity_word};

/// Around the drawing.
const MARGIN: f64 = 20.0;
/// The title and the sentence above it.
const HEAD: f64 = 56.0;
/// From line to line of the legend: two have room in the foot and the margin below it.
const LEGEND_LINE: f64 = 17.0;
/// The legend below it.
const FOOT: f64 = 40.0;
/// How wide a character of the labels is taken to be.
const LABEL: f64 = 7.3;
/// The same where they are bold.
const BOLD: f64 = 8.0;
/// The same of the small letters.
const SMALL: f64 = 6.8;
/// Past this a condition is shortened, as in the app.
const MOST_CONDITION: usize = 26;

/// How a line is drawn that something turns on that was not seen.
const UNSEEN: &str = " stroke-dasharray=\"12 4 2 4\"";

/// Those of the app (`--sans`): room for words is reckoned by the width of such letters.
const FONTS: &str =
    "-apple-system, 'Segoe UI', Inter, Cantarell, 'Noto Sans', 'Liberation Sans', system-ui, sans-serif";
const TEXT: &str = "#1b2027";
const TEXT_2: &str = "#525b67";
const SURFACE: &str = "#ffffff";
const SUNKEN: &str = "#f1f3f5";
const BORDER: &str = "#dfe3e8";
const BORDER_STRONG: &str = "#868f9b";
const RIBBON: &str = "#8a94a1";

/// The whole map with its title, a sentence, and what its marks mean. Linear in the map.
pub fn svg(page: &MapPage, sentence: &str) -> String {
    let mut out = Svg(String::with_capacity(64 * 1024));
    let (width, height) = (page.width + 2.0 * MARGIN, page.height + HEAD + FOOT + 2.0 * MARGIN);
    out.put(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" font-size=\"13\" fill=\"{TEXT}\">\n"
    ));
    out.put(&format!("<title>{}</title>\n<desc>{}</desc>\n", escaped(&page.title), escaped(sentence)));
    out.put(&format!("<rect width=\"{width}\" height=\"{height}\" fill=\"{SURFACE}\"/>\n"));
    let room = page.width;
    out.text(MARGIN, MARGIN + 14.0, "font-size=\"17\" font-weight=\"600\"", &fit(&page.title, room, 9.5));
    out.text(MARGIN, MARGIN + 36.0, &format!("fill=\"{TEXT_2}\""), &fit(sentence, room, LABEL));
    out.put(&format!("<g transform=\"translate({MARGIN} {})\">\n", MARGIN + HEAD));
    for band in &page.bands {
        let looks = format!("font-size=\"12\" font-weight=\"600\" letter-spacing=\".7\" fill=\"{TEXT_2}\"");
        out.text(band.x, 12.0, &looks, &band.label);
        // A band without a name belongs to the one before it.
        let behind = page.bands.iter().skip_while(|other| other.id != band.id).skip(1);
        let last = behind.take_while(|other| other.label.is_empty()).last().unwrap_or(band);
        if !band.label.is_empty() {
            out.put(&format!(
                "<path d=\"M{} 20H{}\" stroke=\"{BORDER}\" fill=\"none\"/>\n",
                band.x,
                last.x + last.width
            ));
        }
    }
    page.ribbons.iter().for_each(|ribbon| out.ribbon(ribbon));
    page.shapes.iter().for_each(|shape| out.shape(shape));
    page.ribbons.iter().for_each(|ribbon| out.words(ribbon));
    out.put("</g>\n");
    out.legend(page, MARGIN + HEAD + page.height + 26.0);
    out.put("</svg>\n");
    out.0
}

/// A drawing under way.
struct Svg(String);

impl Svg {
    fn put(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn text(&mut self, x: f64, y: f64, looks: &str, text: &str) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.0, "<text x=\"{x:.1}\" y=\"{y:.1}\" {looks}>{}</text>", escaped(text));
    }

    fn glyph(&mut self, glyphs: &[Glyph]) {
        for glyph in glyphs {
            let _ = write!(self.0, "<path d=\"{}\" {}/>", glyph.path, glyph.looks);
        }
    }

    fn ribbon(&mut self, ribbon: &Ribbon) {
        let ink = ink(ribbon);
        let dash = match ribbon.relation {
            _ if ribbon.unseen => UNSEEN,
            Relation::Controls => " stroke-dasharray=\"8 6\"",
            Relation::RunsAs => " stroke-dasharray=\"0.1 6\"",
            Relation::Becomes | Relation::Touches => "",
        };
        let plain = if ribbon.relation == Relation::RunsAs { ribbon.width.max(2.6) } else { ribbon.width };
        // What goes is hollow, what comes is bold.
        let width = match ribbon.change {
            Some(Change::Gone) => plain + 2.4,
            Some(Change::New) => plain + 1.6,
            Some(Change::Same) | None => plain,
        };
        let cap = if ribbon.relation == Relation::Controls || ribbon.unseen { "butt" } else { "round" };
        let _ = write!(
            self.0,
            "<g><title>{}</title><path d=\"{}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{width}\" \
             stroke-linecap=\"{cap}\"{dash}/>",
            escaped(&ribbon.sentence),
            ribbon.path
        );
        if ribbon.change == Some(Change::Gone) {
            let _ = write!(
                self.0,
                "<path d=\"{}\" fill=\"none\" stroke=\"{SURFACE}\" stroke-width=\"{:.1}\" stroke-linecap=\"{cap}\"{dash}/>",
                ribbon.path,
                plain + 0.4
            );
        }
        if ribbon.relation != Relation::Touches
            && let Some((x, y, angle)) = arrow(&ribbon.path)
        {
            let head = 5.0 + width * 1.4;
            let _ = write!(
                self.0,
                "<path d=\"M{0:.1} {1:.1}L0 0 {0:.1} {2:.1}\" transform=\"translate({x} {y}) rotate({angle:.1})\" fill=\"none\" \
                 stroke=\"{ink}\" stroke-width=\"{3:.1}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>",
                -head * 1.3,
                -head * 0.75,
                head * 0.75,
                (width * 0.75).max(1.6)
            );
        }
        self.put("</g>\n");
    }

    fn shape(&mut self, shape: &Shape) {
        let (w, h) = (shape.w, shape.h);
        let boxed = matches!(shape.kind, ShapeKind::Account | ShapeKind::Unit);
        let radius = if boxed { 10.0 } else { (h / 2.0).min(7.0) };
        let fill = if boxed { SUNKEN } else { SURFACE };
        let _ = write!(
            self.0,
            "<g transform=\"translate({} {})\"><title>{}</title>",
            shape.x,
            shape.y,
            escaped(&shape.sentence)
        );
        let (stroke, thick) =
            if shape.change == Some(Change::New) { (TEXT, 2.4) } else { (BORDER_STRONG, 1.2) };
        let looks = format!("fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{thick}\"");
        if shape.kind == ShapeKind::Unit {
            let _ = write!(self.0, "<path d=\"M12 0V-2.5Q12 -5 14.5 -5H55.5Q58 -5 58 -2.5V0\" {looks}/>");
        }
        match shape.outline {
            Outline::Wavy => {
                let _ = write!(self.0, "<path d=\"{}\" {looks}/>", wavy(w, h));
            }
            outline => {
                if outline == Outline::Double {
                    let _ = write!(
                        self.0,
                        "<rect x=\"3\" y=\"3\" width=\"{w}\" height=\"{h}\" rx=\"{radius}\" {looks}/>"
                    );
                }
                let dash = match (shape.change, outline) {
                    (Some(Change::Gone), _) => " stroke-dasharray=\"2 3\"",
                    (_, Outline::Dashed) => " stroke-dasharray=\"5 4\"",
                    _ => "",
                };
                let _ = write!(self.0, "<rect width=\"{w}\" height=\"{h}\" rx=\"{radius}\" {looks}{dash}/>");
            }
        }
        if !boxed {
            let _ = write!(self.0, "<g transform=\"translate(8 {})\">", h / 2.0 - 8.0);
            if shape.kind == ShapeKind::Stub && shape.band != "outside" {
                self.glyph(&leaving());
            } else {
                self.glyph(&kind(shape.kind, shape.outline, shape.known));
            }
            self.put("</g>");
        }
        self.shape_words(shape, boxed);
        if let Some(mark) = shape.mark {
            let _ = write!(
                self.0,
                "<g transform=\"translate({} {})\"><title>{}</title>",
                w - 19.0,
                h / 2.0 - 6.0,
                severity_word(mark)
            );
            self.glyph(&[risk(mark)]);
            self.put("</g>");
        }
        if let Some(worn) = shape.crown {
            let why = if worn == Crown::Admin { "administrator" } else { "matters" };
            let _ = write!(self.0, "<g transform=\"translate({} -8)\"><title>{why}</title>", w - 22.0);
            self.glyph(&crown());
            self.put("</g>");
        }
        self.put("</g>\n");
    }

    fn shape_words(&mut self, shape: &Shape, boxed: bool) {
        let (w, h) = (shape.w, shape.h);
        let left = if boxed { 14.0 } else { 31.0 };
        let right = w - 8.0 - if shape.mark.is_some() { 18.0 } else { 0.0 };
        // Below the name of accounts that stand together it says how many they are.
        let several = shape.count > 1 && !boxed;
        let times = if several { format!("×{}", shape.count) } else { String::new() };
        let times_width = if times.is_empty() { 0.0 } else { wide(&times) * SMALL + 8.0 };
        let room = right - times_width - left;
        let sub = shape.sub.as_deref().unwrap_or_default();
        let two = !sub.is_empty() && h >= 32.0;
        let label = fit(&shape.label, room, if boxed { BOLD } else { LABEL });
        let line = if two { h / 2.0 - 3.0 } else { h / 2.0 + 4.5 };
        let weight = if boxed { "font-weight=\"600\"" } else { "font-weight=\"500\"" };
        self.text(left, line, weight, &label);
        let small = format!("font-size=\"12\" fill=\"{TEXT_2}\"");
        let beside = left + wide(&label) * LABEL + 8.0;
        if two {
            self.text(left, h / 2.0 + 13.0, &small, &fit(sub, room, SMALL));
        } else if !sub.is_empty() && beside + wide(sub) * SMALL <= right - times_width {
            self.text(beside, line, &small, sub);
        }
        if !times.is_empty() {
            let looks = format!("font-size=\"12\" font-weight=\"600\" fill=\"{TEXT_2}\" text-anchor=\"end\"");
            self.text(right, line, &looks, &times);
        }
    }

    /// What stands on a line: its badge, and the letters at its end.
    fn words(&mut self, ribbon: &Ribbon) {
        if let (Some(letters), Some(place)) = (&ribbon.letters, ribbon.letters_at) {
            let looks = format!(
                "font-family=\"ui-monospace, monospace\" font-size=\"12\" font-weight=\"600\" text-anchor=\"end\" \
                 paint-order=\"stroke\" stroke=\"{SURFACE}\" stroke-width=\"4\" stroke-linejoin=\"round\""
            );
            self.text(place.x, place.y, &looks, letters);
        }
        if let Some(label) = &ribbon.label {
            self.badge(ribbon, label);
        }
    }

    fn badge(&mut self, ribbon: &Ribbon, label: &Label) {
        let condition = ribbon.condition.as_deref().map(|text| {
            let text = text.strip_prefix("if ").unwrap_or(text);
            let text = if text.starts_with('~') { text.to_owned() } else { format!("if {text}") };
            elided(&text, MOST_CONDITION)
        });
        let mut width = 11.0;
        if ribbon.mark.is_some() {
            width += 17.0;
        }
        if !label.text.is_empty() {
            width += wide(&label.text) * SMALL + 5.0;
        }
        if let Some(condition) = &condition {
            width += 15.0 + wide(condition) * SMALL + 5.0;
        }
        let _ = write!(
            self.0,
            "<g transform=\"translate({} {})\"><rect x=\"{:.1}\" y=\"-9\" width=\"{width:.1}\" height=\"18\" rx=\"9\" fill=\"{SURFACE}\" \
             stroke=\"{BORDER}\"/>",
            label.x,
            label.y,
            -width / 2.0
        );
        let mut x = 7.0 - width / 2.0;
        if let Some(mark) = ribbon.mark {
            let _ = write!(self.0, "<g transform=\"translate({x:.1} -6)\">");
            self.glyph(&[risk(mark)]);
            self.put("</g>");
            x += 17.0;
        }
        if !label.text.is_empty() {
            self.text(x, 4.2, "font-size=\"12\" font-weight=\"500\"", &label.text);
            x += wide(&label.text) * SMALL + 5.0;
        }
        if let Some(condition) = &condition {
            let _ = write!(
                self.0,
                "<path d=\"M{:.1} -5 {:.1} 0 {0:.1} 5 {x:.1} 0Z\" fill=\"none\" stroke=\"{TEXT}\" stroke-width=\"1.3\"/>",
                x + 5.0,
                x + 10.0
            );
            self.text(x + 15.0, 4.2, &format!("font-size=\"12\" fill=\"{TEXT_2}\""), condition);
        }
        self.put("</g>\n");
    }

    /// What the marks of this map mean, and what no line touches.
    fn legend(&mut self, page: &MapPage, y: f64) {
        let looks = format!("font-size=\"12\" fill=\"{TEXT_2}\"");
        let mut x = MARGIN;
        for relation in [Relation::Becomes, Relation::Controls, Relation::RunsAs, Relation::Touches] {
            if !page.ribbons.iter().any(|ribbon| ribbon.relation == relation) {
                continue;
            }
            let dash = match relation {
                Relation::Controls => " stroke-dasharray=\"6 4\"",
                Relation::RunsAs => " stroke-dasharray=\"1 4\"",
                Relation::Becomes | Relation::Touches => "",
            };
            let head = if relation == Relation::Touches { "" } else { "M23 -4 28 0 23 4" };
            let _ = write!(
                self.0,
                "<g transform=\"translate({x} {})\" fill=\"none\" stroke=\"{TEXT_2}\" stroke-width=\"1.6\"><path d=\"M0 0H28\"{dash}/>\
                 <path d=\"{head}\"/></g>",
                y - 4.0
            );
            self.text(x + 34.0, y, &looks, relation.name());
            x += 34.0 + wide(relation.name()) * SMALL + 18.0;
        }
        let letters = page.ribbons.iter().any(|ribbon| ribbon.letters.is_some());
        let mut rest: Vec<String> = Vec::new();
        if letters {
            rest.push("L list, R read, W write, D delete, X run, C control".to_owned());
        }
        if page.ribbons.iter().any(|ribbon| ribbon.condition.is_some()) {
            rest.push("◇ condition".to_owned());
        }
        if page.ribbons.iter().any(|ribbon| ribbon.unseen) {
            rest.push("–·– not seen".to_owned());
        }
        if page.change.is_some() {
            rest.push("hollow: only before, bold: only after, grey: before and after".to_owned());
        }
        for mark in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low] {
            let marked = page.ribbons.iter().map(|ribbon| ribbon.mark);
            if marked.chain(page.shapes.iter().map(|shape| shape.mark)).any(|of| of == Some(mark)) {
                rest.push(format!("{} {}", severity_mark(mark), severity_word(mark)));
            }
        }
        rest.extend(page.tray.iter().map(|tray| format!("{}: {}", tray.label, tray.count)));
        let end = page.width + MARGIN;
        let mut line = String::new();
        let (mut y, last) = (y, y + LEGEND_LINE);
        for part in rest {
            let longer = if line.is_empty() { part.clone() } else { format!("{line} \u{b7} {part}") };
            if y < last && !line.is_empty() && x + wide(&longer) * SMALL > end {
                self.text(x, y, &looks, &fit(&line, end - x, SMALL));
                (x, y, line) = (MARGIN, y + LEGEND_LINE, part);
            } else {
                line = longer;
            }
        }
        self.text(x, y, &looks, &fit(&line, end - x, SMALL));
    }
}

fn ink(ribbon: &Ribbon) -> &'static str {
    match ribbon.change {
        Some(Change::Gone | Change::New) => return TEXT,
        Some(Change::Same) => return BORDER_STRONG,
        None => {}
    }
    match (ribbon.mark, ribbon.relation) {
        (Some(Severity::Critical), _) => "#7a0a2c",
        (Some(Severity::High), _) => "#c4460f",
        (Some(Severity::Medium), _) => "#6b5200",
        (_, Relation::Touches) => RIBBON,
        _ => TEXT_2,
    }
}

/// Where a path ends, and its direction there in degrees: the paths of the map have absolute points only.
fn arrow(path: &str) -> Option<(f64, f64, f64)> {
    let numbers: Vec<f64> = path.split(' ').filter_map(|part| part.parse().ok()).collect();
    let points: Vec<&[f64]> = numbers.chunks_exact(2).collect();
    let end = points.last()?;
    let far = |point: &&&[f64]| (point[0] - end[0]).hypot(point[1] - end[1]) > 0.01;
    let before = points.iter().rev().find(far)?;
    Some((end[0], end[1], (end[1] - before[1]).atan2(end[0] - before[0]).to_degrees()))
}

#[expect(clippy::cast_precision_loss, reason = "texts are short")]
fn wide(text: &str) -> f64 {
    clavicle_answer::visible(text).width() as f64
}

/// Shortened in the middle to a number of columns: both ends tell names apart.
fn elided(text: &str, most: usize) -> String {
    let text = clavicle_answer::visible(text);
    if text.width() <= most {
        return text.into_owned();
    }
    let tail = most.saturating_sub(1) * 9 / 20;
    let head = taken(text.chars(), most.saturating_sub(1 + tail));
    let end: String = taken(text.chars().rev(), tail).chars().rev().collect();
    format!("{head}…{end}")
}

fn taken(characters: impl Iterator<Item = char>, most: usize) -> String {
    let mut left = most;
    let fits = characters.take_while(|each| {
        let width = each.width().unwrap_or(0);
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    });
    fits.collect()
}

/// Shortened to the room, with characters as wide as `each`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rooms are as wide as a page, and not below nothing"
)]
fn fit(text: &str, room: f64, each: f64) -> String {
    elided(text, (room / each).max(1.0) as usize)
}

/// Text for XML: what acts is spelled out, markup is escaped, and what XML does not know is left out.
///
/// W3C, Extensible Markup Language 1.0, production 2 (Char).
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in clavicle_answer::visible(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter => out.push(letter),
        }
    }
    out
}
