//! What AWS publishes about its own permissions: services, actions, resource types, condition keys, managed policies.
//!
//! ```
//! let catalog = clavicle_catalog::catalog();
//! let action = catalog.action("S3:getobject").expect("a well known action");
//! assert_eq!(catalog.name(action), "s3:GetObject");
//! assert_eq!(catalog.expand("s3:GetObjectTag*").len(), 1);
//! ```
//!
//! This crate holds facts: names, levels, patterns and relations. It knows no request, no account and no policy of
//! anyone's. What it does not know it says it does not know: an unlisted action is [`None`], a level that no source
//! gives is [`Access::is_unknown`], an operation without a mapping is [`Operation::Unknown`].
//!
//! Newer facts than those built in can be put in use before the first question: [`put_in_use`].
//!
//! The facts are committed as text under `data/` (one record per line, sorted, made by `cargo xtask refdata`), embedded
//! deflated, and read once, when first asked for. [`Catalog::data_date`] belongs into every report that rests on them.
//!
//! | file | the question it answers |
//! |---|---|
//! | `facts.txt` | which services, actions, resource types and keys are there, and how do they belong together |
//! | `managed.txt` | what does each AWS managed policy say |
//! | `operations.tsv`, `clients.tsv`, `verbs.tsv`, `events.tsv` | which actions does an SDK call or a logged event need |
//! | `bindings.txt` | which operation does an HTTP request call |
//! | `role_inputs.tsv`, `role_passing.tsv` | which actions can hand over a role |
//! | `resource_policies.tsv` | which resources carry a policy or another grant, and who can rewrite it |
//! | `global_condition_keys.tsv`, `service_principals.tsv` | which names are the same everywhere |
//! | `words.tsv` | which actions a person means by "read", "control", "become" |
//! | `META`, `sources.lock` | where all this comes from |

mod above;
mod access;
mod action;
mod arn_pattern;
mod binding;
mod caseless;
mod catalog;
mod compiled;
mod condition_key;
mod edition;
mod event;
mod expand;
mod facts;
pub mod identity_provider;
mod loss;
mod managed;
mod operation;
mod partition;
mod region;
mod resource_policy;
mod resource_type;
mod role_passing;
mod service;
mod service_principal;
mod source;
mod suggest;
mod table;
mod word;
mod word_table;

pub use above::{AskedAbove, levels_above};
pub use access::Access;
pub use action::{ActionId, ActionResource};
pub use binding::{CalledOperation, RequestLine};
pub use catalog::Catalog;
pub use compiled::{CompiledFacts, RefusedFacts};
pub use condition_key::{ConditionKey, GlobalKey, KeyType};
pub use edition::{built_in_date, catalog, is_loaded, put_in_use};
pub use facts::DamagedFacts;
pub use loss::losses;
pub use managed::ManagedPolicy;
pub use operation::Operation;
pub use partition::{Partition, partition_of, partitions};
pub use region::{is_listed_region, regions};
pub use resource_policy::{GrantKind, ResourcePolicyKind};
pub use resource_type::{ResourceType, ResourceTypeId};
pub use role_passing::RolePassing;
pub use service::Service;
pub use service_principal::ServicePrincipal;
pub use source::Source;
pub use word::Word;
pub use word_table::{ArnForm, WordAction, Words, words};
