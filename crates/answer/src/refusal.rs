//! Why did AWS refuse a call? Reads the message that AWS sent, which names one of the layers that said no.
//!
//! IAM User Guide, [Troubleshoot access denied error
//! messages](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html): "User `user` is not
//! authorized to perform `action` on resource `resource` because `context`", where the context is "with an explicit deny
//! in a `type` policy" or "because no `type` policy allows the `action` action". Of several types that deny, AWS tells
//! one. Not every service keeps to the form.

use clavicle_engine::Layer;

use crate::question::{Question, QuestionError, Verb};
use crate::shape::Refusal;

/// Between who asked and what was refused.
const REFUSED: &str = "is not authorized to perform";

/// In place of a message that only AWS can read.
const ENCODED: &str = "Encoded authorization failure message:";

/// How AWS calls the layers, in its messages and here, and what has to be done where one allows nothing.
const LAYERS: &[(&str, Layer, &str)] = &[
    (
        "identity-based policy",
        Layer::Identity,
        "let a policy of the caller, or of a group that the caller is in, allow it; within one account the policy of the thing does as well",
    ),
    (
        "resource-based policy",
        Layer::Resource,
        "let the policy of the thing name the caller; from another account a policy of the caller has to allow it besides",
    ),
    (
        "role trust policy",
        Layer::Trust,
        "let the trust policy of the role name the caller; from another account a policy of the caller has to allow it besides",
    ),
    (
        "permissions boundary",
        Layer::Boundary,
        "let the boundary of the caller allow it too; a boundary gives nothing by itself, so a policy of the caller has to as well",
    ),
    (
        "session policy",
        Layer::Session,
        "let the policy that was given when the session began allow it too; whoever assumes the role gives it",
    ),
    (
        "service control policy",
        Layer::Scp,
        "let a service control policy allow it at the root, at every unit above the caller's account, and at the account",
    ),
    (
        "resource control policy",
        Layer::Rcp,
        "let a resource control policy allow it at the root, at every unit above the thing's account, and at the account",
    ),
    (
        "vpc endpoint policy",
        Layer::Endpoint,
        "let the policy of the VPC endpoint that the request came through allow it too",
    ),
];

/// What to do where a Deny decides, whichever layer it is of.
const DENIED: &str = "look for the Deny that matches the action, the thing and what the request carried; no Allow elsewhere will help";

/// What the message tells; `None`: it is none that says who may not do what.
pub(crate) fn refusal(message: &str) -> Option<Refusal> {
    let text = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let at = text.find(REFUSED)?;
    let before = text[..at].trim_end();
    let mut rest = text[at + REFUSED.len()..].trim_start_matches([':', ' ']);
    let who = before.rsplit(' ').next().map(bare).filter(|who| is_arn(who));
    let action = bare(rest.split(' ').next()?);
    if !is_action(action) {
        return None;
    }
    let on = rest.split_once(" on resource").map(|(_, on)| {
        rest = on.trim_start_matches([':', ' ']);
        bare(rest.split(' ').next().unwrap_or_default())
    });
    let (layer, explicit, policy, what_to_do) = context(rest);
    Some(Refusal {
        who: who.map(ToOwned::to_owned),
        action: action.to_owned(),
        on: on.filter(|on| !on.is_empty()).map(ToOwned::to_owned),
        layer: layer.map(Layer::word),
        explicit,
        policy,
        what_to_do: what_to_do.to_owned(),
        answer: None,
    })
}

/// Is this a message by which AWS refuses a call?
pub fn is_refusal(message: &str) -> bool {
    refusal(message).is_some() || tells_no_reason(message)
}

/// The request that a message of AWS tells was refused, as a question of every layer; with the layer that AWS names, which
/// need not be the only one. `None`: this is no such message. The error: it does not say who was refused, or what.
pub fn refused_request(message: &str) -> Option<Result<(Question, Option<&'static str>), QuestionError>> {
    let Some(refused) = refusal(message) else {
        return tells_no_reason(message).then(|| Err(without_reason(message)));
    };
    let Some(who) = refused.who else {
        let unclear = QuestionError::new("the message does not say who was refused");
        return Some(Err(unclear.hint("ask it as `can WHO ACTION THING`")));
    };
    let question = Question {
        verb: Verb::Can,
        by: Some(who),
        action: Some(refused.action),
        on: refused.on.filter(|on| on != "*"),
        ..Question::default()
    };
    let named = LAYERS.iter().find(|(_, layer, _)| Some(layer.word()) == refused.layer);
    Some(Ok((question, named.map(|(name, ..)| *name))))
}

