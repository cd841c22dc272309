//! Where the facts come from.

use crate::table::rows;

/// A published package that facts were compiled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// What was taken from it: `base`, `dependents`, `late`, `operations` or `managed`.
    pub role: &'static str,
    /// The package's name in its registry.
    pub name: &'static str,
    /// The exact version.
    pub version: &'static str,
    /// The day its data is from; `None` if the package does not say.
    pub date: Option<&'static str>,
    /// The licence of the package, as an SPDX expression.
    pub licence: &'static str,
}

const META: &str = include_str!("../data/META");

pub(crate) fn sources() -> impl Iterator<Item = Source> {
    rows(META).filter(|row| row.text(0) == "source").map(|row| Source {
        role: row.text(1),
        name: row.text(2),
        version: row.text(3),
        date: Some(row.text(4)).filter(|date| !date.is_empty()),
        licence: row.text(5),
    })
}

/// How many of each kind of record were written when the facts were compiled.
pub(crate) fn counts() -> impl Iterator<Item = (&'static str, usize)> {
    rows(META)
        .filter(|row| row.text(0) == "count")
        .filter_map(|row| Some((row.text(1), row.text(2).parse().ok()?)))
}
