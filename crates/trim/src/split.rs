//! One policy as several that are small enough, and mean the same when all are attached.
//!
//! That is packing bins, and the things to pack may be cut: a statement with a list is the same as two statements with a part
//! of the list each. Two ways are tried, and the one with fewer policies is taken. The first keeps statements whole where
//! they fit, and puts the longest first, each into the first policy that has room for it ("first fit decreasing"). The
//! second goes in order and cuts what does not fit where the policy is full.

use clavicle_policy::{Policy, Statement};

use crate::size::characters;
use crate::written::{actions, policy, resources, set_actions, set_resources, settled};

/// Policies of at most so many characters that come to the same together; `None`: one statement is too large, and has
/// no list that could be cut. Order of statements is kept within a policy.
pub(crate) fn split(whole: &Policy, most: usize) -> Option<Vec<Policy>> {
    let whole = settled(whole.clone());
    if characters(&whole)? <= most {
        return Some(vec![whole]);
    }
    let bins = Bins { frame: characters(&policy(Vec::new()))?, most };
    let (whole_ones, filled) = (bins.first_fit(&whole.statements)?, bins.filled(&whole.statements)?);
    let parts = if filled.len() < whole_ones.len() { filled } else { whole_ones };
    let part = |statements| settled(Policy { statements, id: None, ..whole.clone() });
    let parts: Vec<Policy> = numbered(parts).into_iter().map(part).collect();
    let fits = |part: &Policy| characters(part).is_some_and(|size| size <= most);
    parts.iter().all(fits).then_some(parts)
}

/// A statement, or a part of one, by the place of the statement that it is of.
type Piece = (usize, Statement);

/// So many digits a Sid may get.
const DIGITS: usize = 3;

/// Policies that are filled.
#[derive(Clone, Copy)]
struct Bins {
    /// The characters of a policy without statements.
    frame: usize,
    /// The characters that there may be.
    most: usize,
}

impl Bins {
    /// What a statement takes in a policy, with the comma before it.
    fn takes(self, statement: &Statement) -> Option<usize> {
        let alone = characters(&policy(vec![statement.clone()]))?;
        let digits = if statement.sid.is_some() { DIGITS } else { 0 };
        Some(alone.saturating_sub(self.frame) + 1 + digits)
    }

    /// The room in a policy without statements: its first has no comma.
    fn room(self) -> usize {
        (self.most + 1).saturating_sub(self.frame)
    }

    fn first_fit(self, statements: &[Statement]) -> Option<Vec<Vec<Piece>>> {
        let mut pieces: Vec<(usize, Piece)> = Vec::new();
        for (from, statement) in statements.iter().enumerate() {
            for piece in self.pieces(statement)? {
                pieces.push((self.takes(&piece)?, (from, piece)));
            }
        }
        pieces.sort_by_key(|(takes, _)| std::cmp::Reverse(*takes));
        let mut parts: Vec<(usize, Vec<Piece>)> = Vec::new();
        for (takes, piece) in pieces {
            match parts.iter_mut().find(|(left, _)| *left >= takes) {
                Some((left, part)) => {
                    *left -= takes;
                    part.push(piece);
                }
                None => parts.push((self.room().saturating_sub(takes), vec![piece])),
            }
        }
        let mut parts: Vec<Vec<Piece>> = parts.into_iter().map(|(_, part)| part).collect();
        parts.iter_mut().for_each(|part| part.sort_by_key(|(from, _)| *from));
        Some(parts)
    }

    fn filled(self, statements: &[Statement]) -> Option<Vec<Vec<Piece>>> {
        let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
        let mut left = self.room();
        for (from, statement) in statements.iter().enumerate() {
            let mut rest = statement.clone();
            if self.takes(&rest)? > left
                && let Some((piece, others)) = self.cut(&rest, left)
            {
                parts.last_mut()?.push((from, piece));
                (left, rest) = (0, others);
            }
            for piece in self.pieces(&rest)? {
                let takes = self.takes(&piece)?;
                if takes > left {
                    left = self.room();
                    parts.push(Vec::new());
                }
                left = left.saturating_sub(takes);
                parts.last_mut()?.push((from, piece));
            }
        }
        parts.retain(|part| !part.is_empty());
        Some(parts)
    }

    /// The statement in pieces that each fit into a policy of its own: all but the last as large as they may be.
    fn pieces(self, statement: &Statement) -> Option<Vec<Statement>> {
        let (mut pieces, mut rest) = (Vec::new(), statement.clone());
        while self.takes(&rest)? > self.room() {
            match self.cut(&rest, self.room()) {
                Some((piece, others)) => {
                    pieces.push(piece);
                    rest = others;
                }
                // Not one entry of the longer list fits beside the other list: both have to be cut.
                None => {
                    let list = Longer::of(&rest)?;
                    let (middle, end) = (list.entries.len() / 2, list.entries.len());
                    for half in [0..middle, middle..end] {
                        pieces.extend(self.pieces(&list.with(&rest, half))?);
                    }
                    return Some(pieces);
                }
            }
        }
        pieces.push(rest);
        Some(pieces)
    }

