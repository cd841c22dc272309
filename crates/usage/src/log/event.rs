//! The fields of a CloudTrail record that tell who did what to what.
//!
//! See AWS: AWS CloudTrail User Guide, CloudTrail record contents, and `CloudTrail userIdentity` element.

use super::repeats::{Hole, Holes};
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
    /// Is it no event, but a report of last access?
    pub(crate) is_report: bool,
    /// Where in the text the values stand that say nothing about permissions.
    pub(crate) holes: Holes,
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
            b"userIdentity" => {
                let before = self.holes.len();
                self.caller.read(scanner, &mut self.holes)?;
                // Who acts without a role is known by this ARN alone.
                if self.caller.issuer.is_empty() {
                    self.holes.fill_sessions(before);
                }
            }
            b"eventTime" => self.time = hole(scanner, Hole::Time, &mut self.holes)?.unwrap_or_default(),
            b"eventSource" => self.source = scanner.text()?.unwrap_or_default(),
            b"eventName" => self.name = scanner.text()?.unwrap_or_default(),
            b"awsRegion" => self.region = scanner.text()?.unwrap_or_default(),
            b"sourceIPAddress" => {
                self.address = hole(scanner, Hole::Address, &mut self.holes)?.unwrap_or_default();
            }
            b"userAgent" => {
                hole(scanner, Hole::Text, &mut self.holes)?;
            }
            b"additionalEventData" => additional(scanner, &mut self.holes)?,
            b"errorCode" => self.error = scanner.text()?,
            b"errorMessage" => self.message = scanner.text()?,
            b"requestParameters" => self.parameters = present(scanner.raw_value()?),
            b"responseElements" => self.answer = value(scanner, &mut self.holes)?,
            b"resources" => self.resources = present(scanner.raw_value()?),
            b"eventID" => self.id = hole(scanner, Hole::Id, &mut self.holes)?.unwrap_or_default(),
            b"requestID" => self.request = hole(scanner, Hole::Text, &mut self.holes)?.unwrap_or_default(),
            b"eventType" => self.kind = scanner.text()?.unwrap_or_default(),
            b"managementEvent" => self.is_data |= scanner.truth()? == Some(false),
            b"eventCategory" => self.is_data |= scanner.text()?.is_some_and(|text| text.raw == b"Data"),
            b"recipientAccountId" => self.recipient = scanner.text()?.unwrap_or_default(),
            b"vpcEndpointId" => self.endpoint = scanner.text()?,
            b"tlsDetails" => self.is_encrypted = scanner.raw_value()?.len() > 2,
            b"ServicesLastAccessed" => {
                self.is_report = true;
                scanner.skip()?;
            }
            _ => scanner.skip()?,
        }
        Ok(())
    }

    /// Is there enough to say what happened?
    ///
    /// AWS: AWS CloudTrail User Guide, "CloudTrail record contents for Insights events for trails": these have neither a source
    /// nor a name, but for those within `insightDetails`.
    pub(crate) fn is_record(&self) -> bool {
        let is_insight = self.kind.raw == b"AwsCloudTrailInsight";
        is_insight || !self.source.is_empty() && !self.name.is_empty() && !self.time.is_empty()
    }
}

