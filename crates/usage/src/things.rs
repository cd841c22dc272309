//! On which things was an action asked?
//!
//! In this order: the ARNs that the record lists or that the parameters hold, where they are of a type that the action
//! takes; else an ARN made by the catalogue's pattern for such a type, where every variable of it stands in the
//! parameters. What is left is [`Thing::NotKnown`]: nothing is made up, and IAM's own things, whose paths no parameter
//! tells, are known by ARN only.

use clavicle_catalog::{ActionId, Catalog, ResourceType};

use crate::evidence::Thing;
use crate::log::Scanner;
use crate::naming::{called, called_by_service, in_pattern, is_one, is_plain, is_same};
use crate::parameters::Parameters;

/// What a record tells about things.
pub(crate) struct Told<'e> {
    pub(crate) partition: &'e str,
    pub(crate) region: &'e str,
    pub(crate) account: &'e str,
    /// The ARNs of `resources`.
    pub(crate) listed: Vec<String>,
    pub(crate) parameters: &'e Parameters<'e>,
}

/// More than a call names at once.
const MOST: usize = 64;

/// The ARNs of a record's `resources`.
pub(crate) fn listed(json: &[u8]) -> Vec<String> {
    let mut arns = Vec::new();
    let read = Scanner::new(json).list(|scanner| {
        scanner.object(|scanner, name| {
            // `ARN` in logs, `arn` in exports.
            if !name.eq_ignore_ascii_case(b"arn") {
                return scanner.skip();
            }
            if let Some(arn) = scanner.text()?.and_then(crate::log::Text::read)
                && arns.len() < MOST
            {
                arns.push(arn.into_owned());
            }
            Ok(())
        })?;
        Ok(())
    });
    // What came before a fault is as good as ever.
    let _ = read;
    arns
}

/// The things that `action` was asked on, each once; never empty.
pub(crate) fn things(catalog: &Catalog, action: ActionId, told: &Told<'_>) -> Vec<Thing> {
    // A telephone has no ARN: AWS Step Functions Developer Guide, IAM policies for Amazon SNS.
    let to_telephone = catalog.name(action) == "sns:Publish" && told.parameters.has("phoneNumber");
    if to_telephone || catalog.is_wildcard_only(action) {
        return vec![Thing::Any];
    }
    let mut found: Vec<String> = Vec::new();
    let mut missing = false;
    let in_parameters =
        told.parameters.iter().map(|(_, value)| value).filter(|value| value.starts_with("arn:"));
    let arns = told.listed.iter().map(String::as_str).chain(in_parameters).filter(|arn| is_one(arn));
    let arns: Vec<(&str, Vec<ResourceType<'_>>)> =
        arns.map(|arn| (arn, catalog.resource_types_of(arn))).collect();
    for resource in catalog.resources(action) {
        let wanted = resource.resource_type();
        let before = found.len();
        let fits = arns.iter().filter(|(_, types)| is_same(types, wanted));
        found.extend(fits.map(|(arn, _)| (*arn).to_owned()));
        if found.len() == before {
            found.extend(wanted.arn_patterns().flat_map(|form| made(wanted, form, told)));
        }
        missing |= resource.is_required() && found.len() == before;
    }
    found.sort_unstable();
    found.dedup();
    missing |= found.is_empty() || found.len() > MOST;
    found.truncate(MOST);
    let things = found.into_iter().map(|arn| Thing::Arn(arn.into()));
    missing.then_some(Thing::NotKnown).into_iter().chain(things).collect()
}

/// The names of parameters that say on what an action is asked, beside those that hold ARNs.
pub(crate) fn naming_parameters(catalog: &Catalog, action: ActionId) -> Vec<String> {
    let mut names = Vec::new();
    for resource in catalog.resources(action) {
        let service = resource.resource_type().service().prefix();
        let variables = resource.resource_type().arn_patterns().flat_map(|form| form.split("${").skip(1));
        names.extend(variables.filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())));
        names.extend(called_by_service(service).map(str::to_owned));
        if service == "sqs" {
            names.push("queueUrl".to_owned());
        }
    }
    names
}

/// ARNs of the type in one form, made of the parameters. Of several values of one variable, one each.
fn made(wanted: ResourceType<'_>, form: &str, told: &Told<'_>) -> Vec<String> {
    let service = wanted.service().prefix();
    if service == "sqs" {
        return told.parameters.of("queueUrl").filter_map(|url| queue(url, told)).collect();
    }
    // Their ARNs hold a path or a suffix that their names do not tell.
    if matches!(service, "iam" | "sts" | "secretsmanager") {
        return Vec::new();
    }
    let mut all = vec![String::new()];
    let mut rest = form;
    while let Some((own, after)) = rest.split_once("${") {
        let Some((variable, after)) = after.split_once('}') else { return Vec::new() };
        all.iter_mut().for_each(|arn| arn.push_str(own));
        rest = after;
        match variable {
            "Partition" => all.iter_mut().for_each(|arn| arn.push_str(told.partition)),
            "Region" => all.iter_mut().for_each(|arn| arn.push_str(told.region)),
            "Account" => all.iter_mut().for_each(|arn| arn.push_str(told.account)),
            variable => {
                let values = values(service, variable, told.parameters);
                // Two values of each of two variables: which belong together, nothing says.
                if values.is_empty() || (values.len() > 1 && all.len() > 1) {
                    return Vec::new();
                }
                all = values
                    .iter()
                    .flat_map(|value| all.iter().map(move |arn| format!("{arn}{value}")))
                    .collect();
            }
        }
    }
    if rest.contains('*') {
        return Vec::new();
    }
    all.iter_mut().for_each(|arn| arn.push_str(rest));
    all.retain(|arn| is_one(arn));
    all
}

