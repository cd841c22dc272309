//! What is to be drawn, before it has places.

use clavicle_answer::shape::Severity;

use super::page::{Change, Crown, Crumb, Level, Outline, Relation, ShapeKind, Tray};

/// A map without places.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) level: Level,
    pub(crate) title: String,
    pub(crate) crumbs: Vec<Crumb>,
    /// Left to right.
    pub(crate) columns: Vec<Column>,
    /// In any order; within a column, the order in which equals stand.
    pub(crate) boxes: Vec<Box>,
    pub(crate) lines: Vec<Line>,
    pub(crate) tray: Vec<Tray>,
}

/// A column to come.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) width: f64,
    /// The height of its boxes.
    pub(crate) height: f64,
}

/// A shape to come.
#[derive(Debug, Clone)]
pub(crate) struct Box {
    pub(crate) id: String,
    /// The place of its column in [`Plan::columns`].
    pub(crate) column: usize,
    pub(crate) kind: ShapeKind,
    pub(crate) label: String,
    pub(crate) sub: Option<String>,
    pub(crate) count: usize,
    /// The service whose things it stands for, if it is one.
    pub(crate) service: Option<String>,
    pub(crate) equal: bool,
    pub(crate) outline: Outline,
    pub(crate) known: Option<bool>,
    pub(crate) mark: Option<Severity>,
    pub(crate) crown: Option<Crown>,
    pub(crate) account: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) members: Vec<String>,
    /// What it is in the middle of a sentence: `41 roles dev-*`.
    pub(crate) phrase: String,
    pub(crate) sentence: String,
    /// Of two worlds on one map.
    pub(crate) change: Option<Change>,
}

/// A ribbon to come.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The place of a box in [`Plan::boxes`].
    pub(crate) from: usize,
    /// The place of a box in [`Plan::boxes`].
    pub(crate) to: usize,
    pub(crate) relation: Relation,
    /// So many lines before it join the same two in the same relation, under other conditions.
    pub(crate) again: usize,
    pub(crate) count: u64,
    pub(crate) letters: Option<String>,
    pub(crate) mark: Option<Severity>,
    pub(crate) condition: Option<String>,
    pub(crate) unseen: bool,
    /// What stands on it instead of how many it is.
    pub(crate) words: Option<String>,
    pub(crate) sentence: String,
    /// Of two worlds on one map.
    pub(crate) change: Option<Change>,
    /// The first of its pairs, where it says a change.
    pub(crate) pairs: Vec<[String; 2]>,
}

impl Plan {
    /// Both ends of a line as columns.
    pub(crate) fn columns_of(&self, line: &Line) -> (usize, usize) {
        let column = |at: usize| self.boxes.get(at).map_or(0, |each| each.column);
        (column(line.from), column(line.to))
    }
}
