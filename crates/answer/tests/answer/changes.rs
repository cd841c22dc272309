//! What is different between two states: every row agrees with what questions about each state say.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use clavicle_answer::shape::ChangesPage;
use clavicle_answer::{Edit, Reader, Seen, Settings};
use clavicle_catalog::{Word, catalog};
use clavicle_engine::Verdict;
use clavicle_graph::{Actor, Stated, Target, World};
use clavicle_snapshot::Snapshot;
use clavicle_usage::{ActionUse, Call, CoveredRegion, Evidence, Few, LastAccessed, Need, Tally, Thing};

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

/// The demo as it is: made once, for all tests.
fn old() -> &'static Reader {
    static OLD: LazyLock<Reader> = LazyLock::new(|| reader(demo()));
    &OLD
}

/// The demo with edits made.
fn edited(edits: &[Edit]) -> Reader {
    old().tried(edits, |_, _| ()).expect("it can be planned")
}

/// A trial, made once for all tests.
struct Trial {
    edits: Vec<Edit>,
    verdict: &'static str,
    new: Reader,
    page: ChangesPage,
}

fn tried() -> &'static [Trial] {
    static TRIED: LazyLock<Vec<Trial>> = LazyLock::new(|| {
        let tried = |(edits, verdict): (Vec<Edit>, &'static str)| {
            let new = edited(&edits);
            let page = new.changes_since(old());
            Trial { edits, verdict, new, page }
        };
        trials().into_iter().map(tried).collect()
    });
    &TRIED
}

fn write(policy: &str, text: &str) -> Edit {
    Edit::Write { policy: policy.to_owned(), text: text.to_owned() }
}

/// Changes of every kind, with the verdict on each.
fn trials() -> Vec<(Vec<Edit>, &'static str)> {
    let detach = |policy: &str, from: &str| Edit::Detach { policy: policy.to_owned(), from: from.to_owned() };
    let attach = |policy: &str, to: &str| Edit::Attach { policy: policy.to_owned(), to: to.to_owned() };
    let bound = |policy: &str, of: &str| Edit::Bound { policy: policy.to_owned(), of: of.to_owned() };
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
        (vec![Edit::Delete("staging:role/nightly-exec".to_owned())], "narrows"),
        (
            vec![
                Edit::Delete("prod:group/support".to_owned()),
                Edit::Delete("staging:user/support-sam".to_owned()),
            ],
            "narrows",
        ),
        (vec![bound("policy/workload-boundary", "prod:role/reporting-read")], "narrows"),
        (vec![Edit::Unbound("prod:role/checkout-worker-task".to_owned())], "unknown"),
    ]
}

#[test]
fn nothing_is_different_from_itself() {
    let page = reader(demo()).changes_since(old());
    assert_eq!(page.verdict, "same");
    assert_eq!((page.access.len(), page.documents.len(), page.opened.len()), (0, 0, 0), "{}", page.sentence);
}

#[test]
fn every_trial_widens_or_narrows_as_it_should() {
    for Trial { edits, verdict, new, page } in tried() {
        assert_eq!(page.verdict, *verdict, "{edits:?}: {}", page.sentence);
        // What is done and undone is what was undone and done.
        let back = old().changes_since(new);
        let mirrored = match *verdict {
            "widens" | "unknown" => "narrows",
            // What it may give lies on things that nobody has seen.
            "narrows" if page.access.is_empty() => "unknown",
            "narrows" => "widens",
            other => other,
        };
        assert_eq!(back.verdict, mirrored, "{edits:?}");
        assert_eq!(back.access.len(), page.access.len(), "{edits:?}");
        assert_eq!((&back.opened, &back.closed), (&page.closed, &page.opened), "{edits:?}");
    }
}

