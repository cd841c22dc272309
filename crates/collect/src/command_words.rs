//! Which words does a command have? Split as a shell splits it, and nothing else that a shell does: no variable, pattern or
//! `;` means anything. That is how the AWS CLI reads a `credential_process` (botocore 1.44.8, `compat_shell_split`).
//!
//! AWS: AWS SDKs and Tools Reference Guide, "Process credential provider": "The AWS SDK or CLI runs the command as you specify it"
//! without a shell's variables and `~` (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>).

/// The words; `None`: a quotation mark, or a backslash at the end, stands alone.
pub(crate) fn words_of(command: &str) -> Option<Vec<String>> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match letter {
            letter if letter.is_ascii_whitespace() => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(letters.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        letter => word.push(letter),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => match letters.next()? {
                            letter @ ('"' | '\\') => word.push(letter),
                            letter => word.extend(['\\', letter]),
                        },
                        letter => word.push(letter),
                    }
                }
            }
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn words_quotation_marks_and_nothing_else_of_a_shell() {
        for (command, words) in [
            ("/opt/bin/give  --as dana\t", vec!["/opt/bin/give", "--as", "dana"]),
            (r#""/opt/my bin/give" 'a b'"c\"d\e"'' x\ y"#, vec!["/opt/my bin/give", r#"a bc"d\e"#, "x y"]),
            ("give $HOME *.json; ls | cat #", vec!["give", "$HOME", "*.json;", "ls", "|", "cat", "#"]),
            ("give '' \"\"", vec!["give", "", ""]),
            ("", vec![]),
        ] {
            let expected = words.into_iter().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words_of(command), Some(expected), "{command}");
        }
        for alone in ["give 'a", "give \"a", "give \\", "\"\\"] {
            assert_eq!(words_of(alone), None, "{alone}");
        }
    }
}
