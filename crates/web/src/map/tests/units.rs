//! Maps of organizations of more accounts than a band has rows: their units are shapes, exactly and one within the other.
//!
//! Each is the demo several times over: its units are `platform` (tools) and `workloads`, in which are `prod` and `staging`;
//! the management accounts lie in none.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use clavicle_answer::{MatterSetting, Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Actor, Stated, World};
use clavicle_policy::AccountId;
use clavicle_snapshot::{Snapshot, Unit, UnitIndex, UnitKind};

use super::demo;
use super::page_rules::check;
use crate::map::division::Division;
use crate::map::{
    Drawn, MapPage, Outline, ReachOut, Relation, Scope, Shape, ShapeKind, Side, Told, cells,
    draw_before_after, draw_map, why,
};
use crate::progress::Progress;
use crate::tests::many::multiplied;

const COPIES: usize = 10;

fn snapshot() -> Snapshot {
    multiplied(demo::reader().world().snapshot(), COPIES, 1)
}

fn read(snapshot: Snapshot) -> Reader {
    let matters = vec![MatterSetting { thing: "s3://paperboat-invoices".to_owned(), why: None }];
    let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
    Reader::new(world, Settings { matters, ..Settings::default() })
}

fn large() -> &'static Reader {
    static LARGE: LazyLock<Reader> = LazyLock::new(|| read(snapshot()));
    &LARGE
}

fn drawn(reader: &Reader, scope: &Scope) -> Drawn {
    let reach_out = ReachOut::new(reader.world(), |_, _| ());
    let drawn = draw_map(&Told::new(reader), &reach_out, scope, None).expect("it is there");
    check(&drawn.page);
    drawn
}

/// A unit by its name.
fn unit(name: &str) -> Scope {
    let organization = large().world().snapshot().organization.as_ref().expect("it is seen");
    let unit = organization.units.iter().find(|unit| *unit.name == *name).expect("it is in the demo");
    Scope::Unit(unit.id.to_string())
}

fn opens(shape: &Shape) -> Option<Scope> {
    let account = shape.account.as_deref().and_then(AccountId::parse).map(Scope::Account);
    account.or_else(|| shape.unit.clone().map(Scope::Unit))
}

fn of_kind(page: &MapPage, kind: ShapeKind) -> Vec<(&str, usize)> {
    let shapes = page.shapes.iter().filter(|shape| shape.kind == kind);
    let mut found: Vec<(&str, usize)> = shapes.map(|shape| (shape.label.as_str(), shape.count)).collect();
    found.sort_unstable();
    found
}

fn crumbs(page: &MapPage) -> Vec<&str> {
    page.crumbs.iter().map(|crumb| crumb.label.as_str()).collect()
}

#[test]
fn more_accounts_than_rows_are_units_that_open_one_within_the_other() {
    let page = drawn(large(), &Scope::Organization).page;
    assert_eq!(of_kind(&page, ShapeKind::Unit), [("platform", COPIES), ("workloads", 2 * COPIES)]);
    let accounts = of_kind(&page, ShapeKind::Account);
    assert_eq!(accounts.len(), COPIES, "{accounts:?}");
    assert!(
        accounts.iter().all(|(name, count)| name.starts_with("management") && *count == 1),
        "{accounts:?}"
    );
    let workloads = demo::shape(&page, "workloads");
    assert_eq!(opens(workloads), Some(unit("workloads")));
    assert!(workloads.sub.as_deref().is_some_and(|sub| sub.starts_with("20 accounts, ")), "{workloads:?}");
    assert!(workloads.sentence.starts_with("unit workloads, 20 accounts, "), "{workloads:?}");
    assert!(
        !workloads.equal && workloads.outline == Outline::Solid && workloads.mark.is_some(),
        "{workloads:?}"
    );

    let page = drawn(large(), &unit("workloads")).page;
    assert_eq!(of_kind(&page, ShapeKind::Unit), [("prod", COPIES), ("staging", COPIES)]);
    assert_eq!(crumbs(&page), ["organization", "workloads"]);
    assert!(page.shapes.iter().any(|shape| shape.label == "s3://paperboat-invoices"));

    let page = drawn(large(), &unit("staging")).page;
    assert_eq!(
        (of_kind(&page, ShapeKind::Account).len(), of_kind(&page, ShapeKind::Unit).len()),
        (COPIES, 0)
    );
    assert_eq!(crumbs(&page), ["organization", "workloads", "staging"]);
    // What lies elsewhere is told as it is seen on the way here, and opens too.
    let elsewhere: Vec<&Shape> = page.shapes.iter().filter(|shape| shape.kind == ShapeKind::Stub).collect();
    assert!(
        elsewhere.iter().any(|shape| shape.label == "prod" && opens(shape) == Some(unit("prod"))),
        "{elsewhere:?}"
    );
    // What matters there is told there, unless somebody of here touches it.
    assert!(page.shapes.iter().all(|shape| shape.crown.is_none()));

    let account = demo::shape(&page, "staging");
    let page = drawn(large(), &opens(account).expect("it opens")).page;
    assert_eq!(crumbs(&page), ["organization", "workloads", "staging", "staging"]);
    let ways: Vec<_> =
        page.crumbs.iter().map(|crumb| (crumb.account.is_some(), crumb.unit.is_some())).collect();
    assert_eq!(ways, [(false, false), (false, true), (false, true), (true, false)]);
}

