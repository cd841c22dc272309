//! One policy text, whole.

use serde::Serialize;

/// What `/api/document` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentPage {
    /// Its number.
    pub id: u32,
    /// Its display name.
    pub name: String,
    /// `managed policy`, `inline policy`, `trust policy`, `resource policy`, `service control policy` …
    pub kind: String,
    /// Its text.
    pub text: String,
    /// To whom it is attached, at most 200 names.
    pub attached: Vec<String>,
    /// The policies that have this text and that their owners may edit, by the names under which a change is tried; at most
    /// 200, of those that are called as it was cited where that was said.
    pub editable: Vec<String>,
    /// Is every policy of this text (of those that are called so) AWS's own, so that nobody of these accounts may edit it?
    pub aws_own: bool,
}
