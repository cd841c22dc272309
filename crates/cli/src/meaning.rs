//! What was typed, as a question. Words by position fill the slots that no flag has filled; more words than slots are a
//! question in words.

use clavicle_answer::{Question, QuestionError, Reader, Verb};

use crate::failure::Failure;
use crate::typed::{Can, Path, Slots, What, Who};

/// A question, as far as it can be understood without knowing the accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    /// What is known by slot.
    slots: Question,
    /// A question in words, which the slots add to.
    words: Option<String>,
}

/// `who THING`
pub(crate) fn who(typed: &Who) -> Result<Asked, Failure> {
    let mut slots = question(Verb::Who, &typed.slots)?;
    slots.direct = typed.reaching.direct;
    slots.steps = typed.reaching.steps;
    slots.cut = typed.cut;
    let words = match typed.words.as_slice() {
        [] => None,
        [thing] => fill(&mut [("thing", "--on", &mut slots.on)], &[thing]).map(|()| None)?,
        words => Some(sentence("who", words)),
    };
    if slots.on.is_none() && words.is_none() {
        return Err(Failure::usage("this does not say which thing").help(
            "for example `clavicle who s3://bucket --do read`, or `clavicle who can read s3://bucket`",
        ));
    }
    Ok(Asked { slots, words })
}

/// `what WHO-OR-POLICY`
pub(crate) fn what(typed: &What) -> Result<Asked, Failure> {
    let mut slots = question(Verb::What, &typed.slots)?;
    slots.direct = typed.reaching.direct;
    slots.steps = typed.reaching.steps;
    let words = match typed.words.as_slice() {
        [] => None,
        [who] => fill(&mut [("one who asks", "--by", &mut slots.by)], &[who]).map(|()| None)?,
        words => Some(sentence("what", words)),
    };
    if slots.by.is_none() && words.is_none() {
        return Err(Failure::usage("this does not say who, or which policy")
            .help("for example `clavicle what role/web`, or `clavicle what policy/shared-ops`"));
    }
    Ok(Asked { slots, words })
}

/// `path FROM TO`
pub(crate) fn path(typed: &Path) -> Result<Asked, Failure> {
    let mut slots = question(Verb::Path, &typed.slots)?;
    slots.steps = typed.steps;
    slots.cut = typed.cut;
    let words: Vec<&String> = typed.words.iter().collect();
    let Question { by, on, .. } = &mut slots;
    fill(&mut [("one who sets out", "--by", by), ("end", "--on", on)], &words)?;
    if slots.on.is_none() {
        return Err(Failure::usage("this does not say where the path ends")
            .help("for example `clavicle path outside matter`, or `clavicle path role/web prod:admin`"));
    }
    Ok(Asked { slots, words: None })
}

/// `can WHO ACTION THING`
pub(crate) fn can(typed: &Can) -> Result<Asked, Failure> {
    let mut slots = question(Verb::Can, &typed.slots)?;
    let words: Vec<&String> = [&typed.who, &typed.what, &typed.thing].into_iter().flatten().collect();
    let Question { by, action, on, .. } = &mut slots;
    fill(&mut [("one who asks", "--by", by), ("action", "--do", action), ("thing", "--on", on)], &words)?;
    let missing = match (&slots.by, &slots.action) {
        (None, _) => "who",
        (_, None) => "which action",
        _ => return Ok(Asked { slots, words: None }),
    };
    Err(Failure::usage(format!("this does not say {missing}"))
        .help("for example `clavicle can role/web s3:GetObject s3://bucket/key`"))
}

impl Asked {
    /// The question whole. What is in words is read by the one who knows the accounts, and can name what is near.
    pub(crate) fn question(&self, reader: &Reader) -> Result<Question, QuestionError> {
        let Some(words) = &self.words else { return Ok(self.slots.clone()) };
        let mut question = reader.parse(words)?;
        let slots = self.slots.clone();
        question.by = slots.by.or(question.by);
        question.action = slots.action.or(question.action);
        question.on = slots.on.or(question.on);
        question.when.extend(slots.when);
        question.admins |= slots.admins;
        question.direct |= slots.direct;
        question.steps = slots.steps.or(question.steps);
        question.cut |= slots.cut;
        Ok(question)
    }
}

