//! Policies inside files that are neither policies by themselves nor read as accounts: Terraform, Serverless, lists of
//! policies, answers of AWS that hold one. They are compared place by place.
//!
//! What such a file says beside its policies (which role bears one, what a variable comes to) is not understood: where
//! that changed too, what the file comes to is not known.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_template::{Language, Policy, Reading, Settled, find};

use super::diff_policies::Pair;
use crate::policy_file::PolicyFile;

/// What came of a file that is not the same in two states.
#[derive(Default)]
pub(super) struct Embedded {
    /// Its policies that are different.
    pub(super) pairs: Vec<Pair>,
    /// May more of it bear on access?
    pub(super) is_open: bool,
    /// Is what it says beside its policies another, whatever that is?
    pub(super) differs_beside: bool,
}

/// Is it of the configuration of Terraform, of which each file may say what stands in another?
pub(super) fn is_configuration(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".tf", ".tofu", ".tf.json", ".tfvars", ".tfvars.json", ".tpl", ".tftpl", ".hcl"]
        .iter()
        .any(|ending| path.ends_with(ending))
}

/// What the modules of Terraform in a tree of files settle, by folder.
pub(super) struct Modules {
    by_folder: BTreeMap<String, Settled>,
}

impl Modules {
    pub(super) fn of<'t>(files: impl Iterator<Item = (&'t String, &'t Vec<u8>)>) -> Self {
        let mut texts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let mut not_settled = BTreeSet::new();
        for (path, bytes) in files.filter(|(path, _)| is_configuration(path)) {
            let folder = folder_of(path).to_owned();
            let name = path.rsplit('/').next().unwrap_or(path);
            // What it says takes the place of what others say; what is in JSON is not looked at.
            let overrides = name.contains("override.");
            let is_hcl = [".tf", ".tofu"].iter().any(|ending| name.ends_with(ending));
            match std::str::from_utf8(bytes) {
                Ok(text) if is_hcl && !overrides => texts.entry(folder).or_default().push(text),
                _ if overrides || is_hcl || name.ends_with(".tf.json") => {
                    not_settled.insert(folder);
                }
                // Values of variables, and files of other tools.
                _ => {}
            }
        }
        texts.retain(|folder, _| !not_settled.contains(folder));
        Self { by_folder: texts.into_iter().map(|(folder, all)| (folder, Settled::of(all))).collect() }
    }

    /// What the module settles that a file is of.
    pub(super) fn around(&self, path: &str) -> Option<&Settled> {
        self.by_folder.get(folder_of(path)).filter(|_| is_configuration(path))
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Has it a policy of which parts are not known from it alone?
pub(super) fn has_unknown_parts(path: &str, bytes: &[u8]) -> bool {
    Text::of(path, Some(bytes), None)
        .is_none_or(|text| !text.is_whole || text.policies.values().any(Policy::has_unknown_parts))
}

/// Does it speak of policies, or of whom one is for?
pub(super) fn bears_on_access(_: &str, bytes: &[u8]) -> bool {
    may_bear_on_access(&String::from_utf8_lossy(bytes))
}

/// Compares two states of a file, each with what its module settles. Linear in both but for what templates nest.
pub(super) fn compare(
    path: &str,
    (was, settled_then): (Option<&[u8]>, Option<&Settled>),
    (is, settled_now): (Option<&[u8]>, Option<&Settled>),
) -> Embedded {
    let open = Embedded { is_open: true, differs_beside: true, ..Embedded::default() };
    let old = Text::of(path, was, settled_then);
    let (Some(old), Some(new)) = (old, Text::of(path, is, settled_now)) else { return open };
    let mut found = Embedded {
        is_open: !old.is_whole || !new.is_whole || old.differs_beside(&new),
        differs_beside: old.beside != new.beside,
        pairs: Vec::new(),
    };
    let places: BTreeSet<&Place> = old.policies.keys().chain(new.policies.keys()).collect();
    for place in places {
        let (before, after) = (old.policies.get(place), new.policies.get(place));
        let text = |text: &Text<'_>, policy: Option<&Policy>| {
            policy.and_then(|it| text.text.get(it.span.clone())).map(str::to_owned)
        };
        // What it refers to may be another, though the text is the same.
        let says = |policy: Option<&Policy>| policy.map(|it| it.json(Reading::Narrow).text);
        let is_same = text(&old, before) == text(&new, after) && says(before) == says(after);
        // What is not known in it may stand elsewhere in the file.
        let has_holes = [before, after].into_iter().flatten().any(Policy::has_unknown_parts);
        if has_holes {
            found.is_open |= !is_same || old.beside != new.beside;
        } else if !is_same {
            let side = |text: &Text<'_>, policy: Option<&Policy>| match policy {
                Some(policy) => PolicyFile::inside(path, text.text, policy.json(Reading::Wide)),
                None => Some(PolicyFile::absent(path.to_owned())),
            };
            match (side(&old, before), side(&new, after)) {
                (Some(old), Some(new)) => found.pairs.push(Pair { old, new }),
                _ => found.is_open = true,
            }
        }
    }
    found
}