#[test]
fn rights_on_what_nobody_has_seen_are_not_called_the_same() {
    let text = |effect: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", "Action": "xray:PutTraceSegments", "Resource": "*"}}}}"#
        )
    };
    let more = edited(&[write("staging:role/nightly-exec#tracing", &text("Allow"))]);
    let page = more.changes_since(old());
    assert_eq!((page.verdict.as_str(), page.access.len()), ("unknown", 0), "{}", page.sentence);
    assert_eq!(old().changes_since(&more).verdict, "narrows");
    let less = edited(&[write("staging:role/nightly-exec#tracing", &text("Deny"))]);
    assert_ne!(less.changes_since(old()).verdict, "widens");
    assert_eq!(old().changes_since(&less).verdict, "unknown", "a Deny that goes may give something");
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
    let mut rows = 0;
    for Trial { edits, new, page, .. } in tried() {
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
                    (level(old(), &name(who), word, &name(on)), level(new, &name(who), word, &name(on)));
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
    for Trial { edits, new, page, .. } in tried() {
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
                for (one, other) in [(old(), new), (new, old())] {
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
    let mut rows = 0;
    let altered: Vec<Reader> = altered().into_iter().map(reader).collect();
    for new in tried().iter().map(|trial| &trial.new).chain(&altered) {
        for (one, other) in [(old(), new), (new, old())] {
            let short = other.access_changes_since(one);
            assert_eq!(short, other.access_changes_by_asking_all(one));
            rows += short.len();
        }
    }
    assert!(rows > 200, "{rows}");
}

const DEPLOYER: &str = "arn:aws:iam::444455556666:role/deployer";

/// Evidence of one use by the deployer, in May 2026.
fn used(action: &str, thing: Thing) -> Evidence {
    let at = "2026-05-01T00:00:00Z".parse().expect("a time");
    let tally = Tally { succeeded: 1, used: Some((at, at)), ..Tally::default() };
    let call = Call { thing, context: Arc::default(), addresses: Few::default(), tally };
    let account = "444455556666".parse().expect("an account");
    Evidence {
        uses: vec![ActionUse {
            principal: DEPLOYER.into(),
            action: action.into(),
            need: Need::Own,
            tally,
            sessions: Few::default(),
            calls: vec![call],
        }],
        covered: vec![CoveredRegion {
            account,
            region: "eu-west-1".into(),
            from: at,
            to: at,
            events: 1,
            hours: 1,
        }],
        ..Evidence::default()
    }
}

/// The demo with a statement more in `policy/shared-ops`, or with a word of it replaced.
fn with_shared_ops((word, other): (&str, &str), more: &str) -> Reader {
    edited(&[shared_ops((word, other), more)])
}

fn shared_ops((word, other): (&str, &str), more: &str) -> Edit {
    let snapshot = old().world().snapshot();
    let text = snapshot.policies.iter().find(|policy| policy.arn.ends_with("444455556666:policy/shared-ops"));
    let text = &*snapshot.document(text.and_then(|it| it.document.document()).expect("a text")).text;
    let text = text.replace(word, other).replacen("\"Statement\": [", &format!("\"Statement\": [{more}"), 1);
    write("policy/shared-ops", &text)
}

/// What is lost of what was used since April 2026, and whether that is certain.
fn lost(new: &Reader, evidence: &Evidence) -> Vec<(String, bool)> {
    let since = "2026-04-01T00:00:00Z".parse().expect("a time");
    let page = new.changes_with_use_since(old(), Seen { evidence, since });
    let nothing = page.notes.iter().any(|note| note.starts_with("Nothing that was seen in use is lost"));
    let lost: Vec<_> = page.breaks.iter().flatten().map(|row| (row.action.clone(), row.certain)).collect();
    assert_eq!(nothing, lost.is_empty(), "{:?}", page.notes);
    lost
}

/// A text that lets through no less is passed over in its place, and not where it is taken from somebody.
#[test]
fn what_a_wider_policy_gave_is_lost_to_whom_it_is_taken_from() {
    let more = r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"},"#;
    let wider = shared_ops(("", ""), more);
    let taken =
        Edit::Detach { policy: "policy/shared-ops".to_owned(), from: "staging:role/deployer".to_owned() };
    let evidence = used("lambda:UpdateFunctionCode", Thing::NotKnown);
    let perhaps = [("lambda:UpdateFunctionCode".to_owned(), false)];
    assert_eq!(lost(&edited(&[taken.clone(), wider.clone()]), &evidence), perhaps);
    assert_eq!(lost(&edited(&[taken]), &evidence), perhaps);
    assert_eq!(lost(&edited(&[wider]), &evidence), []);
}

#[test]
fn uses_that_cannot_be_asked_again_may_be_lost() {
    let deny = |action: &str, on: &str| {
        format!(r#"{{"Effect": "Deny", "Action": "{action}", "Resource": "{on}"}},"#)
    };
    let lambda = "arn:aws:lambda:eu-west-1:444455556666:function:";
    let update = |thing| used("lambda:UpdateFunctionCode", thing);
    let support = || used("support:DescribeCases", Thing::Any);
    let get = || used("s3:GetObject", Thing::NotKnown);
    // One function, another service, fewer buckets, more buckets.
    let states = [
        (
            ("", ""),
            format!(
                "{}{}",
                deny("lambda:Update*", &format!("{lambda}nightly-report")),
                deny("support:*", "*")
            ),
        ),
        (("", ""), deny("sqs:*", "*")),
        (("logs-staging-*", "logs-staging-app*"), String::new()),
        (("logs-staging-*", "logs-*"), String::new()),
    ];
    let states = states.map(|(word, more)| with_shared_ops(word, &more));
    for (evidence, wanted) in [
        (update(Thing::NotKnown), [Some(false), None, None, None]),
        (update(Thing::Under(lambda.into())), [Some(false), None, None, None]),
        // Of an action that takes no resource, the same is asked again.
        (support(), [Some(true), None, None, None]),
        // What a text lets through besides takes nothing away.
        (get(), [None, None, Some(false), None]),
    ] {
        let action = evidence.uses[0].action.to_string();
        for (at, (new, wanted)) in states.iter().zip(wanted).enumerate() {
            let wanted: Vec<_> = wanted.map(|certain| (action.clone(), certain)).into_iter().collect();
            assert_eq!(lost(new, &evidence), wanted, "state {at}");
        }
    }
    // The same of reports on last access, which tell no thing at all.
    let at: jiff::Timestamp = "2026-05-01T00:00:00Z".parse().expect("a time");
    let last = |action: &str| LastAccessed {
        principal: DEPLOYER.into(),
        service: action.split(':').next().unwrap_or_default().into(),
        action: Some(action.into()),
        at: Some(at),
        region: None,
        reported: at,
    };
    let reports = vec![last("lambda:UpdateFunctionCode"), last("support:DescribeCases")];
    let evidence = Evidence { last_accessed: reports, ..Evidence::default() };
    let wanted =
        [("lambda:UpdateFunctionCode".to_owned(), false), ("support:DescribeCases".to_owned(), true)];
    assert_eq!(lost(&states[0], &evidence), wanted);
    assert_eq!(lost(&states[3], &evidence), []);
}

/// Two services log under one source: a call under a name of both was of one of them, and no proof that this one was in use.
#[test]
fn what_may_have_been_another_action_may_be_lost() {
    let more = r#"{"Effect": "Deny", "Action": "support:*", "Resource": "*"},"#;
    let new = with_shared_ops(("", ""), more);
    let mut evidence = used("support:DescribeCases", Thing::Any);
    assert_eq!(lost(&new, &evidence), [("support:DescribeCases".to_owned(), true)]);
    evidence.uses[0].need = Need::Either("sqs:SendMessage".into());
    assert_eq!(lost(&new, &evidence), [("support:DescribeCases".to_owned(), false)]);
    // What AWS itself reports was in use all the same.
    let at: jiff::Timestamp = "2026-05-01T00:00:00Z".parse().expect("a time");
    evidence.last_accessed = vec![LastAccessed {
        principal: DEPLOYER.into(),
        service: "support".into(),
        action: Some("support:DescribeCases".into()),
        at: Some(at),
        region: None,
        reported: at,
    }];
    let both = [false, true].map(|certain| ("support:DescribeCases".to_owned(), certain));
    let mut found = lost(&new, &evidence);
    found.sort();
    assert_eq!(found, both);
}

#[test]
fn a_denied_call_of_one_of_two_actions_is_one_denial() {
    let (one, other) = ("identitystore:CreateGroup", "sso-directory:CreateGroup");
    let at: jiff::Timestamp = "2026-05-01T00:00:00Z".parse().expect("a time");
    let tally = Tally { denied: 1, refused: Some((at, at)), ..Tally::default() };
    let mut evidence = used(one, Thing::NotKnown);
    let mut second = ActionUse { action: other.into(), ..evidence.uses[0].clone() };
    second.need = Need::Either(one.into());
    evidence.uses[0].need = Need::Either(other.into());
    evidence.uses.push(second);
    evidence.uses.iter_mut().for_each(|used| used.tally = tally);
    let question = clavicle_answer::UnusedQuestion {
        who: Some(DEPLOYER.to_owned()),
        since: "2026-04-01T00:00:00Z".parse().expect("a time"),
    };
    let page = old().unused(&question, &evidence).expect("an answer");
    assert_eq!(page.permissions[0].refused, [format!("{one} or {other}")]);
}

#[test]
fn what_allows_more_hides_no_deny_beside_it() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "lambda:*", "Resource": "*"}]}"#;
    let new = edited(&[write("staging:role/deployer#more", text)]);
    let evidence = used("lambda:UpdateFunctionCode", Thing::NotKnown);
    assert_eq!(lost(&new, &evidence), [("lambda:UpdateFunctionCode".to_owned(), false)]);
}

