//! Generated accounts, where the generators are: their maps keep the rules, and few of their lines cross.

use std::path::Path;

use clavicle_answer::{Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_snapshot::{Import, Snapshot};

use super::page_rules::check;
use crate::map::fold::MOST_ROWS;
use crate::map::{Crossings, MapPage, ReachOut, Scope, ShapeKind, Told, crossings, draw_map};
use crate::open::unit_ids;

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

/// Accounts of the large one, as large as they are there: the largest, and others down to the smallest.
#[test]
fn maps_of_accounts_of_the_large_organization_keep_the_rules() {
    let places: Vec<usize> = (0..200).step_by(28).collect();
    let Some(made) = clavicle_testkit::generated_sample("large", 1, &places) else { return };
    keep_the_rules(made.folder(), places.len());
}

/// The tree of the large one whole: its 200 accounts in all its units, of a few users and roles each.
#[test]
fn maps_of_a_generated_organization_of_many_accounts_keep_the_rules() {
    let Some(made) = clavicle_testkit::generated_organization([200, 2_500, 4_000], 1) else { return };
    keep_the_rules(made.folder(), 2);
}

/// The large one: 50,000 users and roles in 200 accounts. To make it, read it and draw it takes two cores 37 s; its tree, and some of
/// its accounts at their size, are in the tests that always run.
#[test]
#[ignore = "takes 37 s: cargo test -p clavicle-web --lib generated -- --ignored"]
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
    let snapshot = reader.world().snapshot();
    let mut accounts: Vec<_> = snapshot.accounts.iter().filter(|it| it.seen).map(|it| it.id).collect();
    let many = accounts.len() > MOST_ROWS;
    accounts.sort_by_key(|account| std::cmp::Reverse(reader.world().principals_of(*account).len()));
    accounts.truncate(most);
    let units = unit_ids(snapshot).map(|unit| Scope::Unit(unit.to_owned()));
    let scopes = [Scope::Organization].into_iter().chain(units);
    let mut all = Vec::new();
    for scope in scopes.chain(accounts.into_iter().map(Scope::Account)) {
        let page = draw_map(&people, &reach_out, &scope, None).expect("it is there").page;
        let least = if matches!(scope, Scope::Account(_)) { 10 } else { 0 };
        assert!(page.ribbons.len() >= least, "{scope:?}: {}", page.ribbons.len());
        let has_units = page.shapes.iter().any(|shape| shape.kind == ShapeKind::Unit);
        assert!(has_units == many || scope != Scope::Organization, "{:?}", page.shapes);
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