impl<'b> Identity<'b> {
    fn read(&mut self, scanner: &mut Scanner<'b>, holes: &mut Holes) -> Result<(), Malformed> {
        scanner.object(|scanner, name| {
            match name {
                b"type" => self.kind = scanner.text()?.unwrap_or_default(),
                b"arn" => self.arn = hole(scanner, Hole::Session, holes)?.unwrap_or_default(),
                b"principalId" | b"accessKeyId" => {
                    hole(scanner, Hole::Text, holes)?;
                }
                b"accountId" => self.account = scanner.text()?.unwrap_or_default(),
                b"invokedBy" => self.invoked_by = scanner.text()?,
                b"sessionContext" => self.session(scanner, holes)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(())
    }

    fn session(&mut self, scanner: &mut Scanner<'b>, holes: &mut Holes) -> Result<(), Malformed> {
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
                        match name {
                            b"mfaAuthenticated" => self.mfa = scanner.truth()?,
                            b"creationDate" => {
                                hole(scanner, Hole::Text, holes)?;
                            }
                            _ => scanner.skip()?,
                        }
                        Ok(())
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

/// A text that may differ between records that mean the same.
#[inline]
fn hole<'b>(scanner: &mut Scanner<'b>, hole: Hole, holes: &mut Holes) -> Result<Option<Text<'b>>, Malformed> {
    let text = scanner.text()?;
    if let Some(text) = text {
        let to = scanner.at() - 1;
        holes.push(hole, to - text.raw.len(), to);
    }
    Ok(text)
}

/// What Amazon S3 adds differs in an id and in how many bytes there were, and is else the same for each of its calls: AWS: S3 User
/// Guide, "Amazon S3 CloudTrail events". What others add may differ in anything.
fn additional(scanner: &mut Scanner<'_>, holes: &mut Holes) -> Result<(), Malformed> {
    let raw = scanner.clone().raw_value()?;
    if memchr::memmem::find(raw, b"\"x-amz-id-2\":").is_none() {
        return value(scanner, holes).map(|_| ());
    }
    let is_object = scanner.object(|scanner, name| match name {
        b"x-amz-id-2" => hole(scanner, Hole::Text, holes).map(|_| ()),
        b"bytesTransferredIn" | b"bytesTransferredOut" => value(scanner, holes).map(|_| ()),
        _ => scanner.skip(),
    });
    is_object.map(|_| ())
}

/// Any value that may.
#[inline]
fn value<'b>(scanner: &mut Scanner<'b>, holes: &mut Holes) -> Result<&'b [u8], Malformed> {
    let raw = scanner.raw_value()?;
    // To compare nothing is less than to look where it ends.
    if raw != b"null" {
        holes.push(Hole::Value, scanner.at() - raw.len(), scanner.at());
    }
    Ok(present(raw))
}

/// `null` and `{}` tell nothing.
fn present(raw: &[u8]) -> &[u8] {
    if raw == b"null" || raw == b"{}" || raw == b"[]" { &[] } else { raw }
}

#[cfg(test)]
mod tests {
    use super::super::repeats::Repeats;
    use super::{Event, Scanner};

    /// A record with that in `additionalEventData`.
    fn record(added: &str) -> String {
        format!(
            r#"{{"eventTime":"2026-03-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","additionalEventData":{added},"eventID":"i"}}"#
        )
    }

    #[test]
    fn of_what_amazon_s3_adds_an_id_and_numbers_may_differ() {
        let of_s3 = |id: &str, bytes: u32, cipher: &str| {
            record(&format!(
                r#"{{"SignatureVersion":"SigV4","CipherSuite":"{cipher}","bytesTransferredIn":{bytes},"x-amz-id-2":"{id}","bytesTransferredOut":{bytes}}}"#
            ))
        };
        let learnt = |text: &str| {
            let mut repeats = Repeats::default();
            let event = Event::read(&mut Scanner::new(text.as_bytes())).unwrap().unwrap();
            repeats.learn(text.as_bytes(), 0, text.len(), &event.holes, 1);
            repeats
        };
        let finds = |repeats: &mut Repeats, text: &str| repeats.find(text.as_bytes()).is_some();
        let mut repeats = learnt(&of_s3("a/b+c=", 0, "TLS_A"));
        assert!(finds(&mut repeats, &of_s3("another id", 12_345, "TLS_A")));
        assert!(!finds(&mut repeats, &of_s3("a/b+c=", 0, "TLS_B")));
        let mut repeats = learnt(&record(r#"{"LoginTo":"https://a","MFAUsed":"Yes"}"#));
        assert!(finds(&mut repeats, &record(r#"{"LoginTo":"https://b","MobileVersion":"No"}"#)));
    }
}
