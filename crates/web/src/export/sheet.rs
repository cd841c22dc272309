//! What is handed on, before it has a form.

/// A title, a sentence, tables, and what they rest on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What is told: a question, the name of a view.
    pub title: String,
    /// The answer, or the outcome.
    pub sentence: String,
    /// Of when the data are, and what the like: a name and a value each.
    pub facts: Vec<(&'static str, String)>,
    /// The rows, by kind.
    pub tables: Vec<Table>,
    /// The first table one by one and with every column, which a table alone (CSV) holds in its place.
    pub records: Option<Table>,
    /// A picture as SVG.
    pub picture: Option<String>,
    /// The statements that the rows rest on, each once: where, and its text.
    pub statements: Vec<(String, String)>,
    /// Statements that are not among these.
    pub statements_left_out: usize,
    /// Plain sentences, and what was not seen.
    pub notes: Vec<String>,
}

/// Rows of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// What the rows are; empty: goes without saying.
    pub heading: String,
    /// The names of the columns.
    pub head: Vec<&'static str>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(heading: &str, head: &[&'static str], rows: Vec<Vec<String>>) -> Self {
        Self { heading: heading.to_owned(), head: head.to_vec(), rows }
    }
}
