//! What was told of the accounts before and is not now: it may give somebody more than was compared.

use std::collections::BTreeSet;

use clavicle_snapshot::{Coverage, Snapshot};

use crate::count::counted;
use crate::not_seen::may_leave_out_things;
use crate::reader::Reader;

/// As sentences, each of one sort of things.
pub(super) fn notes(old: &Reader, new: &Reader) -> Vec<String> {
    let (before, after) = (old.world().snapshot(), new.world().snapshot());
    let mut notes = Vec::new();
    let identities = after.principals.iter().filter(|is| {
        let was = before.principal_by_arn(&is.arn).map(|index| before.principal(index));
        !is.seen && was.is_some_and(|was| was.seen)
    });
    let count = identities.count();
    if count > 0 {
        let of = counted(count, "identity", "identities");
        notes.push(format!("Of {of} it is not known any more which policies are attached."));
    }
    let accounts = before.accounts.iter().map(|account| account.id);
    let unlisted: Vec<String> = accounts
        .filter(|account| before.lists_identities(*account) && !after.lists_identities(*account))
        .map(|account| old.account_name(account))
        .collect();
    if let Some((first, more)) = unlisted.split_first() {
        notes.push(format!(
            "Not all users and roles of {first}{} were read now.",
            and_more(more.len(), "account")
        ));
    }
    let told = |snapshot: &Snapshot| snapshot.organization.as_ref().map(|it| it.attachments_seen);
    if told(before) == Some(true) && told(after) != Some(true) && !new.world().is_standalone() {
        notes.push("Which policies of the organization bind was not seen now.".to_owned());
    }
    let calls: Vec<String> = new_gaps(before, after)
        .map(|row| match row.account {
            Some(account) => format!("{} in {}", row.call, new.account_name(account)),
            None => row.call.to_string(),
        })
        .collect::<BTreeSet<String>>()
        .into_iter()
        .collect();
    if let Some((first, more)) = calls.split_first() {
        notes.push(format!("What {first}{} would have told was not seen now.", and_more(more.len(), "call")));
    }
    notes
}

/// The calls that AWS answers no more.
fn new_gaps<'s>(before: &'s Snapshot, after: &'s Snapshot) -> impl Iterator<Item = &'s Coverage> {
    let place = |row: &'s Coverage| (&*row.call, row.account, row.region.as_deref());
    let gaps = |snapshot: &'s Snapshot| snapshot.not_seen().filter(|row| may_leave_out_things(row));
    let known: BTreeSet<_> = gaps(before).map(place).collect();
    gaps(after).filter(move |row| !known.contains(&place(row)))
}

fn and_more(count: usize, what: &str) -> String {
    if count == 0 {
        String::new()
    } else {
        format!(" and of {}", counted(count, &format!("other {what}"), &format!("other {what}s")))
    }
}
