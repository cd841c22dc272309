//! The serialized shapes, each a type of its own: what `docs/answer-format.md` and `docs/web-api.md` say, and nothing
//! of how we got there. Fields are only ever added within a schema number.

mod answer;
mod document;
mod summary;

pub use answer::{
    Answer, AnswerPage, Asked, Citation, Mark, NeededAction, NotCounted, NotSeen, Pin, PinState, Severity,
    SnapshotHead, Step, StepAsk, StepMethod, Thing, Verdict,
};
pub use document::DocumentPage;
pub use summary::{AccountSummary, Matter, OutsideSummary, Summary, SummarySnapshot};
