//! Answers without names, for people who are not to know them: what somebody of these accounts has chosen is replaced, word
//! by word, in names, reasons and statements alike.
//!
//! A word is replaced if it stands in the snapshot or in the settings, and is neither a word of AWS where AWS puts it
//! (`role/`, `s3:GetObject`) nor, by itself in a sentence, one of the few words that sentences are made of. Numbers of
//! accounts are replaced wherever they stand. In the text of a statement everything goes that is not the grammar of
//! policies. Whoever has the key gets the same pseudonym for the same word, today and tomorrow, so that two redacted
//! answers can be put beside each other; without the key no list of likely names helps.

mod shapes;
#[cfg(test)]
mod tests;
mod vocabulary;
mod words;

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use crate::reader::Reader;
use vocabulary::{Vocabulary, is_plain};

/// What makes pseudonyms: 32 random bytes.
pub type PseudonymKey = [u8; 32];

/// Names and what stands for them.
#[derive(Debug)]
pub struct Pseudonyms {
    key: PseudonymKey,
    /// The words of the accounts, in lower case.
    own: HashSet<String>,
    /// The names of accounts, in lower case: they stand before a colon, as services do.
    accounts: HashSet<String>,
    aws: Vocabulary,
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
        let own = words::of(snapshot, self.settings());
        let names = snapshot.accounts.iter().filter_map(|account| account.name.as_deref());
        Pseudonyms { key, own, accounts: names.map(str::to_lowercase).collect(), aws: Vocabulary::new() }
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
    /// A sentence or a name.
    pub fn text(&self, text: &str) -> String {
        self.pieces(text, false)
    }

    /// The text of a statement or document: all goes that is not the grammar of policies or a word of AWS. In strings, what
    /// is spelled by escapes is read first.
    pub fn document(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some(start) = rest.find('"') {
            out.push_str(&self.pieces(&rest[..start], true));
            let literal = &rest[start..];
            let end = string_end(literal);
            let inside: Option<String> = serde_json::from_str(&literal[..end]).ok();
            match inside {
                Some(inside) => {
                    out.push_str(&serde_json::Value::String(self.pieces(&inside, true)).to_string());
                }
                None => out.push_str(&self.pieces(&literal[..end], true)),
            }
            rest = &literal[end..];
        }
        out.push_str(&self.pieces(rest, true));
        out
    }

    fn pieces(&self, text: &str, strict: bool) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        let mut start = 0;
        for (at, letter) in text.char_indices() {
            if parts(letter) {
                self.piece(&text[start..at], strict, &mut out);
                out.push(letter);
                start = at + letter.len_utf8();
            }
        }
        self.piece(&text[start..], strict, &mut out);
        out
    }

    /// A piece without spaces and quotes: `prod:role/reporting-read`, `s3:GetObject`, `identities`.
    fn piece(&self, piece: &str, strict: bool, out: &mut String) {
        if piece.is_empty() {
            return;
        }
        let bare = piece.trim_end_matches(['.', ':']);
        // A public name is kept whole only where nobody here has the same as a name of their own.
        let whole = self.aws.knows(bare) || (strict && vocabulary::is_grammar(bare));
        if whole && !self.is_account(bare) {
            out.push_str(piece);
            return;
        }
        if vocabulary::is_region(bare) && !self.is_account(bare) {
            out.push_str(piece);
            return;
        }
        if let Some((key, chosen)) = bare.split_once('/')
            && self.aws.is_key(bare)
        {
            out.push_str(key);
            out.push('/');
            self.words(chosen, strict, out);
            out.push_str(&piece[bare.len()..]);
            return;
        }
        if let Some(arn) = Arn::of(piece) {
            out.push_str(arn.head);
            self.words(arn.account, strict, out);
            out.push(':');
            self.words(arn.rest, strict, out);
            return;
        }
        self.words(piece, strict, out);
    }

    fn words(&self, piece: &str, strict: bool, out: &mut String) {
        let bare = piece.trim_end_matches(['.', ':']);
        let compound = bare.contains(|letter: char| !in_word(letter));
        let is_pattern = piece.contains(['*', '…', '~']);
        let mut rest = piece;
        let mut first = true;
        while let Some(start) = rest.find(in_word) {
            let (gap, from) = rest.split_at(start);
            out.push_str(gap);
            let end = from.find(|letter| !in_word(letter)).unwrap_or(from.len());
            let (word, behind) = from.split_at(end);
            if self.keeps(word, gap, behind, Place { compound, is_pattern, strict, first }) {
                out.push_str(word);
            } else {
                out.push_str(&self.of(word));
            }
            first = false;
            rest = behind;
        }
        out.push_str(rest);
    }

    fn keeps(&self, word: &str, gap: &str, behind: &str, place: Place) -> bool {
        let lower = word.to_lowercase();
        let digits = word.bytes().all(|byte| byte.is_ascii_digit());
        if digits && word.len() < 6 {
            return true;
        }
        if digits && word.len() == 12 {
            return false;
        }
        if place.compound {
            let scheme = behind.starts_with("://");
            let named = place.first && behind.starts_with(':') && !scheme && self.accounts.contains(&lower);
            let leads = behind.starts_with([':', '/']) && (place.first || gap == ":");
            if (leads && !named && self.aws.leads(&lower))
                || (gap.ends_with('#') && vocabulary::is_part(word))
            {
                return true;
            }
            if place.strict {
                return false;
            }
            let cut = place.is_pattern && !is_plain(&lower);
            return !cut && !self.own.contains(&lower);
        }
        if place.strict {
            return vocabulary::is_grammar(word);
        }
        is_plain(&lower) || !self.own.contains(&lower)
    }

    fn is_account(&self, bare: &str) -> bool {
        self.accounts.contains(&bare.to_lowercase())
    }

    /// What stands for a word: the same for the same word and key. Two words share one with a chance of one in 2⁴⁰.
    fn of(&self, word: &str) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnopqrstuvwxyz2345678";
        let hash = Sha256::new().chain_update(self.key).chain_update(word.as_bytes()).finalize();
        let bits = hash.iter().take(5).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let letter = |at: u32| char::from(LETTERS[(bits >> (5 * at)) as usize & 31]);
        std::iter::once('x').chain((0..8).map(letter)).collect()
    }
}

/// Where a word stands.
#[derive(Clone, Copy)]
struct Place {
    /// In a piece of several words.
    compound: bool,
    /// In a piece that stands for several names.
    is_pattern: bool,
    /// In the text of a document.
    strict: bool,
    /// At the start of its piece.
    first: bool,
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

/// An ARN up to the account, which is public, and the rest.
struct Arn<'p> {
    /// With the colon before the account.
    head: &'p str,
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
            && matches!(partition, "aws" | "aws-cn" | "aws-us-gov" | "*")
            && (clavicle_catalog::catalog().service(service).is_some() || matches!(service, "*" | "sts"))
            && (region.is_empty() || region == "*" || vocabulary::is_region(region));
        let head = piece.len() - rest.len() - 1 - account.len();
        known.then_some(Self { head: &piece[..head], account, rest })
    }
}
