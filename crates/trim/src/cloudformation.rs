//! Policies as a CloudFormation template.

use std::fmt;

use crate::named::{Bearer, NamedPolicy, identifier};

/// A text that CloudFormation would not take as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WouldBeRead(&'static str);

impl fmt::Display for WouldBeRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the policy has `{}` in it, which CloudFormation would put something else for", self.0)
    }
}

impl std::error::Error for WouldBeRead {}

/// A template with one `AWS::IAM::ManagedPolicy` for each policy. Its text is JSON, as CloudFormation takes it.
///
/// AWS: CloudFormation User Guide, "Get values stored in other services using dynamic references" (`{{resolve:…}}` in any
/// property) and "Intrinsic function reference" (an object with the one member `Ref` or `Fn::…`). Neither has an escape, so
/// that a policy with either is refused.
pub fn cloudformation(policies: &[NamedPolicy]) -> Result<String, WouldBeRead> {
    let mut resources = Vec::new();
    for policy in policies {
        refuse_what_would_be_read(&policy.text)?;
        let attached = match &policy.bearer {
            Some((kind, name)) => {
                let list = match kind {
                    Bearer::User => "Users",
                    Bearer::Role => "Roles",
                    Bearer::Group => "Groups",
                };
                format!("\"{list}\":[\"{name}\"],")
            }
            None => String::new(),
        };
        resources.push(format!(
            "\"{}\":{{\"Type\":\"AWS::IAM::ManagedPolicy\",\"Properties\":{{{attached}\"PolicyDocument\":{}}}}}",
            // Letters and digits alone; the dash is of no use there.
            identifier(&policy.name, '0'),
            policy.text.trim_end()
        ));
    }
    let text =
        format!("{{\"AWSTemplateFormatVersion\":\"2010-09-09\",\"Resources\":{{{}}}}}", resources.join(","));
    Ok(clavicle_policy::layout(&text))
}

/// Refuses a text that CloudFormation would put something else for.
pub fn refuse_what_would_be_read(text: &str) -> Result<(), WouldBeRead> {
    for (sign, name) in [("{{resolve:", "{{resolve:"), ("\"Ref\":", "Ref"), ("\"Fn::", "Fn::")] {
        if text.contains(sign) {
            return Err(WouldBeRead(name));
        }
    }
    Ok(())
}
