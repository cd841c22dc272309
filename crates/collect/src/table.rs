//! Which calls read which kind of thing, and which fields of their answers are kept: `data/reading.txt` and
//! `data/clients.txt`, read once.
//!
//! A kind of thing is a paragraph:
//!
//! - `thing TYPE [global]`: its AWS Config type, which decides what the snapshot makes of it. `global` kinds are read once
//!   for an account, the others in every region.
//! - `each CALL … > LIST FIELDS`: a call that lists; every element of the list is a thing. A second `each` is asked for
//!   every thing of the first, and its elements inherit the first one's fields.
//! - `one CALL … > FIELDS`: a call that speaks of the account itself, which is the one thing of its kind.
//! - `ask CALL … > FIELDS`: a call for every thing, which adds fields to it.
//! - `once CALL … > FIELDS`: a call about none of them, made where there is one; every thing has its fields.
//! - `never CALL …`: a call that is not made, because what it answers is content. Of the things that it would be about it counts as
//!   not seen.
//! - `arn TEMPLATE`: the ARN of a thing whose answers do not carry it.
//!
//! A call is `client:Operation`, then for REST its method and path, then its parameters `Name=value`. `{key}` stands for a
//! field of the thing, or for `account`, `region`, `partition`; `#5` is a number, `[a,b]` a list, `=[{"a":"b"}]` JSON. `token:IN~OUT` is how its
//! pages follow each other, `IN` with a question mark if it stands in the query of a POST. `none:CODES` are errors that say that there is nothing, `else:VALUE` what its fields are then.
//! `unless:KEY` leaves the call out for things that have the field. `only:KEY=VALUE` makes the call for things whose field
//! has this value alone; where it lists, it keeps the elements that have it, and no others. `at:REGION` is where the call is made, whichever region
//! is read; in other partitions than the first it is not made.
//!
//! A field is `path.in.answer=key`. `.` is the answer or the element itself, `./` what stands behind its last slash, `/x` a text with a slash before it, `list[]` every element of a list, `list[0]` its
//! first one. A path through lists to a key that is none is the list of what stands there; several fields of one such key
//! are one list. The keys `arn`, `name`, `region`, `policy` and `tags` have their meaning; `supplement.…` is what AWS Config
//! records beside a configuration; a key that begins with `_` serves later calls and is not kept; every other key is a
//! part of the configuration. `key!` is a switch that comes as text; `key?` is null where it is missing from an element.

use std::sync::LazyLock;

const CLIENTS: &str = include_str!("../data/clients.txt");
const READING: &str = include_str!("../data/reading.txt");

/// How a service takes its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Query,
    Ec2,
    Json(&'static str),
    RestJson,
    RestXml,
}

/// A service, under the name of its SDK client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) name: &'static str,
    pub(crate) signing_name: &'static str,
    /// The first part of its host name.
    pub(crate) host: &'static str,
    pub(crate) protocol: Protocol,
    /// The version of its API, or of JSON protocols the target's prefix.
    pub(crate) version: &'static str,
    /// One endpoint for a partition.
    pub(crate) is_global: bool,
}

/// A call of the table. There is no other way to make one, so the table is all that can be asked of AWS.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) client: &'static Client,
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    /// Template of path and query.
    pub(crate) path: &'static str,
    pub(crate) parameters: Vec<(&'static str, &'static str)>,
    /// The parameter that takes the token, and where the answer has it.
    pub(crate) token: Option<(&'static str, &'static str)>,
    /// Error codes that mean "there is none".
    pub(crate) none: Vec<&'static str>,
    /// What the fields are where there is none.
    pub(crate) otherwise: Option<&'static str>,
    /// Not asked for things that have this field.
    pub(crate) unless: Option<&'static str>,
    /// The field, and the template of the value that it has to have: of the thing that is asked about, or of each that is listed.
    pub(crate) only: Option<(&'static str, &'static str)>,
    /// The one region that takes it, in the first partition.
    pub(crate) region: Option<&'static str>,
}

/// A kept field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) path: &'static str,
    pub(crate) key: &'static str,
    pub(crate) is_switch: bool,
    /// Missing from an element, it is null.
    pub(crate) or_null: bool,
}

