//! The partition of an ARN, told without a look at its text where it is one that AWS has.

/// What stands between the first two colons of an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partition {
    Aws,
    AwsCn,
    AwsUsGov,
    /// Another one, or a pattern: the text tells.
    Other,
}

impl Partition {
    pub(crate) fn of(text: &str) -> Self {
        match text {
            "aws" => Self::Aws,
            "aws-cn" => Self::AwsCn,
            "aws-us-gov" => Self::AwsUsGov,
            _ => Self::Other,
        }
    }

    /// Are they one? `None`: the texts tell.
    #[inline]
    pub(crate) fn is(self, other: Self) -> Option<bool> {
        (self != Self::Other && other != Self::Other).then_some(self == other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS: IAM User Guide, "IAM identifiers", IAM ARNs.
    #[test]
    fn what_is_told_at_once_is_what_the_texts_say() {
        const NAMES: [&str; 6] = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "*"];
        for one in NAMES {
            for other in NAMES {
                let told = Partition::of(one).is(Partition::of(other));
                let at_once = [one, other].iter().all(|name| NAMES[..3].contains(name));
                assert_eq!(told, at_once.then_some(one == other), "{one} and {other}");
            }
        }
    }
}
