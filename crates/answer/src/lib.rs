//! What did the person mean, and what do we tell them?
//!
//! The command line and the web app give the same answer in the same words, because both print what this crate
//! returns: names are resolved, words of access become actions, equal things are grouped, and every claim cites the
//! statement that makes it true.

mod access_groups;
mod asked_action;
mod can;
mod chain_answer;
mod citation;
mod complete;
mod condition_words;
mod document;
mod grammar;
mod names;
mod nearest;
mod not_seen;
mod page;
mod path;
mod pins;
mod policy_use;
mod question;
mod questions;
mod reached;
mod reader;
mod resolve;
mod search;
mod settings;
pub mod shape;
mod standing;
mod stem;
mod steps;
mod summary;
mod thing;
mod visible;
mod what;
mod who;

pub use complete::{Completion, Slot};
pub use grammar::steps;
pub use question::{Question, QuestionError, Verb};
pub use reader::Reader;
pub use settings::{Known, MatterSetting, Settings, SettingsError};
pub use visible::visible;
