use std::sync::Arc;

pub use clavicle_policy::AccountId;

use super::{Credentials, PublicAccessBlock, UnitIndex};

/// What is known of one account as a whole?
#[derive(Clone, Debug)]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// Its name in the organization, else its IAM alias, when either was seen.
    pub name: Option<Arc<str>>,
    /// `ACTIVE`, `SUSPENDED` … as the organization says.
    pub status: Option<Arc<str>>,
    /// The unit or root that it lies in, when the organization was seen.
    pub parent: Option<UnitIndex>,
    /// Is anything inside the account known? False: only the organization's list names it.
    pub seen: bool,
    /// The account-wide S3 block of public access; `None`: not seen.
    pub public_access_block: Option<PublicAccessBlock>,
    /// Password and keys of the root user, from a credential report; `None`: not seen.
    pub root: Option<Credentials>,
    /// What IAM says of the account as a whole, as JSON: its alias and how many it counts; `None`: not seen.
    pub summary: Option<Arc<str>>,
}
