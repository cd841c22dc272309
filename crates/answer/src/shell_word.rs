//! A name in a command that somebody may copy into a shell.

use std::borrow::Cow;

/// One word for a shell, whatever is in it: names are hostile text, and a `*` is for us to read and not for the shell.
pub fn shell_word(name: &str) -> Cow<'_, str> {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=@%+,~".contains(letter);
    // At the start of a word a shell puts the home folder in its place.
    if !name.is_empty() && !name.starts_with('~') && name.chars().all(plain) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(format!("'{}'", name.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_name_is_one_word_whatever_is_in_it() {
        for (name, word) in [
            ("prod:role/web", "prod:role/web"),
            ("s3://b/2026/07.csv", "s3://b/2026/07.csv"),
            ("role/x+=,.@-_", "role/x+=,.@-_"),
            ("role/é", "role/é"),
            ("queue~", "queue~"),
            ("", "''"),
            ("~root", "'~root'"),
            ("s3://b/*", "'s3://b/*'"),
            ("a b", "'a b'"),
            ("a'; rm -rf ~ #$(x)`y`", r"'a'\''; rm -rf ~ #$(x)`y`'"),
            ("a\nb", "'a\nb'"),
        ] {
            assert_eq!(shell_word(name), word);
        }
    }
}
