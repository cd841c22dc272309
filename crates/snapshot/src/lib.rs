//! What was seen in these AWS accounts, and what was not?
//!
//! A snapshot is one SQLite file with the facts that access depends on. [`Import`] makes one from files in AWS's own
//! formats; [`Snapshot`] is the same facts in memory, immutable, for everything that reasons about them.
//!
//! "Not seen" is a value here, distinct from "none": a bucket whose policy the source does not carry has
//! [`PolicyState::NotSeen`], a bucket that has no policy has [`PolicyState::None`]. [`Coverage`] says the same about
//! whole calls.
//!
//! This crate holds no secret: values that may be one (environment variables, user data, secret strings) are dropped
//! by the parsers, which keep only named fields. It knows no request and decides nothing.

mod arn;
mod error;
mod import;
mod later;
mod model;
mod store;

pub use error::{ErrorKind, Position, SnapshotError};
pub use import::{
    Import, Imported, Place, Progress, Side, is_planned, is_terraform, known_fields_of_config_item, open_any,
};
pub use later::{MARKS_OF_LATER, is_in_doubt};
pub use model::{
    AccessKey, Account, AccountId, AclGrant, Attachment, CONTENT, Change, Coverage, CoverageState,
    Credentials, Declared, Document, DocumentId, IDENTITIES, IdentityCenter, IdentityProvider, InlinePolicy,
    InstanceProfile, KeyAlias, KeyGrant, LastAccessedReport, LastUsed, Level, Levels, ManagedPolicy,
    NAMELESS, OrgPolicy, OrgPolicyIndex, OrgPolicyKind, Organization, PermissionSet, PolicyIndex,
    PolicyPlace, PolicyState, PolicyVersion, PrincipalIndex, PrincipalKind, PrincipalRecord, ProviderKind,
    PublicAccessBlock, ResourceFacts, ResourceIndex, ResourceRecord, RoleAttribute, RunsAs, STOPPED,
    Snapshot, Source, SsoAssignment, SsoPrincipalKind, Tag, Unit, UnitIndex, UnitKind, Warning,
};
pub use store::{Amounts, Database, is_perhaps};
