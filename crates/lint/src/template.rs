//! Policies in files of other languages: what is to be said of them whatever their unknown parts come to.

use std::collections::BTreeMap;

use clavicle_policy::Span;
use clavicle_template::{Language, Policy, Reading, Transcript, find};

use crate::finding::{Edit, Finding};
use crate::fix::{Fixed, MOST, apply, keeps_access};
use crate::kind::PolicyKind;
use crate::lint;
use crate::rule::Rule;
use crate::rules::{compares, turns_on_the_rest};

/// What is to be said of a policy in a file; places and changes are those of the file.
///
/// A policy with unknown parts is looked at twice, with the parts read as everything and as something that nothing else
/// is like. Said is what holds of both, and touches no text with an unknown part. What is proved by comparing is told of
/// statements that are known whole, and from those alone. Changes are offered only where all of the policy is known, and
/// only of texts that stand in the file letter by letter.
pub fn lint_template(policy: &Policy, kind: PolicyKind) -> Vec<Finding> {
    let wide = policy.json(Reading::Wide);
    let found = lint(&wide.text, kind);
    if !policy.has_unknown_parts() {
        return found.into_iter().map(|finding| moved(finding, &wide, true)).collect();
    }
    let known = policy.json(Reading::Known);
    let proved: Vec<Finding> = lint(&known.text, kind)
        .into_iter()
        .filter(|found| compares(found.rule) && known.place(found.range()).is_known)
        .map(|found| moved(found, &known, false))
        .collect();
    let narrow = policy.json(Reading::Narrow);
    let other: Vec<Finding> =
        lint(&narrow.text, kind).into_iter().map(|finding| moved(finding, &narrow, false)).collect();
    let is_allowed_anyway = !wide.is_partial
        && [&found, &other].iter().all(|all| all.iter().any(|found| found.rule.id == "everything-allowed"));
    let mut said = Vec::new();
    for finding in found {
        let of_version =
            ["no-version", "unknown-version", "variable-in-old-version"].contains(&finding.rule.id);
        if compares(finding.rule) || of_version && wide.has_open_version {
            continue;
        }
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
    // A statement that is not known may deny what those that are allow.
    let turns = |found: &Finding| found.rule.id == "everything-allowed";
    said.extend(proved.into_iter().filter(|found| !turns(found) || is_allowed_anyway));
    said.sort_by_key(|found| (found.span.start, found.span.end, std::cmp::Reverse(found.severity())));
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

/// Makes the changes of a file whose policies it holds: see [`fix`](crate::fix()). `kind_of` says what a policy is, or
/// `None` to leave it alone.
///
/// In each round the next change of every policy is made at once, so that a file is read as often as the policy with the
/// most changes has some, and not once for each.
pub fn fix_template(
    text: &str,
    language: Language,
    kind_of: &dyn Fn(&Policy) -> Option<PolicyKind>,
    wanted: &dyn Fn(&Policy, &Finding) -> bool,
) -> Fixed {
    let mut file = File { text: text.to_owned(), language, kind_of };
    let mut all = find(text, language).policies;
    let mut each: Vec<Told> = all.iter().map(|_| Told::default()).collect();
    loop {
        let next = |(at, (policy, told)): (usize, (&Policy, &mut Told))| {
            if told.is_at_rest || told.done.len() + told.refused.len() >= MOST {
                return None;
            }
            let is_open = |found: &Finding| {
                let same = |other: &Finding| other.rule.id == found.rule.id && other.message == found.message;
                !found.edits.is_empty() && wanted(policy, found) && !told.refused.iter().any(same)
            };
            let found = kind_of(policy).map(|kind| lint_template(policy, kind)).unwrap_or_default();
            let next = found.into_iter().find(is_open);
            told.is_at_rest = next.is_none();
            Some((at, next?))
        };
        let round: Vec<(usize, Finding)> = all.iter().zip(&mut each).enumerate().filter_map(next).collect();
        if round.is_empty() {
            break;
        }
        file.change(round, &mut all, &mut each);
    }
    let mut fixed = Fixed { text: file.text, done: Vec::new(), refused: Vec::new() };
    for told in each {
        fixed.done.extend(told.done);
        fixed.refused.extend(told.refused);
    }
    fixed
}

/// What became of the changes of one policy.
#[derive(Default)]
struct Told {
    done: Vec<Finding>,
    refused: Vec<Finding>,
    /// There is none left.
    is_at_rest: bool,
}

/// A file that is changed.
struct File<'k> {
    text: String,
    language: Language,
    kind_of: &'k dyn Fn(&Policy) -> Option<PolicyKind>,
}

impl File<'_> {
    /// Makes changes of several policies, given by their place. Where the policies do not stay what they are with all of them,
    /// each half is tried by itself, and a change that does not even do alone is refused.
    fn change(&mut self, mut round: Vec<(usize, Finding)>, all: &mut Vec<Policy>, each: &mut [Told]) {
        // What an alias stands for is changed by one of those that have it; the others are looked at again.
        let mut taken: BTreeMap<u32, u32> = BTreeMap::new();
        round.retain(|(_, found)| {
            let meets = |edit: &Edit| {
                taken.range(..=edit.span.end).next_back().is_some_and(|(_, end)| *end >= edit.span.start)
            };
            let is_free = !found.edits.iter().any(meets);
            if is_free {
                taken.extend(found.edits.iter().map(|edit| (edit.span.start, edit.span.end)));
            }
            is_free
        });
        let mut groups = vec![round];
        while let Some(mut group) = groups.pop() {
            let edits: Vec<Edit> = group.iter().flat_map(|(_, found)| found.edits.iter().cloned()).collect();
            let changed = apply(&self.text, &edits);
            let after = find(&changed, self.language).policies;
            let stays = self.stays(all, &after);
            if !stays && group.len() > 1 {
                groups.push(group.split_off(group.len() / 2));
                groups.push(group);
                continue;
            }
            if stays {
                self.text = changed;
                *all = after;
                groups.iter_mut().flatten().for_each(|(_, found)| shift(&mut found.edits, &edits));
            }
            for (at, found) in group {
                if let Some(told) = each.get_mut(at) {
                    if stays { &mut told.done } else { &mut told.refused }.push(found);
                }
            }
        }
    }

    /// Does every policy of the file allow and deny the same? What an alias stands for changes in several.
    fn stays(&self, before: &[Policy], after: &[Policy]) -> bool {
        let mut pairs = before.iter().zip(after);
        before.len() == after.len()
            && pairs.all(|(before, after)| {
                let json = |policy: &Policy| policy.json(Reading::Wide).text;
                let (one, other) = (json(before), json(after));
                // Of what is not known nothing is proved.
                let is_known = !before.has_unknown_parts() && !after.has_unknown_parts();
                let kind = (self.kind_of)(before);
                one == other || is_known && kind.is_some_and(|kind| keeps_access(&one, &other, kind))
            })
    }
}

