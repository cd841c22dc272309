//! A plan as scripts for the AWS CLI: one that makes it so, one that undoes it.

use super::change::{Bearer, Change, Text};

/// `apply.sh` and `rollback.sh`.
pub(super) fn scripts(bearer: &Bearer, changes: &[Change]) -> (String, String) {
    let (mut gives, mut takes) = (Vec::new(), Vec::new());
    let (mut gives_back, mut takes_back) = (Vec::new(), Vec::new());
    for change in changes {
        match bearer {
            Bearer::Iam(kind, name) => {
                let whom = format!("--{}-name {}", kind.word(), quoted(name));
                of_iam(
                    kind.word(),
                    &whom,
                    change,
                    (&mut gives, &mut takes),
                    (&mut gives_back, &mut takes_back),
                );
            }
            Bearer::Set { instance, set } => {
                let of = format!("--instance-arn {} --permission-set-arn {}", quoted(instance), quoted(set));
                of_set(&of, change, (&mut gives, &mut takes), (&mut gives_back, &mut takes_back));
            }
        }
    }
    gives_back.reverse();
    takes_back.reverse();
    let mut apply = [gives, takes].concat();
    let mut rollback = [gives_back, takes_back].concat();
    if let Bearer::Set { instance, set } = bearer {
        apply.push(provision(instance, set));
        rollback.push(provision(instance, set));
    }
    (script("Takes away what was not used.", &apply), script("Puts everything back as it was.", &rollback))
}

type Commands<'c> = (&'c mut Vec<String>, &'c mut Vec<String>);

fn of_iam(
    word: &str,
    whom: &str,
    change: &Change,
    (gives, takes): Commands<'_>,
    (gives_back, takes_back): Commands<'_>,
) {
    match change {
        Change::Inline { name, old, new } => {
            let named = format!("{whom} --policy-name {}", quoted(name));
            takes.push(match new {
                Some(new) => {
                    format!("aws iam put-{word}-policy {named} --policy-document file://{}", new.file)
                }
                None => format!("aws iam delete-{word}-policy {named}"),
            });
            gives_back
                .push(format!("aws iam put-{word}-policy {named} --policy-document file://{}", old.file));
        }
        Change::Version { arn, version, new, .. } => {
            let (arn, version) = (quoted(arn), quoted(version));
            takes.push(format!(
                "made=$(aws iam create-policy-version --policy-arn {arn} --policy-document file://{} --set-as-default --query PolicyVersion.VersionId --output text)\n\
                 {}",
                new.file,
                written_down(new)
            ));
            // By now somebody else's version may be in force: only the one that was written down goes.
            let delete = format!("aws iam delete-policy-version --policy-arn {arn} --version-id \"$made\"");
            gives_back.push(format!(
                "aws iam set-default-policy-version --policy-arn {arn} --version-id {version}\n{}",
                undone(new, &[delete], "no version is deleted")
            ));
        }
        Change::Detach { arn } => {
            let arn = quoted(arn);
            takes.push(format!("aws iam detach-{word}-policy {whom} --policy-arn {arn}"));
            gives_back.push(format!("aws iam attach-{word}-policy {whom} --policy-arn {arn}"));
        }
        Change::Own { name, arn, new } => {
            let arn = quoted(arn);
            gives.push(format!(
                "made=$(aws iam create-policy --policy-name {} --policy-document file://{} --query Policy.Arn --output text)\n\
                 {}\n\
                 aws iam attach-{word}-policy {whom} --policy-arn {arn}",
                quoted(name),
                new.file,
                written_down(new)
            ));
            // A policy of this name that was not written down was there before. One that was made may not be attached, where
            // `apply.sh` stopped; AWS deletes none that is.
            let commands = [
                format!("aws iam detach-{word}-policy {whom} --policy-arn \"$made\" || true"),
                "aws iam delete-policy --policy-arn \"$made\"".to_owned(),
            ];
            takes_back.push(undone(new, &commands, "no policy is detached and deleted"));
        }
        Change::SetInline { .. } => {}
    }
}

