//! Answers without names, for people who are not to know them: what somebody of these accounts has chosen is replaced, word
//! by word, in names, reasons and statements alike.
//!
//! A word is replaced if it stands in the snapshot, in the settings or in what was asked, and is neither a word of AWS where
//! AWS puts it (`role/`, `s3:GetObject`) nor, by itself in a sentence, one of the few words that sentences are made of.
//! Numbers of accounts and addresses of networks are replaced wherever they stand. In the text of a statement, and of an ARN
//! behind its kind, everything goes that is not the grammar of policies. Whoever has the key gets the same pseudonym for the
//! same word, today and tomorrow, so that two redacted answers can be put beside each other; without the key no list of
//! likely names helps.

mod address;
mod shapes;
#[cfg(test)]
mod tests;
mod vocabulary;
mod words;

use std::collections::HashSet;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::reader::Reader;
use vocabulary::{Vocabulary, is_plain};

/// What makes pseudonyms: 32 random bytes.
pub type PseudonymKey = [u8; 32];

/// Names and what stands for them.
#[derive(Debug, Clone)]
pub struct Pseudonyms {
    key: PseudonymKey,
    /// The words of the accounts, in lower case.
    own: Arc<HashSet<String>>,
    /// The words that one page alone tells, in lower case: those of what was asked or drafted.
    told: HashSet<String>,
    /// The names of accounts, in lower case: they stand before a colon, as services do.
    accounts: Arc<HashSet<String>>,
    aws: Arc<Vocabulary>,
}

/// What can be told without names.
pub trait Redact {
    /// Replaces every name.
    fn redact(&mut self, pseudonyms: &Pseudonyms);
}

impl Reader {
    /// Pseudonyms for all that is named in these accounts. Linear in the texts of the snapshot.
    pub fn pseudonyms(&self, key: PseudonymKey) -> Pseudonyms {
        let snapshot = self.world().snapshot();
        let aws = Vocabulary::new();
        let own = words::of(snapshot, self.settings(), &aws);
        let names = snapshot.accounts.iter().filter_map(|account| account.name.as_deref());
        Pseudonyms {
            key,
            own: Arc::new(own),
            told: HashSet::new(),
            accounts: Arc::new(names.map(str::to_lowercase).collect()),
            aws: Arc::new(aws),
        }
    }
}

/// What parts a text into pieces that are looked at by themselves.
fn parts(letter: char) -> bool {
    letter.is_whitespace() || "\"'`()[]{}<>,;$=|!?“”".contains(letter)
}

fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

impl Pseudonyms {
    /// The same, for a page that tells of these accounts too: another state of them, or others. Linear in the texts of both
    /// snapshots.
    #[must_use]
    pub fn and_of(&self, other: &Reader) -> Self {
        let theirs = other.pseudonyms(self.key);
        let both = |ours: &HashSet<String>, theirs: &HashSet<String>| Arc::new(ours | theirs);
        Self {
            own: both(&self.own, &theirs.own),
            accounts: both(&self.accounts, &theirs.accounts),
            ..self.clone()
        }
    }

