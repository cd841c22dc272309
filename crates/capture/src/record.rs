//! What was recorded, as it is written: a shape of its own, see docs/record-format.md.

use serde::Serialize;

/// A whole recording.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Record {
    /// The version of this shape.
    pub clavicle_record: u32,
    /// When it began, in UTC.
    pub started: String,
    /// When it ended; `None`: it goes on, or whoever recorded was killed.
    pub ended: Option<String>,
    /// `proxy` or `csm`.
    pub source: &'static str,
    /// The date of the catalogue.
    pub data_date: String,
    /// How many signed calls were seen: each is in `uses`, in `unchecked` or in `unknown`.
    pub calls: u64,
    /// Of these, how many needed no permission.
    pub unchecked: u64,
    /// Which permissions were used, or asked for in vain.
    pub uses: Vec<Use>,
    /// Calls whose permissions are not known.
    pub unknown: Vec<UnknownCall>,
    /// What was not recorded, in words.
    pub not_recorded: Vec<String>,
}

/// A permission that one caller used on one thing.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Use {
    /// The id of the access key.
    pub access_key: String,
    /// The ARN of the caller, if STS told it to the program.
    pub principal: Option<String>,
    /// The account of the caller.
    pub account: Option<String>,
    /// Which process called.
    pub process: Option<Process>,
    /// The SDK's client: `s3`.
    pub service: String,
    /// `GetObject`
    pub operation: String,
    /// The region that was asked.
    pub region: String,
    /// `s3:GetObject`
    pub action: String,
    /// `own`, `along` (of another action's call, as its request shows) or `perhaps` (its request does not settle it).
    pub need: &'static str,
    /// Of `along` and `perhaps`: the action whose call it was.
    pub because_of: Option<String>,
    /// An ARN, `*` where the action takes no resource, none if it is not known.
    pub resource: Option<String>,
    /// `exact`, `assumed` (the path of the name was not told), `pattern` (parts are `*`), `any` or `unknown`.
    pub sureness: &'static str,
    /// Calls that went well.
    pub succeeded: u64,
    /// Calls that failed for another reason than a denial.
    pub failed: u64,
    /// Calls that were denied.
    pub denied: u64,
    /// The first and the last, in UTC.
    pub first: String,
    /// See `first`.
    pub last: String,
}

/// A process that called.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process {
    /// Its number.
    pub id: u32,
    /// Its name, without arguments.
    pub name: String,
}

/// Calls of one name whose permissions are not known.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct UnknownCall {
    /// The name that the call was signed for.
    pub service: String,
    /// The operation, or the HTTP method where none is known.
    pub operation: String,
    /// How many.
    pub calls: u64,
}

impl Record {
    /// As it is written to a file.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
