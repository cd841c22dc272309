//! Answers for programs, `clavicle.answer/1` and others, in which nothing acts on a terminal either.

use clavicle_answer::shape::AnswerPage;

use crate::failure::Failure;

/// One object over lines.
pub(crate) fn json(answer: &impl serde::Serialize) -> serde_json::Result<String> {
    let mut text = escaped(&serde_json::to_string_pretty(answer)?);
    text.push('\n');
    Ok(text)
}

/// Any other object over lines.
pub(crate) fn object(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::input(format!("cannot write the answer as JSON: {error}")))?;
    Ok(escaped(&text) + "\n")
}

/// One answer a line; of a question that has a verdict and no answers to list, the whole page on one line.
pub(crate) fn json_lines(answer: &AnswerPage) -> serde_json::Result<String> {
    if answer.question.verb == "can" { lines([answer]) } else { lines(&answer.answers) }
}

/// One object a line.
pub(crate) fn lines(all: impl IntoIterator<Item = impl serde::Serialize>) -> serde_json::Result<String> {
    let mut text = String::new();
    for one in all {
        text.push_str(&escaped(&serde_json::to_string(&one)?));
        text.push('\n');
    }
    Ok(text)
}

/// JSON in which every character that acts on a terminal (control, direction, invisible) is written as an escape. It
/// means the same: such characters can only stand inside of strings.
pub(crate) fn escaped(json: &str) -> String {
    let acts = |letter: char| letter != '\n' && !letter.is_ascii_graphic() && letter != ' ' && hidden(letter);
    if json.is_ascii() && !json.contains('\u{7f}') {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        if acts(letter) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(letter);
        }
    }
    out
}

fn hidden(letter: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = letter.encode_utf8(&mut buffer);
    clavicle_answer::visible(text) != text
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_acts_is_escaped_and_means_the_same() {
        let json = serde_json::to_string("gr\u{fc}n \u{202e}\u{9b}\u{7f}\u{e0001}").expect("a string");
        let safe = escaped(&json);
        assert_eq!(safe, "\"gr\u{fc}n \\u202e\\u009b\\u007f\\udb40\\udc01\"");
        let back: String = serde_json::from_str(&safe).expect("sound");
        assert_eq!(back, "gr\u{fc}n \u{202e}\u{9b}\u{7f}\u{e0001}");
    }
}
