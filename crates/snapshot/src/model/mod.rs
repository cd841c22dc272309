//! The facts of a snapshot as plain values: dense ids, shared strings, nothing that changes after loading.

mod account;
mod change;
mod coverage;
mod document;
mod last_accessed;
mod organization;
mod principal;
mod resource;
mod snapshot;

pub use account::{Account, AccountId};
pub use change::{Change, PolicyPlace};
pub(crate) use coverage::CONFIG_CANNOT;
pub use coverage::{
    CONTENT, Coverage, CoverageState, Declared, IDENTITIES, NAMELESS, STOPPED, Source, Warning,
};
pub(crate) use coverage::{NAMED_ELSEWHERE, PLANNED_ONLY, TEXTS_UNREADABLE};
pub use document::{Document, DocumentId, PolicyState};
pub use last_accessed::LastAccessedReport;
pub(crate) use last_accessed::pack;
pub use organization::{
    Attachment, IdentityCenter, Level, Levels, OrgPolicy, OrgPolicyIndex, OrgPolicyKind, Organization,
    PermissionSet, SsoAssignment, SsoPrincipalKind, Unit, UnitIndex, UnitKind,
};
pub use principal::{
    AccessKey, Credentials, IdentityProvider, InlinePolicy, InstanceProfile, LastUsed, ManagedPolicy,
    PolicyIndex, PolicyVersion, PrincipalIndex, PrincipalKind, PrincipalRecord, ProviderKind, Tag,
};
pub(crate) use resource::ROLE_KNOWN_LATER;
pub use resource::{
    AclGrant, KeyAlias, KeyGrant, PublicAccessBlock, ResourceFacts, ResourceIndex, ResourceRecord,
    RoleAttribute, RunsAs,
};
pub(crate) use snapshot::ByArn;
pub use snapshot::Snapshot;

/// A dense index into one of the lists of a [`Snapshot`].
macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its list.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of the element at `position` of its list.
            #[must_use]
            pub fn at(position: usize) -> $name {
                $name(u32::try_from(position).expect("a snapshot has fewer than 2^32 rows of a kind"))
            }
        }
    };
}
use index;
