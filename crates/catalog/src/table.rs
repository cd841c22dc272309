//! Reading the small tables of `data/`: tab-separated lines under one header line, `-` for nothing.

/// The rows of a table, without its header.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(Row)
}

/// One line of a table.
#[derive(Clone, Copy)]
pub(crate) struct Row<'t>(&'t str);

impl<'t> Row<'t> {
    /// The text of a column; empty if it says `-` or the line is shorter.
    pub(crate) fn text(self, column: usize) -> &'t str {
        match self.0.split('\t').nth(column) {
            Some("-") | None => "",
            Some(text) => text,
        }
    }

    /// The parts of a column that lists several, separated by commas.
    pub(crate) fn list(self, column: usize) -> impl Iterator<Item = &'t str> {
        self.text(column).split(',').filter(|part| !part.is_empty())
    }
}
