//! Reading `facts.txt`: one record per line, tab-separated, services in order, each followed by what belongs to it.
//!
//! ```text
//! S  prefix  flags                              r: resource control policies, l: late
//! K  key  type                                  s string, a ARN, b bool, n number, d date, i address; capital: multivalued
//! C  key key …                                  a set of keys, numbered from 1 within its service
//! R  name  ARN pattern  set  flags              a resource type; l: late
//! A  prefix:Name  levels+flags  set  pairs  dependents      levels: sum of bits; p, n, l
//! ```
//!
//! The flags of an action: `p` permission-only; `n` newer than the source of that mark and of most dependents; `l`
//! late, which is known by name from a newer source than the rest. A pair is `type`, `*` if required, `@set` if it has
//! keys of its own; pairs are separated by `|`. Within a service K, C, R and A follow in this order, each sorted by
//! lower-case name; C by content.

use std::ops::Range;

use crate::access::Access;
use crate::caseless::{self, Caseless};

/// A line of the facts that does not say what its kind should say.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the reference facts: {problem}")]
pub struct DamagedFacts {
    line: usize,
    problem: &'static str,
}

/// The records as tables. Positions in one table are `u16` or `u32` numbers in another.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) services: Vec<ServiceRow>,
    pub(crate) keys: Vec<KeyRow>,
    pub(crate) types: Vec<TypeRow>,
    pub(crate) actions: Vec<ActionRow>,
    pub(crate) pairs: Vec<PairRow>,
    /// Dependents of all actions, one after another.
    pub(crate) dependents: Vec<u32>,
    /// Key rows of all sets, one after another.
    pub(crate) set_keys: Vec<u16>,
    /// Where each set ends in `set_keys`; set 0 is empty.
    pub(crate) set_ends: Vec<u32>,
    pub(crate) action_index: Caseless,
}

#[derive(Debug)]
pub(crate) struct ServiceRow {
    pub(crate) prefix: &'static str,
    pub(crate) rcp: bool,
    pub(crate) late: bool,
    pub(crate) actions: Range<u32>,
    pub(crate) types: Range<u16>,
    pub(crate) keys: Range<u16>,
}

#[derive(Debug)]
pub(crate) struct KeyRow {
    pub(crate) name: &'static str,
    pub(crate) kind: u8,
}

#[derive(Debug)]
pub(crate) struct TypeRow {
    pub(crate) name: &'static str,
    pub(crate) pattern: &'static str,
    pub(crate) service: u16,
    pub(crate) keys: u16,
    pub(crate) late: bool,
}

#[derive(Debug)]
pub(crate) struct ActionRow {
    /// `prefix:Name`.
    pub(crate) name: &'static str,
    pub(crate) service: u16,
    pub(crate) access: Access,
    pub(crate) permission_only: bool,
    pub(crate) new: bool,
    pub(crate) late: bool,
    pub(crate) keys: u16,
    pub(crate) pairs: Range<u32>,
    pub(crate) dependents: Range<u32>,
}

#[derive(Debug)]
pub(crate) struct PairRow {
    pub(crate) resource: u16,
    pub(crate) keys: u16,
    pub(crate) required: bool,
}

const HEADER: &str = "#clavicle-facts 1";

impl Facts {
    /// Reads the whole text or says which line is wrong.
    pub(crate) fn parse(text: &'static str) -> Result<Self, DamagedFacts> {
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return Err(DamagedFacts { line: 1, problem: "it does not begin with `#clavicle-facts 1`" });
        }
        let mut reader = Reader::default();
        for (index, line) in lines.enumerate() {
            reader.at = index + 2;
            reader.line(line).map_err(|problem| DamagedFacts { line: reader.at, problem })?;
        }
        reader.finish()
    }

    /// The keys of a set.
    pub(crate) fn set(&self, set: u16) -> &[u16] {
        let Some(before) = set.checked_sub(1) else { return &[] };
        let from = self.set_ends[usize::from(before)] as usize;
        &self.set_keys[from..self.set_ends[usize::from(set)] as usize]
    }

    /// Where the service with this prefix stands, case aside.
    pub(crate) fn service_at(&self, prefix: &str) -> Option<usize> {
        self.services.binary_search_by(|row| caseless::compare(row.prefix, prefix)).ok()
    }
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    services: Vec<ServiceRow>,
    keys: Vec<KeyRow>,
    types: Vec<TypeRow>,
    actions: Vec<ActionRow>,
    pairs: Vec<PairRow>,
    set_keys: Vec<u16>,
    set_ends: Vec<u32>,
    /// The number of sets before this service, to make the numbers of its sets global.
    sets_before: usize,
    /// Dependents name actions that may stand further down; with the line that names them.
    dependents: Vec<(&'static str, usize)>,
    /// The line that is being read.
    at: usize,
}

