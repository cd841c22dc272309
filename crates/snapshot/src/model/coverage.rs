use std::sync::Arc;

use super::AccountId;

/// Was the answer of one call seen, for one account and region?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The AWS call that carries this fact (`secretsmanager:GetResourcePolicy`), however the fact came to us.
    pub call: Arc<str>,
    /// The account; `None`: the organization as a whole.
    pub account: Option<AccountId>,
    /// The region; `None`: not regional, or every region that was seen.
    pub region: Option<Arc<str>>,
    /// What became of it.
    pub state: CoverageState,
    /// Why, in plain words; empty when seen.
    pub reason: Arc<str>,
    /// How many things this is about: those seen, or those left unknown.
    pub things: u64,
}

/// Why a call was not made: the collection was stopped before it came to it.
pub const STOPPED: &str = "the collection was stopped before";

/// Why a call was not made: what it answers is content, of which it could not be told apart what access depends on.
pub const CONTENT: &str = "what it answers is content, which is not read";

/// Why a thing that a call listed is not among the things: the answer does not say what it is called.
pub const NAMELESS: &str = "without the ARN of the thing";

/// The call that lists regions; one that a collection left out is one of which nobody looked at anything.
const REGIONS: &str = "ec2:DescribeRegions";

/// The call that lists users, groups and roles, with their policies.
pub const IDENTITIES: &str = "iam:GetAccountAuthorizationDetails";
/// Reasons why that answer is not whole, though it lists everybody: what is missing of whom is told with them.
pub(crate) const NAMED_ELSEWHERE: &str = "named by another fact, but not in any source";
pub(crate) const TEXTS_UNREADABLE: &str = "trust or inline policies: its text could not be read";
/// Why it lists a part of them.
pub(crate) const PLANNED_ONLY: &str = "a plan or template names only what it manages";

/// Why an answer is missing that AWS Config does not record.
pub(crate) const CONFIG_CANNOT: &str = "AWS Config does not record it";

impl Coverage {
    /// Does it tell of things that AWS was asked to list, and did not, or not wholly; or of regions that a collection left
    /// out? What no source carries is not asked for.
    #[must_use]
    pub fn leaves_out_things(&self) -> bool {
        self.leaves_out_regions() || (self.things == 0 || &*self.reason == NAMELESS) && self.is_unanswered()
    }

    /// Does it tell that there may be regions in which a collection did not look?
    #[must_use]
    pub fn leaves_out_regions(&self) -> bool {
        &*self.call == REGIONS && (self.state == CoverageState::NotTried || self.is_unanswered())
    }

    /// Could it leave out a thing of this service (`lambda`)? A region that was left out holds things of any.
    #[must_use]
    pub fn may_leave_out(&self, service: &str) -> bool {
        let is_of_it = &*self.call == REGIONS || self.call.split(':').next() == Some(service);
        is_of_it && self.leaves_out_things()
    }

    /// Was AWS to tell something here that it did not tell?
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        match self.state {
            CoverageState::Denied | CoverageState::Failed | CoverageState::Partial => true,
            CoverageState::NotTried => [STOPPED, CONTENT].contains(&&*self.reason),
            CoverageState::Seen | CoverageState::Unsupported => false,
        }
    }

    /// Is there something that AWS Config never records, so that its silence says nothing?
    #[must_use]
    pub fn is_not_recorded(&self) -> bool {
        self.state == CoverageState::Unsupported && &*self.reason == CONFIG_CANNOT
    }

    /// Does it tell of the listing of an account's users and roles; and if so, of one that leaves out nobody?
    pub(crate) fn lists_identities(&self) -> Option<bool> {
        (&*self.call == IDENTITIES).then_some(())?;
        let lists_all = match self.state {
            CoverageState::Seen => true,
            CoverageState::Partial => [NAMED_ELSEWHERE, TEXTS_UNREADABLE].contains(&&*self.reason),
            _ => false,
        };
        Some(lists_all)
    }
}

/// What became of one call?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoverageState {
    /// Its whole answer was seen.
    Seen,
    /// A part of its answer was seen: pages or documents are missing.
    Partial,
    /// AWS refused it.
    Denied,
    /// It was asked for, as often as made sense, and not answered.
    Failed,
    /// No source carries it.
    NotTried,
    /// The source's format cannot carry it.
    Unsupported,
}

impl CoverageState {
    const NAMES: [(CoverageState, &'static str); 6] = [
        (CoverageState::Seen, "seen"),
        (CoverageState::Partial, "partial"),
        (CoverageState::Denied, "denied"),
        (CoverageState::Failed, "failed"),
        (CoverageState::NotTried, "not_tried"),
        (CoverageState::Unsupported, "unsupported"),
    ];

    /// The word for it in files.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(state, _)| *state == self).map_or("not_tried", |(_, name)| name)
    }

    /// The state of this word.
    pub(crate) fn named(name: &str) -> Option<CoverageState> {
        Self::NAMES.into_iter().find(|(_, known)| *known == name).map(|(state, _)| state)
    }
}

/// One file that the snapshot was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its path as given.
    pub file: Arc<str>,
    /// What it was recognized as, in words.
    pub kind: Arc<str>,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: Arc<str>,
    /// Its length in bytes.
    pub bytes: u64,
    /// When the file was last changed, RFC 3339, where the file system says.
    pub modified: Option<Arc<str>>,
}

/// Something in a source that was not understood; what it would have said is "not seen".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The file, as given.
    pub file: Arc<str>,
    /// Line of the element that it is about, from 1, of the uncompressed text.
    pub line: u64,
    /// Column in bytes, from 1.
    pub column: u64,
    /// Byte offset, from 0.
    pub offset: u64,
    /// JSON pointer from that element (empty: the element itself).
    pub pointer: Arc<str>,
    /// What is wrong and what was kept, in plain words.
    pub text: Arc<str>,
}

/// Where a plan or template declares a policy or a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The ARN of the thing, or of the bearer of the policy.
    pub arn: Arc<str>,
    /// The name of an inline policy; empty: the thing, with its trust policy or its own policy.
    pub part: Arc<str>,
    /// What the plan or template calls it: `aws_iam_role.web`, `WebRole`.
    pub address: Arc<str>,
    /// The file that declares it.
    pub file: Arc<str>,
    /// The line in it, from 1, where it is known.
    pub line: Option<u64>,
}