fn values(service: &str, variable: &str, parameters: &Parameters<'_>) -> Vec<String> {
    let mut values: Vec<&str> = parameters.of(variable).collect();
    values.extend(called(service, variable).flat_map(|name| parameters.of(name)));
    values.sort_unstable();
    values.dedup();
    let all_plain = values.iter().all(|value| is_plain(variable, value));
    if !all_plain {
        return Vec::new();
    }
    values.into_iter().map(|value| in_pattern(service, variable, value).to_owned()).collect()
}

/// `https://sqs.eu-west-1.amazonaws.com/111122223333/jobs`
fn queue(url: &str, told: &Told<'_>) -> Option<String> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    let (account, name) = path.split_once('/')?;
    let region = host.strip_prefix("sqs.").and_then(|rest| rest.split('.').next()).unwrap_or(told.region);
    let arn = format!("arn:{}:sqs:{region}:{account}:{name}", told.partition);
    (!name.contains('/') && is_one(&arn)).then_some(arn)
}

#[cfg(test)]
mod tests {
    use super::{Told, listed, things};
    use crate::evidence::Thing;
    use crate::parameters::Parameters;
    use clavicle_catalog::catalog;

    fn on(action: &str, resources: &str, parameters: &str) -> String {
        let parameters = Parameters::read(parameters.as_bytes());
        let told = Told {
            partition: "aws",
            region: "eu-west-1",
            account: "111122223333",
            listed: listed(resources.as_bytes()),
            parameters: &parameters,
        };
        let text = |thing: Thing| match thing {
            Thing::NotKnown => "?".to_owned(),
            Thing::Any => "*".to_owned(),
            Thing::Arn(arn) | Thing::Under(arn) => arn.to_string(),
        };
        let found = things(catalog(), catalog().action(action).unwrap(), &told);
        found.into_iter().map(text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn things_are_known_by_arn_or_by_pattern() {
        let object = r#"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b/a/k"},{"accountId":"1","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b"}]"#;
        let parameters = r#"{"bucketName":"b","key":"a/k","Host":"b.s3.amazonaws.com"}"#;
        for (action, resources, parameters, wanted) in [
            ("s3:GetObject", object, parameters, "arn:aws:s3:::b/a/k"),
            ("s3:GetObject", "", parameters, "arn:aws:s3:::b/a/k"),
            ("s3:ListBucket", object, parameters, "arn:aws:s3:::b"),
            ("s3:ListBucket", "", r#"{"bucketName":"x-s3alias"}"#, "?"),
            ("s3:ListAllMyBuckets", "", "", "*"),
            ("sts:AssumeRole", "", r#"{"roleArn":"arn:aws:iam::1:role/p/r"}"#, "arn:aws:iam::1:role/p/r"),
            ("iam:GetRole", "", r#"{"roleName":"r"}"#, "?"),
            (
                "dynamodb:GetItem",
                "",
                r#"{"tableName":"t"}"#,
                "arn:aws:dynamodb:eu-west-1:111122223333:table/t",
            ),
            ("dynamodb:GetItem", "", r#"{"tableName":"*"}"#, "?"),
            (
                "sqs:SendMessage",
                "",
                r#"{"queueUrl":"https://sqs.eu-north-1.amazonaws.com/1/q"}"#,
                "arn:aws:sqs:eu-north-1:1:q",
            ),
            ("sqs:SendMessage", "", r#"{"queueUrl":"https://evil.example/1/q/r"}"#, "?"),
            ("kms:Decrypt", "", r#"{"keyId":"alias/x"}"#, "?"),
            ("kms:Decrypt", "", r#"{"keyId":"k-1"}"#, "arn:aws:kms:eu-west-1:111122223333:key/k-1"),
            (
                "events:DeleteRule",
                "",
                r#"{"name":"prod-1"}"#,
                "arn:aws:events:eu-west-1:111122223333:rule/prod-1",
            ),
            (
                "ec2:StopInstances",
                "",
                r#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#,
                "arn:aws:ec2:eu-west-1:111122223333:instance/i-1 arn:aws:ec2:eu-west-1:111122223333:instance/i-2",
            ),
            ("secretsmanager:GetSecretValue", "", r#"{"secretId":"name"}"#, "?"),
            (
                "secretsmanager:GetSecretValue",
                "",
                r#"{"secretId":"arn:aws:secretsmanager:r:1:secret:x-abcdef"}"#,
                "arn:aws:secretsmanager:r:1:secret:x-abcdef",
            ),
            (
                "ssm:GetParameter",
                "",
                r#"{"name":"/a/b"}"#,
                "arn:aws:ssm:eu-west-1:111122223333:parameter/a/b",
            ),
            (
                "ssm:GetParametersByPath",
                "",
                r#"{"path":"/a/","recursive":true}"#,
                "arn:aws:ssm:eu-west-1:111122223333:parameter/a/",
            ),
            (
                "lambda:UpdateFunctionCode",
                "",
                r#"{"functionName":"f"}"#,
                "arn:aws:lambda:eu-west-1:111122223333:function:f",
            ),
        ] {
            assert_eq!(on(action, resources, parameters), wanted, "{action} {parameters}");
        }
    }

    /// What the call made, its ARN could not be known before.
    #[test]
    fn a_needed_thing_that_is_not_told_is_not_passed_over() {
        let told = on("ec2:RunInstances", "", r#"{"subnetId":"subnet-1"}"#);
        assert!(told.starts_with("? ") && told.contains("subnet/subnet-1"), "{told}");
    }
}
