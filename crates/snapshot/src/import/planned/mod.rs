//! Infrastructure as code as a source: plans and states of Terraform, templates of CloudFormation and SAM, and what
//! `cdk synth` writes. What they declare is laid over what other sources show, or stands by itself.
//!
//! What is not known before it is deployed stays unknown: a policy that holds such a part is in doubt there, and a policy of
//! which nothing is known is "not seen". Kinds that are not read are named in warnings.

mod bucket_acl;
mod declaration;
mod document;
mod either;
mod exports;
mod foreach;
mod identity_pool;
mod intrinsic;
mod kinds;
mod likely;
mod own_policy;
mod permission_sets;
mod plan;
mod sam;
mod sharing;
mod statements;
mod template;
mod terraform;
mod terraform_source;
mod terraform_types;
mod value;
mod yaml;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read as _;
use std::path::Path;

use clavicle_catalog::{Partition, partition_of};

use self::declaration::Taken;
pub(super) use self::exports::Exports;
pub(super) use self::plan::Parts;
use self::terraform::Terraform;
use self::terraform_source::Sources;
use super::text::Text;
use super::warnings::Warnings;
use crate::error::{ErrorKind, Position, SnapshotError};
use crate::model::AccountId;
use crate::store::Writer;

/// Where a plan or template goes that names no account itself: `111122223333`, or `111122223333/eu-west-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The account.
    pub account: AccountId,
    /// The region; `None`: not known, so that ARNs have `~` in its place.
    pub region: Option<String>,
}

impl Place {
    /// Reads `ACCOUNT` or `ACCOUNT/REGION`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Place> {
        let (account, region) = match text.split_once('/') {
            Some((account, region)) => (account, Some(region)),
            None => (text, None),
        };
        let is_region = |region: &str| {
            region.len() >= 3
                && region
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        let region = match region {
            Some(region) if !is_region(region) => return None,
            region => region.map(str::to_owned),
        };
        Some(Place { account: AccountId::parse(account)?, region })
    }

    /// `aws`, or the partition of the region.
    fn partition(&self) -> &'static str {
        self.of_partition().name
    }

    fn of_partition(&self) -> Partition {
        partition_of(self.region.as_deref().unwrap_or_default())
    }

    fn region(&self) -> &str {
        self.region.as_deref().unwrap_or("~")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.account)?;
        self.region.as_ref().map_or(Ok(()), |region| write!(f, "/{region}"))
    }
}

/// Which state of a plan is read? Templates and states have one only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// What is there before it is applied.
    Before,
    /// What is there afterwards.
    #[default]
    After,
}

/// What else has to be known to read a plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'g> {
    pub(super) place: Option<&'g Place>,
    pub(super) side: Side,
    /// The folder of Terraform's own files, for lines.
    pub(super) source: Option<&'g Path>,
    /// What the templates that are read export.
    pub(super) exports: &'g Exports,
}

/// The account and region of a file that names no region, and this account or none.
fn place_of(
    own: Option<AccountId>,
    given: Option<&Place>,
    writer: &Writer<'_>,
) -> Result<Place, SnapshotError> {
    let account = match own.or(given.map(|place| place.account)) {
        Some(account) => Some(account),
        None => writer.only_account()?,
    };
    let region = given.and_then(|place| place.region.clone());
    account.map(|account| Place { account, region }).ok_or_else(|| {
        SnapshotError::new(ErrorKind::WrongKind, "says nowhere which account it is for")
            .hint("say it: `--planned-in 111122223333/eu-west-1`; or name the account's own files beside it")
    })
}

/// Adds what a template exports. What is wrong with a file is said when it is read.
pub(super) fn add_exports(
    path: &Path,
    own_place: Option<&Place>,
    given: Option<&Place>,
    writer: &Writer<'_>,
    exports: &mut Exports,
) {
    // Most files export nothing, and plans are large.
    let is_exporting = |content: &String| content.contains("Outputs") && content.contains("Export");
    let Some(content) = content(path).filter(is_exporting) else { return };
    let Ok(Parsed::Template(read)) = parse(&content) else { return };
    let place = own_place.cloned().map_or_else(|| place_of(None, given, writer), Ok);
    if let Ok(place) = place {
        exports.add(&read.value, &place);
    }
}

