//! Words that are nobody's: those of AWS, of the grammar of policies, and those that sentences are made of.

use std::collections::{HashMap, HashSet};

use clavicle_catalog::{ResourceType, catalog};

/// The words of AWS.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// What stands before a colon or slash: services, kinds of things, partitions, regions, kinds of principals.
    leading: HashSet<String>,
    /// What an ARN of a service begins with behind the account, in lower case: `function` of `lambda`. Of services whose ARNs
    /// all begin so: where some begin with a name, as those of buckets do, nobody can tell the two apart.
    kinds: HashMap<String, HashSet<String>>,
}

/// What display names and ARNs are made of beside AWS's own words.
const LEADING: &str = "arn aws cn gov us iso role user group policy acct ou r provider root assumed federated sts iam key alias \
                       db secret topic queue table fn scp rcp boundary path service instance profile saml oidc mfa \
                       server certificate permissionset organizations organization account kms s3 https http tag";

/// What names are shown by, and the account in front.
const SHOWN: &str = "role user group policy acct ou provider scp rcp key alias db secret topic queue table fn lambda flow build \
                     instance repository task bus parameter s3 https http arn";

/// Words that a question has for a set of things or people.
const SETS: &str = "anyone everyone public me admin outside matter true false";

/// Words of policies, and values that say nothing of anybody.
const GRAMMAR: &str = "Version Id Statement Sid Effect Allow Deny Principal NotPrincipal Action NotAction Resource NotResource \
    Condition AWS Service Federated CanonicalUser true false null root ForAllValues ForAnyValue StringEquals StringNotEquals \
    StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike NumericEquals NumericNotEquals \
    NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals DateEquals DateNotEquals DateLessThan \
    DateLessThanEquals DateGreaterThan DateGreaterThanEquals Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike \
    ArnNotEquals ArnNotLike Null";

/// What sentences are made of. A name that is one of these is kept where it stands by itself in a sentence, and replaced
/// where it stands as a name (`role/read`).
const PLAIN: &str = "a about access account accounts acts add administrator administrators all allow allowed allows also an and \
    another any anybody anyone are as asked assume attached aws away be become becomes because been before begins behind between \
    bucket but by called can cannot certain chain chains change changes clavicle condition conditions control controls could decided \
    decides delete deletes denied denies deny direct directly do document does each else equal every everybody everyone few \
    first for from gains get gets give gives group groups has have here holds how identities identity if in instead into is it \
    its itself key keys known least less let lets like line list lists made many may member might more most must nearest needs \
    never no nobody none not nothing of on once one ones only open or other others out outside over own passes path perhaps \
    permission permissions policies policy read reads reach reaches removed resource root role roles run runs same see seen session \
    since so some somebody something statement statements step steps still stopped stops such than that the their them then \
    there these they thing things this those through to tries two under unknown unless until use used user users uses was way \
    ways what when where whether which while who whole whom whose with within without would write writes yes you";

