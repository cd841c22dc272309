//! Policies that were made, as other tools take them.

use clavicle_trim::NamedPolicy;
use serde::Serialize;

use super::Suggestion;

/// The same policies in three forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyTexts {
    /// Policy documents as JSON, one after the other.
    pub policy: String,
    /// For Terraform; none where the name cannot be one.
    pub terraform: Option<String>,
    /// A template of CloudFormation; none where its text would be read as something else.
    pub cloudformation: Option<String>,
}

impl Suggestion {
    /// The policies under this name, numbered where there are several.
    pub fn texts(&self, name: &str) -> PolicyTexts {
        let texts: Vec<String> = self.policies.iter().filter_map(clavicle_policy::Policy::print).collect();
        let numbered = |place: usize| match texts.len() {
            1 => name.to_owned(),
            _ => format!("{name}-{}", place + 1),
        };
        let named =
            texts.iter().enumerate().map(|(place, text)| NamedPolicy::new(&numbered(place), text, None));
        let named = named.collect::<Result<Vec<_>, _>>().ok().filter(|named| !named.is_empty());
        PolicyTexts {
            terraform: named.as_deref().map(clavicle_trim::terraform),
            cloudformation: named.as_deref().and_then(|named| clavicle_trim::cloudformation(named).ok()),
            policy: texts.concat(),
        }
    }
}
