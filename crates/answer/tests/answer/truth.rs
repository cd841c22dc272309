//! `check` over generated accounts: what was planted is a finding, and what was planted as a look-alike is none.

use std::collections::BTreeSet;

use clavicle_answer::findings::Check;
use clavicle_answer::shape::{Finding, Severity, Verdict};
use clavicle_answer::{OutsideQuestion, Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use serde_json::Value;

const RULES: [&str; 9] = [
    "public-access",
    "outside-unknown",
    "outside-known",
    "any-subject",
    "identity-provider",
    "confused-deputy",
    "privilege-escalation",
    "assumes-admin",
    "leads-to-matter",
];

fn rows<'v>(truth: &'v Value, key: &str) -> &'v [Value] {
    truth[key].as_array().expect(key)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().expect(key)
}

/// The ARNs of the things that findings of a rule are about.
fn causes<'f>(found: &'f [Finding], rule: &str) -> BTreeSet<&'f str> {
    let of_rule = found.iter().filter(|finding| finding.rule == rule);
    of_rule.filter_map(|finding| finding.cause.thing.arn.as_deref()).collect()
}

#[test]
fn what_was_planted_is_found_and_look_alikes_are_not() {
    for size in ["small", "medium"] {
        let Some(made) = clavicle_testkit::generated_account(size, 7) else { return };
        let truth = made.truth();
        let snapshot = clavicle_snapshot::open_any(made.folder(), |_, _| ()).expect("it imports");
        let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
        let reader = Reader::new(world, Settings::default());
        let rules = RULES.map(str::to_owned).to_vec();
        let page = reader.check(&Check { rules, ..Check::default() }).expect("known rules");
        let found = &page.findings;

        let escalates = causes(found, "privilege-escalation");
        for planted in rows(&truth, "self_escalations") {
            let arn = text(planted, "principal");
            let wanted = planted["blocked_by"].is_null();
            // Two who are equal are one finding, that of the first.
            let named = escalates.contains(arn)
                || found.iter().any(|it| it.sentence.contains(arn.rsplit('/').next().unwrap_or(arn)));
            assert_eq!(named, wanted, "{size} {planted}");
        }
        for chain in rows(&truth, "chains") {
            let nodes = rows(chain, "nodes");
            let into_power = |end: &Value| {
                let index = reader.world().snapshot().principal_by_arn(end.as_str().expect("an ARN"));
                index.is_some_and(|index| reader.world().is_admin(index))
            };
            for pair in nodes.windows(2).filter(|pair| into_power(&pair[1]) && !into_power(&pair[0])) {
                let from = pair[0].as_str().expect("an ARN");
                assert!(
                    escalates.contains(from) || causes(found, "assumes-admin").contains(from),
                    "{size} {from}"
                );
            }
        }
        for chain in rows(&truth, "blocked_chains") {
            let first = rows(chain, "nodes")[0].as_str().expect("an ARN");
            assert!(!escalates.contains(first), "{size} {chain}");
        }

        let public = causes(found, "public-access");
        for planted in rows(&truth, "public_resources") {
            let is_public = planted["public"].as_bool().expect("a flag");
            // Whether it is blocked may not have been seen: then it is no finding, and no "no" either.
            let row =
                reader.outside(&OutsideQuestion { public: true, ..Default::default() }).expect("it answers");
            let listed = row.answers.iter().any(|answer| {
                answer.on.iter().any(|on| on.arn.as_deref() == Some(text(planted, "resource")))
            });
            assert_eq!(listed, is_public, "{size} {planted}");
            assert!(is_public || !public.contains(text(planted, "resource")), "{size} {planted}");
            assert_eq!(row.verdict == Verdict::No, row.answers.is_empty());
        }
        for planted in rows(&truth, "vendor_roles") {
            let role = text(planted, "role");
            let worst = found
                .iter()
                .filter(|finding| finding.cause.thing.arn.as_deref() == Some(role))
                .filter(|finding| finding.rule == "outside-unknown")
                .map(|finding| finding.severity)
                .max();
            let guarded = planted["external_id_required"].as_bool().expect("a flag");
            // Accounts that a list names are less bad than those that nobody does.
            let fits =
                if guarded { worst <= Some(Severity::Medium) } else { worst >= Some(Severity::Medium) };
            assert!(fits, "{size} {planted}: {worst:?}");
        }
        let holes: BTreeSet<&str> =
            rows(&truth, "oidc_wildcards").iter().map(|it| text(it, "role")).collect();
        assert_eq!(causes(found, "any-subject"), holes, "{size}");
        for finding in found {
            assert!(!finding.because.is_empty(), "{size} cites nothing: {finding:?}");
        }
    }
}