    /// As much of a statement as there is room for, and the rest of it. `None`: not even one entry of its longer list.
    fn cut(self, statement: &Statement, room: usize) -> Option<(Statement, Statement)> {
        let list = Longer::of(statement)?;
        // Of the counts of entries that fit, the largest.
        let (mut fits, mut too_many) = (0, list.entries.len());
        while too_many - fits > 1 {
            let middle = usize::midpoint(fits, too_many);
            if self.takes(&list.with(statement, 0..middle))? <= room {
                fits = middle;
            } else {
                too_many = middle;
            }
        }
        let parts = |at| (list.with(statement, 0..at), list.with(statement, at..list.entries.len()));
        (fits > 0).then(|| parts(fits))
    }
}

/// The longer one of a statement's lists.
struct Longer {
    entries: Vec<String>,
    is_actions: bool,
}

impl Longer {
    /// `None`: no list of it can be cut.
    fn of(statement: &Statement) -> Option<Self> {
        let of = |entries: Option<Vec<String>>| entries.filter(|list| list.len() > 1).unwrap_or_default();
        let (actions, resources) = (of(actions(statement)), of(resources(statement)));
        let length = |list: &[String]| list.iter().map(String::len).sum::<usize>();
        let is_actions = length(&actions) >= length(&resources);
        let entries = if is_actions { actions } else { resources };
        (!entries.is_empty()).then_some(Self { entries, is_actions })
    }

    /// The statement with these entries of the list.
    fn with(&self, statement: &Statement, at: std::ops::Range<usize>) -> Statement {
        let (mut piece, entries) = (statement.clone(), self.entries.get(at).unwrap_or_default().to_vec());
        if self.is_actions {
            set_actions(&mut piece, entries);
        } else {
            set_resources(&mut piece, entries);
        }
        piece
    }
}

/// Gives the pieces of one statement Sids that differ: in a policy each may stand once.
fn numbered(parts: Vec<Vec<Piece>>) -> Vec<Vec<Statement>> {
    let mut counts = std::collections::BTreeMap::new();
    for (from, _) in parts.iter().flatten() {
        *counts.entry(*from).or_insert(0_usize) += 1;
    }
    let mut done = std::collections::BTreeMap::new();
    let mut name = |(from, mut piece): Piece| {
        let place = done.entry(from).or_insert(0_usize);
        *place += 1;
        if counts.get(&from).is_some_and(|count| *count > 1)
            && let Some(sid) = &mut piece.sid
        {
            sid.value.push_str(&place.to_string());
        }
        piece
    };
    parts.into_iter().map(|part| part.into_iter().map(&mut name).collect()).collect()
}

#[cfg(test)]
mod tests {
    use crate::size::characters;
    use crate::{Place, Wanted, minimize};
    use clavicle_policy::Policy;

    const MOST: usize = 6_144;

    /// Statements that do not go together, each with a list of buckets of about so many characters.
    fn of_sizes(sizes: &[usize]) -> Policy {
        let statement = |(at, size): (usize, &usize)| {
            let name = "x".repeat(170);
            let buckets: Vec<String> =
                (0..size / 200).map(|n| format!("\"arn:aws:s3:::b{at:03}/{n:04}{name}/*\"")).collect();
            format!(
                r#"{{"Sid": "S{at}x", "Effect": "Allow", "Action": "s3:GetObject", "Resource": [{}],
                    "Condition": {{"StringEquals": {{"aws:PrincipalTag/n": "{at}"}}}}}}"#,
                buckets.join(", ")
            )
        };
        let statements: Vec<String> = sizes.iter().enumerate().map(statement).collect();
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
        clavicle_policy::parse(text.as_bytes()).policy.expect("a policy")
    }

    #[test]
    fn as_few_policies_as_it_takes() {
        for (sizes, wanted) in [
            // A little more than half of a policy each: eight if none is cut.
            (&[3_400; 8][..], 5),
            // Whole ones go together where the longest is put first.
            (&[1_400, 4_000, 1_400, 4_000], 2),
            // One that is larger than a policy, and what goes beside its end.
            (&[7_500, 4_000], 2),
            (&[20_000], 4),
        ] {
            let found = minimize(&of_sizes(sizes), Wanted { wildcards: false, place: Place::Managed });
            let found = found.expect("it can be split, and is proved the same");
            let all: Vec<usize> =
                found.policies.iter().map(|part| characters(part).expect("a text")).collect();
            assert!(all.iter().all(|size| *size <= MOST), "{sizes:?}: {all:?}");
            assert_eq!(all.len(), wanted, "{sizes:?}: {all:?}");
            let mut sids: Vec<&str> = found
                .policies
                .iter()
                .flat_map(|part| &part.statements)
                .filter_map(|statement| Some(statement.sid.as_ref()?.value.as_str()))
                .collect();
            let count = sids.len();
            sids.sort_unstable();
            sids.dedup();
            assert_eq!(sids.len(), count, "{sizes:?}: each Sid stands once");
        }
    }
}