    /// The same, for a page that tells these texts too: whoever asked may have typed names that the accounts do not have.
    fn with<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut all = self.clone();
        for piece in texts.into_iter().flat_map(|text| text.split(parts)) {
            self.learn(piece, &mut all.told);
        }
        all
    }

    /// The words of a piece that are not AWS's own, where AWS puts them, nor this program's.
    fn learn(&self, piece: &str, told: &mut HashSet<String>) {
        let bare = piece.trim_end_matches(['.', ':']);
        if self.aws.knows(bare) || vocabulary::is_grammar(bare) || vocabulary::is_region(bare) {
            return;
        }
        if let Some((_, chosen)) = bare.split_once('/')
            && self.aws.is_key(bare)
        {
            told.extend(split(chosen).map(|(_, word, _)| word.to_lowercase()));
            return;
        }
        if let Some(arn) = Arn::of(piece) {
            let name = &arn.rest[self.aws.kind(arn.service, arn.rest)..];
            told.extend(split(arn.account).chain(split(name)).map(|(_, word, _)| word.to_lowercase()));
            return;
        }
        for (at, (gap, word, behind)) in split(bare).enumerate() {
            let lower = word.to_lowercase();
            let leads = at == 0 || gap == ":";
            let kind = leads && behind.starts_with([':', '/']) && self.aws.is_shown(&lower);
            let set = leads && behind.is_empty() && vocabulary::is_set(&lower);
            if !kind && !set {
                told.insert(lower);
            }
        }
    }

    /// A sentence or a name.
    pub fn text(&self, text: &str) -> String {
        self.pieces(text, Kind::Sentence)
    }

    /// The text of a statement or document: all goes that is not the grammar of policies or a word of AWS. In strings, what
    /// is spelled by escapes is read first. Numbers are kept where they are compared as such.
    pub fn document(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut rest = text;
        let mut inside_kind = Kind::Document;
        while let Some(start) = rest.find('"') {
            // A number of JSON has to stay one.
            out.push_str(&self.pieces(&rest[..start], Kind::Numbers));
            let literal = &rest[start..];
            let end = string_end(literal);
            let inside: Option<String> = serde_json::from_str(&literal[..end]).ok();
            match inside {
                Some(inside) => {
                    if vocabulary::is_grammar(&inside) {
                        inside_kind = match inside.contains("Numeric") {
                            true => Kind::Numbers,
                            false => Kind::Document,
                        };
                    }
                    out.push_str(&serde_json::Value::String(self.pieces(&inside, inside_kind)).to_string());
                }
                None => out.push_str(&self.pieces(&literal[..end], Kind::Document)),
            }
            rest = &literal[end..];
        }
        let kind = if rest.len() == text.len() { Kind::Document } else { Kind::Numbers };
        out.push_str(&self.pieces(rest, kind));
        out
    }

    fn pieces(&self, text: &str, kind: Kind) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        let mut start = 0;
        for (at, letter) in text.char_indices() {
            if parts(letter) {
                self.piece(&text[start..at], kind, &mut out);
                out.push(letter);
                start = at + letter.len_utf8();
            }
        }
        self.piece(&text[start..], kind, &mut out);
        out
    }

    /// A piece without spaces and quotes: `prod:role/reporting-read`, `s3:GetObject`, `identities`.
    fn piece(&self, piece: &str, kind: Kind, out: &mut String) {
        if piece.is_empty() {
            return;
        }
        let bare = piece.trim_end_matches(['.', ':']);
        // A public name is kept whole only where nobody here has the same as a name of their own.
        let whole = self.aws.knows(bare)
            || vocabulary::is_region(bare)
            || match kind {
                Kind::Sentence => is_time(bare),
                Kind::Document | Kind::Numbers => vocabulary::is_grammar(bare),
            };
        if whole && !self.is_account(bare) {
            out.push_str(piece);
            return;
        }
        if let Some((key, chosen)) = bare.split_once('/')
            && self.aws.is_key(bare)
        {
            out.push_str(key);
            out.push('/');
            self.words(chosen, Place::of(chosen, kind), out);
            out.push_str(&piece[bare.len()..]);
            return;
        }
        if let Some(arn) = Arn::of(piece) {
            self.arn(&arn, kind, out);
            return;
        }
        self.words(piece, Place::of(piece, kind), out);
    }

    /// What AWS has chosen of an ARN is kept: all up to the region, and the kind of thing. The rest is a name, whatever word
    /// it is.
    fn arn(&self, arn: &Arn<'_>, kind: Kind, out: &mut String) {
        let named = Place { compound: true, is_pattern: false, kind: Kind::Document, first: false };
        out.push_str(arn.head);
        if vocabulary::is_region(arn.region) {
            out.push_str(arn.region);
        } else {
            self.words(arn.region, named, out);
        }
        out.push(':');
        let (own, rest) = arn.rest.split_at(self.aws.kind(arn.service, arn.rest));
        // AWS's own policies.
        let public = arn.account == "aws";
        if public {
            out.push_str(arn.account);
        } else {
            self.words(arn.account, named, out);
        }
        out.push(':');
        out.push_str(own);
        if rest == "root" {
            out.push_str(rest);
        } else {
            let kind = if public { kind } else { Kind::Document };
            self.words(rest, Place { kind, ..named }, out);
        }
    }

    fn words(&self, piece: &str, mut place: Place, out: &mut String) {
        let mut rest = piece;
        while let Some((range, address)) = address::first(rest) {
            self.spelled(&rest[..range.start], place, out);
            let behind = &rest[range.end..];
            // The length of a range is no name.
            let length = behind.strip_prefix('/').map_or(0, |length| {
                let digits = length.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(length.len());
                let ends = !length[digits..].starts_with(|letter| in_word(letter) || "-/".contains(letter));
                if (1..=3).contains(&digits) && ends { digits + 1 } else { 0 }
            });
            if address::is_everywhere(address, behind) {
                out.push_str(&rest[range]);
            } else {
                out.push_str(&self.address(address));
            }
            out.push_str(&behind[..length]);
            rest = &behind[length..];
            place = Place { first: false, compound: true, ..place };
        }
        self.spelled(rest, place, out);
    }

    /// A piece without addresses.
    fn spelled(&self, piece: &str, place: Place, out: &mut String) {
        let mut written = 0;
        for (at, (gap, word, behind)) in split(piece).enumerate() {
            out.push_str(gap);
            let place = Place { first: place.first && at == 0, ..place };
            if self.keeps(word, gap, behind, place) {
                out.push_str(word);
            } else {
                out.push_str(&self.of(word));
            }
            written = piece.len() - behind.len();
        }
        out.push_str(&piece[written..]);
    }

    fn keeps(&self, word: &str, gap: &str, behind: &str, place: Place) -> bool {
        let lower = word.to_lowercase();
        let digits = word.bytes().all(|byte| byte.is_ascii_digit());
        if digits && word.len() == 12 {
            return false;
        }
        let counts = digits && word.len() < 6;
        match (place.kind, place.compound) {
            (Kind::Numbers, false) => counts || vocabulary::is_grammar(word),
            (Kind::Document, false) => vocabulary::is_grammar(word),
            (Kind::Document | Kind::Numbers, true) => place.first && behind.starts_with("://"),
            (Kind::Sentence, false) => {
                // A short number is more likely a count than a name.
                (counts && word.len() < 4) || is_plain(&lower) || !self.is_own(&lower)
            }
            (Kind::Sentence, true) => {
                let line = counts && gap == ":" && behind.is_empty();
                let scheme = behind.starts_with("://");
                let named = place.first && behind.starts_with(':') && !scheme && self.is_account(&lower);
                let leads = behind.starts_with([':', '/']) && (place.first || gap == ":");
                if line
                    || (leads && !named && self.aws.is_shown(&lower))
                    || (gap.ends_with('#') && vocabulary::is_part(word))
                {
                    return true;
                }
                let cut = place.is_pattern && !is_plain(&lower) && !counts;
                let cut = cut && !(leads && self.aws.leads(&lower));
                !cut && !self.is_own(&lower)
            }
        }
    }

    fn is_own(&self, lower: &str) -> bool {
        self.own.contains(lower) || self.told.contains(lower)
    }

    fn is_account(&self, bare: &str) -> bool {
        self.accounts.contains(&bare.to_lowercase())
    }

    /// What stands for a word: the same for the same word and key. Two words share one with a chance of one in 2⁴⁰.
    fn of(&self, word: &str) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnopqrstuvwxyz2345678";
        let bits = self.hash(word).iter().take(5).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let letter = |at: u32| char::from(LETTERS[(bits >> (5 * at)) as usize & 31]);
        std::iter::once('x').chain((0..8).map(letter)).collect()
    }

    fn hash(&self, text: &str) -> [u8; 32] {
        Sha256::new().chain_update(self.key).chain_update(text.as_bytes()).finalize().into()
    }
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A sentence or a name.
    Sentence,
    /// The text of a document, or a name whatever its words are.
    Document,
    /// The text of a document where numbers are numbers.
    Numbers,
}