/// The same edits after others were made, none of which they touch.
fn shift(edits: &mut [Edit], made: &[Edit]) {
    for edit in edits {
        let before = made.iter().filter(|other| other.span.start < edit.span.start);
        let by: i64 = before.map(grows).sum();
        let moved = |at: u32| u32::try_from(i64::from(at) + by).unwrap_or(u32::MAX);
        edit.span = Span::new(moved(edit.span.start), moved(edit.span.end));
    }
}

/// By how many bytes a text is longer after an edit.
fn grows(edit: &Edit) -> i64 {
    let length = i64::try_from(edit.text.len()).unwrap_or(i64::MAX);
    length - i64::from(edit.span.end.saturating_sub(edit.span.start))
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
    content {
      actions = statement.value.actions
      dynamic "principals" { for_each = statement.value.who }
    }
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

    /// What is put into the head of a policy may be its version.
    #[test]
    fn of_a_head_that_is_not_known_no_version_is_missed() {
        let file = r#"resource "aws_iam_policy" "a" {
  policy = <<X
{ HEAD, "Statement": [
 {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/$*"},
 {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/$${aws:username}"}
] }
X
}
"#;
        let ids = |head: &str| -> Vec<String> {
            said(&file.replace("HEAD", head), Language::Terraform).into_iter().map(|(id, _)| id).collect()
        };
        assert_eq!(ids("${var.head}"), Vec::<String>::new());
        assert!(ids("\"Id\": \"x\"").contains(&"no-version".to_owned()));
    }

    #[test]
    fn what_holds_whatever_is_unknown_is_said() {
        let file = "resource \"aws_sqs_queue\" \"q\" {\n  policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"sqs:SendMessage\", Resource = aws_sqs_queue.q.arn }]\n  })\n}\n";
        assert!(has(&said(file, Language::Terraform), "public-policy", "Principal"));
        // With a condition that is not known, it does not.
        let guarded = file.replace("Resource =", "Condition = var.condition, Resource =");
        assert!(!has(&said(&guarded, Language::Terraform), "public-policy", "Principal"));
    }

    /// Statements of a template, and the rules that compare which have something to say of them.
    #[test]
    fn what_is_proved_is_proved_of_statements_that_are_known_whole() {
        let get = "{Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::b/*'}";
        let with = |rest: &str| {
            format!(
                "{{Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::b/*', Condition: {rest}}}"
            )
        };
        let cases: &[(&[&str], &[&str])] = &[
            // A range, a number, a truth value, a date and an account that are not known are some.
            (&[&with("{IpAddress: {aws:SourceIp: !Ref Cidr}}")], &[]),
            (&[&with("{NumericLessThan: {'s3:max-keys': !Ref N}}")], &[]),
            (&[&with("{Bool: {aws:MultiFactorAuthPresent: !Ref B}}")], &[]),
            (&[&with("{DateLessThan: {aws:CurrentTime: !Ref D}}")], &[]),
            (&[&with("{Bool: {aws:SecureTransport: [true, !Ref B]}}")], &[]),
            (&[&with("{NumericLessThan: {'s3:max-keys': [5, !Ref N]}}")], &[]),
            (
                &[
                    "{Effect: Deny, Action: s3:GetObject, Resource: '*', Condition: {NotIpAddress: {aws:SourceIp: !Ref C}}}",
                ],
                &[],
            ),
            (
                &[
                    "{Effect: Allow, Action: s3:GetObject, Resource: '*', Condition: {IpAddress: {aws:SourceIp: nowhere}}}",
                ],
                &["condition-never-holds"],
            ),
            // Of two statements both have to be known.
            (&["{Effect: Allow, Action: !Ref Acts, Resource: '*'}", get], &[]),
            (&["{Effect: Allow, Action: !Split [',', !Ref A], Resource: '*'}", get], &[]),
            (&["{Effect: Deny, Action: !Ref Acts, Resource: '*'}", get], &[]),
            (&["{Effect: Allow, Action: 's3:*', Resource: !Ref R}", get], &[]),
            (
                &[
                    "{Effect: Allow, Action: 's3:*', Resource: '*'}",
                    "{Effect: Allow, Action: s3:GetObject, Resource: !Ref R}",
                ],
                &[],
            ),
            (
                &[
                    "{Effect: Allow, Action: s3:GetObject, Resource: !Ref R}",
                    "{Effect: Allow, Action: s3:GetObject, Resource: !Ref R}",
                ],
                &[],
            ),
            (&[get, get], &["covered-statement"]),
            (&[get, get, "{Effect: Allow, Action: !Ref X, Resource: '*'}"], &["covered-statement"]),
            (&[get, "{Effect: Deny, Action: 's3:*', Resource: '*'}", "!Ref More"], &["shadowed-by-deny"]),
            // Holes of one name are not of one value.
            (
                &[
                    "{Effect: Allow, Action: s3:GetObject, Resource: !Sub ['arn:aws:s3:::${B}/*', {B: !Ref X}]}",
                    "{Effect: Allow, Action: s3:GetObject, Resource: !Sub ['arn:aws:s3:::${B}/*', {B: !Ref Y}]}",
                ],
                &[],
            ),
            (
                &[
                    &with("{StringEquals: {aws:RequestedRegion: !Ref 'AWS::Region'}}"),
                    &with("{StringEquals: {aws:RequestedRegion: us-east-1}}"),
                ],
                &[],
            ),
            (
                &[
                    &with("{StringEquals: {aws:RequestedRegion: eu-west-1}}"),
                    "{Effect: Deny, Action: '*', Resource: '*', Condition: {StringNotEquals: {aws:RequestedRegion: !Ref 'AWS::Region'}}}",
                ],
                &[],
            ),
            (
                &[&with(
                    "{StringEquals: {aws:PrincipalAccount: !Ref 'AWS::AccountId'}, StringNotEquals: {aws:PrincipalAccount: '111122223333'}}",
                )],
                &[],
            ),
            // Lists.
            (
                &["{Effect: Allow, Action: [s3:GetObject, !Ref A], Resource: ['arn:aws:s3:::b/*', !Ref R]}"],
                &[],
            ),
            // Everything, unless a statement that is not known denies some of it.
            (
                &[
                    "{Effect: Allow, Action: '*', Resource: '*'}",
                    "{Effect: Allow, Action: s3:GetObject, Resource: !Ref R}",
                ],
                &["everything-allowed"],
            ),
            (
                &[
                    "{Effect: Allow, Action: '*', Resource: '*'}",
                    "{Effect: Deny, Action: s3:GetObject, Resource: !Ref R}",
                ],
                &[],
            ),
            (&["{Effect: Allow, Action: '*', Resource: '*'}", "!Ref More"], &[]),
        ];
        for (statements, wanted) in cases {
            let mut file = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n".to_owned();
            for statement in *statements {
                file.push_str(&format!("          - {statement}\n"));
            }
            let said = said(&file, Language::Yaml);
            let said: Vec<&str> = said
                .iter()
                .map(|(rule, _)| rule.as_str())
                .filter(|id| super::compares(crate::rule(id).expect("a rule")))
                .collect();
            assert_eq!(said, *wanted, "{statements:?}");
        }
    }

    #[test]
    fn accounts_and_keys_that_are_not_known_raise_nothing() {
        let file = r#"
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::b/*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:root"]
    }
  }
}
resource "aws_s3_bucket_policy" "b" { policy = data.aws_iam_policy_document.d.json }
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*", Condition = { StringEquals = { "aws:PrincipalTag/${var.a}" = "x" } } },
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*", Condition = { StringEquals = { "aws:PrincipalTag/${var.b}" = "x" } } },
    ]
  })
}
resource "aws_iam_policy" "q" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-1:${data.aws_caller_identity.prod.account_id}:q" },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-1:${data.aws_caller_identity.test.account_id}:q" },
    ]
  })
}
"#;
        assert_eq!(said(file, Language::Terraform), []);
        let serverless = "service: x\nprovider:\n  name: aws\n  iam:\n    role:\n      statements:\n        - Effect: Allow\n          Action: ${self:custom.${opt:stage}.actions}\n          Resource: '*'\n";
        assert_eq!(said(serverless, Language::Yaml), []);
    }

    #[test]
    fn statements_that_are_put_together_are_whole() {
        let file = "x-base: &base {Effect: Allow, Resource: '*'}\nx-cond: &cond\n  Condition: {StringEquals: {aws:PrincipalOrgID: o-abc1234567}}\nResources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: &doc\n        Version: '2012-10-17'\n        Statement:\n          - <<: *base\n            Action: s3:GetObjects\n  Q:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - <<: *cond\n            Effect: Allow\n            Principal: '*'\n            Action: s3:GetObject\n            Resource: arn:aws:s3:::b/*\n  R:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: *doc\n";
        assert_eq!(said(file, Language::Yaml), [("unknown-action".to_owned(), "s3:GetObjects".to_owned())]);
    }

    #[test]
    fn changes_of_many_policies_are_made_together_and_one_that_does_not_do_stops_no_other() {
        let actions = ["s3:getobject", "s3:putobject", "sqs:sendmessage", "kms:decrypt", "sns:publish"];
        let mut file = "Resources:\n".to_owned();
        for (at, action) in actions.iter().enumerate() {
            file.push_str(&format!("  P{at}:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Action: [{action}, iam:getuser]\n            Resource: '*'\n"));
        }
        let identity = |_: &clavicle_template::Policy| Some(PolicyKind::Identity);
        let fixed = fix_template(&file, Language::Yaml, &identity, &|_, _| true);
        let mut wanted = file.replace("iam:getuser", "iam:GetUser");
        for (was, is) in actions.iter().zip([
            "s3:GetObject",
            "s3:PutObject",
            "sqs:SendMessage",
            "kms:Decrypt",
            "sns:Publish",
        ]) {
            wanted = wanted.replace(was, is);
        }
        assert_eq!(fixed.text, wanted);
        assert_eq!((fixed.done.len(), fixed.refused.len()), (10, 0));
        // A list that a policy shares of which nothing can be proved is left as it is.
        let shared = file.replacen(
            "[sqs:sendmessage, iam:getuser]",
            "&list [sqs:sendmessage, iam:getuser]",
            1,
        ) + "  Q:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - {Effect: Allow, Action: *list, Resource: '*', Efect: x}\n";
        let fixed = fix_template(&shared, Language::Yaml, &identity, &|_, _| true);
        assert_eq!((fixed.done.len(), fixed.refused.len()), (8, 2), "{}", fixed.text);
        assert!(fixed.text.contains("&list [sqs:sendmessage, iam:getuser]"), "{}", fixed.text);
        assert!(fixed.text.contains("[sns:Publish, iam:GetUser]"), "{}", fixed.text);
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
