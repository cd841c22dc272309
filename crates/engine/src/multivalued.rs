//! Which condition keys hold several values.
//!
//! AWS: IAM User Guide, "Single-valued vs. multivalued context keys".

/// Does the key (in lower case) hold a set of values?
pub fn is_multivalued(key: &str) -> bool {
    GLOBAL.contains(&key)
}

/// The multivalued keys that any service may send.
const GLOBAL: [&str; 7] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
];
