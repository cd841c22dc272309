//! What an ARN says about the thing that it names: region, owner, name for people, and IAM resource type.

use std::borrow::Cow;

/// The six fields of an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    /// The rest, which may hold colons and slashes.
    pub(crate) resource: &'a str,
}

/// ARNs whose resource part has no type word: the whole part is the name.
const WITHOUT_TYPE_WORD: &[(&str, &str)] = &[
    ("s3", "bucket"),
    ("sqs", "queue"),
    ("sns", "topic"),
    ("codepipeline", "pipeline"),
    ("codecommit", "repository"),
];

impl<'a> Arn<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Arn<'a>> {
        let mut fields = text.splitn(6, ':');
        let mut next = || fields.next();
        (next()? == "arn").then_some(())?;
        let arn = Arn {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        };
        (!arn.partition.is_empty() && !arn.service.is_empty() && !arn.resource.is_empty()).then_some(arn)
    }

    /// The type word as the ARN spells it, and the name behind it.
    fn type_and_name(&self) -> (&'a str, &'a str) {
        if self.service == "s3" && self.resource.contains('/') && !self.account.is_empty() {
            // Access points have an account and a type word, buckets have neither.
        } else if let Some((_, word)) = WITHOUT_TYPE_WORD.iter().find(|(service, _)| *service == self.service)
        {
            return (word, self.resource);
        }
        // API Gateway's resource part starts with a slash and then the collection: `/restapis/a1b2c3`.
        let part = self.resource.trim_start_matches('/');
        match part.find([':', '/']) {
            Some(end) => (&part[..end], &part[end + 1..]),
            None => (part, part),
        }
    }

    /// The IAM resource type: `lambda:function`, `s3:bucket`.
    pub(crate) fn kind(&self) -> String {
        let word = match (self.service, self.type_and_name().0) {
            ("apigateway", "restapis") => "RestApi",
            ("apigateway", "apis") => "Api",
            (_, word) => word,
        };
        format!("{}:{word}", self.service)
    }

    /// The name for people.
    pub(crate) fn name(&self) -> Cow<'a, str> {
        let (word, name) = self.type_and_name();
        match (self.service, word) {
            // Secrets Manager appends a hyphen and six random characters.
            ("secretsmanager", "secret") if has_random_suffix(name) => name[..name.len() - 7].into(),
            _ => name.into(),
        }
    }
}

fn has_random_suffix(name: &str) -> bool {
    let Some((stem, suffix)) = name.rsplit_once('-') else { return false };
    !stem.is_empty() && suffix.len() == 6 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The path and the name of an IAM user, group, role, policy or instance profile.
pub(crate) fn path_and_name(arn: &str) -> (String, String) {
    let resource = Arn::parse(arn).map_or(arn, |arn| arn.resource);
    let below = resource.find('/').map_or(resource, |slash| &resource[slash..]);
    match below.rfind('/') {
        Some(last) => (below[..=last].to_owned(), below[last + 1..].to_owned()),
        None => ("/".to_owned(), below.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Arn, path_and_name};

    #[test]
    fn kinds_and_names() {
        for (arn, kind, name) in [
            ("arn:aws:s3:::paperboat-covers", "s3:bucket", "paperboat-covers"),
            ("arn:aws:sqs:eu-west-1:111122223333:jobs", "sqs:queue", "jobs"),
            ("arn:aws:sns:eu-west-1:111122223333:events", "sns:topic", "events"),
            ("arn:aws:lambda:eu-west-1:111122223333:function:nightly", "lambda:function", "nightly"),
            ("arn:aws:kms:eu-west-1:111122223333:key/13cb", "kms:key", "13cb"),
            (
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-AbC123",
                "secretsmanager:secret",
                "a/b",
            ),
            ("arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "dynamodb:table", "orders"),
            ("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7", "ecs:task-definition", "web:7"),
            ("arn:aws:ec2:eu-west-1:111122223333:instance/i-1", "ec2:instance", "i-1"),
            ("arn:aws:states:eu-west-1:111122223333:stateMachine:flow", "states:stateMachine", "flow"),
            ("arn:aws:codebuild:eu-west-1:111122223333:project/build", "codebuild:project", "build"),
            ("arn:aws:ecr:eu-west-1:111122223333:repository/team/app", "ecr:repository", "team/app"),
            ("arn:aws:s3:eu-west-1:111122223333:accesspoint/finance", "s3:accesspoint", "finance"),
            ("arn:aws:apigateway:eu-west-1::/restapis/a1b2", "apigateway:RestApi", "a1b2"),
            ("arn:aws-cn:rds:cn-north-1:111122223333:db:main", "rds:db", "main"),
        ] {
            let parsed = Arn::parse(arn).unwrap();
            assert_eq!((parsed.kind().as_str(), &*parsed.name()), (kind, name), "{arn}");
        }
    }

    #[test]
    fn what_is_no_arn() {
        for text in ["", "arn:aws", "urn:aws:s3:::b", "arn:aws:s3:::", "arn::s3:::b"] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn paths_of_iam_things() {
        let both = |path: &str, name: &str| (path.to_owned(), name.to_owned());
        assert_eq!(path_and_name("arn:aws:iam::111122223333:role/web"), both("/", "web"));
        assert_eq!(path_and_name("arn:aws:iam::111122223333:user/a/b/dana"), both("/a/b/", "dana"));
    }
}
