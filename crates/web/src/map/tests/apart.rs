//! A shape taken apart: its parts stand for the same things and pairs, and everything else keeps its place.

use super::demo::reader;
use super::page_rules::check_all_but_rows;
use crate::map::{Drawn, MapPage, ReachOut, Ribbon, Scope, Shape, ShapeKind, Told, draw_map, why};
use crate::open::unit_ids;

fn pairs<'p>(ribbons: impl IntoIterator<Item = &'p Ribbon>) -> u64 {
    ribbons.into_iter().map(|ribbon| ribbon.count).sum()
}

fn find<'p>(page: &'p MapPage, id: &str) -> Option<&'p Shape> {
    page.shapes.iter().find(|shape| shape.id == id)
}

/// Every map of the demo with each of its shapes taken apart, where that can be.
fn all(mut look: impl FnMut(&MapPage, &Shape, Option<Drawn>)) {
    let reach_out = ReachOut::new(reader().world(), |_, _| ());
    let told = Told::new(reader());
    let snapshot = reader().world().snapshot();
    let accounts = snapshot.accounts.iter().map(|account| Scope::Account(account.id));
    let units = unit_ids(snapshot).map(|unit| Scope::Unit(unit.to_owned()));
    for scope in accounts.chain(units).chain([Scope::Organization]) {
        let draw = |apart: Option<&str>| draw_map(&told, &reach_out, &scope, apart);
        let base = draw(None).expect("it is there");
        for shape in &base.page.shapes {
            let apart = draw(Some(&shape.id));
            look(&base.page, shape, apart);
        }
    }
}

#[test]
fn what_is_taken_apart_is_the_same_things_and_pairs_and_nothing_else_moves() {
    let mut taken = 0;
    all(|base, shape, apart| {
        let is_one = matches!(shape.kind, ShapeKind::Stub | ShapeKind::Unit);
        let is_several = shape.count > 1 && !shape.equal && !is_one;
        assert_eq!(apart.is_some(), is_several, "{}: {}", base.title, shape.id);
        let Some(apart) = apart else { return };
        taken += 1;
        let page = &apart.page;
        check_all_but_rows(page);
        assert!(find(page, &shape.id).is_none());
        for other in base.shapes.iter().filter(|other| other.id != shape.id) {
            assert_eq!(find(page, &other.id), Some(other), "{}: {}", base.title, shape.id);
        }
        let parts: Vec<&Shape> =
            page.shapes.iter().filter(|part| part.id.starts_with(&format!("{}>", shape.id))).collect();
        assert_eq!(page.shapes.len(), base.shapes.len() - 1 + parts.len());
        assert!((2..=12).contains(&parts.len()), "{}: {} parts", shape.id, parts.len());
        assert_eq!(parts.iter().map(|part| part.count).sum::<usize>(), shape.count, "{}", shape.id);
        assert!(parts.iter().all(|part| part.band == shape.band && part.y >= base.height));
        // The same pairs, and the lines of others as they were.
        assert_eq!(pairs(&page.ribbons), pairs(&base.ribbons), "{}: {}", base.title, shape.id);
        let others = base.ribbons.iter().filter(|it| it.from != shape.id && it.to != shape.id);
        for ribbon in others {
            assert!(page.ribbons.contains(ribbon), "{}: {}", base.title, ribbon.id);
        }
        let first = page.ribbons.iter().find(|it| it.from.contains('>') || it.to.contains('>'));
        if let Some(ribbon) = first {
            let told = why(reader(), &apart, &ribbon.id, Some(0)).expect("it is on the map");
            assert_eq!(told.pairs.len() as u64, ribbon.count.min(200), "{}", ribbon.id);
        }
    });
    assert!(taken > 5, "{taken} shapes were taken apart");
}
