//! The questions of the ask bar: a small fixed grammar, and nothing is guessed.
//!
//! ```text
//! who can DO THING [by WHO] [when CONDITIONS]       who can read s3://invoices when mfa
//! who THING [--do DO] …                             who s3://invoices
//! what can WHO [WORD]  what WHO  what does WHO give  what can role/deployer do
//! where is POLICY [attached]                        where is policy/shared-ops attached
//! can WHO DO THING …                                can role/web s3:GetObject s3://invoices/2026/07.csv
//! path FROM TO   how can FROM get to TO             path outside matter
//! ```
//!
//! CONDITIONS: `mfa`, `no mfa`, `key=value`, joined by `and` or commas. The flags of the command line (`--do`, `--by`,
//! `--on`, `--when`, `--admins`, `--direct`, `--steps`) work too.

use clavicle_catalog::Word;

use crate::question::{Question, QuestionError, Verb};

/// Reads a question. The error says what is wrong; what to ask instead is for the reader, who knows the snapshot.
pub(crate) fn parse(text: &str) -> Result<Question, QuestionError> {
    let text = text.trim().trim_end_matches('?').trim_end();
    let mut words = words(text);
    if words.first() == Some(&"clavicle") {
        words.remove(0);
    }
    let mut question = Question::default();
    let words = flags(&words, &mut question)?;
    let words = when(&words, &mut question)?;
    let (first, mut rest) = match words.split_first() {
        Some((first, rest)) => (first.to_ascii_lowercase(), rest),
        None => return Err(QuestionError::new("there is no question")),
    };
    match first.as_str() {
        "who" => {
            rest = by(rest, &mut question);
            who(rest, &mut question)?;
        }
        "what" => what(rest, &mut question)?,
        "where" => wheres(rest, &mut question)?,
        "can" | "may" => can(rest, &mut question)?,
        "path" | "how" => path(rest, &mut question)?,
        _ => {
            return Err(QuestionError::new(format!("`{text}` is not a question that works here"))
                .hint("questions begin with `who`, `what`, `can` or `path`"));
        }
    }
    Ok(question)
}

/// The words of a text; what stands in double quotes is one, and what a shell was given in single ones.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (at, part) in text.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part);
            continue;
        }
        let mut rest = part.trim_start();
        while !rest.is_empty() {
            // An apostrophe within a word is one.
            let quoted = rest.strip_prefix("'").and_then(|rest| rest.split_once("'"));
            let (word, after) = match quoted {
                Some((word, after)) if after.is_empty() || after.starts_with(char::is_whitespace) => {
                    (word, after)
                }
                _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
            };
            words.push(word);
            rest = after.trim_start();
        }
    }
    words
}

/// Takes out the flags of the command line.
fn flags<'t>(words: &[&'t str], question: &mut Question) -> Result<Vec<&'t str>, QuestionError> {
    let mut rest = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--") else {
            rest.push(*word);
            continue;
        };
        match flag {
            "admins" => question.admins = true,
            "direct" => question.direct = true,
            _ => {}
        }
        if matches!(flag, "admins" | "direct") {
            continue;
        }
        let (flag, value) = match flag.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (flag, words.next().copied()),
        };
        let Some(value) = value else {
            return Err(QuestionError::new(format!("`--{flag}` says nothing")));
        };
        match flag {
            "do" => question.action = Some(value.to_owned()),
            "by" => question.by = Some(value.to_owned()),
            "on" => question.on = Some(value.to_owned()),
            "when" => question.state(value)?,
            "steps" => question.steps = Some(steps(value)?),
            _ => {
                return Err(QuestionError::new(format!("`--{flag}` is not a flag of a question"))
                    .hint("there are --by, --do, --on, --when, --admins, --direct and --steps"));
            }
        }
    }
    Ok(rest)
}

/// Takes `when mfa and aws:SourceIp=10.0.0.1` from the end.
fn when<'t>(words: &[&'t str], question: &mut Question) -> Result<Vec<&'t str>, QuestionError> {
    let is_when = |word: &&str| word.eq_ignore_ascii_case("when") || word.eq_ignore_ascii_case("if");
    let Some(at) = words.iter().skip(1).position(is_when).map(|at| at + 1) else { return Ok(words.to_vec()) };
    let said = words[at + 1..].join(" ");
    for part in said.split([',', ';']).flat_map(|part| part.split(" and ")).map(str::trim) {
        if !part.is_empty() {
            question.state(part)?;
        }
    }
    if said.trim().is_empty() {
        return Err(QuestionError::new("nothing is stated after `when`")
            .hint("write `when mfa` or `when aws:SourceIp=10.0.0.1`"));
    }
    Ok(words[..at].to_vec())
}

