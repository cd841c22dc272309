//! `docs/rules.md` says what the program says.

use std::path::Path;

#[test]
fn the_page_of_rules_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
    let wanted = clavicle_answer::findings::rules_page();
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if found != wanted {
        std::fs::write(&path, &wanted).expect("docs/rules.md can be written");
    }
    assert!(
        found == wanted,
        "docs/rules.md was not current; it is now: look at the difference and commit it"
    );
}