/// The way to a policy, and of several at the same place which one.
type Place = (String, usize);

/// A state of a file.
struct Text<'t> {
    text: &'t str,
    policies: BTreeMap<Place, Policy>,
    /// What is left without them.
    beside: String,
    /// Could every policy that is in it be read?
    is_whole: bool,
}

impl<'t> Text<'t> {
    /// `None`: this is not read. A file that is not there has no text.
    fn of(path: &str, bytes: Option<&'t [u8]>, settled: Option<&Settled>) -> Option<Self> {
        let Some(bytes) = bytes else {
            let policies = BTreeMap::new();
            return Some(Self { text: "", policies, beside: String::new(), is_whole: true });
        };
        let text = std::str::from_utf8(bytes).ok()?;
        // What is tracked elsewhere is not in the repository.
        if text.starts_with("version https://git-lfs") {
            return None;
        }
        let Some(language) = Language::of(path) else {
            // Packed, or lines of JSON: there is no place in it to speak of.
            let policies = BTreeMap::new();
            return Some(Self { text, policies, beside: text.to_owned(), is_whole: true });
        };
        let found = find(text, language);
        let is_whole = found.unread.is_empty() && (found.is_whole || !may_bear_on_access(text));
        let (mut beside, mut at) = (String::new(), 0);
        let mut policies = BTreeMap::new();
        let found_policies = found.policies.into_iter().map(|policy| match settled {
            Some(settled) => policy.settled(settled),
            None => policy,
        });
        for policy in found_policies {
            // One policy may stand in a string of another.
            let before = at..policy.span.start.max(at);
            beside.push_str(text.get(before).unwrap_or_default());
            at = at.max(policy.span.end);
            // It gives and takes no access.
            let parsed = clavicle_policy::parse(policy.json(Reading::Wide).text.as_bytes()).policy;
            if parsed.is_some_and(|parsed| clavicle_lint::is_stack_policy(&parsed)) {
                continue;
            }
            let same = policies.range((policy.route.clone(), 0)..=(policy.route.clone(), usize::MAX)).count();
            policies.insert((policy.route.clone(), same), policy);
        }
        beside.push_str(text.get(at..).unwrap_or_default());
        Some(Self { text, policies, beside, is_whole })
    }

    fn differs_beside(&self, other: &Self) -> bool {
        self.beside != other.beside && [self, other].iter().any(|it| may_bear_on_access(&it.beside))
    }
}