/// What to do with a message that [`tells_no_reason`].
pub(crate) fn without_reason(message: &str) -> QuestionError {
    QuestionError::new("this message does not say who may not do what").hint(if is_encoded_refusal(message) {
        "have AWS read it: `aws sts decode-authorization-message --encoded-message …`"
    } else {
        "ask it: `clavicle can WHO ACTION THING`, for example `clavicle can role/web s3:GetObject s3://bucket/key`"
    })
}

/// Is this a refusal that does not say what of?
pub(crate) fn tells_no_reason(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    is_encoded_refusal(message)
        || message.trim().contains(char::is_whitespace)
            && ["access denied", "accessdenied", "not authorized", "unauthorizedoperation"]
                .iter()
                .any(|word| lower.contains(word))
}

/// Is this a message that only AWS can read?
pub(crate) fn is_encoded_refusal(message: &str) -> bool {
    message.contains(ENCODED)
}

/// Which layer, whether by a Deny, and by which policy, where that is told.
fn context(rest: &str) -> (Option<Layer>, Option<bool>, Option<String>, &'static str) {
    let lower = rest.to_ascii_lowercase();
    let said = |start: &str| lower.find(start).map(|at| &lower[at + start.len()..]);
    let (told, explicit) = match (said("with an explicit deny"), said("because no ")) {
        (Some(told), _) => (told, Some(true)),
        (None, Some(told)) => (told, Some(false)),
        (None, None) => ("", None),
    };
    // Where a message names more than one, the first is the one that refused.
    let named = LAYERS.iter().filter_map(|layer| Some((told.find(layer.0)?, layer)));
    let layer = named.min_by_key(|(at, _)| *at).map(|(_, layer)| layer);
    let what_to_do = match (explicit, layer) {
        (Some(true), _) => DENIED,
        (Some(false), Some((_, _, what_to_do))) => what_to_do,
        _ => "the message does not say which policy: every layer has to let it through",
    };
    let behind = rest.get(rest.len() - told.len()..).unwrap_or_default();
    let policy = behind.split(' ').map(bare).find(|word| is_arn(word) && word.contains(":policy/"));
    (layer.map(|(_, layer, _)| *layer), explicit, policy.map(ToOwned::to_owned), what_to_do)
}

/// Without what a sentence, quotation marks or JSON put around a word.
fn bare(word: &str) -> &str {
    word.trim_matches(|letter: char| {
        matches!(letter, '"' | '\'' | '\\' | ',' | ';' | '.' | ':' | '`' | ')' | '(')
    })
}

fn is_arn(word: &str) -> bool {
    word.starts_with("arn:") && word.matches(':').count() >= 5
}

fn is_action(word: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    word.split_once(':').is_some_and(|(service, name)| is_name(service) && is_name(name))
}

#[cfg(test)]
mod tests {
    use super::{Layer, Verb, refusal, refused_request};

