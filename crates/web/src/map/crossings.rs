//! How often do lines of a map cross? What `order` keeps low, counted on the page that came of it.

use std::collections::HashMap;

use super::page::MapPage;

/// Pairs of lines that cross.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crossings {
    /// As drawn.
    pub drawn: usize,
    /// If the shapes of each band stood there by name.
    pub by_name: usize,
    /// All pairs of lines that run between bands.
    pub pairs: usize,
}

/// One line between two bands: where it begins and ends.
#[derive(Clone, Copy)]
struct Edge {
    left: f64,
    right: f64,
    /// Bands.
    span: (usize, usize),
}

/// Counts the crossings of a page, each line as the straight one between its shapes.
pub fn crossings(page: &MapPage) -> Crossings {
    let band: HashMap<&str, usize> =
        page.bands.iter().enumerate().map(|(at, band)| (&*band.id, at)).collect();
    let drawn: HashMap<&str, f64> =
        page.shapes.iter().map(|shape| (&*shape.id, shape.y + shape.h / 2.0)).collect();
    // The same places, given to the shapes of a band by their names.
    let mut by_name: HashMap<&str, f64> = HashMap::new();
    for each in &page.bands {
        let own = || page.shapes.iter().filter(|shape| shape.band == each.id);
        let mut names: Vec<&str> = own().map(|shape| &*shape.id).collect();
        let mut places: Vec<f64> = own().map(|shape| drawn[&*shape.id]).collect();
        names.sort_unstable();
        places.sort_by(f64::total_cmp);
        by_name.extend(names.into_iter().zip(places));
    }
    let band_of: HashMap<&str, usize> =
        page.shapes.iter().filter_map(|shape| Some((&*shape.id, *band.get(&*shape.band)?))).collect();
    let edges = |heights: &HashMap<&str, f64>| -> Vec<Edge> {
        let ribbons = page.ribbons.iter();
        let edge = ribbons.filter_map(|ribbon| {
            let end = |id: &str| Some((*band_of.get(id)?, *heights.get(id)?));
            let ((from, start), (to, end)) = (end(&ribbon.from)?, end(&ribbon.to)?);
            match from.cmp(&to) {
                std::cmp::Ordering::Less => Some(Edge { left: start, right: end, span: (from, to) }),
                std::cmp::Ordering::Greater => Some(Edge { left: end, right: start, span: (to, from) }),
                std::cmp::Ordering::Equal => None,
            }
        });
        edge.collect()
    };
    let count = |edges: &[Edge]| {
        let crossed =
            |(at, one): (usize, &Edge)| edges[at + 1..].iter().filter(|it| crosses(*one, **it)).count();
        edges.iter().enumerate().map(crossed).sum()
    };
    let drawn = edges(&drawn);
    Crossings {
        drawn: count(&drawn),
        by_name: count(&edges(&by_name)),
        pairs: drawn.len() * drawn.len().saturating_sub(1) / 2,
    }
}

/// Do two straight lines cross between the bands that they share?
#[expect(clippy::cast_precision_loss, reason = "bands are few")]
fn crosses(one: Edge, other: Edge) -> bool {
    let (start, end) = (one.span.0.max(other.span.0), one.span.1.min(other.span.1));
    let at = |edge: Edge, band: usize| {
        let share = (band - edge.span.0) as f64 / (edge.span.1 - edge.span.0) as f64;
        edge.left + share * (edge.right - edge.left)
    };
    start < end && (at(one, start) - at(other, start)) * (at(one, end) - at(other, end)) < 0.0
}
