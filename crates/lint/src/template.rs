//! Policies in files of other languages: what is to be said of them whatever their unknown parts come to.

use clavicle_policy::Span;
use clavicle_template::{Language, Policy, Reading, Transcript, find};

use crate::finding::{Edit, Finding};
use crate::fix::{Fixed, MOST, apply, keeps_access};
use crate::kind::PolicyKind;
use crate::lint;
use crate::rule::Rule;
use crate::rules::turns_on_the_rest;

/// What is to be said of a policy in a file; places and changes are those of the file.
///
/// A policy with unknown parts is looked at twice, with the parts read as everything and as something that nothing else
/// is like. Said is what holds of both, and touches no text with an unknown part. Changes are offered only where all of
/// the policy is known, and only of texts that stand in the file letter by letter.
pub fn lint_template(policy: &Policy, kind: PolicyKind) -> Vec<Finding> {
    let wide = policy.json(Reading::Wide);
    let found = lint(&wide.text, kind);
    if !policy.has_unknown_parts() {
        return found.into_iter().map(|finding| moved(finding, &wide, true)).collect();
    }
    let narrow = policy.json(Reading::Narrow);
    let other: Vec<Finding> =
        lint(&narrow.text, kind).into_iter().map(|finding| moved(finding, &narrow, false)).collect();
    let mut said = Vec::new();
    for finding in found {
        let place = wide.place(finding.range());
        let is_loose = finding.statement.map_or(wide.is_partial, |at| wide.loose.contains(&at));
        if !place.is_known || is_loose && turns_on_the_rest(finding.rule) {
            continue;
        }
        let mut finding = moved(finding, &wide, false);
        let mut same = other.iter().filter(|other| is_same(other, &finding)).peekable();
        if same.peek().is_none() {
            continue;
        }
        // What only one reading says names a value that was made up.
        if !same.any(|other| other.message == finding.message) {
            finding.message = in_lower_case(finding.rule.title);
            finding.help = None;
        }
        said.push(finding);
    }
    said.dedup();
    said
}

fn is_same(one: &Finding, other: &Finding) -> bool {
    let of = |finding: &Finding| {
        let rule: &'static Rule = finding.rule;
        (rule.id, finding.span, finding.statement)
    };
    of(one) == of(other)
}

/// A title as a message, which begins in lower case and ends without a period.
fn in_lower_case(title: &str) -> String {
    let mut letters = title.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// A finding of the JSON as one of the file.
fn moved(mut finding: Finding, transcript: &Transcript, with_edits: bool) -> Finding {
    let place = transcript.place(finding.range());
    finding.span = span(&place.bytes);
    let edits: Option<Vec<Edit>> =
        finding.edits.iter().map(|edit| with_edits.then(|| moved_edit(edit, transcript)).flatten()).collect();
    finding.edits = edits.unwrap_or_default();
    finding
}

/// A change of letters that mean themselves in JSON, YAML and HCL alike.
fn moved_edit(edit: &Edit, transcript: &Transcript) -> Option<Edit> {
    let range = edit.span.start as usize..edit.span.end as usize;
    let taken = transcript.text.get(range.clone())?;
    let quoted = |text: &str| text.len() >= 2 && text.starts_with('"') && text.ends_with('"');
    let (range, text) = match (quoted(taken), quoted(&edit.text)) {
        (true, true) => (range.start + 1..range.end - 1, edit.text.get(1..edit.text.len() - 1)?),
        (false, false) => (range, edit.text.as_str()),
        _ => return None,
    };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ":*/._-".contains(letter);
    let place = transcript.place(range);
    let begins_well = text.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    (place.is_exact && begins_well && text.chars().all(plain))
        .then(|| Edit { span: span(&place.bytes), text: text.to_owned() })
}

fn span(bytes: &std::ops::Range<usize>) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(bytes.start), offset(bytes.end))
}

/// Makes the changes of a file whose policies it holds: see [`fix`](crate::fix()). `kind` says what a policy is, or
/// `None` to leave it alone.
pub fn fix_template(
    text: &str,
    language: Language,
    kind: &dyn Fn(&Policy) -> Option<PolicyKind>,
    wanted: &dyn Fn(&Policy, &Finding) -> bool,
) -> Fixed {
    let mut fixed = Fixed { text: text.to_owned(), done: Vec::new(), refused: Vec::new() };
    for at in 0..find(text, language).policies.len() {
        for _ in 0..MOST {
            let found = find(&fixed.text, language);
            let Some(policy) = found.policies.get(at) else { break };
            let Some(kind) = kind(policy) else { break };
            let is_open = |found: &Finding| {
                let same = |other: &Finding| other.rule.id == found.rule.id && other.message == found.message;
                !found.edits.is_empty() && wanted(policy, found) && !fixed.refused.iter().any(same)
            };
            let Some(finding) = lint_template(policy, kind).into_iter().find(|found| is_open(found)) else {
                break;
            };
            let changed = apply(&fixed.text, &finding.edits);
            let after = find(&changed, language);
            let stays = after.policies.len() == found.policies.len()
                && after.policies.get(at).is_some_and(|after| {
                    let json = |policy: &Policy| policy.json(Reading::Wide).text;
                    keeps_access(&json(policy), &json(after), kind)
                });
            if stays {
                fixed.text = changed;
                fixed.done.push(finding);
            } else {
                fixed.refused.push(finding);
            }
        }
    }
    fixed
}

