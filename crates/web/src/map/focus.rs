//! A map with only the lines that are connected to one shape or thing, every shape in its place.

use std::collections::BTreeSet;

use super::page::{MapPage, Ribbon};

/// Keeps the ribbons on the ways to the focus and onward from it. `focus`: the id of a shape, or the name of something
/// that a shape stands for. `None`: there is no such thing on this map.
pub(crate) fn focused(page: &MapPage, focus: &str) -> Option<MapPage> {
    let named = |names: &[String]| names.iter().any(|name| name == focus);
    let by_id = page.shapes.iter().find(|shape| shape.id == focus);
    let shape =
        by_id.or_else(|| page.shapes.iter().find(|shape| shape.label == focus || named(&shape.members)))?;
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    follow(page, &shape.id, &mut kept, |ribbon| (&ribbon.from, &ribbon.to));
    follow(page, &shape.id, &mut kept, |ribbon| (&ribbon.to, &ribbon.from));
    let mut focused = page.clone();
    focused.ribbons.retain(|ribbon| kept.contains(ribbon.id.as_str()));
    focused.rows.retain(|row| kept.contains(row.ribbon.as_str()));
    Some(focused)
}

/// Every ribbon on the ways from a shape, in one direction.
fn follow<'p>(
    page: &'p MapPage,
    start: &'p str,
    kept: &mut BTreeSet<&'p str>,
    ends: impl Fn(&'p Ribbon) -> (&'p str, &'p str),
) {
    let mut seen = BTreeSet::from([start]);
    let mut open = vec![start];
    while let Some(shape) = open.pop() {
        for ribbon in &page.ribbons {
            let (near, far) = ends(ribbon);
            if near == shape {
                kept.insert(&ribbon.id);
                if seen.insert(far) {
                    open.push(far);
                }
            }
        }
    }
}
