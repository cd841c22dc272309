//! A sheet as Markdown, short enough for a comment of a pull request.

use clavicle_answer::number;

use super::sheet::Sheet;

/// GitHub takes comments of up to 65,536 characters.
const MOST: usize = 60_000;
/// Rows take so much; the rest is kept for notes.
pub const MOST_OF_ROWS: usize = 52_000;

/// The sentence and the tables, cut where a comment ends; what is cut is counted.
pub fn markdown(sheet: &Sheet) -> String {
    let verdict = sheet.facts.iter().find(|(name, _)| *name == "answer");
    let verdict = verdict.map_or_else(String::new, |(_, verdict)| format!("**{verdict}.** "));
    let mut text = format!("### clavicle: {}\n\n{verdict}{}\n", plain(&sheet.title), plain(&sheet.sentence));
    let mut left = 0;
    for table in sheet.tables.iter().filter(|table| !table.rows.is_empty()) {
        if !table.heading.is_empty() {
            text.push_str(&format!("\n**{}**\n", plain(&table.heading)));
        }
        text.push_str(&format!("\n| {} |\n|{}\n", table.head.join(" | "), "---|".repeat(table.head.len())));
        for row in &table.rows {
            let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
            let row = format!("| {} |\n", cells.join(" | "));
            if text.len() + row.len() > MOST_OF_ROWS { left += 1 } else { text.push_str(&row) }
        }
    }
    if left > 0 {
        text.push_str(&format!("\nand {} more rows.\n", number(left)));
    }
    push_notes(&mut text, &sheet.notes);
    text
}

/// Notes of a comment, as many as there is room for; the rest is counted.
pub fn push_notes(text: &mut String, notes: &[String]) {
    let mut left = 0;
    for note in notes {
        let note = format!("\n{}\n", plain(note));
        if left > 0 || text.len() + note.len() > MOST { left += 1 } else { text.push_str(&note) }
    }
    if left > 0 {
        text.push_str(&format!("\nand {} more notes.\n", number(left)));
    }
}

/// Text in which nothing is markup, a mention, a link or a new line.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 8);
    for letter in clavicle_answer::visible(text).chars() {
        match letter {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            // `@name` would call somebody, `#1` another discussion.
            '@' | '#' => plain.push_str(&format!("{letter}\u{2060}")),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                plain.push('\\');
                plain.push(letter);
            }
            letter => plain.push(letter),
        }
    }
    // Bare addresses would be links.
    plain.replace("://", ":\u{2060}//").replace("www.", "www\u{2060}.")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(
            plain("a|b `c` <img> @dana [x](http://e)\n"),
            "a\\|b \\`c\\` &lt;img&gt; @\u{2060}dana \\[x\\](http:\u{2060}//e)\\\\n"
        );
    }
}