#[derive(Debug)]
pub(crate) enum Step {
    Each { call: Call, list: &'static str, fields: Vec<Field> },
    One { call: Call, fields: Vec<Field> },
    Ask { call: Call, fields: Vec<Field> },
    Once { call: Call, fields: Vec<Field> },
}

impl Step {
    pub(crate) fn call(&self) -> &Call {
        match self {
            Step::Each { call, .. }
            | Step::One { call, .. }
            | Step::Ask { call, .. }
            | Step::Once { call, .. } => call,
        }
    }

    /// What is kept of its answer.
    pub(crate) fn fields(&self) -> &[Field] {
        match self {
            Step::Each { fields, .. }
            | Step::One { fields, .. }
            | Step::Ask { fields, .. }
            | Step::Once { fields, .. } => fields,
        }
    }
}

/// A kind of thing and how it is read.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) config_type: &'static str,
    pub(crate) is_global: bool,
    pub(crate) steps: Vec<Step>,
    /// Calls that are not made.
    pub(crate) never: Vec<Call>,
    pub(crate) arn: Option<&'static str>,
}

impl Kind {
    /// The service whose calls list it.
    pub(crate) fn client(&self) -> &'static str {
        self.steps.first().map_or("", |step| step.call().client.name)
    }
}

/// The kinds of things, in the order of the table.
pub(crate) fn kinds() -> &'static [Kind] {
    static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| read(READING).0);
    &KINDS
}

pub(crate) fn client(name: &str) -> Option<&'static Client> {
    clients().iter().find(|client| client.name == name)
}

fn clients() -> &'static [Client] {
    static ALL: LazyLock<Vec<Client>> = LazyLock::new(|| lines(CLIENTS).filter_map(client_of).collect());
    &ALL
}

/// A call outside of the table of kinds: `call("sts:GetCallerIdentity")`.
pub(crate) fn call(words: &'static str) -> Option<Call> {
    call_of(words.split_whitespace())
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn client_of(line: &'static str) -> Option<Client> {
    let mut words = line.split_whitespace();
    let (name, signing_name, host) = (words.next()?, words.next()?, words.next()?);
    let protocol = match words.next()? {
        "query" => Protocol::Query,
        "ec2" => Protocol::Ec2,
        "rest-json" => Protocol::RestJson,
        "rest-xml" => Protocol::RestXml,
        other => Protocol::Json(other.strip_prefix("json-")?),
    };
    let version = words.next()?;
    Some(Client { name, signing_name, host, protocol, version, is_global: words.next() == Some("global") })
}

/// The kinds, and the lines that were not understood.
///
/// INVARIANT (reading): every line of the table is understood; a test says so.
fn read(text: &'static str) -> (Vec<Kind>, Vec<&'static str>) {
    let (mut kinds, mut odd) = (Vec::<Kind>::new(), Vec::new());
    for line in lines(text) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let understood = match (word, kinds.last_mut()) {
            ("thing", _) => {
                let mut words = rest.split(' ');
                let config_type = words.next().unwrap_or_default();
                let is_global = words.next() == Some("global");
                kinds.push(Kind { config_type, is_global, steps: Vec::new(), never: Vec::new(), arn: None });
                Some(())
            }
            ("arn", Some(kind)) => {
                kind.arn = Some(rest);
                Some(())
            }
            ("never", Some(kind)) => call_of(rest.split_whitespace()).map(|call| kind.never.push(call)),
            (_, Some(kind)) => step_of(word, rest).map(|step| kind.steps.push(step)),
            (_, None) => None,
        };
        if understood.is_none() {
            odd.push(line);
        }
    }
    (kinds, odd)
}

fn step_of(word: &str, rest: &'static str) -> Option<Step> {
    let (call, kept) = rest.split_once(" > ").unwrap_or((rest, ""));
    let call = call_of(call.split_whitespace())?;
    let mut kept = kept.split_whitespace();
    let list = if word == "each" { kept.next()? } else { "" };
    let fields = kept.map(field_of).collect::<Option<Vec<Field>>>()?;
    match word {
        "each" => Some(Step::Each { call, list, fields }),
        "one" => Some(Step::One { call, fields }),
        "ask" => Some(Step::Ask { call, fields }),
        "once" => Some(Step::Once { call, fields }),
        _ => None,
    }
}

fn field_of(word: &'static str) -> Option<Field> {
    let (path, key) = word.split_once('=')?;
    let (key, is_switch) = key.strip_suffix('!').map_or((key, false), |key| (key, true));
    let (key, or_null) = key.strip_suffix('?').map_or((key, false), |key| (key, true));
    Some(Field { path, key, is_switch, or_null })
}

