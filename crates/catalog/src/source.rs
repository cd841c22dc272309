//! Where the facts come from.

use crate::table::rows;

/// A published package that facts were compiled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'m> {
    /// What was taken from it: `base`, `dependents`, `late`, `operations` or `managed`.
    pub role: &'m str,
    /// The package's name in its registry.
    pub name: &'m str,
    /// The exact version.
    pub version: &'m str,
    /// The day its data is from; `None` if the package does not say.
    pub date: Option<&'m str>,
    /// The licence of the package, as an SPDX expression.
    pub licence: &'m str,
}

/// The packages that a `META` tells.
pub(crate) fn sources<'m>(meta: &'m str) -> impl Iterator<Item = Source<'m>> {
    rows(meta).filter(|row| row.text(0) == "source").map(|row| Source {
        role: row.text(1),
        name: row.text(2),
        version: row.text(3),
        date: Some(row.text(4)).filter(|date| !date.is_empty()),
        licence: row.text(5),
    })
}

/// The day that the base facts are from.
pub(crate) fn base_date(meta: &str) -> Option<&str> {
    sources(meta).find(|source| source.role == "base").and_then(|source| source.date)
}

/// How many of each kind of record were written when the facts were compiled.
pub(crate) fn counts(meta: &str) -> impl Iterator<Item = (&str, usize)> {
    rows(meta)
        .filter(|row| row.text(0) == "count")
        .filter_map(|row| Some((row.text(1), row.text(2).parse().ok()?)))
}