/// Where a word stands.
#[derive(Clone, Copy)]
struct Place {
    /// In a piece of several words.
    compound: bool,
    /// In a piece that stands for several names.
    is_pattern: bool,
    kind: Kind,
    /// At the start of its piece.
    first: bool,
}

impl Place {
    fn of(piece: &str, kind: Kind) -> Self {
        let bare = piece.trim_end_matches(['.', ':']);
        let compound = bare.contains(|letter: char| !in_word(letter));
        Self { compound, is_pattern: piece.contains(['*', '…', '~']), kind, first: true }
    }
}

/// The words of a text, each with what stands before it from the last and with all that is behind it.
fn split(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (gap, from) = rest.split_at(rest.find(in_word)?);
        let (word, behind) = from.split_at(from.find(|letter| !in_word(letter)).unwrap_or(from.len()));
        rest = behind;
        Some((gap, word, behind))
    })
}

/// Is it a day or a moment: `2026-08-22`, `2026-08-22T08:39:14.000Z`?
fn is_time(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok() || text.parse::<jiff::Timestamp>().is_ok()
}

/// Past the closing quote of a text that begins with a quote.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// An ARN in its parts.
struct Arn<'p> {
    /// Scheme, partition and service, with the colon behind them.
    head: &'p str,
    service: &'p str,
    region: &'p str,
    account: &'p str,
    rest: &'p str,
}

impl<'p> Arn<'p> {
    /// AWS: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
    fn of(piece: &'p str) -> Option<Self> {
        let mut parts = piece.splitn(6, ':');
        let (scheme, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let known = scheme == "arn"
            && (partition == "*" || clavicle_catalog::partitions().any(|one| one.name == partition))
            && (clavicle_catalog::catalog().service(service).is_some() || matches!(service, "*" | "sts"));
        let head = &piece[..scheme.len() + partition.len() + service.len() + 3];
        known.then_some(Self { head, service, region, account, rest })
    }
}
