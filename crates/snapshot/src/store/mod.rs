//! The snapshot file: one SQLite database, its schema, and the way to and from it.

mod amounts;
mod at_large;
mod coverage;
mod database;
mod facts;
mod lists;
mod load;
mod planned;
mod renamed;
mod saved;
mod taken_away;
mod writer;

pub use amounts::Amounts;
pub(crate) use at_large::PERHAPS;
pub use at_large::is_perhaps;
pub(crate) use at_large::{AtLarge, Gives, To};
pub(crate) use coverage::{CONFIG_CANNOT, KNOWN_LATER, NOT_CARRIED, UNREADABLE};
pub use database::Database;
pub(crate) use facts::{
    AccountFacts, CallFacts, DocumentText, InlineFacts, LastAccessedFacts, ManagedPolicyFacts,
    OrgPolicyFacts, PrincipalFacts, ProfileFacts, ResourceFacts, ResourcePolicy, SummaryFacts, UnitFacts,
    VersionFacts,
};
pub(crate) use writer::{Counts, Writer};
