//! Which other files does a configuration of Terraform read? What stands in them may be a part of its policies, or say whom
//! one is for.
//!
//! Terraform: "Built-in functions", `file`, `filebase64`, `templatefile`, `fileset`
//! (<https://developer.hashicorp.com/terraform/language/functions/file>), and the data source `local_file`.

use std::collections::BTreeSet;

/// The files that are read, by their names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ReadFiles {
    names: BTreeSet<String>,
    /// Is one read of which the name is worked out?
    any: bool,
}

impl ReadFiles {
    /// May this one be read?
    pub(super) fn may_have(&self, path: &str) -> bool {
        self.any || self.is_named(path)
    }

    /// The names that are written out.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Is one of this name?
    pub(super) fn is_named(&self, path: &str) -> bool {
        self.names.contains(last_part(path))
    }

    /// Adds those that one file of the configuration reads. What stands in comments counts as well.
    pub(super) fn add(&mut self, text: &str) {
        for (at, _) in text.match_indices('(') {
            let before = &text[..at];
            let start = before.rfind(|it: char| !is_of_name(it)).map_or(0, |at| at + 1);
            match &before[start..] {
                "file" | "filebase64" | "templatefile" => self.add_argument(&text[at + 1..]),
                "fileset" => self.any = true,
                _ => {}
            }
        }
        self.any |= ["\"local_file\"", "\"local_sensitive_file\""].iter().any(|kind| text.contains(kind));
    }

    /// The name in the first argument, if it is written out. In JSON its quotation marks are escaped.
    fn add_argument(&mut self, text: &str) {
        let written = text.trim_start().trim_start_matches('\\').strip_prefix('"');
        let path = written.and_then(|text| text.split(['"', '\\', '\n']).next());
        match path.map(last_part) {
            Some(name) if !name.is_empty() && !name.contains(['$', '{', '}', '%']) => {
                self.names.insert(name.to_owned());
            }
            _ => self.any = true,
        }
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::ReadFiles;

    fn of(text: &str) -> ReadFiles {
        let mut found = ReadFiles::default();
        found.add(text);
        found
    }

    #[test]
    fn files_are_known_by_name_or_may_be_any() {
        for text in [
            "x = yamldecode(file(\"${path.module}/iam/users.yaml\"))",
            "x = csvdecode( file( \"users.yaml\" ) )",
            "policy = templatefile(\"users.yaml\", { a = 1 })",
            "\"x\": \"${yamldecode(file(\\\"users.yaml\\\"))}\"",
        ] {
            let found = of(text);
            assert!(found.may_have("a/users.yaml") && !found.may_have("a/other.yaml"), "{text}: {found:?}");
        }
        for text in [
            "x = file(var.name)",
            "x = file(\"${path.module}/${each.key}.yaml\")",
            "for_each = fileset(path.module, \"*.yaml\")",
            "data \"local_file\" \"x\" {\n  filename = \"users.yaml\"\n}",
            "x = file(",
        ] {
            assert!(of(text).may_have("a/other.yaml"), "{text}");
        }
        for text in ["x = profile(\"users.yaml\")", "x = filemd5(\"users.yaml\")", "file = \"users.yaml\""] {
            assert_eq!(of(text), ReadFiles::default(), "{text}");
        }
    }
}