/// Takes `by WHO` from the end.
fn by<'w, 't>(words: &'w [&'t str], question: &mut Question) -> &'w [&'t str] {
    match words {
        [rest @ .., by, who] if by.eq_ignore_ascii_case("by") && !rest.is_empty() => {
            question.by = Some((*who).to_owned());
            rest
        }
        _ => words,
    }
}

fn who(words: &[&str], question: &mut Question) -> Result<(), QuestionError> {
    question.verb = Verb::Who;
    let words: Vec<&str> =
        words.iter().copied().filter(|word| !is_filler(word, &["on", "in", "to"])).collect();
    match words[..] {
        [can, action, thing] if is_can(can) => {
            question.action = Some(action_word(action)?);
            question.on = Some(thing.to_owned());
        }
        [action, thing] if word_of(action).is_some() => {
            question.action = Some(action_word(action)?);
            question.on = Some(thing.to_owned());
        }
        [thing] if !is_can(thing) => question.on = Some(thing.to_owned()),
        [] | [_] if question.on.is_some() => {}
        [] => return Err(QuestionError::new("the question does not say which thing is meant")),
        _ => return Err(not_understood(&words)),
    }
    match question.on.as_deref() {
        Some(on) if on.eq_ignore_ascii_case("matter") => {
            Err(QuestionError::new("`matter` is many things, and this question is about one")
                .hint("name one of them"))
        }
        _ => Ok(()),
    }
}

/// `path FROM TO`, `how can FROM get to TO`
fn path(words: &[&str], question: &mut Question) -> Result<(), QuestionError> {
    question.verb = Verb::Path;
    let fillers = ["from", "to", "can", "does", "may", "could", "get", "gets", "reach", "reaches"];
    let words: Vec<&str> = words.iter().copied().filter(|word| !is_filler(word, &fillers)).collect();
    match words[..] {
        [from, to] => {
            question.by = Some(from.to_owned());
            question.on = Some(to.to_owned());
        }
        [one] if question.by.is_some() => question.on = Some(one.to_owned()),
        [one] if question.on.is_some() => question.by = Some(one.to_owned()),
        [] if question.on.is_some() => {}
        [] | [_] => {
            return Err(QuestionError::new("the question does not say where the path ends")
                .hint("ask `path FROM TO`, such as `path outside matter`"));
        }
        _ => return Err(not_understood(&words)),
    }
    Ok(())
}

/// How many steps a chain may have.
pub fn steps(text: &str) -> Result<usize, QuestionError> {
    let steps = text.parse().ok().filter(|steps| (1..=MOST_STEPS).contains(steps));
    steps.ok_or_else(|| {
        QuestionError::new(format!("`{text}` is no number of steps"))
            .hint(format!("write a number from 1 to {MOST_STEPS}"))
    })
}

/// Longer chains are not looked for.
const MOST_STEPS: usize = 32;

fn what(words: &[&str], question: &mut Question) -> Result<(), QuestionError> {
    question.verb = Verb::What;
    let who = match words {
        [can, who, does] if is_can(can) && is_filler(does, &["do", "reach", "access"]) => who,
        [does, who, give] if is_filler(does, &["does"]) && is_filler(give, &["give", "do", "allow"]) => who,
        [can, who, word] if is_can(can) && question.action.is_none() && word_of(word).is_some() => {
            question.action = Some(action_word(word)?);
            who
        }
        [can, who] if is_can(can) => who,
        [who] if !is_can(who) => who,
        [] if question.by.is_some() => return Ok(()),
        [] => return Err(QuestionError::new("the question does not say who or which policy is meant")),
        _ => return Err(not_understood(words)),
    };
    question.by = Some((*who).to_owned());
    Ok(())
}

fn wheres(words: &[&str], question: &mut Question) -> Result<(), QuestionError> {
    question.verb = Verb::What;
    match words {
        [is, policy] | [is, policy, _] if is_filler(is, &["is"]) => question.by = Some((*policy).to_owned()),
        _ => return Err(not_understood(words)),
    }
    Ok(())
}

fn can(words: &[&str], question: &mut Question) -> Result<(), QuestionError> {
    question.verb = Verb::Can;
    let words: Vec<&str> =
        words.iter().copied().filter(|word| !is_filler(word, &["on", "in", "to"])).collect();
    let given = (question.by.is_some(), question.action.is_some(), question.on.is_some());
    match (words.as_slice(), given) {
        ([who, action, thing], _) => {
            question.by = Some((*who).to_owned());
            question.action = Some(action_word(action)?);
            question.on = Some((*thing).to_owned());
        }
        ([who, action], (_, false, _)) => {
            question.by = Some((*who).to_owned());
            question.action = Some(action_word(action)?);
        }
        ([who], (_, true, _)) => question.by = Some((*who).to_owned()),
        ([], (true, true, _)) => {}
        ([_], _) => return Err(QuestionError::new("the question does not say which action is meant")),
        ([], _) => return Err(QuestionError::new("the question does not say who is meant")),
        _ => return Err(not_understood(&words)),
    }
    Ok(())
}

