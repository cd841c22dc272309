//! A table for spreadsheets.

use super::sheet::Sheet;

/// All rows, those of several kinds one kind after the other with a head each (RFC 4180).
pub(crate) fn csv(sheet: &Sheet) -> String {
    let mut text = String::new();
    let first = sheet.records.as_ref().or(sheet.tables.first());
    let tables = first.into_iter().chain(sheet.tables.iter().skip(1));
    for table in tables.filter(|table| !table.rows.is_empty() || sheet.tables.len() == 1) {
        if !text.is_empty() {
            text.push_str("\r\n");
        }
        line(&mut text, table.head.iter().copied());
        for row in &table.rows {
            line(&mut text, row.iter().map(String::as_str));
        }
    }
    text
}

fn line<'c>(text: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (at, each) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        let each = cell(each);
        if each.contains([',', '"', '\r', '\n']) {
            text.push('"');
            text.push_str(&each.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&each);
        }
    }
    text.push_str("\r\n");
}

/// What a spreadsheet would take for a formula gets a quote in front (as OWASP advises against CSV injection), and what
/// acts on a terminal is spelled out.
pub fn cell(text: &str) -> String {
    let text = clavicle_answer::visible(text);
    let acts = text.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠']);
    if acts { format!("'{text}") } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn formulas_are_text() {
        for (text, wanted) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            (" +1", "' +1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("role/a=b", "role/a=b"),
            ("a\u{1b}[31m\r\n=1", "a\\u{1b}[31m\\r\\n=1"),
            ("\t=1", "\\t=1"),
        ] {
            assert_eq!(cell(text), wanted);
        }
    }
}