/// Who becomes whom, counted without the map: pairs of one end in `here` and another shape at the other end.
fn pairs(of: impl Fn(AccountId) -> (bool, String)) -> u64 {
    let world = large().world();
    let pairs = world.becomes().iter().filter(|known| {
        let to = of(world.snapshot().principal(known.to).account);
        match &known.from {
            Actor::Principal(from) => {
                let from = of(world.snapshot().principal(*from).account);
                from != to && (from.0 || to.0)
            }
            actor => world.is_outside(actor) && to.0,
        }
    });
    pairs.count() as u64
}

fn becoming(page: &MapPage) -> u64 {
    page.ribbons.iter().filter(|it| it.relation == Relation::Becomes).map(|it| it.count).sum()
}

#[test]
fn lines_between_units_are_the_pairs_between_their_accounts() {
    let summary = large().summary();
    // `workloads/prod`, and of accounts in no unit the account.
    let path = |id: AccountId| {
        let account =
            summary.accounts.iter().find(|account| account.id == id.to_string()).expect("it is told");
        account.unit.clone().unwrap_or_else(|| account.id.clone())
    };
    let top = |id: AccountId| path(id).split('/').next().unwrap_or_default().to_owned();
    let organization = drawn(large(), &Scope::Organization).page;
    assert_eq!(becoming(&organization), pairs(|id| (true, top(id))));
    let workloads = drawn(large(), &unit("workloads")).page;
    assert_eq!(becoming(&workloads), pairs(|id| (top(id) == "workloads", path(id))));
    let staging = drawn(large(), &unit("staging")).page;
    assert!(becoming(&staging) > 0);
    let own = |id: AccountId| if path(id) == "workloads/staging" { id.to_string() } else { path(id) };
    assert_eq!(becoming(&staging), pairs(|id| (path(id) == "workloads/staging", own(id))));
}

#[test]
fn every_line_of_a_unit_is_told_pair_by_pair_with_its_steps() {
    for scope in [Scope::Organization, unit("workloads"), unit("prod")] {
        let drawn = drawn(large(), &scope);
        assert!(drawn.page.ribbons.len() > 3, "{scope:?}");
        for ribbon in &drawn.page.ribbons {
            let last = usize::try_from(ribbon.count).expect("not so many") - 1;
            let page = why(large(), &drawn, &ribbon.id, Some(last)).expect("the last pair");
            assert_eq!((page.total, page.pairs.len() as u64), (ribbon.count, ribbon.count.min(200)));
            assert!(!page.steps.is_empty(), "{}", ribbon.sentence);
            assert!(why(large(), &drawn, &ribbon.id, Some(last + 1)).is_none());
        }
    }
}

#[test]
fn a_few_accounts_stand_by_themselves_whatever_their_units() {
    let organization = demo::organization().page;
    assert_eq!(of_kind(&organization, ShapeKind::Unit), []);
    assert_eq!(crumbs(&demo::account(demo::STAGING).page), ["organization", "staging"]);
    // The map of a unit is there nonetheless.
    let page = drawn(demo::reader(), &unit("workloads")).page;
    assert_eq!(of_kind(&page, ShapeKind::Account), [("prod", 1), ("staging", 1)]);
    let elsewhere = page.shapes.iter().filter(|shape| shape.kind == ShapeKind::Stub);
    assert!(elsewhere.clone().count() > 0 && elsewhere.clone().all(|shape| shape.account.is_some()));
    let nobody = Scope::Unit("ou-of-nobody".to_owned());
    assert!(draw_map(&Told::new(demo::reader()), &ReachOut::default(), &nobody, None).is_none());
}

