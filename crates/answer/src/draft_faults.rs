//! What is wrong with a text that somebody is writing: what the parser says, and what the rules for policies say.

use std::ops::Range;

use clavicle_graph::Document;
use clavicle_lint::{PolicyKind, Severity as Level};
use clavicle_policy::{Severity, parse};
use clavicle_snapshot::OrgPolicyKind;
use serde::Serialize;

use crate::reader::Reader;

/// One fault of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftFault {
    /// The rule.
    pub id: &'static str,
    /// `error`, `security`, `warning` or `suggestion`.
    pub severity: &'static str,
    /// AWS would not take the text.
    pub refused: bool,
    /// What is the matter.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// Why it matters, of rules.
    pub why: Option<&'static str>,
    /// The line on which it starts, from 1.
    pub line: usize,
    /// The bytes of the text.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl Reader {
    /// The faults of a text that is to be the policy with this display name; a name that is not known leaves the kind to
    /// be guessed from the text. In the order of the text, what AWS refuses first.
    pub fn draft_faults(&self, text: &str, policy: Option<&str>) -> Vec<DraftFault> {
        let parsed = parse(text.as_bytes());
        let mut faults: Vec<DraftFault> = parsed
            .diagnostics
            .iter()
            .map(|fault| DraftFault {
                id: fault.id,
                severity: if fault.severity == Severity::Error { "error" } else { "warning" },
                refused: fault.severity == Severity::Error,
                message: fault.message.clone(),
                help: fault.help.clone(),
                why: None,
                line: fault.span.line(text),
                span: fault.span.start as usize..fault.span.end as usize,
            })
            .collect();
        let Some(written) = &parsed.policy else { return faults };
        let named = policy.and_then(|name| self.kind_of_draft(name));
        let kind = named.unwrap_or_else(|| PolicyKind::guess(written).kind);
        for found in clavicle_lint::lint(text, kind) {
            let span = found.range();
            // The parser has said it of this very place.
            if faults.iter().any(|fault| fault.why.is_none() && fault.span == span) {
                continue;
            }
            faults.push(DraftFault {
                id: found.rule.id,
                severity: match found.severity() {
                    Level::Error => "error",
                    Level::Security => "security",
                    Level::Warning => "warning",
                    Level::Suggestion => "suggestion",
                },
                refused: false,
                message: found.message,
                help: found.help,
                why: Some(found.rule.why),
                line: found.span.line(text),
                span,
            });
        }
        faults.sort_by_key(|fault| (!fault.refused, fault.span.start));
        faults
    }

    fn kind_of_draft(&self, name: &str) -> Option<PolicyKind> {
        let documents = self.in_use().documents();
        let document = documents.iter().find(|document| self.name_of_document(document) == name)?;
        Some(match document {
            Document::Managed(_) | Document::Inline(..) => PolicyKind::Identity,
            Document::PermissionSet(..) => PolicyKind::PermissionSet,
            Document::Trust(_) => PolicyKind::Trust,
            Document::Resource(_) => PolicyKind::Resource,
            Document::Organization(policy) => {
                match self.world().snapshot().organization.as_ref()?.policy(*policy).kind {
                    OrgPolicyKind::Rcp => PolicyKind::Rcp,
                    OrgPolicyKind::Scp => PolicyKind::Scp,
                    OrgPolicyKind::Other => return None,
                }
            }
        })
    }
}
