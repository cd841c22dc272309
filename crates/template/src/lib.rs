//! Which policies stand in a text of another language, and where in it?
//!
//! Terraform (also in JSON), CloudFormation and SAM, other YAML and JSON, and JSON in strings of all of them. A policy comes as JSON
//! ([`Policy::json`]) with the way from each letter back to the file. What only a later step knows (a parameter, a
//! reference, the result of a function) is kept as unknown: see [`Reading`].
//!
//! ```
//! use clavicle_template::{Language, Reading, find};
//!
//! let file = "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions   = [\"s3:GetObject\"]\n    resources = [\"${aws_s3_bucket.b.arn}/*\"]\n  }\n}\n";
//! let found = find(file, Language::Terraform);
//! let policy = found.policies[0].json(Reading::Wide);
//! assert!(policy.text.contains(r#""Resource":["*/*"]"#));
//! let at = policy.text.find("s3:GetObject").unwrap();
//! assert_eq!(&file[policy.place(at..at + 12).bytes], "s3:GetObject");
//! ```
//!
//! Reading never fails and never stops at a fault: what can be read is, and [`Found::unread`] says what cannot.

pub mod cursor;

mod document_block;
mod find;
mod hcl;
mod intrinsic;
mod json;
mod node;
mod settled;
mod terraform_json;
mod text;
mod transcript;
mod yaml;

use std::ops::Range;

pub use settled::Settled;
pub use transcript::{Place, Reading, Transcript};

/// A language that policies stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// HCL.
    Terraform,
}

impl Language {
    /// By the name of a file.
    pub fn of(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "json" | "tfstate" => Some(Self::Json),
            "yaml" | "yml" | "template" => Some(Self::Yaml),
            "tf" | "hcl" | "tofu" => Some(Self::Terraform),
            _ => None,
        }
    }
}

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A user, group or role.
    Identity,
    /// A permission set of IAM Identity Center.
    PermissionSet,
    /// A thing.
    Resource,
    /// Who may assume a role.
    Trust,
    /// What principals of an organization can do at most.
    Scp,
    /// What can be done with the things of an organization at most.
    Rcp,
    /// A VPC endpoint.
    VpcEndpoint,
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The policies, in order.
    pub policies: Vec<Policy>,
    /// Policies that are here and cannot be read.
    pub unread: Vec<Unread>,
    /// Is it a file of a tool, and not a policy or a list of them?
    pub is_template: bool,
    /// Could all of the file be read?
    pub is_whole: bool,
}

/// A policy in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The bytes of the file.
    pub span: Range<usize>,
    /// The way to it: `Resources.Bucket.Properties.PolicyDocument`.
    pub route: String,
    /// The member that holds it.
    pub member: Option<String>,
    /// What it is for, and what says so, if something does.
    pub purpose: Option<(Purpose, String)>,
    /// Is it written otherwise than as values of the file: in a string, in blocks?
    pub is_in_string: bool,
    /// Statements that may be in it, and cannot be read here.
    pub unseen: Vec<Unread>,
    node: node::Node,
}

impl Policy {
    /// The policy as JSON, its unknown parts read in one of two ways.
    pub fn json(&self, reading: Reading) -> Transcript {
        transcript::transcribe(&self.node, reading)
    }

    /// Is there something in it that is not known?
    pub fn has_unknown_parts(&self) -> bool {
        self.node.has_holes()
    }
}

/// A policy, or a statement of one, that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The bytes of the file.
    pub span: Range<usize>,
    /// The way to it.
    pub route: String,
    /// Why, as a sentence without a period.
    pub why: String,
}

/// The policies of a text. Linear in it but for what templates nest, and bounded in depth and number whatever it is.
pub fn find(text: &str, language: Language) -> Found {
    find::find(text, language)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Language, Reading, find};

    proptest! {
        /// What a reader makes of any text lies in the text.
        #[test]
        fn places_lie_in_the_text(
            text in "(\\{|\\}|\\[|\\]|\"|:|,|\n|  |- |=|\\$\\{|<<E\n|E\n|😀|\\\\\"|\\\\u00|data \"aws_iam_policy_document\" \"x\" |\"data\": \\{\"aws_iam_policy_document\": \\{\"x\": |\"statement\": |<<: |statement \\{|actions|\"Statement\": |\"Version\": \"2012-10-17\", |Statement:|Version: '2012-10-17'\n|\"Action\": |'|\\||>|jsonencode\\(|\\)|!Sub |&a |\\*a){0,30}",
        ) {
            for language in [Language::Json, Language::Yaml, Language::Terraform] {
                for policy in find(&text, language).policies {
                    prop_assert!(text.get(policy.span.clone()).is_some());
                    for reading in [Reading::Wide, Reading::Narrow, Reading::Known] {
                        let json = policy.json(reading);
                        for (start, letter) in json.text.char_indices() {
                            let place = json.place(start..start + letter.len_utf8()).bytes;
                            prop_assert!(text.get(place).is_some(), "{}", json.text);
                        }
                    }
                }
            }
        }
    }
}
