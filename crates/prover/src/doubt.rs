//! Why an answer is unknown.

use std::fmt;

use clavicle_engine::{Layer, StatementRef};

use crate::work::Limit;

/// What nobody has shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Missing {
    /// Whether policies of this layer allow it.
    Allows(Layer),
    /// Whether policies of this layer deny it.
    Denies(Layer),
    /// Grants of the key, whose thing it is, or whether root access is centralized.
    Circumstances,
    /// The value that a key has for this caller or thing.
    Key(String),
    /// Keys of the caller or the thing, without which the engine leaves a request open that the search takes for settled.
    Unsettled,
    /// Whether this statement counts for the caller: it turns on a boundary that was not seen, or AWS would refuse it.
    Caller(StatementRef),
}

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
    /// Something that was not seen decides.
    NotSeen(Missing),
    /// Somebody is let in by name in the one, and only by way of their account in the other.
    ByName,
    /// Something that is not counted, in words.
    Uncounted(&'static str),
    /// Two subjects that no request can both be of are asked about at once.
    Apart,
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
            Self::NotSeen(missing) => match missing {
                Missing::Allows(layer) => write!(f, "a {} that was not seen may allow it", layer.name()),
                Missing::Denies(layer) => write!(f, "a {} that was not seen may deny it", layer.name()),
                Missing::Circumstances => {
                    f.write_str("grants of the key, its owner or root access were not seen, and decide")
                }
                Missing::Key(key) => {
                    write!(f, "`{key}` of the caller or the thing was not seen, and decides")
                }
                Missing::Unsettled => {
                    f.write_str("keys of the caller or the thing that were not seen leave a request open")
                }
                Missing::Caller(_) => {
                    f.write_str("whether a statement counts for the caller is not known, and decides")
                }
            },
            Self::ByName => f.write_str(
                "somebody is named in the one and only their account in the other: in the resource's own account who is \
                 named needs no policy of theirs",
            ),
            Self::Uncounted(what) => write!(f, "{what} are not counted"),
            Self::Apart => f.write_str("no request can be of both"),
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
