//! The last question, so that `clavicle open --last` can show its answer.

use std::fs;

use serde_json::{Value, json};

use crate::data_folder::DataFolder;

/// What was asked last, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastQuestion {
    /// The question in words.
    pub(crate) text: String,
    /// What to type after each `-s`.
    pub(crate) sources: Vec<String>,
    /// Was `--standalone` said?
    pub(crate) standalone: bool,
    /// What `--planned-in` said.
    pub(crate) planned_in: Option<String>,
    /// What `--src` said.
    pub(crate) terraform: Option<String>,
}

impl LastQuestion {
    /// Remembers it, for this user only. That it cannot be remembered is no reason to say anything: the answer stands.
    pub(crate) fn remember(&self) {
        let Ok(folder) = DataFolder::find() else { return };
        let Self { text, sources, standalone, planned_in, terraform } = self;
        let text = json!({
            "text": text, "sources": sources, "standalone": standalone,
            "planned_in": planned_in, "src": terraform,
        })
        .to_string();
        if folder.make().is_ok() {
            // A temporary file is 0600 from its first moment.
            let _ = tempfile::NamedTempFile::new_in(folder.path()).and_then(|mut file| {
                std::io::Write::write_all(&mut file, text.as_bytes())?;
                file.persist(folder.last_question()).map_err(|error| error.error)
            });
        }
    }

    /// What was asked last; `None`: nothing, or it is not known any more.
    pub(crate) fn recall() -> Option<Self> {
        let folder = DataFolder::find().ok()?;
        let value: Value = serde_json::from_str(&fs::read_to_string(folder.last_question()).ok()?).ok()?;
        let sources = value.get("sources")?.as_array()?.iter();
        Some(Self {
            text: value.get("text")?.as_str()?.to_owned(),
            standalone: value.get("standalone").and_then(Value::as_bool).unwrap_or(false),
            planned_in: value.get("planned_in").and_then(Value::as_str).map(str::to_owned),
            terraform: value.get("src").and_then(Value::as_str).map(str::to_owned),
            sources: sources.filter_map(|source| source.as_str().map(str::to_owned)).collect(),
        })
    }
}
