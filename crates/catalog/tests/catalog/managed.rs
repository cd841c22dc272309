//! AWS's own policies use AWS's own names: every pattern in them covers some action, but for those frozen here.

use std::collections::BTreeSet;

use clavicle_catalog::catalog;
use clavicle_policy::{Severity, parse};

const FROZEN: &str = include_str!("patterns_without_actions.txt");

fn patterns() -> BTreeSet<String> {
    let mut patterns = BTreeSet::new();
    for policy in catalog().managed_policies() {
        let parsed = parse(policy.document.as_bytes());
        let faults: Vec<_> =
            parsed.diagnostics.iter().filter(|fault| fault.severity == Severity::Error).collect();
        assert!(faults.is_empty(), "{}: {faults:?}", policy.arn);
        let document = parsed.policy.expect("a text without faults is a policy");
        for statement in &document.statements {
            let element = statement.action.as_ref().expect("a statement without faults names actions");
            patterns.extend(element.patterns.iter().map(|pattern| pattern.value.clone()));
        }
    }
    patterns
}

/// Retired services and actions that AWS grants ahead of listing them. A change of this list is to be read.
#[test]
fn patterns_that_cover_nothing_are_the_known_ones() {
    let patterns = patterns();
    assert!(patterns.len() > 16_000, "{}", patterns.len());
    let empty: Vec<&str> =
        patterns.iter().map(String::as_str).filter(|pattern| catalog().expand(pattern).is_empty()).collect();
    let frozen: Vec<&str> = FROZEN.lines().collect();
    assert_eq!(empty, frozen);
}
