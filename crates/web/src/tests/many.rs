//! An organization of very many opens and answers, and no more is sent of it than of a small one.
//!
//! It is made in memory, of the demo: each of its accounts 500 times, with each of their roles many times. The texts of its
//! policies are there once, as they would not be in a real one. 100,000 users and roles take some seconds; a million,
//! `CLAVICLE_PRINCIPALS=1000000 cargo test --profile bench -p clavicle-web --lib many`. What a generated organization of a million
//! takes is in benches/RESULTS.md.

use std::sync::Arc;
use std::time::Instant;

use clavicle_answer::shape::Verdict;
use clavicle_answer::{Question, Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_policy::AccountId;
use clavicle_snapshot::{Attachment, Change, PrincipalIndex, PrincipalKind, PrincipalRecord, Snapshot};
use serde_json::Value;

use super::demo;
use crate::map::Scope;
use crate::open::Open;
use crate::progress::Progress;
use crate::view;

/// Each account so many times.
const ACCOUNTS: usize = 500;
/// So many users and roles; `CLAVICLE_PRINCIPALS` says otherwise.
const PRINCIPALS: usize = 100_000;

/// The text with the accounts of one copy for those of the demo.
fn renamed(text: &str, names: &[(String, String)]) -> Arc<str> {
    let mut text = text.to_owned();
    for (old, new) in names {
        if text.contains(old.as_str()) {
            text = text.replace(old.as_str(), new);
        }
    }
    text.into()
}

/// The demo so many times over.
pub(crate) fn multiplied(base: &Snapshot, copies: usize, principals: usize) -> Snapshot {
    let mut snapshot = base.clone();
    let of_one = base.principals.iter().filter(|record| record.kind != PrincipalKind::Group).count();
    let times = principals.div_ceil(of_one * copies);
    for copy in 1..copies {
        let names: Vec<(String, String)> = base
            .accounts
            .iter()
            .enumerate()
            .map(|(at, account)| (account.id.to_string(), format!("2{:011}", copy * 10 + at)))
            .collect();
        let account = |old: AccountId| {
            let old = old.to_string();
            let new = names.iter().find(|(known, _)| *known == old).expect("it is of the demo");
            AccountId::parse(&new.1).expect("twelve digits")
        };
        for known in &base.accounts {
            let name = known.name.as_ref().map(|name| format!("{name}-{copy}").into());
            let mut copied = known.clone();
            (copied.id, copied.name) = (account(known.id), name);
            snapshot.accounts.push(copied);
        }
        if let Some(organization) = &mut snapshot.organization {
            for (old, new) in &names {
                let own = organization.attachments.iter().filter(|known| *known.target == **old);
                let own: Vec<Attachment> =
                    own.map(|known| Attachment { target: new.as_str().into(), ..known.clone() }).collect();
                organization.attachments.extend(own);
            }
        }
        let first = snapshot.principals.len();
        for record in &base.principals {
            let groups = record.groups.iter().map(|group| PrincipalIndex::at(first + group.index()));
            snapshot.principals.push(PrincipalRecord {
                account: account(record.account),
                arn: renamed(&record.arn, &names),
                groups: groups.collect(),
                ..record.clone()
            });
        }
        for thing in &base.resources {
            let mut copied = thing.clone();
            copied.account = thing.account.map(account);
            copied.arn = renamed(&thing.arn, &names);
            if copied.arn == thing.arn {
                // Its ARN has no account, so its name is its own.
                copied.arn = format!("{}-{copy}", thing.arn).into();
                copied.name = format!("{}-{copy}", thing.name).into();
            }
            for runs_as in &mut copied.runs_as {
                runs_as.role = runs_as.role.map(|role| PrincipalIndex::at(first + role.index()));
            }
            snapshot.resources.push(copied);
        }
    }
    let one = snapshot.principals.clone();
    for time in 1..times {
        for record in one.iter().filter(|record| record.kind == PrincipalKind::Role) {
            let mut record = record.clone();
            record.arn = format!("{}-{time}", record.arn).into();
            record.name = format!("{}-{time}", record.name).into();
            snapshot.principals.push(record);
        }
    }
    snapshot.accounts.sort_by_key(|account| account.id);
    // Whoever goes has all names read anew.
    let last = snapshot.principals.len() - 1;
    snapshot.change([Change::Remove(PrincipalIndex::at(last))]);
    snapshot
}

#[test]
fn an_organization_of_very_many_opens_and_answers() {
    let wanted = std::env::var("CLAVICLE_PRINCIPALS").ok();
    let principals = wanted.map_or(PRINCIPALS, |text| text.parse().expect("a number"));
    let begun = Instant::now();
    let tell = |what: &str| eprintln!("{:>6.1} s {what}", begun.elapsed().as_secs_f32());
    let base = demo(&Progress::default()).expect("the demo").world().snapshot().clone();
    let snapshot = multiplied(&base, ACCOUNTS, principals);
    tell("made");
    let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
    tell("compiled");
    let many = world.principals().count();
    assert!(many * 10 > principals * 9, "{many}");
    let reader = Reader::new(world, Settings::default());
    let progress = Progress::default();
    let open = Open::new(reader, Arc::new(()), None, &progress);
    tell("open");

    // What is sent before anybody asks is no more than of a small one.
    let home = view::home(open.reader()).expect("a home");
    tell("home");
    let page: Value = serde_json::from_slice(&home).expect("JSON");
    assert!(home.len() < 60_000, "{} bytes", home.len());
    assert_eq!(page["snapshot"]["identities"].as_u64(), Some(many as u64));
    assert_eq!(page["counts"]["accounts"].as_u64(), Some(4 * ACCOUNTS as u64));
    assert_eq!(page["accounts"].as_array().map(Vec::len), Some(24));
    assert!(page["counts"]["outside"].as_u64() > Some(3), "{}", page["counts"]);

    // The organization, and the largest account with what stands in it.
    let organization = open.map(&Scope::Organization, None).expect("a map");
    tell("map of the organization");
    assert!(organization.page().shapes.len() <= 90 && organization.page().ribbons.len() <= 160);
    assert!(organization.bytes().len() < 400_000, "{} bytes", organization.bytes().len());
    let largest = page["accounts"][0]["id"].as_str().and_then(AccountId::parse).expect("an id");
    let account = open.map(&Scope::Account(largest), None).expect("a map");
    tell("map of the largest account");
    assert!(account.page().shapes.len() > 10 && account.page().shapes.len() <= 90);
    assert!(account.page().ribbons.len() > 10 && account.page().ribbons.len() <= 160);

    // What is drawn before anybody asks takes seconds, however large the accounts are.
    let pairs = |id: &AccountId| {
        let world = open.reader().world();
        world.principals_of(*id).len() * world.resources_of(*id).len()
    };
    assert!(open.largest().iter().map(pairs).sum::<usize>() <= 50_000_000);

    // Who, what, can, directly: as in the demo, whose accounts are still among them.
    let ask = |text: &str| {
        let question = Question { direct: true, ..open.reader().parse(text).expect("a question") };
        let page = open.reader().answer(&question).expect("an answer");
        tell(text);
        page
    };
    let who = ask("who can read s3://paperboat-invoices");
    assert!(who.sentence.contains("read s3://paperboat-invoices"), "{}", who.sentence);
    let what = ask("what can staging:role/deployer do");
    assert!(!what.answers.is_empty(), "{}", what.sentence);
    let of_copy =
        ask("can staging-7:role/deployer lambda:UpdateFunctionCode staging-7:lambda/nightly-report");
    assert_eq!(of_copy.verdict, Verdict::Yes, "{}", of_copy.sentence);
}
