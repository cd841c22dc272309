//! Generated accounts, where the generators are: their maps keep the rules, and few of their lines cross.

use std::path::Path;

use clavicle_answer::{Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_snapshot::{Import, Snapshot};

use super::page_rules::check;
use crate::map::{Crossings, MapPage, ReachOut, Told, crossings, draw_account, draw_organization};

#[test]
fn maps_of_a_generated_account_keep_the_rules() {
    let Some(made) = clavicle_testkit::generated_account("medium", 1) else { return };
    keep_the_rules(made.folder(), 1);
}

/// The shape of the large one with fewer accounts: units, guardrails, roles across accounts, and accounts of many sizes.
#[test]
fn maps_of_a_generated_organization_of_few_accounts_keep_the_rules() {
    let Some(made) = clavicle_testkit::generated_organization([12, 1_500, 3_000], 1) else { return };
    keep_the_rules(made.folder(), 12);
}

/// 200 accounts of 50,000 users and roles.
#[test]
#[ignore = "takes minutes: cargo test --profile bench -p clavicle-web --lib generated -- --ignored --nocapture"]
fn maps_of_a_large_generated_organization_keep_the_rules() {
    let Some(made) = clavicle_testkit::generated_account("large", 1) else { return };
    keep_the_rules(made.folder(), 24);
}

/// The organization, and its largest accounts.
fn keep_the_rules(folder: &Path, most: usize) {
    let import = ["organization.json", "accounts"]
        .iter()
        .fold(Import::new(), |import, part| import.source(folder.join(part)));
    let imported = import.run(|_| ()).expect("it imports");
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).expect("it loads");
    let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
    let reader = Reader::new(world, Settings::default());
    let people = Told::new(&reader);
    let reach_out = ReachOut::new(reader.world(), |_, _| ());
    let mut all = vec![cross_little(&draw_organization(&people, &reach_out).page)];
    let mut accounts: Vec<_> =
        reader.world().snapshot().accounts.iter().filter(|it| it.seen).map(|it| it.id).collect();
    accounts.sort_by_key(|account| std::cmp::Reverse(reader.world().principals_of(*account).len()));
    for account in accounts.into_iter().take(most) {
        let page = draw_account(&people, &reach_out, account).expect("it is there").page;
        assert!(page.ribbons.len() > 10, "{account}: {}", page.ribbons.len());
        all.push(cross_little(&page));
    }
    let sum = |of: fn(&Crossings) -> usize| all.iter().map(of).sum::<usize>();
    let (drawn, by_name) = (sum(|each| each.drawn), sum(|each| each.by_name));
    assert!(drawn * 10 < by_name * 9, "{drawn} of {by_name}: they are no longer put in order");
}

/// Says how many lines cross, and holds the page to the rules.
pub(super) fn cross_little(page: &MapPage) -> Crossings {
    check(page);
    let found = crossings(page);
    eprintln!("{}: {} lines, {found:?}", page.title, page.ribbons.len());
    assert!(found.drawn <= found.by_name, "{}: {found:?}", page.title);
    found
}