    /// The messages are of the page that the module names.
    #[test]
    fn messages_of_aws_are_read() {
        use Layer::{Boundary, Identity, Rcp, Resource, Scp, Session, Trust};
        let repository = "codecommit:ListRepositories";
        for (message, who, action, on, layer, explicit) in [
            (
                "User: arn:aws:iam::777788889999:user/JohnDoe is not authorized to perform:\ncodecommit:ListRepositories because no service control policy allows the codecommit:ListRepositories action",
                "arn:aws:iam::777788889999:user/JohnDoe",
                repository,
                None,
                Some(Scp),
                Some(false),
            ),
            (
                "User: arn:aws:iam::123456789012:user/John is not authorized to perform: codedeploy:ListDeployments on resource: arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:* with an explicit deny in a VPC endpoint policy",
                "arn:aws:iam::123456789012:user/John",
                "codedeploy:ListDeployments",
                Some("arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:*"),
                Some(Layer::Endpoint),
                Some(true),
            ),
            (
                "User: arn:aws:iam::777788889999:user/MaryMajor is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::777788889999:role/Role with an explicit deny in the role trust policy",
                "arn:aws:iam::777788889999:user/MaryMajor",
                "sts:AssumeRole",
                Some("arn:aws:iam::777788889999:role/Role"),
                Some(Trust),
                Some(true),
            ),
            (
                "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:sts::111122223333:assumed-role/web/i-0 is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::amzn-s3-demo-bucket/object\" with an explicit deny in a resource control policy",
                "arn:aws:sts::111122223333:assumed-role/web/i-0",
                "s3:GetObject",
                Some("arn:aws:s3:::amzn-s3-demo-bucket/object"),
                Some(Rcp),
                Some(true),
            ),
            (
                "User: arn:aws:iam::1:user/x is not authorized to perform: iam:GetUser because no permissions boundary allows the iam:GetUser action",
                "arn:aws:iam::1:user/x",
                "iam:GetUser",
                None,
                Some(Boundary),
                Some(false),
            ),
            (
                "User: arn:aws:iam::1:user/x is not authorized to perform: iam:GetUser because no session policy allows the iam:GetUser action",
                "arn:aws:iam::1:user/x",
                "iam:GetUser",
                None,
                Some(Session),
                Some(false),
            ),
            (
                "User: arn:aws:iam::1:user/x is not authorized to perform: secretsmanager:GetSecretValue because no resource-based policy allows the secretsmanager:GetSecretValue action",
                "arn:aws:iam::1:user/x",
                "secretsmanager:GetSecretValue",
                None,
                Some(Resource),
                Some(false),
            ),
            (
                "\"errorMessage\": \"User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:1:key/k because no identity-based policy allows the kms:Decrypt action\",",
                "arn:aws:iam::1:user/x",
                "kms:Decrypt",
                Some("arn:aws:kms:eu-west-1:1:key/k"),
                Some(Identity),
                Some(false),
            ),
            (
                "User: arn:aws:iam::1:user/x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/r",
                "arn:aws:iam::1:user/x",
                "iam:PassRole",
                Some("arn:aws:iam::1:role/r"),
                None,
                None,
            ),
        ] {
            let found = refusal(message).expect(message);
            assert_eq!(found.who.as_deref(), Some(who), "{message}");
            assert_eq!((found.action.as_str(), found.on.as_deref()), (action, on), "{message}");
            assert_eq!((found.layer, found.explicit), (layer.map(Layer::word), explicit), "{message}");
            assert_eq!(found.policy, None, "{message}");
        }
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html>
    #[test]
    fn the_policy_is_told_where_aws_tells_it() {
        let found = refusal(
            "User: arn:aws:iam::123456789012:user/janedoe is not authorized to perform: iam:CreateInstanceProfile on resource: arn:aws:iam::123456789012:instance-profile/my-instance-profile with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/ExampleDenyPolicy. Go to https://us-east-1.console.aws.amazon.com/iam/home",
        )
        .expect("a message");
        assert_eq!(found.policy.as_deref(), Some("arn:aws:iam::123456789012:policy/ExampleDenyPolicy"));
        assert_eq!(found.layer, Some("identity"));
    }

    #[test]
    fn what_was_refused_can_be_asked() {
        let asked = |message: &str| refused_request(message).expect("a refusal");
        let (question, layer) = asked(
            "User: arn:aws:sts::1:assumed-role/x/s is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::b/k\" with an explicit deny in a service control policy",
        )
        .expect("it says who");
        assert_eq!((question.verb, layer), (Verb::Can, Some("service control policy")));
        assert_eq!(
            [question.by.as_deref(), question.action.as_deref(), question.on.as_deref()],
            [Some("arn:aws:sts::1:assumed-role/x/s"), Some("s3:PutObject"), Some("arn:aws:s3:::b/k")]
        );
        // Everything is no thing to ask about.
        let listed =
            "User: arn:aws:iam::1:user/x is not authorized to perform: s3:ListAllMyBuckets on resource: *";
        assert_eq!(asked(listed).expect("it says who").0.on, None);
        for unclear in [
            "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
            "is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b",
        ] {
            assert!(asked(unclear).is_err(), "{unclear}");
        }
        assert!(refused_request("who can read s3://b").is_none());
    }

    #[test]
    fn what_says_nothing_is_none() {
        for message in [
            "",
            "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
            "User: x is not authorized to perform",
            "User: x is not authorized to perform: this operation",
            "User: x is not authorized to perform: s3:",
        ] {
            assert_eq!(refusal(message), None, "{message}");
        }
        // Hostile text is text.
        let found = refusal(
            "User: arn:aws:iam::1:user/é is not authorized to perform: s3:x on resource: \u{202e}İ with an explicit deny in a",
        );
        assert_eq!(found.map(|found| (found.layer, found.explicit)), Some((None, Some(true))));
    }
}