#[test]
fn who_goes_takes_all_along_and_is_named_by_no_policy_any_more() {
    let gone = "arn:aws:iam::444455556666:role/nightly-exec";
    let new = edited(&[Edit::Delete("staging:role/nightly-exec".to_owned())]);
    let snapshot = new.world().snapshot();
    assert_eq!(snapshot.principal_by_arn(gone), None);
    // Everybody else is who they were, with their groups, and everything runs as what it ran.
    let before = old().world().snapshot();
    for record in &snapshot.principals {
        let was = before.principal(before.principal_by_arn(&record.arn).expect("they were there"));
        let names = |snapshot: &Snapshot, record: &clavicle_snapshot::PrincipalRecord| -> Vec<Arc<str>> {
            record.groups.iter().map(|group| snapshot.principal(*group).arn.clone()).collect()
        };
        assert_eq!(names(snapshot, record), names(before, was));
    }
    for (thing, was) in snapshot.resources.iter().zip(&before.resources) {
        let role = |snapshot: &Snapshot, runs: &clavicle_snapshot::RunsAs| {
            runs.role.map(|role| snapshot.principal(role).arn.clone())
        };
        let ran =
            was.runs_as.iter().map(|runs| role(before, runs)).filter(|role| role.as_deref() != Some(gone));
        let runs = thing.runs_as.iter().map(|runs| role(snapshot, runs));
        assert_eq!(runs.collect::<Vec<_>>(), ran.collect::<Vec<_>>(), "{}", thing.arn);
    }
    // It is in the trust policy of `reporting-read` by its id, and nobody is let in by that.
    let trust = |snapshot: &Snapshot| -> String {
        let role =
            snapshot.principal_by_arn("arn:aws:iam::111122223333:role/reporting-read").expect("a role");
        snapshot.document(snapshot.principal(role).trust.document().expect("a trust policy")).text.to_string()
    };
    assert!(trust(before).contains(gone) && !trust(snapshot).contains(gone), "{}", trust(snapshot));
    let page = new.changes_since(old());
    assert!(page.access.iter().all(|row| !row.widens) && page.ways_opened.is_empty(), "{}", page.sentence);
    assert!(page.notes.iter().any(|note| note == "gone: 1 identity."), "{:?}", page.notes);
    // What it used is lost.
    let mut evidence = used("s3:GetObject", Thing::NotKnown);
    evidence.uses[0].principal = gone.into();
    assert_eq!(lost(&new, &evidence), [("s3:GetObject".to_owned(), true)]);
}

