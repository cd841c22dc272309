//! On which things was an action asked, as the request tells it?
//!
//! By the catalogue's patterns, as `clavicle_usage::naming` says. AWS's lists and its models were written by different
//! people, so other names are compared by what they have in common: `DbInstanceName` is filled by `DBInstanceIdentifier`, and
//! the `name` of `DescribeCluster` is a cluster's. What a request does not tell becomes `*`, and is said to be no ARN of
//! one thing.

use clavicle_catalog::{ActionId, ArnForm, Catalog, ResourceType};
use clavicle_usage::naming::{called, fits, in_pattern, is_one, is_plain};

use crate::parameters::{Member, Parameters};

/// What is known of a call.
pub(crate) struct Told<'t> {
    pub(crate) operation: &'t str,
    pub(crate) partition: &'t str,
    pub(crate) region: &'t str,
    /// Empty: not known.
    pub(crate) account: &'t str,
    pub(crate) parameters: &'t Parameters,
    /// ARNs that AWS named in its answers, to this call and to others.
    pub(crate) answered: &'t [&'t str],
}

/// A thing, or things of one form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Resource {
    pub(crate) arn: String,
    pub(crate) sureness: Sureness,
}

/// How well it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sureness {
    /// The ARN of one thing.
    Exact,
    /// Of one thing, if it is named as most are: the request tells its name, and not its path.
    Assumed,
    /// Some parts are not known before the call, or not told.
    Pattern,
}

/// More than a call names at once.
const MOST: usize = 256;

/// The things of one action: all of the types that it must be asked on, and those of others that the request names.
pub(crate) fn resources(catalog: &Catalog, action: ActionId, told: &Told<'_>) -> Vec<Resource> {
    let mut found = Vec::new();
    let mut partly = Vec::new();
    for resource in catalog.resources(action) {
        let mut of_type = of_type(catalog, action, resource.resource_type(), told);
        let is_told =
            of_type.iter().any(|(resource, filled)| resource.sureness != Sureness::Pattern || *filled > 0);
        match (resource.is_required(), is_told) {
            (true, _) => found.append(&mut of_type),
            (false, true) => partly.append(&mut of_type),
            (false, false) => {}
        }
    }
    let exact = |(resource, _): &(Resource, usize)| resource.sureness != Sureness::Pattern;
    if found.is_empty() {
        // Of types of which none is required, the one that is told best.
        let best = partly.iter().map(|(_, filled)| *filled).max();
        let any_exact = partly.iter().any(exact);
        partly.retain(|one| if any_exact { exact(one) } else { Some(one.1) == best });
        found = partly;
    } else {
        found.extend(partly.into_iter().filter(exact));
    }
    let mut all: Vec<Resource> = found.into_iter().map(|(resource, _)| resource).collect();
    on_index(action, catalog, told, &mut all);
    all.sort();
    all.dedup_by(|one, other| one.arn == other.arn);
    all.truncate(MOST);
    all
}

/// A query of an index is asked on the index alone.
///
/// See AWS: Amazon DynamoDB Developer Guide, Using IAM policy conditions and resource-level permissions of indexes: the
/// resource is `table/name/index/index-name`.
fn on_index(action: ActionId, catalog: &Catalog, told: &Told<'_>, all: &mut Vec<Resource>) {
    if catalog.prefix(action) == "dynamodb" && told.parameters.first("IndexName").is_some() {
        let is_index = |resource: &Resource| resource.arn.contains("/index/");
        if all.iter().any(is_index) {
            all.retain(is_index);
        }
    }
}

