//! What an importer did not understand: said with its place, bounded in number, never dropped in silence.

use rusqlite::params;

use super::text::Place;
use crate::error::{Position, SnapshotError};
use crate::store::Database;

/// More than this many of one file are counted, not kept: a hostile file may hold millions.
const KEPT: u64 = 1000;

/// The warnings of one file.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    kept: Vec<(Position, String, String)>,
    total: u64,
}

impl Warnings {
    pub(crate) fn add(&mut self, position: Position, pointer: impl Into<String>, text: impl Into<String>) {
        self.total += 1;
        if self.total <= KEPT {
            self.kept.push((position, pointer.into(), text.into()));
        }
    }

    pub(crate) fn at(&mut self, place: &Place, text: impl Into<String>) {
        self.add(place.position(), "", text);
    }

    /// Writes them as rows of the source that was entered last.
    pub(crate) fn write(mut self, database: &Database) -> Result<(), SnapshotError> {
        if self.total > KEPT {
            let more = self.total - KEPT;
            let last = self
                .kept
                .last()
                .map_or(Position { line: 1, column: 1, offset: 0 }, |(position, ..)| *position);
            self.kept.push((last, String::new(), format!("and {more} more warnings in this file")));
        }
        let mut insert = database.connection.prepare_cached(
            "INSERT INTO warnings VALUES ((SELECT max(id) FROM sources), ?1, ?2, ?3, ?4, ?5)",
        )?;
        for (position, pointer, text) in &self.kept {
            let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            insert.execute(params![
                whole(position.line),
                whole(position.column),
                whole(position.offset),
                pointer,
                text
            ])?;
        }
        Ok(())
    }
}
