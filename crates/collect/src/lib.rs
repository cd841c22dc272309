//! What does a live account, or a whole organization, say about who may do what?
//!
//! [`Collection`] asks AWS and makes a snapshot. It makes the calls of one table (`data/reading.txt`) and no others, keeps
//! the fields that the table names and no others, and records of every call whether it was answered. Nothing here can
//! write to AWS: every call of the table is one that AWS lists as reading or listing, and a test says so. [`Bucket`] reads logs
//! that lie in Amazon S3, with two calls that read too.
//!
//! This is the edge: the network, the clock and threads are here and above.

mod aws;
mod bucket;
mod clock;
mod collection;
mod command_words;
mod config_aggregator;
mod credentials;
mod dpop;
mod endpoint;
mod error;
mod fetch;
mod http;
mod iam;
mod identity_center;
mod identity_pool;
mod instance;
mod kept;
mod last_accessed;
mod login;
mod message;
mod organization;
mod pace;
mod plan;
mod private_file;
mod profile;
mod proxy;
mod retries;
mod run;
mod seen;
mod sign;
mod signers;
mod sso;
#[cfg(test)]
mod stand_in;
mod state;
mod table;
mod target;
mod thing;
mod token_file;
mod tries;
mod walk;
mod xml;

pub use bucket::{Bucket, Object};
pub use collection::{Collected, Collection, Event, Identity, WholeOrganization};
pub use error::CollectError;
pub use fetch::Fetch;
pub use kept::{kept, kinds_and_calls};
pub use plan::{Allowing, Planned, Scope, Whom, calls, calls_of_an_aggregator, policies};
