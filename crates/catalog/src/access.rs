//! What an action does to the thing it is asked on, in AWS's five levels.

use std::fmt;
use std::ops::BitOr;

/// The access levels of an action: a set, because AWS gives some actions two (`Permissions management, Write`).
///
/// The levels are AWS's own and are not corrected here: `kms:Decrypt` is a write. What a person means by "read" is
/// another question, see [`Words`](crate::Words).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Access(u8);

impl Access {
    /// Names things.
    pub const LIST: Self = Self(1);
    /// Returns what is in things, or how they are set up.
    pub const READ: Self = Self(2);
    /// Makes, changes or deletes things, or makes them do something.
    pub const WRITE: Self = Self(4);
    /// Changes tags, on which permissions may depend.
    pub const TAGGING: Self = Self(8);
    /// Changes who may do what.
    pub const PERMISSIONS: Self = Self(16);

    const NAMES: [(Self, &'static str); 5] = [
        (Self::LIST, "list"),
        (Self::READ, "read"),
        (Self::WRITE, "write"),
        (Self::TAGGING, "tagging"),
        (Self::PERMISSIONS, "permissions"),
    ];

    /// `None` if `bits` holds a bit that is no level.
    pub(crate) fn from_bits(bits: u8) -> Option<Self> {
        (bits < 32).then_some(Self(bits))
    }

    /// Does this set hold every level of `other`?
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Does this set hold any level of `other`?
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Is the level not known? True of actions so new that only their names are known; it does not mean harmless.
    pub fn is_unknown(self) -> bool {
        self.0 == 0
    }

    /// The words for the levels in this set, in AWS's order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(level, _)| self.contains(*level)).map(|(_, name)| name)
    }
}

impl BitOr for Access {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unknown() {
            return f.write_str("unknown");
        }
        for (index, name) in self.names().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Access({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Access;

    #[test]
    fn a_set_of_levels_reads_as_words() {
        let both = Access::WRITE | Access::PERMISSIONS;
        assert_eq!(both.to_string(), "write, permissions");
        assert!(both.contains(Access::WRITE) && both.intersects(Access::PERMISSIONS | Access::LIST));
        assert!(!both.contains(Access::WRITE | Access::LIST));
    }

    #[test]
    fn no_level_is_unknown_and_not_harmless() {
        assert!(Access::default().is_unknown());
        assert_eq!(Access::default().to_string(), "unknown");
        assert_eq!(Access::from_bits(32), None);
    }
}
