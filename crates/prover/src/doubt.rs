//! Why an answer is unknown.

use std::fmt;

use clavicle_engine::StatementRef;

use crate::work::Limit;

/// A reason not to say yes or no.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Doubt {
    /// A policy variable relates two parts of a request in a way that is not solved.
    Relation {
        /// The key of the variable, in lower case.
        key: String,
    },
    /// A key is compared both as a text and as a number, date or address.
    MixedTypes {
        /// The key, in lower case.
        key: String,
    },
    /// This statement could not be read, and it decides.
    Unread(StatementRef),
    /// The search was stopped.
    Budget(Limit),
    /// The engine did not confirm what was found. This is a fault of ours.
    Bug(String),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relation { key } => {
                write!(f, "it depends on how `${{{key}}}` relates to other parts of the request")
            }
            Self::MixedTypes { key } => {
                write!(f, "`{key}` is compared both as a text and as a number, date or address")
            }
            Self::Unread(_) => f.write_str("a statement that could not be read decides"),
            Self::Budget(limit) => {
                let what = match limit {
                    Limit::Nodes => "too many branches",
                    Limit::Steps => "too many steps",
                    Limit::Deadline => "no time left",
                    Limit::Depth => "too many choices in a row",
                };
                write!(f, "the search was stopped: {what}")
            }
            Self::Bug(what) => write!(f, "the engine does not confirm what the search found: {what}"),
        }
    }
}
