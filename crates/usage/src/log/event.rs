//! The fields of a CloudTrail record that tell who did what to what.
//!
//! See AWS: AWS CloudTrail User Guide, CloudTrail record contents, and `CloudTrail userIdentity` element.

use super::scan::{Malformed, Scanner, Text};

/// One record, as the log has it; nothing is decoded yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Event<'b> {
    pub(crate) caller: Identity<'b>,
    pub(crate) time: Text<'b>,
    pub(crate) source: Text<'b>,
    pub(crate) name: Text<'b>,
    pub(crate) region: Text<'b>,
    pub(crate) address: Text<'b>,
    pub(crate) error: Option<Text<'b>>,
    pub(crate) message: Option<Text<'b>>,
    /// JSON as written; empty where the record has none.
    pub(crate) parameters: &'b [u8],
    pub(crate) answer: &'b [u8],
    pub(crate) resources: &'b [u8],
    pub(crate) id: Text<'b>,
    pub(crate) request: Text<'b>,
    pub(crate) kind: Text<'b>,
    pub(crate) is_data: bool,
    /// The account that the event was delivered to.
    pub(crate) recipient: Text<'b>,
    pub(crate) endpoint: Option<Text<'b>>,
    pub(crate) is_encrypted: bool,
}

/// `userIdentity`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity<'b> {
    pub(crate) kind: Text<'b>,
    pub(crate) arn: Text<'b>,
    pub(crate) account: Text<'b>,
    pub(crate) issuer: Text<'b>,
    pub(crate) invoked_by: Option<Text<'b>>,
    pub(crate) mfa: Option<bool>,
    pub(crate) source_identity: Option<Text<'b>>,
    pub(crate) provider: Option<Text<'b>>,
}

impl<'b> Event<'b> {
    /// Reads one record; the scanner stands before it. `None`: it is no object.
    pub(crate) fn read(scanner: &mut Scanner<'b>) -> Result<Option<Self>, Malformed> {
        let mut event = Self::default();
        let is_object = scanner.object(|scanner, name| event.member(scanner, name))?;
        Ok(is_object.then_some(event))
    }

    #[inline]
    pub(crate) fn member(&mut self, scanner: &mut Scanner<'b>, name: &[u8]) -> Result<(), Malformed> {
        match name {
            b"userIdentity" => self.caller.read(scanner)?,
            b"eventTime" => self.time = scanner.text()?.unwrap_or_default(),
            b"eventSource" => self.source = scanner.text()?.unwrap_or_default(),
            b"eventName" => self.name = scanner.text()?.unwrap_or_default(),
            b"awsRegion" => self.region = scanner.text()?.unwrap_or_default(),
            b"sourceIPAddress" => self.address = scanner.text()?.unwrap_or_default(),
            b"errorCode" => self.error = scanner.text()?,
            b"errorMessage" => self.message = scanner.text()?,
            b"requestParameters" => self.parameters = present(scanner.raw_value()?),
            b"responseElements" => self.answer = present(scanner.raw_value()?),
            b"resources" => self.resources = present(scanner.raw_value()?),
            b"eventID" => self.id = scanner.text()?.unwrap_or_default(),
            b"requestID" => self.request = scanner.text()?.unwrap_or_default(),
            b"eventType" => self.kind = scanner.text()?.unwrap_or_default(),
            b"managementEvent" => self.is_data |= scanner.truth()? == Some(false),
            b"eventCategory" => self.is_data |= scanner.text()?.is_some_and(|text| text.raw == b"Data"),
            b"recipientAccountId" => self.recipient = scanner.text()?.unwrap_or_default(),
            b"vpcEndpointId" => self.endpoint = scanner.text()?,
            b"tlsDetails" => self.is_encrypted = scanner.raw_value()?.len() > 2,
            _ => scanner.skip()?,
        }
        Ok(())
    }

    /// Is there enough to say what happened?
    pub(crate) fn is_record(&self) -> bool {
        !self.source.is_empty() && !self.name.is_empty() && !self.time.is_empty()
    }
}

impl<'b> Identity<'b> {
    fn read(&mut self, scanner: &mut Scanner<'b>) -> Result<(), Malformed> {
        scanner.object(|scanner, name| {
            match name {
                b"type" => self.kind = scanner.text()?.unwrap_or_default(),
                b"arn" => self.arn = scanner.text()?.unwrap_or_default(),
                b"accountId" => self.account = scanner.text()?.unwrap_or_default(),
                b"invokedBy" => self.invoked_by = scanner.text()?,
                b"sessionContext" => self.session(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(())
    }

    fn session(&mut self, scanner: &mut Scanner<'b>) -> Result<(), Malformed> {
        scanner.object(|scanner, name| {
            match name {
                b"sessionIssuer" => {
                    scanner.object(|scanner, name| {
                        if name == b"arn" {
                            self.issuer = scanner.text()?.unwrap_or_default();
                            return Ok(());
                        }
                        scanner.skip()
                    })?;
                }
                b"attributes" => {
                    scanner.object(|scanner, name| {
                        if name == b"mfaAuthenticated" {
                            self.mfa = scanner.truth()?;
                            return Ok(());
                        }
                        scanner.skip()
                    })?;
                }
                b"webIdFederationData" => {
                    scanner.object(|scanner, name| {
                        if name == b"federatedProvider" {
                            self.provider = scanner.text()?;
                            return Ok(());
                        }
                        scanner.skip()
                    })?;
                }
                b"sourceIdentity" => self.source_identity = scanner.text()?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// `null` and `{}` tell nothing.
fn present(raw: &[u8]) -> &[u8] {
    if raw == b"null" || raw == b"{}" || raw == b"[]" { &[] } else { raw }
}