fn question(verb: Verb, typed: &Slots) -> Result<Question, Failure> {
    let Slots { by, action, on, when, admins } = typed;
    let mut question = Question {
        verb,
        by: by.clone(),
        action: action.clone(),
        on: on.clone(),
        admins: *admins,
        ..Question::default()
    };
    for stated in when {
        question.state(stated)?;
    }
    Ok(question)
}

/// Puts words into the slots that are free, in order.
fn fill(slots: &mut [(&str, &str, &mut Option<String>)], words: &[&String]) -> Result<(), Failure> {
    let mut words = words.iter();
    for (_, _, slot) in slots.iter_mut().filter(|(_, _, slot)| slot.is_none()) {
        let Some(word) = words.next() else { return Ok(()) };
        **slot = Some((*word).clone());
    }
    match (words.next(), slots.last()) {
        (Some(word), Some((noun, flag, _))) => Err(Failure::usage(format!(
            "`{word}` is one word too many: the {noun} is named by `{flag}` already"
        ))),
        _ => Ok(()),
    }
}

fn sentence(verb: &str, words: &[String]) -> String {
    let mut sentence = verb.to_owned();
    for word in words {
        sentence.push(' ');
        sentence.push_str(word);
    }
    sentence
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::{Asked, can, path, what, who};
    use crate::failure::Failure;
    use crate::typed::{Typed, Verb};

    fn asked(line: &str) -> Result<Asked, Failure> {
        let typed = Typed::try_parse_from(line.split(' ')).expect(line);
        match &typed.verb {
            Verb::Who(typed) => who(typed),
            Verb::What(typed) => what(typed),
            Verb::Can(typed) => can(typed),
            Verb::Path(typed) => path(typed),
            other => panic!("not a question: {other:?}"),
        }
    }

    #[test]
    fn words_fill_the_slots_that_are_free() {
        for (line, by, action, on) in [
            ("clavicle who s3://b --do read", None, Some("read"), Some("s3://b")),
            ("clavicle who --on s3://b", None, None, Some("s3://b")),
            ("clavicle what role/x", Some("role/x"), None, None),
            ("clavicle can role/x s3:Get* s3://b", Some("role/x"), Some("s3:Get*"), Some("s3://b")),
            ("clavicle can --by role/x read s3://b", Some("role/x"), Some("read"), Some("s3://b")),
            ("clavicle can --do read role/x s3://b", Some("role/x"), Some("read"), Some("s3://b")),
            ("clavicle path role/x admin", Some("role/x"), None, Some("admin")),
            ("clavicle path --by outside s3://b", Some("outside"), None, Some("s3://b")),
            (
                "clavicle can role/x sts:GetCallerIdentity",
                Some("role/x"),
                Some("sts:GetCallerIdentity"),
                None,
            ),
        ] {
            let slots = asked(line).expect(line).slots;
            assert_eq!(
                (slots.by.as_deref(), slots.action.as_deref(), slots.on.as_deref()),
                (by, action, on),
                "{line}"
            );
        }
    }

    #[test]
    fn more_words_are_a_question_in_words() {
        let asked = asked("clavicle who can read s3://b --when mfa").expect("a question");
        assert_eq!(asked.words.as_deref(), Some("who can read s3://b"));
        assert_eq!(asked.slots.when.len(), 1);
    }

    #[test]
    fn what_is_missing_or_too_much_is_said() {
        for line in [
            "clavicle who",
            "clavicle what",
            "clavicle can role/x",
            "clavicle path role/x",
            "clavicle who s3://a --on s3://b",
            "clavicle can role/x read s3://b --on s3://c",
            "clavicle who s3://a --when tuesday",
        ] {
            assert!(asked(line).is_err(), "{line}");
        }
    }
}