/// Does a text speak of policies, of whom something is for, or of other files that may?
fn may_bear_on_access(text: &str) -> bool {
    const WORDS: [&str; 17] = [
        "statement",
        "effect",
        "policy",
        "policies",
        "aws_iam_",
        "aws_ssoadmin_",
        "aws_lambda_permission",
        "aws_kms_grant",
        "arn",
        "principal",
        "role",
        "trust",
        "acl",
        "grant",
        "public",
        "permission",
        "module",
    ];
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{Modules, compare};

    /// How many policies are different, and may there be more?
    fn found(path: &str, old: &str, new: &str) -> (usize, bool) {
        let module = |text: &str| Modules::of([(&path.to_owned(), &text.as_bytes().to_vec())].into_iter());
        let (then, now) = (module(old), module(new));
        let found = compare(
            path,
            (Some(old.as_bytes()), then.around(path)),
            (Some(new.as_bytes()), now.around(path)),
        );
        (found.pairs.len(), found.is_open)
    }

    const TERRAFORM: &str = r#"resource "aws_iam_policy" "p" {
  name = "p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}
"#;

    #[test]
    fn policies_are_compared_by_place_and_what_is_beside_them_is_open() {
        let wider = TERRAFORM.replace("s3:GetObject", "*");
        assert_eq!(found("main.tf", TERRAFORM, &wider), (1, false));
        assert_eq!(found("main.tf", TERRAFORM, &wider.replace("\"p\"", "\"q\"")), (2, true));
        let attached = "resource \"aws_iam_role_policy_attachment\" \"a\" {\n  role = \"x\"\n}\n";
        assert_eq!(found("main.tf", attached, &attached.replace("\"x\"", "\"y\"")), (0, true));
        // What a reference comes to may be another.
        let holes = TERRAFORM.replace("\"*\"", "var.x");
        assert_eq!(found("main.tf", &holes, &holes.replace("var.x", "var.y")), (0, true));
        assert_eq!(found("main.tf", &holes, &format!("{holes}\nlocals {{ x = 1 }}")), (0, true));
        // What the module settles itself is compared as what it comes to, also where the policy says the same.
        let bucket = "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"ledger\"\n}\n";
        let refers = format!("{bucket}{}", TERRAFORM.replace("\"*\"", "aws_s3_bucket.b.arn"));
        assert_eq!(found("main.tf", &refers, &refers.replace("s3:GetObject", "s3:*")), (1, false));
        let local = |value: &str| {
            format!("locals {{\n  where = \"{value}\"\n}}\n{}", TERRAFORM.replace("\"*\"", "local.where"))
        };
        // A local may name whom something is for, too.
        assert_eq!(found("main.tf", &local("one"), &local("two")), (1, true));
        assert_eq!(
            found("main.tf", &local("one"), &local("one").replace("GetObject", "PutObject")),
            (1, false)
        );
        assert_eq!(found("main.tf", "locals {\n x = 1\n}\n", "locals {\n x = 2\n}\n"), (0, false));
        let module = "module \"r\" {\n  trusted_role_arns = [\"arn:aws:iam::111122223333:root\"]\n}\n";
        let wider = module.replace("arn:aws:iam::111122223333:root", "*");
        assert_eq!(found("main.tf", module, &wider), (0, true));
        let list = "resource \"aws_s3_bucket_acl\" \"a\" {\n  acl = \"private\"\n}\n";
        assert_eq!(found("main.tf", list, &list.replace("private", "public-read-write")), (0, true));
    }

    #[test]
    fn policies_stand_in_lists_in_answers_and_in_serverless_files() {
        let list = r#"[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}]"#;
        assert_eq!(found("list.json", list, &list.replace("s3:GetObject", "*")), (1, false));
        let answer = format!(r#"{{"PolicyVersion": {{"Document": {}}}}}"#, list.trim_matches(['[', ']']));
        assert!(!answer.ends_with("]}]}}"), "{answer}");
        let lines =
            "provider:\n  role:\n    statements:\n      - Effect: Allow\n        Action: s3:GetObject\n";
        assert!(found("serverless.yml", lines, &lines.replace("s3:GetObject", "'*'")).1);
        assert_eq!(found("values.yaml", "replicas: 1\n", "replicas: 2\n"), (0, false));
        assert_eq!(found("broken.json", "{\"Statement\": [", "{\"Statement\": [{"), (0, true));
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\n";
        assert_eq!(found("stored.json", pointer, &pointer.replace(":1", ":2")), (0, true));
    }

    /// AWS: CloudFormation User Guide, "Prevent updates to stack resources"
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>).
    #[test]
    fn what_updates_of_a_stack_may_change_is_no_access() {
        let stack =
            r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"Update:Modify","Resource":"*"}]}"#;
        assert_eq!(found("stack.json", stack, &stack.replace("Update:Modify", "Update:*")), (0, false));
        assert_eq!(found("stack.json", stack, &stack.replace("Update:Modify", "s3:*")), (1, false));
    }

    #[test]
    fn a_policy_that_comes_or_goes_is_compared_with_none() {
        let gone = compare("main.tf", (Some(TERRAFORM.as_bytes()), None), (None, None));
        assert_eq!((gone.pairs.len(), gone.is_open), (1, true));
        assert!(compare("accounts.json.gz", (Some(&[0x1f, 0x8b]), None), (None, None)).is_open);
    }
}
