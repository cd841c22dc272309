//! Hostile text made safe to print: nothing in a name can move the cursor, recolour a line or turn its direction.

use std::borrow::Cow;

/// The text with control characters, direction marks and invisible characters spelled out: `\u{1b}`, `\n`.
///
/// What the text is stays readable, and two texts that differ still differ. For terminals; JSON and HTML have escapes
/// of their own.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Does the character act instead of showing itself?
///
/// Unicode, UAX #9 (directional formatting characters) and the categories Cc, Zl, Zp and the invisible ones of Cf.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_acts_is_spelled_out_and_the_rest_stays() {
        for (text, shown) in [
            ("prod:role/web", "prod:role/web"),
            ("größe 大", "größe 大"),
            ("a\u{1b}[31mred", r"a\u{1b}[31mred"),
            ("two\nlines", r"two\nlines"),
            ("abc\u{202e}gpj.exe", r"abc\u{202e}gpj.exe"),
            ("zero\u{200b}width\u{9b}", r"zero\u{200b}width\u{9b}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
