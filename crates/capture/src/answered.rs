//! How did AWS answer a call, and what does the answer tell?

use clavicle_usage::Outcome;

use crate::asked::inflate;
use crate::parameters::{Form, Parameters};

/// What is kept of an answer, as long as the call is looked at.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// `None`: there was none.
    pub(crate) status: Option<u16>,
    /// `x-amzn-errortype`, and what other headers say the like.
    pub(crate) error_header: Option<String>,
    pub(crate) content_type: String,
    pub(crate) is_compressed: bool,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The texts of the body.
    pub(crate) fn texts(&self) -> Parameters {
        let mut texts = Parameters::default();
        let inflated = if self.is_compressed { inflate(&self.body) } else { None };
        let body = inflated.as_deref().unwrap_or(&self.body);
        if let Some(form) = Form::of(&self.content_type).or_else(|| Form::guess(body)) {
            texts.read(form, body);
        }
        texts
    }

    /// How it ended, and what AWS said to a refusal.
    ///
    /// See AWS: IAM User Guide, Troubleshoot access denied error messages; services spell the codes in their own ways, in a
    /// header or in the body, or give the status alone.
    pub(crate) fn outcome(&self, texts: &Parameters) -> (Outcome, Option<String>) {
        match self.status {
            Some(status) if status < 400 => (Outcome::Succeeded, None),
            None => (Outcome::Failed, None),
            Some(status) => {
                let in_body = || {
                    ["Code", "__type", "code"].iter().find_map(|name| texts.first(name)).map(str::to_owned)
                };
                let code = self.error_header.clone().or_else(in_body);
                // `aws.protocoltests#AccessDenied:http://…`
                let code = code.map(|code| {
                    code.rsplit('#')
                        .next()
                        .unwrap_or_default()
                        .split(':')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                });
                let outcome = match code {
                    Some(code) if !code.is_empty() => Outcome::of(Some(&code)),
                    // The answer to `HEAD` has no body: S3 says no more than this.
                    _ if status == 403 => Outcome::Denied,
                    _ => Outcome::Failed,
                };
                let message =
                    || ["Message", "message"].iter().find_map(|name| texts.first(name)).map(str::to_owned);
                (outcome, if outcome == Outcome::Denied { message() } else { None })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;
    use clavicle_usage::Outcome;

    fn ended(status: u16, header: Option<&str>, kind: &str, body: &str) -> (Outcome, Option<String>) {
        let answer = Answer {
            status: Some(status),
            error_header: header.map(str::to_owned),
            content_type: kind.to_owned(),
            is_compressed: false,
            body: body.into(),
        };
        let texts = answer.texts();
        answer.outcome(&texts)
    }

    #[test]
    fn denials_are_told_from_other_failures() {
        let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: x is not authorized to perform: iam:GetRole</Message></Error></ErrorResponse>";
        let denied = ended(403, None, "text/xml", xml);
        assert_eq!(denied.0, Outcome::Denied);
        assert!(denied.1.is_some_and(|message| message.contains("iam:GetRole")));
        let json = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","message":"no"}"#;
        assert_eq!(
            ended(400, None, "application/x-amz-json-1.1", json),
            (Outcome::Denied, Some("no".to_owned()))
        );
        let ec2 = "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>";
        assert_eq!(ended(403, None, "text/xml", ec2).0, Outcome::Denied);
        assert_eq!(ended(403, Some("AccessDeniedException:http://x/"), "", "").0, Outcome::Denied);
        assert_eq!(ended(403, None, "", "").0, Outcome::Denied);
        assert_eq!(
            ended(404, None, "application/xml", "<Error><Code>NoSuchKey</Code></Error>").0,
            Outcome::Failed
        );
        assert_eq!(
            ended(403, None, "text/xml", "<Error><Code>SignatureDoesNotMatch</Code></Error>").0,
            Outcome::Failed
        );
        assert_eq!(ended(200, None, "", "").0, Outcome::Succeeded);
        assert_eq!(Answer::default().outcome(&Default::default()).0, Outcome::Failed);
    }
}
