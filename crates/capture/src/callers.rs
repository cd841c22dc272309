//! Whose is an access key?
//!
//! Most keys tell their account themselves. What STS answers to the recorded program tells more: who it is, and which
//! role a new key is of. Secrets stand beside these in the same answers; nothing but ids and ARNs is taken.

use std::collections::HashMap;

use clavicle_policy::AccountId;

use crate::key_account;
use crate::parameters::Parameters;

/// What is known of keys.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    /// Said by the user, of all keys that do not tell.
    stated: Option<AccountId>,
    known: HashMap<String, Identity>,
}

#[derive(Debug, Clone, Default)]
struct Identity {
    account: Option<AccountId>,
    arn: Option<String>,
}

impl Callers {
    /// Of nothing yet; `stated`: what the user says of keys that do not tell.
    pub(crate) fn of(stated: Option<AccountId>) -> Self {
        Self { stated, known: HashMap::new() }
    }

    /// The account of a key.
    pub(crate) fn account(&self, access_key: &str) -> Option<AccountId> {
        let told = self.known.get(access_key).and_then(|identity| identity.account);
        told.or_else(|| key_account::account(access_key)).or(self.stated)
    }

    /// The ARN of the caller, as STS tells it.
    pub(crate) fn arn(&self, access_key: &str) -> Option<&str> {
        self.known.get(access_key)?.arn.as_deref()
    }

    /// Looks at an answer of STS.
    ///
    /// See AWS: Security Token Service API Reference, `GetCallerIdentity` and `AssumeRole`.
    pub(crate) fn learn(&mut self, access_key: &str, operation: &str, answer: &Parameters) {
        let at_end = |ends: &[&str]| {
            let same = |path: &[String]| path.len() >= ends.len() && path[path.len() - ends.len()..] == *ends;
            answer.members.iter().find(|member| same(&member.path)).map(|member| member.value.clone())
        };
        let (key, arn) = match operation {
            "GetCallerIdentity" => (Some(access_key.to_owned()), at_end(&["GetCallerIdentityResult", "Arn"])),
            "AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity" => {
                (at_end(&["Credentials", "AccessKeyId"]), at_end(&["AssumedRoleUser", "Arn"]))
            }
            _ => return,
        };
        if let (Some(key), Some(arn)) = (key, arn.filter(|arn| arn.starts_with("arn:"))) {
            self.known.insert(key, Identity { account: AccountId::of_arn(&arn), arn: Some(arn) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Callers;
    use crate::parameters::{Form, Parameters};

    /// The examples of AWS: Security Token Service API Reference.
    #[test]
    fn answers_of_sts_tell_who_calls() {
        let read = |xml: &str| {
            let mut answer = Parameters::default();
            answer.read(Form::Xml, xml.as_bytes());
            answer
        };
        let mut callers = Callers::default();
        assert_eq!(callers.account("testing"), None);
        let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/Alice</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
        callers.learn("testing", "GetCallerIdentity", &read(identity));
        assert_eq!(
            callers.account("testing").map(|account| account.to_string()).as_deref(),
            Some("123456789012")
        );
        let assumed = "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>ARO123EXAMPLE123:TestAR</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/demo/TestAR</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>wJalrXUtnFEMI</SecretAccessKey></Credentials></AssumeRoleResult></AssumeRoleResponse>";
        callers.learn("testing", "AssumeRole", &read(assumed));
        assert_eq!(
            callers.arn("ASIAIOSFODNN7EXAMPLE"),
            Some("arn:aws:sts::111122223333:assumed-role/demo/TestAR")
        );
        assert!(!format!("{callers:?}").contains("wJalr"));
    }
}