/// The largest file that is read: plans of the largest configurations have some hundred megabytes.
const LARGEST: u64 = 1 << 30;

/// What a file of infrastructure as code holds.
enum Parsed {
    Terraform(serde_json::Value),
    Template(yaml::Read),
}

/// Might this start a template in YAML?
pub(super) fn may_be_yaml(start: &[u8]) -> bool {
    let Ok(start) = std::str::from_utf8(&start[..start.len().min(1 << 16)])
        .or_else(|error| std::str::from_utf8(&start[..error.valid_up_to()]))
    else {
        return false;
    };
    start.lines().any(|line| line.starts_with("Resources:") || line.starts_with("AWSTemplateFormatVersion"))
}

/// Reads one file and lays it over what is there. The answer is what it was, in words, the hash of the file, and what is to be written
/// once all files were read.
pub(super) fn read(
    path: &Path,
    shown: &str,
    own_place: Option<&Place>,
    given: Given<'_>,
    writer: &mut Writer<'_>,
    warnings: &mut Warnings,
) -> Result<(&'static str, String, Parts), SnapshotError> {
    let mut text = Text::open(path)?;
    let mut content = String::new();
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::InvalidData => {
            SnapshotError::new(ErrorKind::Text, "is not UTF-8 text").hint("save it as UTF-8")
        }
        _ => SnapshotError::io("read the file", &error),
    };
    (&mut text).take(LARGEST).read_to_string(&mut content).map_err(unreadable)?;
    if content.len() as u64 >= LARGEST {
        return Err(SnapshotError::new(ErrorKind::Text, "is larger than any plan or template that is read"));
    }
    let sha256 = text.finish().map_err(unreadable)?;
    let mut doubts = Doubts::default();
    let (kind, mut plan, place) = match parse(&content)? {
        Parsed::Terraform(json) => {
            let terraform = Terraform::new(&json, given.side);
            let place = place_of(terraform.places().account(), given.place, writer)?;
            let mut plan = terraform.read(&place, shown, &mut doubts);
            if let Some(folder) = given.source {
                Sources::in_folder(folder)?.locate(plan.declarations());
            }
            ("Terraform", plan, place)
        }
        Parsed::Template(read) => {
            let place = match own_place {
                Some(place) => place.clone(),
                None => place_of(None, given.place, writer)?,
            };
            let (lines, exports) = (&read.lines, given.exports);
            let source = template::Source { file: shown, lines, place: &place, exports };
            ("template", template::read(&read.value, &source, &mut doubts), place)
        }
    };
    doubts.tell(warnings);
    let parts = plan.parts(&place);
    plan.write(writer, &place)?;
    Ok((kind, sha256, parts))
}

/// Is this a plan or state of Terraform, a template, or what `cdk synth` wrote?
#[must_use]
pub fn is_planned(path: &Path) -> bool {
    super::folder::is_synthesized(path) || parsed(path).is_some()
}

/// Is this a plan or state of Terraform?
#[must_use]
pub fn is_terraform(path: &Path) -> bool {
    matches!(parsed(path), Some(Parsed::Terraform(_)))
}

fn parsed(path: &Path) -> Option<Parsed> {
    parse(&content(path)?).ok()
}

/// What stands in a file that may be a plan or template.
fn content(path: &Path) -> Option<String> {
    // A pipe can be read once, and not only to look what it is.
    if !path.is_file() || super::is_snapshot(path) {
        return None;
    }
    let mut text = Text::open(path).ok()?;
    let start = text.ahead(1 << 16);
    let named = |key: &str| start.windows(key.len()).any(|window| window == key.as_bytes());
    // Files of accounts can be large, and need not be read to be told from plans.
    if !may_be_yaml(start)
        && !["resource_changes", "terraform_version", "Resources", "\"Type\""].iter().any(|key| named(key))
    {
        return None;
    }
    let mut content = String::new();
    (&mut text).take(LARGEST).read_to_string(&mut content).ok()?;
    Some(content)
}

