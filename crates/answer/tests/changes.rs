//! What is different between two states: every row agrees with what questions about each state say.

use std::collections::BTreeMap;
use std::path::Path;

use clavicle_answer::shape::ChangesPage;
use clavicle_answer::{Edit, Reader, Settings};
use clavicle_catalog::{Word, catalog};
use clavicle_engine::Verdict;
use clavicle_graph::{Actor, Stated, Target, World};
use clavicle_snapshot::Snapshot;

const SETTINGS: &str = r#"
[[matter]]
thing = "s3://paperboat-invoices"
"#;

fn demo() -> Snapshot {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    clavicle_snapshot::open_any(&folder, |_, _| ()).expect("the demo imports")
}

fn reader(snapshot: Snapshot) -> Reader {
    let settings = Settings::parse(SETTINGS).expect("settings");
    Reader::new(World::new(snapshot, catalog(), Stated::default(), |_, _| ()), settings)
}

fn edited(old: &Reader, edits: &[Edit]) -> Reader {
    let mut copy = demo();
    for edit in edits {
        copy.change(old.planned(edit).expect("it can be planned"));
    }
    reader(copy)
}

fn write(policy: &str, text: &str) -> Edit {
    Edit::Write { policy: policy.to_owned(), text: text.to_owned() }
}

/// Changes of every kind, with the verdict on each.
fn trials() -> Vec<(Vec<Edit>, &'static str)> {
    let detach = |policy: &str, from: &str| Edit::Detach { policy: policy.to_owned(), from: from.to_owned() };
    let attach = |policy: &str, to: &str| Edit::Attach { policy: policy.to_owned(), to: to.to_owned() };
    let allow = |action: &str, on: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "{on}"}}}}"#
        )
    };
    let open_bucket = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"},
        "Action": "s3:*", "Resource": ["arn:aws:s3:::paperboat-invoices", "arn:aws:s3:::paperboat-invoices/*"]}]}"#;
    let open_trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},
        "Action": "sts:AssumeRole"}]}"#;
    vec![
        (vec![Edit::Delete("policy/shared-ops".to_owned())], "narrows"),
        (vec![detach("policy/shared-ops", "staging:role/deployer")], "narrows"),
        (vec![attach("prod:policy/billing-data", "prod:role/reporting-read")], "widens"),
        (vec![Edit::Delete("scp/protect-prod".to_owned())], "widens"),
        (vec![detach("scp/protect-prod", "ou/staging")], "widens"),
        (vec![write("staging:role/nightly-exec#assume-reporting", &allow("sts:AssumeRole", "*"))], "widens"),
        (vec![write("staging:role/nightly-exec#more", &allow("s3:*", "*"))], "widens"),
        (vec![write("s3://paperboat-invoices", open_bucket)], "changes"),
        (vec![write("prod:role/reporting-read#trust", open_trust)], "widens"),
        (vec![write("policy/shared-ops", &allow("*", "*"))], "widens"),
    ]
}

#[test]
fn nothing_is_different_from_itself() {
    let page = reader(demo()).changes_since(&reader(demo()));
    assert_eq!(page.verdict, "same");
    assert_eq!((page.access.len(), page.documents.len(), page.opened.len()), (0, 0, 0), "{}", page.sentence);
}

#[test]
fn every_trial_widens_or_narrows_as_it_should() {
    let old = reader(demo());
    for (edits, verdict) in trials() {
        let page = edited(&old, &edits).changes_since(&old);
        assert_eq!(page.verdict, verdict, "{edits:?}: {}", page.sentence);
        // What is done and undone is what was undone and done.
        let back = old.changes_since(&edited(&old, &edits));
        let mirrored = match verdict {
            "widens" => "narrows",
            "narrows" => "widens",
            other => other,
        };
        assert_eq!(back.verdict, mirrored, "{edits:?}");
        assert_eq!(back.access.len(), page.access.len(), "{edits:?}");
        assert_eq!((back.opened, back.closed), (page.closed, page.opened), "{edits:?}");
    }
}

#[test]
fn rights_on_what_nobody_has_seen_are_not_called_the_same() {
    let old = reader(demo());
    let text = |effect: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", "Action": "xray:PutTraceSegments", "Resource": "*"}}}}"#
        )
    };
    let more = edited(&old, &[write("staging:role/nightly-exec#tracing", &text("Allow"))]);
    let page = more.changes_since(&old);
    assert_eq!((page.verdict.as_str(), page.access.len()), ("unknown", 0), "{}", page.sentence);
    assert_eq!(old.changes_since(&more).verdict, "narrows");
    let less = edited(&old, &[write("staging:role/nightly-exec#tracing", &text("Deny"))]);
    assert_ne!(less.changes_since(&old).verdict, "widens");
    assert_eq!(old.changes_since(&less).verdict, "unknown", "a Deny that goes may give something");
}

/// How a question about one word and thing is answered for one actor: 0 no, 1 perhaps, 2 yes.
fn level(reader: &Reader, actor: &str, word: Word, thing: &str) -> u8 {
    let world = reader.world();
    let (Ok(actor), Ok(target)) = (reader.actor(actor), reader.target(thing)) else { return 0 };
    let when = world.context(&BTreeMap::new());
    let accesses = world.who_can(&world.wanted(word, &target), &target, &when);
    let own = accesses.iter().filter(|access| access.actor == actor);
    let levels = own.map(|access| {
        let met = access.how.needs.iter().all(|(_, ruling)| ruling.verdict == Verdict::Allowed);
        if access.how.ruling.verdict == Verdict::Allowed && met { 2 } else { 1 }
    });
    levels.max().unwrap_or(0)
}