fn of_two(before: &Reader, after: &Reader, scope: &Scope) -> MapPage {
    let reach_out = [before, after].map(|reader| ReachOut::new(reader.world(), |_, _| ()));
    let told = [before, after].map(Told::new);
    let [old, new] = [0, 1].map(|at: usize| Side { people: &told[at], reach_out: &reach_out[at] });
    let page = draw_before_after(old, new, scope).expect("it is there").page;
    check(&page);
    page
}

#[test]
fn an_account_that_moves_to_another_unit_stands_where_it_lies_after() {
    let mut moved = snapshot();
    let organization = moved.organization.as_ref().expect("it is seen");
    let place =
        |name: &str| organization.units.iter().position(|unit| *unit.name == *name).map(UnitIndex::at);
    let (from, to) = (place("staging"), place("platform"));
    let account = moved.accounts.iter_mut().find(|account| account.parent == from).expect("one is in it");
    account.parent = to;
    let after = read(moved);
    for scope in [Scope::Organization, unit("workloads"), unit("platform")] {
        let page = of_two(large(), &after, &scope);
        let alone = drawn(&after, &scope).page;
        let counts = |page: &MapPage| {
            let mut found = of_kind(page, ShapeKind::Unit)
                .into_iter()
                .map(|(name, count)| (name.to_owned(), count))
                .collect::<Vec<_>>();
            found.sort();
            found
        };
        assert_eq!(counts(&page), counts(&alone), "{scope:?}");
        // Nobody's access is another: only policies of the organization bear on it, and none is seen to here.
        let change = page.change.expect("two are drawn");
        assert_eq!(
            page.shapes.iter().filter(|shape| shape.change.is_some()).count(),
            0,
            "{scope:?} {change:?}"
        );
    }
    let page = of_two(large(), large(), &unit("workloads"));
    assert_eq!(page.change.map(|change| (change.gone, change.new, change.left_out)), Some((0, 0, 0)));
    assert_eq!(becoming(&page), becoming(&drawn(large(), &unit("workloads")).page));
}

#[test]
fn accounts_that_were_not_seen_are_told_and_no_part_of_what_is_not() {
    let mut partly = snapshot();
    let organization = partly.organization.as_ref().expect("it is seen");
    let platform = organization.units.iter().position(|unit| *unit.name == *"platform").map(UnitIndex::at);
    let (mut left, mut suspended) = (3, 1);
    for account in partly.accounts.iter_mut().filter(|account| account.parent == platform) {
        if left > 0 {
            (account.seen, left) = (false, left - 1);
        } else if suspended > 0 {
            (account.seen, account.status, suspended) = (false, Some("SUSPENDED".into()), 0);
        }
    }
    let reader = read(partly);
    let page = drawn(&reader, &Scope::Organization).page;
    let platform = demo::shape(&page, "platform");
    assert_eq!((platform.count, platform.outline), (COPIES - 1, Outline::Wavy));
    assert_eq!(platform.sub.as_deref(), Some("9 accounts, 3 not seen"));
    assert!(platform.sentence.contains("not seen wholly"), "{}", platform.sentence);
    let tray = |page: &MapPage| {
        let parts = page.tray.iter().filter(|part| part.label == "accounts that were not seen");
        parts.map(|part| (part.count, part.members.len())).next()
    };
    assert_eq!(tray(&page), Some((3, 3)));
    assert_eq!(tray(&drawn(&reader, &unit("workloads")).page), None);
    assert_eq!(tray(&drawn(&reader, &unit("platform")).page), Some((3, 3)));
}

/// What a file may claim and AWS does not allow.
#[test]
fn units_that_lie_in_each_other_are_drawn_by_themselves() {
    let mut odd = snapshot();
    let organization = odd.organization.as_mut().expect("it is seen");
    let place = |name: &str| organization.units.iter().position(|unit| *unit.name == *name);
    let (workloads, prod) = (place("workloads").expect("a unit"), place("prod").expect("a unit"));
    organization.units[workloads].parent = Some(UnitIndex::at(prod));
    let page = drawn(&read(odd.clone()), &Scope::Organization).page;
    assert_eq!(
        of_kind(&page, ShapeKind::Unit),
        [("platform", COPIES), ("prod", COPIES), ("staging", COPIES)]
    );
    // Every account is in exactly one shape, and every unit can be opened.
    for unit in
        odd.organization.iter().flat_map(|known| &known.units).filter(|unit| unit.kind == UnitKind::Unit)
    {
        let division = Division::new(&[&odd], &Scope::Unit(unit.id.to_string())).expect("it is there");
        let all: Vec<AccountId> =
            division.parts.iter().flat_map(|part| part.accounts.iter().copied()).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert_eq!(all.len(), odd.accounts.len());
    }
}

