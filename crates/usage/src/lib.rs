//! What did principals use, when, and what can nobody know?
//!
//! Evidence is what logs of AWS and AWS's own last-accessed facts tell of the past: [`Evidence`]. It is kept apart from
//! snapshots, since it grows over time while a snapshot is of one moment.
//!
//! "Not used" is never concluded from "not seen" alone: [`Evidence::visibility`] says of every action whether the logs
//! at hand would have shown it. An event that the catalogue does not know is counted, not guessed.

mod by_name;
mod call;
mod caller;
mod evidence;
mod few;
mod gather;
mod gathered;
mod last_accessed;
mod log;
pub mod naming;
mod needs;
mod parameters;
mod read;
mod seen;
mod store;
mod tags;
mod things;
mod visibility;

pub use call::{SeenCall, permissions};
pub use evidence::{
    ADDRESSES, ActionUse, Activity, Call, CoveredRegion, DataEventsSeen, Evidence, KeyValues, LastAccessed,
    Need, SESSIONS, SignIn, Tally, Thing, Unattributed, Unmapped, UnreadLog,
};
pub use few::Few;
pub use gather::Counts;
pub use needs::{Needed, Outcome};
pub use read::{FetchObject, LogObject, LogsRead, Progress};
pub use store::{EvidenceError, EvidenceFile};
pub use visibility::Visibility;
