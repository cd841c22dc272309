//! A condition key's name, ready to be compared: lower case, with its hash.

/// The name of a condition key. AWS compares names, the tag key after the slash included, without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    hash: u64,
    name: Box<str>,
}

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        let name = if name.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
            name.to_lowercase().into_boxed_str()
        } else {
            name.into()
        };
        Self { hash: hash(name.as_bytes()), name }
    }

    #[inline]
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// FNV-1a. The same in every process, so that the order of keys is too; names are short and few, and equality is
/// always settled by the text.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