/// The file beside a new text that says what `apply.sh` made of it: the ids of versions, or the ARN of a policy.
fn made(new: &Text) -> String {
    new.file.replace(".json", ".made")
}

/// Writes down what was made.
fn written_down(new: &Text) -> String {
    format!("echo \"$made\" >>{}", made(new))
}

/// Commands for each thing that was made; a sentence where none was written down.
fn undone(new: &Text, commands: &[String], otherwise: &str) -> String {
    let file = made(new);
    let commands: String = commands.iter().map(|command| format!("    {command}\n")).collect();
    format!(
        "if [ -s {file} ]; then\n  \
           for made in $(cat {file}); do\n\
         {commands}  \
           done\n  \
           rm {file}\n\
         else\n  \
           echo 'apply.sh left no {file}: {otherwise}' >&2\n\
         fi"
    )
}

/// AWS: AWS CLI Command Reference, `sso-admin put-inline-policy-to-permission-set`,
/// `delete-inline-policy-from-permission-set`, `detach-managed-policy-from-permission-set`.
fn of_set(of: &str, change: &Change, (gives, takes): Commands<'_>, (gives_back, takes_back): Commands<'_>) {
    let put = |file: &str| {
        format!("aws sso-admin put-inline-policy-to-permission-set {of} --inline-policy file://{file}")
    };
    let delete = || format!("aws sso-admin delete-inline-policy-from-permission-set {of}");
    match change {
        Change::SetInline { old, new } => {
            match new {
                Some(new) => gives.push(put(&new.file)),
                None => takes.push(delete()),
            }
            match old {
                Some(old) => gives_back.push(put(&old.file)),
                None => takes_back.push(delete()),
            }
        }
        Change::Detach { arn } => {
            let arn = quoted(arn);
            takes.push(format!(
                "aws sso-admin detach-managed-policy-from-permission-set {of} --managed-policy-arn {arn}"
            ));
            gives_back.push(format!(
                "aws sso-admin attach-managed-policy-to-permission-set {of} --managed-policy-arn {arn}"
            ));
        }
        Change::Inline { .. } | Change::Version { .. } | Change::Own { .. } => {}
    }
}

/// Nothing of a permission set takes effect in the accounts before that.
///
/// AWS: IAM Identity Center API Reference, `ProvisionPermissionSet`, `DescribePermissionSetProvisioningStatus`.
fn provision(instance: &str, set: &str) -> String {
    let (instance, set) = (quoted(instance), quoted(set));
    format!(
        "id=$(aws sso-admin provision-permission-set --instance-arn {instance} --permission-set-arn {set} --target-type ALL_PROVISIONED_ACCOUNTS --query PermissionSetProvisioningStatus.RequestId --output text)\n\
         status=IN_PROGRESS\n\
         while [ \"$status\" = IN_PROGRESS ]; do\n  \
           sleep 1\n  \
           status=$(aws sso-admin describe-permission-set-provisioning-status --instance-arn {instance} --provision-permission-set-request-id \"$id\" --query PermissionSetProvisioningStatus.Status --output text)\n\
         done\n\
         echo \"provisioning: $status\"\n\
         [ \"$status\" = SUCCEEDED ]"
    )
}

fn script(what: &str, commands: &[String]) -> String {
    let mut text = format!(
        "#!/bin/sh\n# {what}\n# Read it before you run it. clavicle runs nothing.\nset -eu\ncd \"$(dirname \"$0\")\"\n"
    );
    commands.iter().for_each(|command| text.push_str(&format!("{command}\n")));
    text
}

/// One word for a shell, whatever is in it.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_name_is_one_word_whatever_is_in_it() {
        assert_eq!(quoted("a'; rm -rf ~ #$(x)`y`"), r"'a'\''; rm -rf ~ #$(x)`y`'");
    }
}