#[test]
fn very_many_units_and_accounts_keep_to_the_rows_and_can_be_found_by_name() {
    let mut flat = snapshot();
    let organization = flat.organization.as_mut().expect("it is seen");
    let root = organization.units.iter().position(|unit| unit.kind == UnitKind::Root).map(UnitIndex::at);
    let first = organization.units.len();
    for at in 0..50 {
        let name = format!("team-{at:02}");
        let unit = Unit {
            id: format!("ou-many-{at:08}").into(),
            arn: None,
            name: name.into(),
            kind: UnitKind::Unit,
            parent: root,
            enabled: None,
        };
        organization.units.push(unit);
    }
    // Half of the accounts are in no unit and have names that tell nothing; every other has a unit of its own.
    for (at, account) in flat.accounts.iter_mut().enumerate() {
        let lonely = at % 2 == 0;
        account.parent = if lonely { root } else { Some(UnitIndex::at(first + at)) };
        account.name = Some(format!("prod-{at:04}").into());
    }
    let reader = read(flat.clone());
    let page = drawn(&reader, &Scope::Organization).page;
    let stands_for: usize = page
        .shapes
        .iter()
        .filter(|it| matches!(it.kind, ShapeKind::Account | ShapeKind::Unit))
        .map(|it| it.count)
        .sum();
    assert_eq!(stands_for, flat.accounts.len());
    // All in no unit: those that stand together do so in the order of their names.
    flat.accounts.iter_mut().for_each(|account| account.parent = root);
    let mut many = flat.clone();
    for at in 0..80_u64 {
        let mut more = flat.accounts[0].clone();
        more.id = AccountId::parse(&format!("3{at:011}")).expect("twelve digits");
        more.name = Some(format!("prod-{:04}", 1_000 + at).into());
        many.accounts.push(more);
    }
    many.accounts.sort_by_key(|account| account.id);
    let reader = read(many);
    let page = self::drawn(&reader, &Scope::Organization).page;
    let together: Vec<&Shape> =
        page.shapes.iter().filter(|it| it.kind == ShapeKind::Account && it.count > 1).collect();
    // On the right stand those whom others of this map lead to, and nobody for want of room on the left.
    let band = |id: &str| page.shapes.iter().find(|it| it.id == *id).map_or("", |it| it.band.as_str());
    for shape in page.shapes.iter().filter(|it| it.band == "targets") {
        let leads =
            |it: &&crate::map::Ribbon| it.to == shape.id && matches!(band(&it.from), "accounts" | "targets");
        let has_what_matters = page.ribbons.iter().any(|it| it.from == shape.id && band(&it.to) == "matters");
        assert!(has_what_matters || page.ribbons.iter().any(|it| leads(&it)), "{shape:?}");
    }
    // What is left over in a band is in no order.
    let (left, runs): (Vec<&Shape>, Vec<&Shape>) =
        together.into_iter().partition(|shape| shape.label == "more accounts");
    assert!(left.len() <= 2 && runs.len() > 3, "{:?}", of_kind(&page, ShapeKind::Account));
    for shape in runs {
        let (first, last) = shape.label.split_once(" … ").expect("from … to");
        let last = format!("prod-{last}");
        assert!(
            shape.members.iter().all(|name| first <= name.as_str() && name.as_str() <= last.as_str()),
            "{shape:?}"
        );
        assert!(shape.sentence.ends_with("drawn together"), "{}", shape.sentence);
    }
}

/// A unit has no policies, and its accounts all take part.
#[test]
fn cells_of_units_are_of_all_their_accounts() {
    let drawn = drawn(large(), &unit("workloads"));
    let kinds = drawn.kinds(&demo::shape(&drawn.page, "staging").id).expect("it is drawn");
    assert_eq!((kinds.first.len(), kinds.more), (8, true));
    let page = cells(large(), &drawn, &Progress::default());
    assert!(page.denied.is_empty(), "{:?}", page.denied);
    assert!(page.notes.iter().any(|note| note.contains("there may be more")), "{:?}", page.notes);
    // Where there is no thing that chains could lead to, none was left out.
    let world = World::new(snapshot(), catalog(), Stated::default(), |_, _| ());
    let reader = Reader::new(world, Settings::default());
    let drawn = self::drawn(&reader, &Scope::Organization);
    assert!(drawn.kinds(&demo::shape(&drawn.page, "workloads").id).is_some_and(|kinds| kinds.more));
    assert_eq!(cells(&reader, &drawn, &Progress::default()).notes, Vec::<String>::new());
    // Nor has what nobody named any room.
    assert!(drawn.page.bands.iter().all(|band| band.id != "matters"), "{:?}", drawn.page.bands);
}
