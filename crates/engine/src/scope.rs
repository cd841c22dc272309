//! A rough answer to "could this speak of that action?" in one machine word: a no is certain, a yes has to be looked at.
//!
//! Most statements of most documents speak of other services than the one that is asked about. Their scope tells so
//! without a look at the statement, and the scope of a document without a look at any of its statements.

/// The actions that something could speak of: bits for services in the lower half, bits for how names begin in the
/// upper. An action has one bit in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope(u64);

/// How many letters of a name are told apart: `Get*`, `Put*` and their like have three.
const LETTERS: usize = 3;

const SERVICES: u64 = 0x0000_0000_ffff_ffff;
const NAMES: u64 = !SERVICES;

impl Scope {
    /// Every action.
    pub(crate) const ALL: Self = Self(u64::MAX);
    /// None.
    pub(crate) const NONE: Self = Self(0);

    /// One action, both parts in lower case.
    pub(crate) fn of_action(service: &str, name: &str) -> Self {
        Self(service_bit(service) | name_bit(service, name.as_bytes()))
    }

    /// The actions that a pattern covers, both parts in lower case.
    pub(crate) fn of_pattern(service: &str, name: &str) -> Self {
        if service.contains(['*', '?']) {
            return Self::ALL;
        }
        let names = match name.find(['*', '?']) {
            Some(at) if at < LETTERS => NAMES,
            _ => name_bit(service, name.as_bytes()),
        };
        Self(service_bit(service) | names)
    }

    /// What either speaks of.
    #[inline]
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Could it speak of the action? `false` is certain.
    #[inline]
    pub(crate) fn may_hold(self, action: Self) -> bool {
        self.0 & action.0 == action.0
    }
}

fn service_bit(service: &str) -> u64 {
    1 << (hash(0, service.as_bytes()) >> 59)
}

fn name_bit(service: &str, name: &[u8]) -> u64 {
    let letters = name.get(..LETTERS).unwrap_or(name);
    1 << (32 + (hash(hash(0, service.as_bytes()), letters) >> 59))
}

/// FNV-1a, begun anew from `from` and mixed so that its upper bits depend on every letter.
fn hash(from: u64, bytes: &[u8]) -> u64 {
    let begun = from ^ 0xcbf2_9ce4_8422_2325;
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(begun, step).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Action;
    use crate::action_set::ActionSet;

    /// The scope of an element must never rule out what its patterns cover, whatever the action.
    #[test]
    fn no_action_that_a_pattern_covers_is_ruled_out() {
        let catalog = clavicle_catalog::catalog();
        let patterns = [
            "*",
            "*:*",
            "s3:*",
            "S3:get*",
            "s3:g*",
            "s3:ge?object",
            "s3:GetObject",
            "iam:*Role*",
            "?3:*",
            "ec2:D*s",
            "sts:As",
            "s3:",
            "nonsense",
            "sqs:Sendmessage",
            "a:b",
            "dynamodb:???Item",
        ];
        let mut ruled_out = 0;
        for pattern in patterns {
            let set = ActionSet::of_patterns(&[pattern]);
            let listed = catalog.actions().map(|id| catalog.name(id));
            for name in listed.chain(["s3:", "s3:g", "a:b", "A:B", "nonsense", "", ":"]) {
                let action = Action::new(name);
                let may = set.scope().may_hold(action.scope());
                assert!(may || !set.holds(&action), "{pattern} rules out {name}");
                ruled_out += usize::from(!may);
            }
        }
        assert!(ruled_out > 200_000, "it rules out too little to be of use: {ruled_out}");
    }

    #[test]
    fn what_is_negated_speaks_of_everything() {
        let policy = clavicle_policy::parse(
            br#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}]}"#,
        );
        let element =
            policy.policy.and_then(|policy| policy.statements.into_iter().next()).and_then(|s| s.action);
        assert_eq!(ActionSet::new(&element.expect("it has one")).scope(), Scope::ALL);
    }
}