/// The things of one type, each with how many of the variables of its own were told.
fn of_type(
    catalog: &Catalog,
    action: ActionId,
    wanted: ResourceType<'_>,
    told: &Told<'_>,
) -> Vec<(Resource, usize)> {
    let named: Vec<(Resource, usize)> = told
        .parameters
        .members
        .iter()
        .filter(|member| is_one(&member.value) && fits(catalog, wanted, &member.value))
        .map(|member| (exact(catalog, action, &member.value), usize::MAX))
        .collect();
    if !named.is_empty() {
        return named;
    }
    let service = wanted.service().prefix();
    if service == "sqs"
        && let Some(arn) = told.parameters.first("QueueUrl").and_then(|url| queue(url, told))
    {
        return vec![(Resource { arn, sureness: Sureness::Exact }, 1)];
    }
    let mut made: Vec<(Resource, usize)> =
        wanted.arn_patterns().flat_map(|form| filled(wanted, form, told)).collect();
    best_form(&mut made);
    let creates = ["Create", "Run", "Import", "Register", "Allocate", "Publish", "Start"]
        .iter()
        .any(|verb| told.operation.starts_with(verb));
    for (resource, _) in &mut made {
        if resource.sureness == Sureness::Exact {
            resource.arn = exact(catalog, action, &resource.arn).arn;
            continue;
        }
        // What AWS answered names the same thing in full; what is made anew gets another id the next time.
        let answered = told.answered.iter().filter(|arn| resource.is_like(arn) && fits(catalog, wanted, arn));
        let answered: Vec<&&str> = answered.collect();
        if let ([one], false) = (answered.as_slice(), creates) {
            *resource = exact(catalog, action, one);
        }
    }
    made
}

impl Resource {
    /// Does an ARN say the same, and more?
    fn is_like(&self, arn: &str) -> bool {
        match self.sureness {
            Sureness::Exact => self.arn == arn,
            // `role/name` is any `role/path/name`.
            Sureness::Assumed => match (self.arn.rsplit_once('/'), arn.rsplit_once('/')) {
                (Some((before, name)), Some((longer, same))) => name == same && longer.starts_with(before),
                _ => false,
            },
            Sureness::Pattern => {
                let mut parts = self.arn.split(['*', '?']).filter(|part| !part.is_empty());
                let Some(mut rest) = parts.next().and_then(|first| arn.strip_prefix(first)) else {
                    return false;
                };
                parts.all(|part| match rest.find(part) {
                    Some(at) => {
                        rest = &rest[at + part.len()..];
                        true
                    }
                    None => false,
                })
            }
        }
    }
}

/// Policies name log groups with `:*` behind them, but for three actions: see [`ArnForm::on`].
fn exact(catalog: &Catalog, action: ActionId, arn: &str) -> Resource {
    let mut arn = arn.to_owned();
    let is_group = arn.split(':').nth(2) == Some("logs") && arn.split(':').nth(5) == Some("log-group");
    if catalog.prefix(action) == "logs"
        && is_group
        && arn.split(':').count() == 7
        && let Some(group) = catalog.resource_type("logs:log-group")
    {
        arn = ArnForm::on(group, catalog.short_name(action)).of(&arn);
    }
    Resource { arn, sureness: Sureness::Exact }
}