/// What bears on things that nobody has seen, and on no text.
#[test]
fn what_stands_elsewhere_or_runs_as_another_is_not_nothing() {
    use clavicle_snapshot::{OrgPolicyKind, UnitKind};
    type Alteration = fn(&mut Snapshot);
    let alterations: [(Alteration, &str); 5] = [
        (
            |snapshot| {
                let units = snapshot.organization.as_ref().expect("an organization").units.len();
                let account = snapshot.accounts.iter_mut().find(|account| account.parent.is_some());
                let account = account.expect("an account in a unit");
                let other = (0..units).map(clavicle_snapshot::UnitIndex::at);
                account.parent = { other }.find(|unit| Some(*unit) != account.parent);
            },
            "no member",
        ),
        (
            |snapshot| {
                let units = &mut snapshot.organization.as_mut().expect("an organization").units;
                let root = units.iter_mut().find(|unit| unit.kind == UnitKind::Root).expect("a root");
                root.enabled = Some(vec![OrgPolicyKind::Rcp]);
            },
            "detached",
        ),
        (
            |snapshot| {
                let organization = snapshot.organization.as_mut().expect("an organization");
                let others = snapshot.accounts.iter().map(|account| account.id);
                organization.management =
                    { others }.find(|account| Some(*account) != organization.management);
            },
            "member",
        ),
        (
            |snapshot| {
                let blocked = snapshot.accounts.iter_mut().find(|it| it.public_access_block.is_some());
                blocked.expect("an account that blocks").public_access_block = None;
            },
            "detached",
        ),
        (
            |snapshot| {
                let roles: Vec<_> =
                    snapshot.resources.iter().flat_map(|it| &it.runs_as).filter_map(|it| it.role).collect();
                let mut running = snapshot.resources.iter_mut().flat_map(|it| &mut it.runs_as);
                let first = running.find(|it| it.role.is_some()).expect("something runs");
                first.role = roles.into_iter().find(|role| Some(*role) != first.role);
            },
            "runs as",
        ),
    ];
    for (at, (alter, change)) in alterations.into_iter().enumerate() {
        let mut snapshot = demo();
        alter(&mut snapshot);
        let page = reader(snapshot).changes_since(old());
        let told = page.attachments.iter().any(|row| row.change == change && row.may_widen);
        assert!(told, "{at}: {:?}", page.attachments);
        assert!(matches!(page.verdict.as_str(), "unknown" | "widens" | "changes"), "{at}: {}", page.verdict);
    }
}