fn parse(content: &str) -> Result<Parsed, SnapshotError> {
    let text = content.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{')
        && let Ok(json) = serde_json::from_str::<serde_json::Value>(text)
        && terraform::is_terraform(&json)
    {
        let version = terraform::unknown_version(&json);
        return match version {
            None => Ok(Parsed::Terraform(json)),
            Some(version) => Err(SnapshotError::new(
                ErrorKind::Text,
                format!("is Terraform's JSON of format {version}; this program reads format 1"),
            )
            .hint("use a newer clavicle")),
        };
    }
    let read = yaml::read(content.trim_start_matches('\u{feff}')).map_err(|fault| {
        let position = Position { line: fault.line, column: fault.column, offset: 0 };
        SnapshotError::new(ErrorKind::Text, format!("is no sound template: {}", fault.why)).at(position)
    })?;
    if template::is_template(&read.value) {
        return Ok(Parsed::Template(read));
    }
    let position = Position { line: 1, column: 1, offset: 0 };
    Err(SnapshotError::new(ErrorKind::WrongKind, "is no plan, and no template that declares something")
        .at(position)
        .hint(super::answers::EXPECTED))
}

/// What was not understood in one file.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    said: Vec<(Option<u64>, String)>,
    /// By kind: how many, and the first of them with its line.
    unknown: BTreeMap<String, (u64, String, Option<u64>)>,
}

impl Doubts {
    fn add(&mut self, line: Option<u64>, why: String) {
        // What goes and is made anew has one address, and what is said of it is said once.
        if !self.said.iter().any(|(at, said)| (*at, said) == (line, &why)) {
            self.said.push((line, why));
        }
    }

    fn taken(&mut self, taken: Taken, kind: &str, address: &str, line: Option<u64>) {
        match taken {
            Taken::Yes => {}
            Taken::UnknownKind => {
                let first = || (0, address.to_owned(), line);
                self.unknown.entry(kind.to_owned()).or_insert_with(first).0 += 1;
            }
            Taken::SomebodyOf(kind) => {
                self.add(
                    line,
                    format!(
                        "which {kind} has what `{address}` gives is known after deployment only: any that it may be has it perhaps"
                    ),
                );
            }
            Taken::Nobody => {
                self.add(
                    line,
                    format!(
                        "whom or what `{address}` is about is known after deployment only; it is not read"
                    ),
                );
            }
        }
    }

    fn tell(self, warnings: &mut Warnings) {
        let place = |line: Option<u64>| Position { line: line.unwrap_or(1), column: 1, offset: 0 };
        for (line, why) in self.said {
            warnings.add(place(line), "", why);
        }
        for (kind, (count, first, line)) in self.unknown {
            let more = match count {
                1 => format!("`{first}`"),
                _ => format!("{count} of them, the first is `{first}`"),
            };
            warnings.add(place(line), "", format!("`{kind}` is not read: {more}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, may_be_yaml, parse};

    #[test]
    fn places_are_an_account_and_perhaps_a_region() {
        let region = |text: &str| Place::parse(text).map(|place| place.region);
        assert_eq!(region("111122223333"), Some(None));
        assert_eq!(region("111122223333/eu-west-1"), Some(Some("eu-west-1".to_owned())));
        for wrong in ["", "prod", "111122223333/", "111122223333/EU", "111122223333/a:b", "1111/eu-west-1"] {
            assert_eq!(region(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_template_is_told() {
        assert!(
            may_be_yaml(b"# x\nResources:\n") && !may_be_yaml(b"kind: Pod\n") && !may_be_yaml(b"\xff\xfe")
        );
        // Terraform: "JSON Output Format Overview": "Reject any input which reports an unsupported major version"
        // (<https://developer.hashicorp.com/terraform/internals/json-format>).
        for (version, is_read) in
            [("0.1", true), ("1.0", true), ("1.9", true), ("2.0", false), ("10.1", false)]
        {
            let plan = format!(r#"{{"format_version": "{version}", "resource_changes": []}}"#);
            assert_eq!(parse(&plan).is_ok(), is_read, "{version}");
        }
        for text in ["", "kind: Pod", "[]", "{\"Resources\": {}}", "{\"Resources\": {\"a\": 1}}", "a: *b"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
