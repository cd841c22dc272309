//! Which permissions does a program use while it runs?
//!
//! A [`Recorder`] listens on loopback, as a proxy or for client-side monitoring, and gives the settings that make a program
//! speak to it. It looks at calls to AWS as they pass, all others are tunnelled untouched, and sums up which IAM actions
//! they needed on which things: a [`Record`]. [`policies`] is the least that would have let them all in.
//!
//! Of what passes only ids of access keys, names of operations and ARNs are kept. Credentials and bodies are never
//! stored, written or logged, and the key of the authority that a run makes for itself never leaves memory.

mod answered;
mod asked;
mod authority;
mod callers;
mod cbor;
mod csm;
mod environment;
mod exchange;
mod host;
mod key_account;
mod ledger;
mod parameters;
mod policy;
mod processes;
mod proxies;
mod proxy;
mod record;
mod recorder;
mod resource;
mod scope;
mod signals;
mod upstream;
mod watch;

pub use environment::Setting;
pub use policy::{CallerPolicy, Per, policies};
pub use record::{Process, Record, UnknownCall, Use};
pub use recorder::{CaptureError, Options, Recorder};
