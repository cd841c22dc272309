//! What a map is of.

use clavicle_policy::AccountId;

use super::account::{account_facts, account_head};
use super::atom::Facts;
use super::division::Division;
use super::drawn::{Drawn, Head, draw, draw_apart};
use super::organization::{organization_facts, organization_head};
use super::people::People;
use super::reach_out::ReachOut;

/// The whole organization, one of its units, or one account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// Everything.
    Organization,
    /// An organizational unit by its id: where it stands among the units of a snapshot is another matter in each.
    Unit(String),
    /// One account.
    Account(AccountId),
}

/// The map of what is meant, perhaps with one of its shapes taken apart. `None`: there is no such unit or account, or the
/// shape cannot be.
pub(crate) fn draw_map(
    people: &dyn People,
    reach_out: &ReachOut,
    scope: &Scope,
    apart: Option<&str>,
) -> Option<Drawn> {
    let (facts, head) = read(people, reach_out, scope)?;
    let drawn = match apart {
        None => draw(people, facts, head),
        Some(shape) => draw_apart(people, facts, head, shape)?,
    };
    Some(drawn.noting(reach_out.notes()))
}

/// What could be on it, and what stands above it.
fn read(people: &dyn People, reach_out: &ReachOut, scope: &Scope) -> Option<(Facts, Head)> {
    if let Scope::Account(account) = scope {
        return Some((account_facts(people, reach_out, *account)?, account_head(people, *account)));
    }
    let division = Division::new(&[people.world().snapshot()], scope)?;
    let mut facts = organization_facts(people, reach_out, &division);
    let head = organization_head(people, &division, &mut facts);
    Some((facts, head))
}
