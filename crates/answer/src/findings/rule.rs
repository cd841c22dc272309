//! One rule, in words.

/// One rule, in words: plain sentences without markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// `shared-policy`: lower case, with a hyphen, so that no action, word or service is called so. Never changed: ids of
    /// findings are made of it.
    pub id: &'static str,
    /// What is the matter, in a few words.
    pub title: &'static str,
    /// When exactly it is reported, and when not.
    pub means: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do, and how to see that it is done.
    pub fix: &'static str,
    /// How bad it is, and what that depends on.
    pub severity: &'static str,
    /// The pages of AWS that it rests on.
    pub sources: &'static [&'static str],
}
