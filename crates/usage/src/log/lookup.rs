//! May an answer of `lookup-events` leave events out?
//!
//! Nothing in it says which attribute it was asked for (`--lookup-attributes AttributeKey=ReadOnly,AttributeValue=false`). But
//! whatever it was, all entries have the value of it in common. So one whose entries have nothing in common was not filtered.
//!
//! See AWS: AWS CloudTrail API Reference, `LookupEvents` (one attribute may be asked for), `LookupAttribute` and `Event`.

use std::collections::BTreeSet;

use super::scan::{Malformed, Scanner};

/// What one entry could be looked up by: attributes and their values, as written.
pub(super) type Attributes<'b> = BTreeSet<(&'b [u8], &'b [u8])>;

/// What all entries so far could be looked up by; `None`: there was none.
#[derive(Debug, Default)]
pub(super) struct Common<'b>(Option<Attributes<'b>>);

impl<'b> Common<'b> {
    pub(super) fn entry(&mut self, attributes: Attributes<'b>) {
        match &mut self.0 {
            Some(common) => common.retain(|attribute| attributes.contains(attribute)),
            none => *none = Some(attributes),
        }
    }

    pub(super) fn may_be_filtered(&self) -> bool {
        self.0.as_ref().is_some_and(|common| !common.is_empty())
    }
}

/// Takes a member of an entry.
pub(super) fn member<'b>(
    scanner: &mut Scanner<'b>,
    name: &'b [u8],
    attributes: &mut Attributes<'b>,
) -> Result<(), Malformed> {
    match name {
        b"EventId" | b"EventName" | b"EventSource" | b"ReadOnly" | b"Username" | b"AccessKeyId"
        | b"ResourceType" | b"ResourceName" => {
            let value = scanner.text()?.filter(|value| !value.is_empty());
            attributes.extend(value.map(|value| (name, value.raw)));
            Ok(())
        }
        b"Resources" => scanner
            .list(|scanner| scanner.object(|scanner, name| member(scanner, name, attributes)).map(|_| ()))
            .map(|_| ()),
        _ => scanner.skip(),
    }
}