impl Reader {
    fn line(&mut self, line: &'static str) -> Result<(), &'static str> {
        let mut fields = split(line, b'\t');
        let kind = fields.next().unwrap_or_default();
        let mut field = || fields.next().ok_or("a field is missing");
        match kind {
            "S" => self.service(field()?, field()?),
            "K" => self.key(field()?, field()?),
            "C" => self.key_set(field()?),
            "R" => self.resource_type(field()?, field()?, field()?, field()?),
            "A" => self.action(field()?, field()?, field()?, field()?, field()?),
            _ => Err("its kind is none of S, K, C, R, A"),
        }
    }

    fn service(&mut self, prefix: &'static str, flags: &str) -> Result<(), &'static str> {
        if self.set_ends.is_empty() {
            self.set_ends.push(0);
        }
        if self.services.last().is_some_and(|last| caseless::compare(last.prefix, prefix).is_ge()) {
            return Err("its service is out of order");
        }
        let actions = small(self.actions.len())?;
        let (types, keys) = (small(self.types.len())?, small(self.keys.len())?);
        self.sets_before = self.set_ends.len() - 1;
        self.services.push(ServiceRow {
            prefix,
            rcp: flags.contains('r'),
            late: flags.contains('l'),
            actions: actions..actions,
            types: types..types,
            keys: keys..keys,
        });
        Ok(())
    }

    fn current(&mut self) -> Result<&mut ServiceRow, &'static str> {
        self.services.last_mut().ok_or("it stands before the first service")
    }

    fn key(&mut self, name: &'static str, kind: &str) -> Result<(), &'static str> {
        let [kind @ (b's' | b'S' | b'a' | b'A' | b'b' | b'B' | b'n' | b'N' | b'd' | b'D' | b'i' | b'I')] =
            *kind.as_bytes()
        else {
            return Err("its key has no known type");
        };
        self.keys.push(KeyRow { name, kind });
        let end = small(self.keys.len())?;
        self.current()?.keys.end = end;
        Ok(())
    }

    fn key_set(&mut self, names: &'static str) -> Result<(), &'static str> {
        let range = self.current()?.keys.clone();
        let known = &self.keys[usize::from(range.start)..];
        for name in split(names, b' ') {
            let at = known
                .binary_search_by(|row| caseless::compare(row.name, name))
                .map_err(|_| "its set holds a key that its service does not list")?;
            self.set_keys.push(range.start + small::<u16>(at)?);
        }
        self.set_ends.push(small(self.set_keys.len())?);
        Ok(())
    }

    fn set_number(&self, text: &str) -> Result<u16, &'static str> {
        if text.is_empty() {
            return Ok(0);
        }
        let local: usize = text.parse().map_err(|_| "its key set is no number")?;
        let set = self.sets_before + local;
        if local == 0 || set >= self.set_ends.len() {
            return Err("its key set is not listed");
        }
        small(set)
    }

    fn resource_type(
        &mut self,
        name: &'static str,
        pattern: &'static str,
        keys: &str,
        flags: &str,
    ) -> Result<(), &'static str> {
        if !pattern.starts_with("arn:") {
            return Err("its pattern is no ARN");
        }
        let keys = self.set_number(keys)?;
        self.current()?;
        let service = small(self.services.len() - 1)?;
        self.types.push(TypeRow { name, pattern, service, keys, late: flags == "l" });
        let end = small(self.types.len())?;
        self.current()?.types.end = end;
        Ok(())
    }

    fn action(
        &mut self,
        name: &'static str,
        levels: &str,
        keys: &str,
        pairs: &'static str,
        dependents: &'static str,
    ) -> Result<(), &'static str> {
        let bits = levels.trim_end_matches(['p', 'n', 'l']);
        let access =
            bits.parse().ok().and_then(Access::from_bits).ok_or("its level is no sum of level bits")?;
        let keys = self.set_number(keys)?;
        let first_pair = small(self.pairs.len())?;
        for pair in split(pairs, b'|').filter(|pair| !pair.is_empty()) {
            let row = self.pair(pair)?;
            self.pairs.push(row);
        }
        let first_dependent = small(self.dependents.len())?;
        let line = self.at;
        self.dependents
            .extend(split(dependents, b' ').filter(|name| !name.is_empty()).map(|name| (name, line)));
        let (last_pair, last_dependent) = (small(self.pairs.len())?, small(self.dependents.len())?);
        let service = self.current()?;
        let short =
            name.strip_prefix(service.prefix).and_then(|rest| rest.strip_prefix(':')).unwrap_or_default();
        if short.is_empty() {
            return Err("its action is not one of its service");
        }
        let (is_first, skip) = (service.actions.is_empty(), name.len() - short.len());
        if !is_first
            && self.actions.last().is_some_and(|last| caseless::compare(&last.name[skip..], short).is_ge())
        {
            return Err("its action is out of order");
        }
        self.actions.push(ActionRow {
            name,
            service: small(self.services.len() - 1)?,
            access,
            permission_only: levels.contains('p'),
            new: levels.contains('n'),
            late: levels.contains('l'),
            keys,
            pairs: first_pair..last_pair,
            dependents: first_dependent..last_dependent,
        });
        let end = small(self.actions.len())?;
        self.current()?.actions.end = end;
        Ok(())
    }

