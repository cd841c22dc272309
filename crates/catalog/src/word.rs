//! The seven words in which people speak of access.

use std::fmt;

use crate::access::Access;

/// What someone can do with a thing, in one word. Which actions a word covers is data: [`words`](crate::words()).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Word {
    /// See what is in it.
    List,
    /// Get what is in it.
    Read,
    /// Put something in it, or change it.
    Write,
    /// Delete it, or something in it.
    Delete,
    /// Make it do its work.
    Run,
    /// Change who may use it, or what it does.
    Control,
    /// Act as it.
    Become,
}

impl Word {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::List, Self::Read, Self::Write, Self::Delete, Self::Run, Self::Control, Self::Become];

    /// The word that `text` spells, case aside.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.name().eq_ignore_ascii_case(text))
    }

    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Run => "run",
            Self::Control => "control",
            Self::Become => "become",
        }
    }

    /// The word for an action of which only AWS's level and the name are known, by this rule: permissions are
    /// control; a write is delete if the name begins with Delete, Remove, Terminate or Purge, run if it begins with
    /// Invoke, Start, Run or Execute (each with or without Batch before it), and write if not; a read is run if the
    /// name begins with Invoke, since AWS calls it reading to ask a model, and read if not; list is list. Setting tags
    /// has no word, an unknown level has none, and nobody becomes anything by rule.
    pub fn by_rule(access: Access, name: &str) -> Option<Self> {
        let name = name.strip_prefix("Batch").unwrap_or(name);
        let begins = |verbs: &[&str]| verbs.iter().any(|verb| name.starts_with(verb));
        if access.intersects(Access::PERMISSIONS) {
            Some(Self::Control)
        } else if access.intersects(Access::WRITE) {
            Some(match () {
                () if begins(&["Delete", "Remove", "Terminate", "Purge"]) => Self::Delete,
                () if begins(&["Invoke", "Start", "Run", "Execute"]) => Self::Run,
                () => Self::Write,
            })
        } else if access.intersects(Access::READ) {
            Some(if begins(&["Invoke"]) { Self::Run } else { Self::Read })
        } else if access.intersects(Access::LIST) {
            Some(Self::List)
        } else {
            None
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Word;
    use crate::access::Access;

    #[test]
    fn words_are_read_as_they_are_written() {
        for word in Word::ALL {
            assert_eq!(Word::parse(&word.to_string().to_uppercase()), Some(word));
        }
        assert_eq!(Word::parse("own"), None);
    }

    #[test]
    fn the_rule_goes_by_level_and_then_by_verb() {
        for (access, name, wanted) in [
            (Access::PERMISSIONS | Access::WRITE, "DeletePolicy", Some(Word::Control)),
            (Access::WRITE, "BatchDeleteImage", Some(Word::Delete)),
            (Access::WRITE, "StartExecution", Some(Word::Run)),
            (Access::WRITE, "PutItem", Some(Word::Write)),
            (Access::WRITE | Access::TAGGING, "CreateTags", Some(Word::Write)),
            (Access::READ, "InvokeModel", Some(Word::Run)),
            (Access::READ, "DeleteLooksBadButReads", Some(Word::Read)),
            (Access::LIST, "ListThings", Some(Word::List)),
            (Access::TAGGING, "TagResource", None),
            (Access::default(), "DeleteThing", None),
        ] {
            assert_eq!(Word::by_rule(access, name), wanted, "{name}");
        }
    }
}
