//! The pages of docs say what the program says.

use std::path::Path;

fn is_current(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if found != wanted {
        std::fs::write(&path, wanted).expect("docs can be written");
    }
    assert!(found == wanted, "docs/{name} was not current; it is now: look at the difference and commit it");
}

#[test]
fn the_page_of_rules_is_current() {
    is_current("lint-rules.md", &clavicle_lint::rules_page());
}

#[test]
fn every_check_of_aws_is_answered() {
    let path = match clavicle_testkit::shared() {
        Ok(shared) => shared.join("oracles/access_analyzer_checks/checks.tsv"),
        Err(error) => {
            eprintln!("skipped: {error}");
            return;
        }
    };
    let list = std::fs::read_to_string(path).expect("the list of checks is readable");
    let since = include_str!("aws-checks-since.tsv").lines().filter(|line| !line.starts_with('#'));
    let checks = list.lines().skip(1).chain(since).filter_map(|line| {
        let mut parts = line.split('\t');
        Some((parts.next()?, parts.next()?, parts.next()?))
    });
    assert!(list.lines().count() > 130);
    match clavicle_lint::coverage_page(checks) {
        Ok(page) => is_current("lint-coverage.md", &page),
        Err(open) => panic!("no rule and no reason answers to {open:?}"),
    }
}