#[test]
fn what_bounds_somebody_goes_only_when_it_bounds_nobody() {
    let delete = || Edit::Delete("policy/workload-boundary".to_owned());
    let refused = old().planned(&[delete()]).expect_err("it bounds roles").to_string();
    assert!(refused.contains("is the permissions boundary of"), "{refused}");
    let snapshot = old().world().snapshot();
    let bounded = snapshot.principals.iter().filter(|principal| principal.boundary.is_some());
    let mut edits: Vec<Edit> = bounded.map(|principal| Edit::Unbound(principal.arn.to_string())).collect();
    edits.push(delete());
    assert!(old().planned(&edits).is_ok());
    edits.remove(0);
    assert!(old().planned(&edits).is_err(), "one is left");
    for edit in [
        Edit::Unbound("prod:role/reporting-read".to_owned()),
        Edit::Bound { policy: "policy/workload-boundary".to_owned(), of: "prod:group/support".to_owned() },
        Edit::Bound { policy: "scp/protect-prod".to_owned(), of: "prod:role/reporting-read".to_owned() },
        Edit::Bound {
            policy: "policy/workload-boundary".to_owned(),
            of: "prod:role/checkout-worker-task".to_owned(),
        },
    ] {
        assert!(old().planned(std::slice::from_ref(&edit)).is_err(), "{edit:?}");
    }
}

/// Whoever stops a comparison waits for its next step, and not for its end: it asks often, and is over when it is told.
#[test]
fn a_comparison_that_is_stopped_ends_before_it_is_done() {
    let new = edited(&[Edit::Delete("staging:policy/shared-ops".to_owned())]);
    let asked = AtomicUsize::new(0);
    let count = |stop_at: usize| {
        asked.store(0, Ordering::SeqCst);
        let page = new.changes_since_unless(old(), &|| asked.fetch_add(1, Ordering::SeqCst) >= stop_at);
        (page, asked.load(Ordering::SeqCst))
    };
    let (page, whole) = count(usize::MAX);
    assert_eq!(page.as_ref(), Some(&new.changes_since(old())), "nobody stopped it");
    assert!(whole > 20, "it asks {whole} times");
    for stop_at in [0, 1, whole / 2] {
        let (page, asked) = count(stop_at);
        assert!(page.is_none(), "stopped after {stop_at}");
        // What looks at the rest asks once more each.
        assert!(
            asked <= stop_at + 12 && asked < whole,
            "asked {asked} times of {whole}, stopped after {stop_at}"
        );
    }
}
