//! One policy as several that are small enough, and mean the same when all are attached.

use clavicle_policy::{Policy, Statement};

use crate::size::characters;
use crate::written::{actions, policy, resources, set_actions, set_resources, settled};

/// Policies of at most so many characters that come to the same together; `None`: one statement is too large, and has
/// no list that could be cut. Order of statements is kept where it fits.
pub(crate) fn split(whole: &Policy, most: usize) -> Option<Vec<Policy>> {
    let whole = settled(whole.clone());
    if characters(&whole)? <= most {
        return Some(vec![whole]);
    }
    let mut pieces = Vec::new();
    for statement in &whole.statements {
        let first = pieces.len();
        cut(statement, most, &mut pieces)?;
        number(&mut pieces[first..]);
    }
    let mut parts: Vec<Vec<Statement>> = Vec::new();
    for piece in pieces {
        let fits = |part: &Vec<Statement>| {
            let with = part.iter().chain([&piece]).cloned().collect();
            characters(&policy(with)).is_some_and(|size| size <= most)
        };
        match parts.iter().position(fits) {
            Some(at) => parts[at].push(piece),
            None => parts.push(vec![piece]),
        }
    }
    let part = |statements| settled(Policy { statements, id: None, ..whole.clone() });
    Some(parts.into_iter().map(part).collect())
}

/// Gives the pieces of one statement Sids that differ: in a policy each may stand once.
fn number(pieces: &mut [Statement]) {
    if pieces.len() > 1 {
        for (place, piece) in pieces.iter_mut().enumerate() {
            if let Some(sid) = &mut piece.sid {
                sid.value.push_str(&(place + 1).to_string());
            }
        }
    }
}

/// Halves lists until each piece fits into a policy of its own.
fn cut(statement: &Statement, most: usize, pieces: &mut Vec<Statement>) -> Option<()> {
    if characters(&policy(vec![statement.clone()]))? <= most {
        pieces.push(statement.clone());
        return Some(());
    }
    let (actions, resources) = (actions(statement), resources(statement));
    let long = |list: &Option<Vec<String>>| {
        list.as_ref().map_or(0, |list| if list.len() > 1 { list.iter().map(String::len).sum() } else { 0 })
    };
    let by_actions = long(&actions) >= long(&resources);
    let list = if by_actions { actions } else { resources }?;
    if list.len() < 2 {
        return None;
    }
    let (front, back) = list.split_at(list.len() / 2);
    for half in [front, back] {
        let mut piece = statement.clone();
        if by_actions {
            set_actions(&mut piece, half.to_vec());
        } else {
            set_resources(&mut piece, half.to_vec());
        }
        cut(&piece, most, pieces)?;
    }
    Some(())
}