/// A word of access (`reads` too), an action, or a pattern of actions.
fn action_word(text: &str) -> Result<String, QuestionError> {
    if let Some(word) = word_of(text) {
        return Ok(word.name().to_owned());
    }
    if text.contains(':') || text == "*" {
        return Ok(text.to_owned());
    }
    Err(QuestionError::new(format!("`{text}` is neither an action nor one of the words of access")).hint(
        "the words are list, read, write, delete, run, control and become; an action is `s3:GetObject`",
    ))
}

fn word_of(text: &str) -> Option<Word> {
    let lower = text.to_ascii_lowercase();
    Word::parse(&lower).or_else(|| Word::parse(lower.strip_suffix('s')?))
}

fn is_can(word: &str) -> bool {
    is_filler(word, &["can", "may", "could"])
}

fn is_filler(word: &str, fillers: &[&str]) -> bool {
    fillers.iter().any(|filler| filler.eq_ignore_ascii_case(word))
}

fn not_understood(words: &[&str]) -> QuestionError {
    QuestionError::new(format!("`{}` is not understood", words.join(" "))).hint(
        "a question names one action or word, and one thing by its name, in quotes where that has spaces",
    )
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn questions_are_read_into_their_four_boxes() {
        // text, verb by do on when
        for (text, boxes) in [
            ("who can read s3://x", "who - read s3://x"),
            ("Who can reads s3://x when mfa?", "who - read s3://x aws:MultiFactorAuthPresent=true"),
            ("who s3://x", "who - - s3://x"),
            ("who can run \"glue-job/two words\"", "who - run glue-job/two words"),
            ("clavicle who 'glue-job/two words' --do 's3:Get*'", "who - s3:Get* glue-job/two words"),
            ("who can run 'odd", "who - run 'odd"),
            ("who s3://x --do s3:Get* --by outside", "who outside s3:Get* s3://x"),
            ("who can write to s3://x by acct/prod", "who acct/prod write s3://x"),
            ("who can become role/x", "who - become role/x"),
            ("who can become admin", "who - become admin"),
            ("path outside s3://x", "path outside - s3://x"),
            ("path from role/x to prod:admin", "path role/x - prod:admin"),
            ("how can role/x get to s3://x", "path role/x - s3://x"),
            ("how does role/x reach s3://x --do write", "path role/x write s3://x"),
            ("clavicle who s3://x --do read", "who - read s3://x"),
            ("what can role/x do", "what role/x - -"),
            ("what can lambda/x reach", "what lambda/x - -"),
            ("what can role/x write", "what role/x write -"),
            ("what policy/x", "what policy/x - -"),
            ("what does policy/x give", "what policy/x - -"),
            ("where is policy/x attached", "what policy/x - -"),
            ("can role/x s3:GetObject s3://b/k", "can role/x s3:GetObject s3://b/k"),
            (
                "can role/x read s3://b when aws:SourceIp=10.0.0.1 and no mfa",
                "can role/x read s3://b aws:MultiFactorAuthPresent=false aws:SourceIp=10.0.0.1",
            ),
            ("can role/x s3:ListAllMyBuckets", "can role/x s3:ListAllMyBuckets -"),
        ] {
            let question = parse(text).expect(text);
            let part = |part: &Option<String>| part.clone().unwrap_or("-".to_owned());
            let when: Vec<String> =
                question.when.iter().map(|(key, values)| format!(" {key}={}", values.join(","))).collect();
            let (verb, by) = (question.verb.name(), part(&question.by));
            let got =
                format!("{verb} {by} {} {}{}", part(&question.action), part(&question.on), when.concat());
            assert_eq!(got, boxes, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_says_what() {
        for (text, says) in [
            ("", "no question"),
            ("delete everything", "is not a question that works here"),
            ("who can", "not understood"),
            ("who can frobnicate s3://x", "`frobnicate` is neither"),
            ("who can read s3://x and s3://y", "not understood"),
            ("who can read s3://x when", "nothing is stated"),
            ("who can read s3://x when tuesday", "`tuesday` states nothing"),
            ("who s3://x --frob y", "not a flag"),
            ("can role/x", "which action"),
            ("what", "which policy"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.problem.contains(says), "{text}: {error}");
        }
    }
}