    fn pair(&mut self, text: &str) -> Result<PairRow, &'static str> {
        let (name, set) = text.split_once('@').unwrap_or((text, ""));
        let required = name.ends_with('*');
        let name = name.trim_end_matches('*');
        let keys = self.set_number(set)?;
        let first = self.current()?.types.start;
        let at = self.types[usize::from(first)..]
            .binary_search_by(|row| caseless::compare(row.name, name))
            .map_err(|_| "its resource type is not one of its service")?;
        Ok(PairRow { resource: first + small::<u16>(at)?, keys, required })
    }

    fn finish(self) -> Result<Facts, DamagedFacts> {
        let action_index = Caseless::new(self.actions.iter().map(|row| row.name));
        let mut dependents = Vec::with_capacity(self.dependents.len());
        for &(name, line) in &self.dependents {
            let Some(found) = action_index.get(name, |at| self.actions[at as usize].name) else {
                return Err(DamagedFacts { line, problem: "a dependent action is not listed" });
            };
            dependents.push(found);
        }
        Ok(Facts {
            services: self.services,
            keys: self.keys,
            types: self.types,
            actions: self.actions,
            pairs: self.pairs,
            dependents,
            set_keys: self.set_keys,
            set_ends: self.set_ends,
            action_index,
        })
    }
}

/// The parts of `text` between separators. Fields are a few letters long, for which the search of the standard library
/// spends more on setting out than on looking.
fn split(text: &'static str, separator: u8) -> impl Iterator<Item = &'static str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (part, after) = match text.bytes().position(|byte| byte == separator) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        rest = after;
        Some(part)
    })
}

/// Numbers of rows are kept small; a catalogue that outgrows them must be told, not wrapped.
fn small<N: TryFrom<usize>>(number: usize) -> Result<N, &'static str> {
    N::try_from(number).map_err(|_| "there are more records than can be numbered")
}

#[cfg(test)]
mod tests {
    use super::Facts;

    fn problem(text: &'static str) -> String {
        Facts::parse(text).expect_err("the text is damaged").to_string()
    }

    #[test]
    fn a_whole_text_is_read() {
        let facts = Facts::parse(
            "#clavicle-facts 1\nS\ta\tr\nK\ta:k\tS\nC\ta:k\nR\tt\tarn:${Partition}:a:::${T}\t1\t\nA\ta:Do\t4p\t1\tt*@1\ta:Do\n",
        )
        .expect("nothing is wrong with it");
        assert_eq!(facts.set(1), [0]);
        assert_eq!(facts.actions[0].pairs, 0..1);
        assert_eq!(facts.dependents, [0]);
        assert!(facts.services[0].rcp && facts.pairs[0].required && facts.actions[0].permission_only);
    }

    #[test]
    fn damage_is_named_with_its_line() {
        assert_eq!(problem(""), "line 1 of the reference facts: it does not begin with `#clavicle-facts 1`");
        assert!(problem("#clavicle-facts 1\nA\ta:B\t4\t\t\t\n").contains("line 2"));
        for (body, wanted) in [
            ("#clavicle-facts 1\nS\ta\t\nS\tA\t\n", "out of order"),
            ("#clavicle-facts 1\nS\ta\t\nX\n", "its kind is none of"),
            ("#clavicle-facts 1\nS\ta\t\nK\ta:k\tx\n", "no known type"),
            ("#clavicle-facts 1\nS\ta\t\nC\ta:k\n", "does not list"),
            ("#clavicle-facts 1\nS\ta\t\nA\ta:B\t32\t\t\t\n", "no sum of level bits"),
            ("#clavicle-facts 1\nS\ta\t\nA\ta:B\t4\t7\t\t\n", "not listed"),
            ("#clavicle-facts 1\nS\ta\t\nA\ta:B\t4\t\tthing\t\n", "resource type is not one of its service"),
            ("#clavicle-facts 1\nS\ta\t\nA\tb:B\t4\t\t\t\n", "action is not one of its service"),
            ("#clavicle-facts 1\nS\ta\t\nA\ta:B\t4\t\t\ta:C\n", "dependent action is not listed"),
            ("#clavicle-facts 1\nS\ta\t\nA\ta:C\t4\t\t\t\nA\ta:b\t4\t\t\t\n", "action is out of order"),
            ("#clavicle-facts 1\nS\ta\t\nA\ta:C\t4\n", "a field is missing"),
            ("#clavicle-facts 1\nS\ta\t\nR\tt\tnone\t\t\n", "no ARN"),
        ] {
            assert!(problem(body).contains(wanted), "{body}: {}", problem(body));
        }
    }
}
