//! The sentences of the map: what its shapes and lines say when they are read aloud.

pub(crate) use clavicle_answer::plural;
use clavicle_catalog::Word;
use clavicle_engine::Dependency;

use super::page::Relation;

/// The words that have a letter on the map, with their verbs for one and for many.
const DRAWN: [(Word, char, &str, &str); 6] = [
    (Word::List, 'L', "lists", "list"),
    (Word::Read, 'R', "reads", "read"),
    (Word::Write, 'W', "writes", "write"),
    (Word::Delete, 'D', "deletes", "delete"),
    (Word::Run, 'X', "runs", "run"),
    (Word::Control, 'C', "controls", "control"),
];

/// A word as one bit.
pub(crate) const fn bit(word: Word) -> u8 {
    1 << word as u8
}

/// `LRW`.
pub(crate) fn letters(bits: u8) -> String {
    DRAWN.iter().filter(|(word, ..)| bits & bit(*word) != 0).map(|(_, letter, ..)| *letter).collect()
}

/// `["list", "read"]`.
pub(crate) fn access(bits: u8) -> Vec<String> {
    DRAWN
        .iter()
        .filter(|(word, ..)| bits & bit(*word) != 0)
        .map(|(word, ..)| word.name().to_owned())
        .collect()
}

/// What a relation says between two phrases: `can become`, `list and read`.
pub(crate) fn verb(relation: Relation, bits: u8, many: bool) -> String {
    match relation {
        Relation::Becomes => "can become".to_owned(),
        Relation::RunsAs => if many { "run as" } else { "runs as" }.to_owned(),
        Relation::Controls => if many { "control" } else { "controls" }.to_owned(),
        Relation::Touches => {
            let verbs = DRAWN.iter().filter(|(word, ..)| bits & bit(*word) != 0);
            listed(&verbs.map(|(.., one, all)| if many { *all } else { *one }).collect::<Vec<_>>())
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(words: &[&str]) -> String {
    match words {
        [] => "touch".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What one of a kind of resources is called.
pub(crate) fn noun(kind: &str) -> String {
    let known = match kind {
        "rds:db" => Some("database"),
        "rds:cluster" => Some("database cluster"),
        "codebuild:project" => Some("build project"),
        "logs:log-group" => Some("log group"),
        "elasticloadbalancing:loadbalancer" => Some("load balancer"),
        "kms:key" => Some("key"),
        _ => None,
    };
    if let Some(known) = known {
        return known.to_owned();
    }
    let last = kind.rsplit(':').next().unwrap_or(kind);
    let mut words = String::new();
    for each in last.chars() {
        if each == '-' || each == '_' {
            words.push(' ');
        } else if each.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(each.to_lowercase());
        } else {
            words.extend(each.to_lowercase());
        }
    }
    if words.is_empty() { "thing".to_owned() } else { words }
}

/// `1 role`, `1,204 roles`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    clavicle_answer::counted(count, noun, &plural(noun))
}

/// The unknowns on which something turns, for people: `MFA`, `ExternalId and source IP`. For whom a sign-in is meant is
/// said by every sign-in: that is no condition worth a word.
pub(crate) fn condition(depends_on: &[Dependency]) -> Option<String> {
    let is_audience = |on: &&Dependency| matches!(on, Dependency::Key(key) if key.ends_with(":aud"));
    let mut words: Vec<String> = depends_on.iter().filter(|on| !is_audience(on)).map(unknown).collect();
    words.dedup();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    (!words.is_empty()).then(|| listed(&words))
}

fn unknown(dependency: &Dependency) -> String {
    match dependency {
        Dependency::Key(key) => match key.as_str() {
            "aws:multifactorauthpresent" | "aws:multifactorauthage" => "MFA".to_owned(),
            "sts:externalid" => "ExternalId".to_owned(),
            "aws:sourceip" | "aws:vpcsourceip" => "source IP".to_owned(),
            "aws:sourcevpc" | "aws:sourcevpce" => "source VPC".to_owned(),
            "aws:requestedregion" => "region".to_owned(),
            "aws:principalorgid" | "aws:principalorgpaths" => "their organization".to_owned(),
            "aws:securetransport" => "TLS".to_owned(),
            key => match key.rsplit_once(':') {
                Some((_, "sub")) => "token subject".to_owned(),
                Some(("aws", last)) => last.to_owned(),
                _ => key.to_owned(),
            },
        },
        Dependency::NotSeen(layer) => format!("unseen {} allows", layer.name()),
        Dependency::KmsGrants => "key grants allow".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, letters, listed, noun, plural, verb};
    use crate::map::page::Relation;

    #[test]
    fn nouns_and_numbers() {
        assert_eq!(noun("s3:bucket"), "bucket");
        assert_eq!(noun("ecs:task-definition"), "task definition");
        assert_eq!(noun("states:stateMachine"), "state machine");
        assert_eq!(noun("AWS::Athena::WorkGroup"), "work group");
        assert_eq!(noun(""), "thing");
        assert_eq!(["identity", "key", "bus", "role"].map(plural), ["identities", "keys", "buses", "roles"]);
        assert_eq!([counted(1, "role"), counted(1_204, "identity")], ["1 role", "1,204 identities"]);
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn letters_and_verbs() {
        assert_eq!(letters(0b10_0011), "LRC");
        assert_eq!(verb(Relation::Touches, 0b11, true), "list and read");
        assert_eq!(verb(Relation::Touches, 0b10, false), "reads");
    }
}