fn call_of(words: impl Iterator<Item = &'static str>) -> Option<Call> {
    let mut words = words.peekable();
    let (name, operation) = words.next()?.split_once(':')?;
    let client = client(name)?;
    let (mut method, mut path) = ("POST", "/");
    if let Some(word) = words.next_if(|word| matches!(*word, "GET" | "POST")) {
        method = word;
        path = words.next()?;
    }
    let mut call = Call {
        client,
        operation,
        method,
        path,
        parameters: Vec::new(),
        token: None,
        none: Vec::new(),
        otherwise: None,
        unless: None,
        only: None,
        region: None,
    };
    for word in words {
        let option = word
            .split_once(':')
            .filter(|(name, _)| ["token", "none", "else", "unless", "only", "at"].contains(name));
        match (option, word.split_once('=')) {
            (Some(("token", value)), _) => call.token = Some(value.split_once('~')?),
            (Some(("none", value)), _) => call.none = value.split(',').collect(),
            (Some(("else", value)), _) => call.otherwise = Some(value),
            (Some(("at", value)), _) => call.region = Some(value),
            (Some(("only", value)), _) => call.only = Some(value.split_once('=')?),
            (Some((_, value)), _) => call.unless = Some(value),
            (None, Some(parameter)) => call.parameters.push(parameter),
            (None, None) => return None,
        }
    }
    Some(call)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CLIENTS, READING, Step, clients, kinds, lines, read};

    #[test]
    fn every_line_is_understood() {
        assert_eq!(read(READING).1, [""; 0]);
        assert_eq!(clients().len(), lines(CLIENTS).count());
    }

    #[test]
    fn every_kind_lists_things_and_can_name_them() {
        let mut types = BTreeSet::new();
        for kind in kinds() {
            assert!(types.insert(kind.config_type), "{} stands twice", kind.config_type);
            assert!(matches!(kind.steps[0], Step::Each { .. } | Step::One { .. }), "{}", kind.config_type);
            let keys = kind.steps.iter().flat_map(Step::fields);
            let is_one = matches!(kind.steps[0], Step::One { .. });
            let named = keys.clone().any(|field| field.key == "arn") || kind.arn.is_some() || is_one;
            assert!(named, "{} has no ARN", kind.config_type);
        }
    }

    /// AWS: Service Authorization Reference, "Resource types defined by …".
    #[test]
    fn every_arn_that_is_put_together_has_a_form_that_aws_lists() {
        // AWS lists no ARN of what is a policy itself.
        let listed = |kind: &&super::Kind| !kind.config_type.ends_with("Policy");
        for kind in kinds().iter().filter(listed) {
            let Some(template) = kind.arn else { continue };
            let mut arn = String::new();
            let mut rest = template;
            while let Some((before, after)) = rest.split_once('{') {
                let (variable, after) = after.split_once('}').expect("a variable ends");
                arn.push_str(before);
                arn.push_str(match variable {
                    "partition" => "aws",
                    "region" => "eu-west-1",
                    "account" => "111122223333",
                    "_path" => "/name",
                    "_alias" => "alias.mrap",
                    _ => "name",
                });
                rest = after;
            }
            arn.push_str(rest);
            let types = clavicle_catalog::catalog().resource_types_of(&arn);
            let service = arn.split(':').nth(2).unwrap_or_default();
            assert!(types.iter().any(|one| one.service().prefix() == service), "{arn} is of {types:?}");
        }
    }

    /// Values, code and settings of the customer's own are in no path that is kept.
    #[test]
    fn no_kept_field_is_of_those_that_hold_secrets() {
        let forbidden = [
            "environment.variables",
            "environmentvariables",
            "userdata",
            "secretstring",
            "secretbinary",
            "containerdefinitions",
            "defaultarguments",
            "definition",
            "parameters",
            "outputs",
            "command",
            "code",
            "templatebody",
            "stagevariables",
        ];
        for kind in kinds() {
            for step in &kind.steps {
                for field in step.fields() {
                    let path = field.path.to_lowercase();
                    let parts: Vec<&str> = path.split('.').collect();
                    let held = forbidden.iter().any(|word| path == *word || parts.contains(word));
                    assert!(!held, "{}: {}", kind.config_type, field.path);
                }
            }
        }
    }
}
