//! The serialized shapes, each a type of its own: what `docs/answer-format.md` and `docs/web-api.md` say, and nothing
//! of how we got there. Fields are only ever added within a schema number.

mod answer;
mod changes;
mod check;
mod coverage;
mod document;
mod explained;
mod graph;
mod lint;
mod more;
mod policy_sheet;
mod suggestion;
mod summary;
mod trim;
mod unused;
mod way_in;

pub use answer::{
    Answer, AnswerPage, Asked, Citation, CutIn, Mark, NearestMiss, NeededAction, NotCounted, NotSeen, Pin,
    PinState, Severity, SnapshotHead, Step, StepAsk, StepMethod, Thing, Verdict,
};
pub use changes::{
    AccessChange, AttachmentChange, BreakChange, ChangesPage, DocumentChange, GateOutcome, TextLine,
};
pub use check::{Accepted, Cause, CheckPage, Finding, FindingCounts, Reached};
pub use coverage::{AccountCoverage, CoveragePage, Gap, NotUnderstood, SourceFile};
pub use document::DocumentPage;
pub use explained::{
    ActionLine, ActionMeaning, ActionOnType, ActionsOnType, ArnMeaning, ConditionMeaning, Covering,
    ExplainedPage, GlobalKeyMeaning, KeyInService, KeyLine, KeyMeaning, LevelCount, LevelGroup, Meaning,
    NamedMeaning, PatternMeaning, PoliciesMeaning, PolicyMeaning, Refusal, RoleHandover, RuleExample,
    RuleMeaning, ServiceMeaning, StatementMeaning, TypeLine, TypeMeaning, WordActionLine, WordMeaning,
    WordOfType, WordOnType,
};
pub use graph::{GraphEdge, GraphNode};
pub use lint::{LintFinding, LintPage, LintPlace, LintedDocument};
pub use more::{MorePage, MorePart, MoreRequest};
pub use policy_sheet::{NearPolicy, PolicySheet, PolicySize, PolicyTask, StatementSheet};
pub use suggestion::{
    ByArnRow, KeptRow, NeedRow, RemovedRow, SetterRow, SuggestionPage, TagPage, UnmetRow, VerifiedRow,
};
pub use summary::{AccountSummary, Matter, OutsideSummary, Summary, SummarySnapshot};
pub use trim::{TrimPage, TrimStep};
pub use unused::{
    EvidenceHead, IdleCredential, IdlePrincipal, IdleThing, LogsOf, PermissionsUsed, ServiceActions,
    UnknownActions, UnusedPage, UsedAction,
};
pub use way_in::{AcceptedIn, GuardIn, KnownAs, Reaches, WayIn};