/// `https://sqs.eu-west-1.amazonaws.com/111122223333/jobs`, whatever the host.
fn queue(url: &str, told: &Told<'_>) -> Option<String> {
    let (account, name) = url
        .trim_end_matches('/')
        .rsplit_once('/')
        .map_or((None, url), |(before, name)| (before.rsplit('/').next(), name));
    let account =
        account.filter(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
    let account = account.unwrap_or(or_any(told.account));
    let region = url.split("//sqs.").nth(1).and_then(|rest| rest.split('.').next()).unwrap_or(told.region);
    is_plain("QueueName", name).then(|| format!("arn:{}:sqs:{region}:{account}:{name}", told.partition))
}

fn or_any(text: &str) -> &str {
    if text.is_empty() { "*" } else { text }
}

/// Of several forms of the ARNs of one type, those that are told best.
fn best_form(made: &mut Vec<(Resource, usize)>) {
    let rank = |one: &(Resource, usize)| (one.0.sureness, std::cmp::Reverse(one.1));
    if let Some(best) = made.iter().map(rank).min() {
        made.retain(|one| rank(one) == best);
    }
}

/// A pattern of the type, filled.
fn filled(wanted: ResourceType<'_>, form: &str, told: &Told<'_>) -> Vec<(Resource, usize)> {
    let mut all = vec![String::new()];
    let mut sureness = Sureness::Exact;
    let mut count = 0;
    let mut rest = form;
    while let Some((own, after)) = rest.split_once("${") {
        let Some((variable, after)) = after.split_once('}') else { return Vec::new() };
        all.iter_mut().for_each(|arn| arn.push_str(own));
        rest = after;
        let place = match variable {
            "Partition" => Some(told.partition),
            "Region" => Some(or_any(told.region)),
            "Account" => Some(or_any(told.account)),
            _ => None,
        };
        if let Some(place) = place {
            if place == "*" {
                sureness = Sureness::Pattern;
            }
            all.iter_mut().for_each(|arn| arn.push_str(place));
            continue;
        }
        let (mut values, how) = values(wanted, variable, told);
        count += usize::from(!values.is_empty());
        // Two values of each of two variables: which belong together, nothing says.
        if values.is_empty() || (values.len() > 1 && all.len() > 1) {
            values = vec!["*".to_owned()];
            sureness = Sureness::Pattern;
        }
        sureness = sureness.max(how);
        all = values.iter().flat_map(|value| all.iter().map(move |arn| format!("{arn}{value}"))).collect();
    }
    if rest.contains('*') {
        sureness = Sureness::Pattern;
    }
    let whole = |arn: String| (Resource { arn: format!("{arn}{rest}"), sureness }, count);
    all.into_iter().map(whole).collect()
}

/// The values of a variable, each once, and how sure they are.
fn values(wanted: ResourceType<'_>, variable: &str, told: &Told<'_>) -> (Vec<String>, Sureness) {
    let service = wanted.service().prefix();
    let tables = batch_tables(service, variable, told);
    if !tables.is_empty() {
        return (tables, Sureness::Exact);
    }
    let mut ranked: Vec<(u8, &str)> = told
        .parameters
        .members
        .iter()
        .filter_map(|member| {
            Some((rank(service, variable, wanted.name(), told.operation, member)?, member.value.as_str()))
        })
        .filter(|(_, value)| is_plain(variable, value))
        .collect();
    let best = ranked.iter().map(|(rank, _)| *rank).min();
    ranked.retain(|(rank, _)| Some(*rank) == best);
    let mut values: Vec<String> =
        ranked.into_iter().map(|(_, value)| in_pattern(service, variable, value).to_owned()).collect();
    values.sort_unstable();
    values.dedup();
    let mut sureness = Sureness::Exact;
    for value in &mut values {
        match (service, variable) {
            // See AWS: AWS Secrets Manager User Guide, What's in a secret: the ARN ends in a hyphen and six random
            // characters; a policy that names the secret by its name alone matches them with `-??????`.
            ("secretsmanager", "SecretId") => {
                value.push_str("-??????");
                sureness = Sureness::Pattern;
            }
            _ if variable.ends_with("WithPath") => match told.parameters.first("Path") {
                Some(path) => *value = format!("{path}{value}").trim_start_matches('/').to_owned(),
                // Without a path, what is made anew has none.
                None if told.operation.starts_with("Create") => {}
                None => sureness = sureness.max(Sureness::Assumed),
            },
            _ => {}
        }
    }
    (values, sureness)
}

/// The tables of a batch are the keys of a map.
fn batch_tables(service: &str, variable: &str, told: &Told<'_>) -> Vec<String> {
    if service != "dynamodb" || variable != "TableName" || !told.operation.starts_with("Batch") {
        return Vec::new();
    }
    let names = told.parameters.keys_under("RequestItems").into_iter();
    // A table may be named by its ARN, too.
    let names = names.map(|name| name.rsplit('/').next().unwrap_or(name));
    names.filter(|name| is_plain(variable, name)).map(str::to_owned).collect()
}

/// How well the name of a parameter says that it fills a variable; less is better, `None`: it does not.
fn rank(service: &str, variable: &str, type_name: &str, operation: &str, member: &Member) -> Option<u8> {
    let name = member.path.last()?;
    let plain = |text: &str| {
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    if plain(name) == plain(variable) {
        return Some(0);
    }
    // Tags and what else is within have names, too.
    let is_outermost = member.path.len() == 1 || !name.eq_ignore_ascii_case("Name");
    if is_outermost && called(service, variable).any(|parameter| parameter.eq_ignore_ascii_case(name)) {
        return Some(1);
    }
    let (filled, given) = (Stem::of(variable), Stem::of(name));
    // A name does not tell an id.
    if filled.is_id && given.is_name {
        return None;
    }
    if !filled.text.is_empty() && filled.text == given.text {
        return Some(2);
    }
    let is_of_operation = || {
        let noun = Stem::of(
            operation
                .trim_start_matches(|letter: char| letter.is_ascii_uppercase())
                .trim_start_matches(|letter: char| letter.is_ascii_lowercase()),
        );
        noun.text == filled.text || noun.text == Stem::of(type_name).text
    };
    (given.text.is_empty() && member.path.len() == 1 && is_of_operation()).then_some(3)
}

/// What a name is about: `DBInstanceIdentifier` and `DbInstanceNames` are about `dbinstance`.
struct Stem {
    text: String,
    is_id: bool,
    is_name: bool,
}

impl Stem {
    fn of(name: &str) -> Self {
        let mut text: String =
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        for end in ["withoutleadingslash", "withpath"] {
            text.truncate(text.strip_suffix(end).map_or(text.len(), str::len));
        }
        if let Some(one) = text.strip_suffix('s').filter(|one| !one.ends_with('s')) {
            text = one.to_owned();
        }
        let (mut is_id, mut is_name) = (false, false);
        for end in ["identifier", "name", "arn", "id"] {
            if let Some(before) = text.strip_suffix(end) {
                (is_id, is_name) = (end == "id", end == "name");
                text = before.to_owned();
                break;
            }
        }
        Self { text, is_id, is_name }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sureness, Told, resources};
    use crate::parameters::{Form, Parameters};
    use clavicle_catalog::catalog;

    fn on(operation: &str, action: &str, json: &str, answered: &[&str]) -> String {
        let mut parameters = Parameters::default();
        parameters.read(Form::Json, json.as_bytes());
        let told = Told {
            operation,
            partition: "aws",
            region: "eu-west-1",
            account: "111122223333",
            parameters: &parameters,
            answered,
        };
        let found = resources(catalog(), catalog().action(action).expect("an action"), &told);
        let mark = |sureness| match sureness {
            Sureness::Exact => "",
            Sureness::Assumed => "(assumed)",
            Sureness::Pattern => "(pattern)",
        };
        found
            .iter()
            .map(|one| {
                format!("{}{}", one.arn.replace(":eu-west-1:111122223333:", ":R:A:"), mark(one.sureness))
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn requests_name_things() {
        for (operation, action, json, wanted) in [
            ("GetObject", "s3:GetObject", r#"{"Bucket":"b","Key":"a/k"}"#, "arn:aws:s3:::b/a/k"),
            ("ListObjectsV2", "s3:ListBucket", r#"{"Bucket":"b","prefix":"x"}"#, "arn:aws:s3:::b"),
            ("Invoke", "lambda:InvokeFunction", r#"{"FunctionName":"f"}"#, "arn:aws:lambda:R:A:function:f"),
            ("Query", "dynamodb:Query", r#"{"TableName":"t"}"#, "arn:aws:dynamodb:R:A:table/t"),
            (
                "Query",
                "dynamodb:Query",
                r#"{"TableName":"t","IndexName":"i"}"#,
                "arn:aws:dynamodb:R:A:table/t/index/i",
            ),
            (
                "BatchGetItem",
                "dynamodb:BatchGetItem",
                r#"{"RequestItems":{"t":{"Keys":[{"id":{"S":"1"}}]},"u":{}}}"#,
                "arn:aws:dynamodb:R:A:table/t arn:aws:dynamodb:R:A:table/u",
            ),
            (
                "DescribeDBInstances",
                "rds:DescribeDBInstances",
                r#"{"DBInstanceIdentifier":"d"}"#,
                "arn:aws:rds:R:A:db:d",
            ),
            ("DescribeCluster", "eks:DescribeCluster", r#"{"name":"c"}"#, "arn:aws:eks:R:A:cluster/c"),
            ("CreateTopic", "sns:CreateTopic", r#"{"Name":"t"}"#, "arn:aws:sns:R:A:t"),
            (
                "SendMessage",
                "sqs:SendMessage",
                r#"{"QueueUrl":"http://127.0.0.1:5/111122223333/q"}"#,
                "arn:aws:sqs:R:A:q",
            ),
            ("GetRole", "iam:GetRole", r#"{"RoleName":"r"}"#, "arn:aws:iam::111122223333:role/r(assumed)"),
            (
                "CreateRole",
                "iam:CreateRole",
                r#"{"RoleName":"r","Path":"/p/"}"#,
                "arn:aws:iam::111122223333:role/p/r",
            ),
            (
                "PutLogEvents",
                "logs:PutLogEvents",
                r#"{"logGroupName":"/a/g","logStreamName":"s"}"#,
                "arn:aws:logs:R:A:log-group:/a/g:log-stream:s",
            ),
            (
                "CreateLogGroup",
                "logs:CreateLogGroup",
                r#"{"logGroupName":"/a/g"}"#,
                "arn:aws:logs:R:A:log-group:/a/g:*",
            ),
            (
                "StopInstances",
                "ec2:StopInstances",
                r#"{"InstanceId":["i-1","i-2"]}"#,
                "arn:aws:ec2:R:A:instance/i-1 arn:aws:ec2:R:A:instance/i-2",
            ),
            ("GetParameter", "ssm:GetParameter", r#"{"Name":"/a/b"}"#, "arn:aws:ssm:R:A:parameter/a/b"),
            (
                "CreateSecret",
                "secretsmanager:CreateSecret",
                r#"{"Name":"s"}"#,
                "arn:aws:secretsmanager:R:A:secret:s-??????(pattern)",
            ),
            ("Encrypt", "kms:Encrypt", r#"{"KeyId":"alias/x"}"#, "arn:aws:kms:R:A:key/*(pattern)"),
        ] {
            assert_eq!(on(operation, action, json, &[]), wanted, "{operation} {json}");
        }
    }

    #[test]
    fn answers_complete_what_requests_name() {
        let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf";
        let other = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:sun-AbCdEf";
        let json = r#"{"SecretId":"s"}"#;
        let found = on("GetSecretValue", "secretsmanager:GetSecretValue", json, &[other, secret]);
        assert_eq!(found, "arn:aws:secretsmanager:R:A:secret:s-AbCdEf");
        let role = ["arn:aws:iam::111122223333:role/p/r", "arn:aws:iam::111122223333:role/xr"];
        assert_eq!(on("GetRole", "iam:GetRole", r#"{"RoleName":"r"}"#, &role), role[0]);
    }

    #[test]
    fn hostile_values_make_no_arns() {
        for value in ["*", "a?", "a/b", "${aws:username}", ""] {
            let json = format!(r#"{{"FunctionName":"{value}"}}"#);
            assert_eq!(
                on("Invoke", "lambda:InvokeFunction", &json, &[]),
                "arn:aws:lambda:R:A:function:*(pattern)"
            );
        }
    }
}