#[cfg(test)]
mod tests {
    use clavicle_template::{Language, find};

    use super::{fix_template, lint_template};
    use crate::PolicyKind;

    fn said(file: &str, language: Language) -> Vec<(String, String)> {
        let found = find(file, language);
        let said = found.policies.iter().flat_map(|policy| {
            let kind = policy.purpose.as_ref().map_or(PolicyKind::Identity, |it| it.0.into());
            lint_template(policy, kind)
        });
        said.map(|it| (it.rule.id.to_owned(), file[it.range()].to_owned())).collect()
    }

    fn has(said: &[(String, String)], rule: &str, text: &str) -> bool {
        said.iter().any(|(id, at)| id == rule && at == text)
    }

    #[test]
    fn terraform_in_all_its_ways() {
        let file = r#"
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObjects", "s3:PutObject"]
    resources = ["arn:aws:s3:::${var.bucket}/*", var.more]
    condition {
      test     = "StringEqual"
      variable = "aws:PrincipalOrgID"
      values   = [local.org]
    }
  }
}
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.comm" } }]
  })
}
resource "aws_iam_policy" "p" {
  policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": {"Effect": "Allow", "Action": "iam:GetUsr", "Resource": "${aws_iam_user.u.arn}"}
    }
  EOF
}
"#;
        let said = said(file, Language::Terraform);
        assert!(has(&said, "unknown-action", "\"s3:GetObjects\""), "{said:?}");
        assert!(has(&said, "unknown-operator", "\"StringEqual\""), "{said:?}");
        assert!(has(&said, "unknown-action", "\"iam:GetUsr\""), "{said:?}");
        let touched = |text: &str| text.contains("${") && !text.contains('\n');
        assert!(!said.iter().any(|(_, text)| touched(text)), "{said:?}");
    }

    #[test]
    fn unknown_parts_raise_nothing() {
        let terraform = r#"
data "aws_iam_policy_document" "trust" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.p.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${replace(local.url, "https://", "")}:sub"
      values   = ["system:serviceaccount:${var.ns}:${var.sa}"]
    }
  }
  dynamic "statement" {
    for_each = var.more
    content { actions = statement.value }
  }
}
resource "aws_iam_role" "r" { assume_role_policy = data.aws_iam_policy_document.trust.json }
"#;
        assert_eq!(said(terraform, Language::Terraform), []);
        let yaml = r#"
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
          - !If [More, {Effect: Allow, Principal: "*", Action: "kms:*", Resource: "*"}, !Ref AWS::NoValue]
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: [!Ref First, "s3:GetObject"]
            Resource: !Join ["", [!GetAtt Bucket.Arn, "/*"]]
          - Effect: Allow
            Action: dynamodb:GetItem
            Resource: [!ImportValue Table, !Sub "${Table.Arn}/index/*"]
"#;
        assert_eq!(said(yaml, Language::Yaml), []);
    }

    #[test]
    fn what_holds_whatever_is_unknown_is_said() {
        let file = "resource \"aws_sqs_queue\" \"q\" {\n  policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"sqs:SendMessage\", Resource = aws_sqs_queue.q.arn }]\n  })\n}\n";
        assert!(has(&said(file, Language::Terraform), "public-policy", "Principal"));
        // With a condition that is not known, it does not.
        let guarded = file.replace("Resource =", "Condition = var.condition, Resource =");
        assert!(!has(&said(&guarded, Language::Terraform), "public-policy", "Principal"));
    }

    #[test]
    fn what_is_plain_is_mended_and_nothing_else() {
        let file = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: 2012-10-17\n        Statement:\n          - Effect: Allow\n            Action: s3:getobject # as the docs say\n            Resource: arn:aws:s3:::b/*\n";
        let fixed = fix_template(file, Language::Yaml, &|_| Some(PolicyKind::Identity), &|_, _| true);
        assert_eq!(fixed.text, file.replace("s3:getobject", "s3:GetObject"));
        assert_eq!(fixed.done.len(), 1);
        let unknown = file.replace("arn:aws:s3:::b/*", "!Ref Arn");
        let fixed = fix_template(&unknown, Language::Yaml, &|_| Some(PolicyKind::Identity), &|_, _| true);
        assert_eq!(fixed.text, unknown);
    }
}
