//! What did the person mean, and what do we tell them?
//!
//! The command line and the web app give the same answer in the same words, because both print what this crate
//! returns: names are resolved, words of access become actions, equal things are grouped, and every claim cites the
//! statement that makes it true.

mod access_groups;
mod asked_action;
mod behind;
mod by_pair;
mod can;
mod chain_answer;
mod change;
mod citation;
mod comes_by;
mod complete;
mod condition_words;
mod count;
mod coverage;
mod cut;
mod document;
mod draft_faults;
mod explained;
mod explained_policies;
mod export;
pub mod findings;
mod gate;
mod grammar;
mod in_use;
mod known_accounts;
mod lint;
mod names;
mod nearest;
mod nearest_miss;
mod never;
mod no_more;
mod not_seen;
mod operation;
mod outside;
mod outside_row;
mod outside_severity;
mod page;
mod path;
mod pins;
mod policy_lines;
mod policy_sheet;
mod policy_use;
mod question;
mod questions;
mod reader;
mod redact;
mod refusal;
mod resolve;
mod search;
mod settings;
mod several_things;
pub mod shape;
mod shell_word;
mod standing;
mod stem;
mod steps;
mod suggest;
mod summary;
mod thing;
mod unused;
mod visible;
mod what;
mod who;

pub use by_pair::{AllByOthers, ByOthers};
pub use change::{Edit, gate_outcome};
pub use complete::{Completion, Slot};
pub use count::{counted, number, plural};
pub use draft_faults::DraftFault;
pub use explained::explained;
pub use explained_policies::explained_policies;
pub use gate::{Gate, GateAccess, GateChains, GateOutside, GateUnknown, Least};
pub use grammar::steps;
pub use in_use::reached_words;
pub use known_accounts::{KnownAccounts, KnownAccountsError, NamedAccount};
pub use lint::{FixedFile, Held, Lint, PolicyFile, held, unlooked};
pub use not_seen::MOST_PLACES;
pub use outside::OutsideQuestion;
pub use path::quoted;
pub use policy_lines::PolicyLine;
pub use question::{Question, QuestionError, Verb};
pub use reader::Reader;
pub use redact::{PseudonymKey, Pseudonyms, Redact};
pub use refusal::{is_refusal, refused_request};
pub use settings::{Accepted, AskSetting, Known, MatterSetting, Settings, SettingsError};
pub use shell_word::shell_word;
pub use suggest::{
    How, PolicyTexts, Seen, Suggestion, Task, Trim, TrimFile, suggest_recorded, task_without_accounts,
    verify_recorded,
};
pub use unused::{PolicyUsed, UnusedQuestion, UseLine, UseLines, UsedBy, since};
pub use visible::visible;