fn list(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

/// Is it a word that sentences are made of? In lower case.
pub(super) fn is_plain(lower: &str) -> bool {
    static WORDS: std::sync::LazyLock<HashSet<&str>> = std::sync::LazyLock::new(|| list(PLAIN));
    WORDS.contains(lower)
}

/// Does a question mean a set of things or people by it? In lower case.
pub(super) fn is_set(lower: &str) -> bool {
    SETS.split(' ').any(|set| set == lower)
}

/// Is it grammar of policies, as written? `ForAnyValue:StringLikeIfExists` is.
pub(super) fn is_grammar(word: &str) -> bool {
    static WORDS: std::sync::LazyLock<HashSet<&str>> = std::sync::LazyLock::new(|| list(GRAMMAR));
    word.split(':').all(|part| WORDS.contains(part.strip_suffix("IfExists").unwrap_or(part)))
        || matches!(word, "2012-10-17" | "2008-10-17")
}

/// Is it the name of a region: `eu-central-1`, `us-gov-west-1`?
pub(super) fn is_region(text: &str) -> bool {
    let mut words = text.split('-');
    let area = words.next().unwrap_or_default();
    let number = words.next_back().unwrap_or_default();
    let is_area = matches!(area, "us" | "eu" | "ap" | "sa" | "ca" | "me" | "af" | "il" | "mx" | "cn");
    let direction = |word: &str| {
        ["gov", "iso", "isob"].contains(&word)
            || ["north", "south", "east", "west", "central"]
                .iter()
                .any(|part| word.strip_prefix(part).is_some_and(|rest| ["", "east", "west"].contains(&rest)))
    };
    let mut directions = words.peekable();
    is_area
        && number.len() == 1
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && directions.peek().is_some()
        && directions.all(direction)
}

/// Does it name a part of something behind a `#`: `role/x#trust`?
pub(super) fn is_part(word: &str) -> bool {
    matches!(word, "trust" | "policy" | "acl" | "boundary" | "inline")
}

fn kinds() -> HashMap<String, HashSet<String>> {
    let mut kinds: HashMap<String, HashSet<String>> = HashMap::new();
    let mut named = HashSet::new();
    for form in catalog().resource_types().flat_map(ResourceType::arn_patterns) {
        let mut parts = form.splitn(6, ':');
        let (Some(service), Some(rest)) = (parts.nth(2), parts.nth(2)) else { continue };
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let first = rest.split([':', '/']).next().unwrap_or_default();
        if first.contains(['$', '*']) {
            named.insert(service.to_owned());
        } else {
            kinds.entry(service.to_owned()).or_default().insert(first.to_ascii_lowercase());
        }
    }
    // Who has a session is no resource of the catalog.
    let sessions = ["assumed-role", "federated-user"].map(str::to_owned);
    kinds.entry("sts".to_owned()).or_default().extend(sessions);
    kinds.retain(|service, _| !named.contains(service));
    kinds
}

impl Vocabulary {
    pub(super) fn new() -> Self {
        let catalog = catalog();
        let mut leading: HashSet<String> = list(LEADING).into_iter().map(str::to_owned).collect();
        let mut add = |name: &str| {
            let words = name.split(|letter: char| !letter.is_alphanumeric());
            leading.extend(words.filter(|word| !word.is_empty()).map(str::to_lowercase));
        };
        catalog.services().for_each(|service| add(service.prefix()));
        catalog.resource_types().for_each(|kind| add(kind.name()));
        Self { leading, kinds: kinds() }
    }

    /// How much of the rest of an ARN, behind its account, is the kind of thing: 9 of `function:agent:7`. In bytes.
    pub(super) fn kind(&self, service: &str, rest: &str) -> usize {
        let from = usize::from(rest.starts_with('/'));
        let kind = rest[from..].find([':', '/']).map(|len| &rest[from..from + len]);
        let known = |kind: &&str| {
            self.kinds.get(service).is_some_and(|kinds| kinds.contains(&kind.to_ascii_lowercase()))
        };
        kind.filter(known).map_or(0, |kind| from + kind.len() + 1)
    }

    /// Is it shown in front of names: `role/`, `s3://`? In lower case.
    #[expect(clippy::unused_self, reason = "a question to the vocabulary")]
    pub(super) fn is_shown(&self, lower: &str) -> bool {
        SHOWN.split_whitespace().any(|word| word == lower)
    }

    /// Is it, whole, an action or a pattern of actions, a condition key, a kind of thing, a principal of a service, or a
    /// page of AWS's documentation?
    #[expect(clippy::unused_self, reason = "a question to the vocabulary")]
    pub(super) fn knows(&self, piece: &str) -> bool {
        if piece.starts_with("https://docs.aws.amazon.com/") {
            return true;
        }
        let catalog = catalog();
        let Some((service, name)) = piece.split_once(':') else {
            return catalog.service_principal(piece).is_some();
        };
        if catalog.managed_policy(piece).is_some() {
            return true;
        }
        if service.is_empty() || name.is_empty() || name.contains(['/', ':']) {
            return false;
        }
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || "*?-".contains(letter);
        catalog.action(piece).is_some()
            || catalog.resource_type(piece).is_some()
            || catalog.condition_key(piece).is_some()
            || (name.chars().all(is_word) && name.contains(['*', '?']) && !catalog.expand(piece).is_empty())
    }

    /// Is it a condition key, with a part that somebody chose: `aws:RequestTag/team`?
    #[expect(clippy::unused_self, reason = "a question to the vocabulary")]
    pub(super) fn is_key(&self, piece: &str) -> bool {
        catalog().condition_key(piece).is_some()
    }

    /// Does it lead to a name: `role/`, `lambda:`? In lower case.
    pub(super) fn leads(&self, lower: &str) -> bool {
        self.leading.contains(lower)
    }
}
