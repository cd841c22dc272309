//! How much, in words.

pub(crate) use clavicle_answer::counted;
use clavicle_snapshot::{Amounts, PrincipalKind, Snapshot};

/// `4 accounts`, `345 identities`, `497 things`
pub(crate) fn of(snapshot: &Snapshot) -> Vec<String> {
    let is_group = |kind| kind == PrincipalKind::Group;
    in_words(Amounts {
        accounts: snapshot.accounts.iter().filter(|account| account.seen).count(),
        identities: snapshot.principals.iter().filter(|principal| !is_group(principal.kind)).count(),
        things: snapshot.resources.len(),
    })
}

/// The same of numbers that were counted elsewhere.
pub(crate) fn in_words(amounts: Amounts) -> Vec<String> {
    vec![
        counted(amounts.accounts, "account", "accounts"),
        counted(amounts.identities, "identity", "identities"),
        counted(amounts.things, "thing", "things"),
    ]
}

/// `3.1 MB`
pub(crate) fn bytes(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.into_iter().find(|(_, size)| bytes >= *size) {
        Some((unit, size)) => format!("{}.{} {unit}", bytes / size, bytes % size * 10 / size),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_short() {
        let shown = [999, 1000, 3_149_000, 2_000_000_000].map(super::bytes);
        assert_eq!(shown, ["999 bytes", "1.0 kB", "3.1 MB", "2.0 GB"]);
    }
}