fn words(names: &[String]) -> Vec<Word> {
    names.iter().map(|name| Word::parse(name).expect("a word")).collect()
}

#[test]
fn every_row_is_what_questions_about_both_states_say() {
    let old = reader(demo());
    let mut rows = 0;
    for (edits, _) in trials() {
        let new = edited(&old, &edits);
        let page: ChangesPage = new.changes_since(&old);
        for change in page.access.iter().filter(|change| !change.on.is_empty()) {
            // The own side of those outside is told of in another way.
            if change.who.iter().any(|who| who.kind != "role" && who.kind != "user") {
                continue;
            }
            let (who, on) = (&change.who[change.who.len() / 2], &change.on[change.on.len() / 2]);
            let name = |thing: &clavicle_answer::shape::Thing| {
                thing.arn.clone().unwrap_or_else(|| thing.name.clone())
            };
            for word in words(&change.access) {
                let levels =
                    (level(&old, &name(who), word, &name(on)), level(&new, &name(who), word, &name(on)));
                let expected = match change.change.as_str() {
                    "gains" => (0, 2),
                    "gains if" => (0, 1),
                    "needs no condition now" => (1, 2),
                    "loses" => (2, 0),
                    "loses if" => (1, 0),
                    _ => (2, 1),
                };
                assert_eq!(levels, expected, "{edits:?}: {} ({word})", change.sentence);
                assert!(!change.because.is_empty(), "{edits:?}: {} cites nothing", change.sentence);
                rows += 1;
            }
        }
    }
    assert!(rows > 25, "{rows}");
}

#[test]
fn no_change_of_access_is_missed() {
    let old = reader(demo());
    for (edits, _) in trials() {
        let new = edited(&old, &edits);
        let page = new.changes_since(&old);
        let told = |who: &str, word: Word, thing: &str| {
            page.access.iter().any(|change| {
                change.who.iter().any(|known| known.arn.as_deref() == Some(who))
                    && (change.on.is_empty()
                        || (change.access.contains(&word.to_string())
                            && change.on.iter().any(|on| on.arn.as_deref() == Some(thing))))
            })
        };
        for thing in ["arn:aws:s3:::paperboat-invoices", "arn:aws:iam::111122223333:role/reporting-read"] {
            for word in [Word::Read, Word::Write, Word::Become] {
                for (one, other) in [(&old, &new), (&new, &old)] {
                    let world = one.world();
                    let target: Target = one.target(thing).expect("it is in the demo");
                    let when = world.context(&BTreeMap::new());
                    for access in world.who_can(&world.wanted(word, &target), &target, &when) {
                        let Actor::Principal(index) = access.actor else { continue };
                        let who = world.snapshot().principal(index).arn.clone();
                        if world.is_admin(index) || target == Target::Principal(index) {
                            continue;
                        }
                        if level(one, &who, word, thing) != level(other, &who, word, thing) {
                            assert!(told(&who, word, thing), "{edits:?}: {who} {word} {thing}");
                        }
                    }
                }
            }
        }
    }
}

/// Facts that decisions rest on, changed one kind at a time for some of those that have them.
fn altered() -> Vec<Snapshot> {
    use clavicle_snapshot::PolicyState;
    let alterations: [fn(&mut Snapshot, usize); 9] = [
        |snapshot, at| snapshot.principals[at].tags = None,
        |snapshot, at| snapshot.principals[at].groups.clear(),
        |snapshot, at| snapshot.principals[at].seen = false,
        |snapshot, at| snapshot.principals[at].inline.clear(),
        |snapshot, at| snapshot.principals[at].trust = PolicyState::NotSeen,
        |snapshot, at| {
            let resource = at % snapshot.resources.len();
            snapshot.resources[resource].policy = PolicyState::None;
            snapshot.resources[resource].tags = None;
        },
        |snapshot, at| {
            let resource = at % snapshot.resources.len();
            snapshot.resources[resource].facts.encryption_key = None;
        },
        |snapshot, at| {
            let account = at % snapshot.accounts.len();
            snapshot.accounts[account].public_access_block = None;
        },
        |snapshot, at| {
            let attachments =
                snapshot.organization.as_mut().map(|organization| &mut organization.attachments);
            attachments.map(|attachments| attachments.remove(at % attachments.len()));
        },
    ];
    let altered = alterations.iter().enumerate().map(|(kind, alter)| {
        let mut snapshot = demo();
        // One of the organization's attachments is enough to change whole accounts.
        let stride = if kind == 8 { snapshot.principals.len() } else { 7 };
        (kind..snapshot.principals.len()).step_by(stride).for_each(|at| alter(&mut snapshot, at));
        snapshot
    });
    altered.collect()
}

#[test]
fn what_cannot_differ_need_not_be_asked() {
    let old = reader(demo());
    let tried = trials().into_iter().map(|(edits, _)| edited(&old, &edits));
    let mut rows = 0;
    for new in tried.chain(altered().into_iter().map(reader)) {
        for (one, other) in [(&old, &new), (&new, &old)] {
            let short = other.access_changes_since(one);
            assert_eq!(short, other.access_changes_by_asking_all(one));
            rows += short.len();
        }
    }
    assert!(rows > 200, "{rows}");
}
