//! What is handed on holds no markup of names, asks for nothing, and stays small.

use super::{Sheet, Table, csv, html, markdown};

const HOSTILE: &str = "=</td><script>alert(1)</script>\u{202e}\u{1b}[31m|\n@x\"',";

fn hostile() -> Sheet {
    let name = HOSTILE.to_owned();
    Sheet {
        title: name.clone(),
        sentence: name.clone(),
        facts: vec![("data of", name.clone())],
        tables: vec![Table::new(HOSTILE, &["severity", "who"], vec![vec![name.clone(), name.repeat(2_000)]])],
        records: None,
        picture: None,
        statements: vec![(name.clone(), format!("{name}\n{name}"))],
        statements_left_out: 3,
        notes: vec![name],
    }
}

#[test]
fn a_report_is_text_only() {
    let page = html(&hostile());
    assert!(!page.contains("<script"), "{page}");
    let acts =
        |letter: char| (letter.is_control() && letter != '\n') || matches!(letter, '\u{202a}'..='\u{202e}');
    assert!(!page.contains(acts));
    // Four cells of ours: two of the head, two of the row.
    assert_eq!(
        (page.matches("<th").count() - page.matches("<thead").count(), page.matches("<td").count()),
        (2, 2)
    );
    for asked in ["http:", "https:", "url(", "href=", "src=", "@import", "style="] {
        assert!(!page.contains(asked), "{asked}");
    }
    let hash = page.split("'sha256-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a hash");
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a style");
    use base64::Engine as _;
    use sha2::Digest as _;
    assert_eq!(hash, base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style)));
}

#[test]
fn a_table_holds_no_formula_and_a_comment_no_markup() {
    let table = csv(&hostile());
    let mut rows = table.split("\r\n");
    assert_eq!(rows.next(), Some("severity,who"));
    assert!(rows.next().is_some_and(|row| row.starts_with("\"'=")), "{table}");
    assert!(!table.contains('\u{1b}') && !table.contains('\u{202e}'));
    let comment = markdown(&hostile());
    assert!(!comment.contains("<script") && comment.len() < 65_000, "{}", comment.len());
    assert!(comment.contains("and 1 more rows"), "the long row is left out and counted");
}

#[test]
fn a_report_of_much_stays_small_and_says_what_it_leaves_out() {
    let rows = (0..50_000).map(|at| vec![String::new(), format!("prod:role/service-{at}")]).collect();
    let sheet = Sheet { tables: vec![Table::new("", &["severity", "who"], rows)], ..Sheet::default() };
    let page = html(&sheet);
    assert!(page.len() < 100_000, "{}", page.len());
    assert!(page.contains("and 49600 more rows"));
}
