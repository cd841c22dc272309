//! A plan as Terraform configuration: it takes over what is there, and gives it the new texts. The configuration that
//! undoes it has the old ones.
//!
//! Terraform: "Import" (import blocks, version 1.5 on); AWS provider: `aws_iam_role_policy` and its siblings (imported as
//! `NAME:POLICY`), `aws_iam_policy` (by ARN), `aws_iam_role_policies_exclusive`, `aws_iam_role_policy_attachments_exclusive` and
//! their siblings (what they do not list goes), `aws_ssoadmin_permission_set_inline_policy` (imported as `SET,INSTANCE`),
//! `aws_ssoadmin_managed_policy_attachments_exclusive`; each change of the latter two provisions the set.

use super::change::{Bearer, Before, Change, Kind};

/// The configuration that makes it so and the one that undoes it; or why there is none.
pub(super) fn terraform(
    bearer: &Bearer,
    before: &Before,
    changes: &[Change],
) -> Result<(String, String), &'static str> {
    let side = |apply: bool| -> Result<String, &'static str> {
        let mut out = Out::new(apply);
        for (place, change) in changes.iter().enumerate() {
            match bearer {
                Bearer::Iam(kind, name) => out.of_iam(*kind, name, place, change),
                Bearer::Set { instance, set } => out.of_set(instance, set, change)?,
            }
        }
        match bearer {
            Bearer::Iam(kind, name) => out.exclusive(*kind, name, before, changes),
            Bearer::Set { instance, set } => out.exclusive_of_set(instance, set, before, changes),
        }
        Ok(out.text)
    };
    Ok((side(true)?, side(false)?))
}

struct Out {
    text: String,
    apply: bool,
}

impl Out {
    fn new(apply: bool) -> Self {
        let what = match apply {
            true => {
                "# Takes away what was not used. To undo it: put rollback/main.tf in the place of this file and apply again.\n\
                 # Where your own configuration has these policies, put the new texts there instead.\n"
            }
            false => "# Puts everything back as it was; with the state that main.tf was applied with.\n",
        };
        Self { text: what.to_owned(), apply }
    }

    fn block(&mut self, head: &str, lines: &[String]) {
        self.text.push_str(&format!("\n{head} {{\n"));
        lines.iter().for_each(|line| self.text.push_str(&format!("  {line}\n")));
        self.text.push_str("}\n");
    }

    fn import(&mut self, to: &str, id: &str) {
        self.block("import", &[format!("to = {to}"), format!("id = {}", string(id))]);
    }

    fn of_iam(&mut self, kind: Kind, bearer: &str, place: usize, change: &Change) {
        let word = kind.word();
        match change {
            Change::Inline { name, old, new } => {
                let text = if self.apply { new.as_ref() } else { Some(old) };
                let Some(text) = text else { return };
                let (resource, label) = (format!("aws_iam_{word}_policy"), format!("inline_{}", place + 1));
                // What went was in no state, or was taken out of it: it is made again.
                if new.is_some() {
                    self.import(&format!("{resource}.{label}"), &format!("{bearer}:{name}"));
                }
                self.block(
                    &format!("resource \"{resource}\" \"{label}\""),
                    &[
                        format!("name = {}", string(name)),
                        format!("{word} = {}", string(bearer)),
                        format!("policy = {}", heredoc(&text.text)),
                    ],
                );
            }
            Change::Version { arn, old, new, .. } => {
                let (path, name) = path_and_name(arn);
                let text = if self.apply { new } else { old };
                let label = format!("managed_{}", place + 1);
                self.import(&format!("aws_iam_policy.{label}"), arn);
                self.block(
                    &format!("resource \"aws_iam_policy\" \"{label}\""),
                    &[
                        format!("name = {}", string(&name)),
                        format!("path = {}", string(&path)),
                        format!("policy = {}", heredoc(&text.text)),
                        // A description that is not the same would make the policy anew.
                        "lifecycle {\n    ignore_changes = [description, tags, tags_all]\n  }".to_owned(),
                    ],
                );
            }
            Change::Own { name, new, .. } if self.apply => {
                let label = format!("own_{}", place + 1);
                self.block(
                    &format!("resource \"aws_iam_policy\" \"{label}\""),
                    &[format!("name = {}", string(name)), format!("policy = {}", heredoc(&new.text))],
                );
                self.block(
                    &format!("resource \"aws_iam_{word}_policy_attachment\" \"{label}\""),
                    &[
                        format!("{word} = {}", string(bearer)),
                        format!("policy_arn = aws_iam_policy.{label}.arn"),
                    ],
                );
            }
            Change::Own { .. } | Change::Detach { .. } | Change::SetInline { .. } => {}
        }
    }

    /// Lists what stays, where something goes: what is not listed goes.
    fn exclusive(&mut self, kind: Kind, bearer: &str, before: &Before, changes: &[Change]) {
        let word = kind.word();
        let whom = format!("{word}_name = {}", string(bearer));
        let goes = |change: &Change| matches!(change, Change::Inline { new: None, .. });
        if changes.iter().any(goes) {
            let names = match self.apply {
                true => before.inline_after(changes),
                false => before.inline.iter().map(String::as_str).collect(),
            };
            self.block(
                &format!("resource \"aws_iam_{word}_policies_exclusive\" \"inline\""),
                &[whom.clone(), format!("policy_names = {}", list(names.into_iter().map(string)))],
            );
        }
        if changes.iter().any(|change| matches!(change, Change::Detach { .. })) {
            let own = changes.iter().enumerate().filter(|(_, change)| matches!(change, Change::Own { .. }));
            let arns: Vec<String> = match self.apply {
                true => (before.attached_after(changes).into_iter().map(string))
                    .chain(own.map(|(place, _)| {
                        format!("aws_iam_{word}_policy_attachment.own_{}.policy_arn", place + 1)
                    }))
                    .collect(),
                false => before.attached.iter().map(|arn| string(arn)).collect(),
            };
            self.block(
                &format!("resource \"aws_iam_{word}_policy_attachments_exclusive\" \"attached\""),
                &[whom, format!("policy_arns = {}", list(arns.into_iter()))],
            );
        }
    }

    fn of_set(&mut self, instance: &str, set: &str, change: &Change) -> Result<(), &'static str> {
        let Change::SetInline { old, new } = change else { return Ok(()) };
        let (Some(text), _) = (if self.apply { new } else { old }, ()) else {
            return match (self.apply, new) {
                // It was made by the configuration that this one stands in the place of, and goes with it.
                (false, Some(_)) => Ok(()),
                _ => Err("it cannot delete the inline policy of a permission set that it did not make"),
            };
        };
        let name = "aws_ssoadmin_permission_set_inline_policy";
        if old.is_some() {
            self.import(&format!("{name}.set"), &format!("{set},{instance}"));
        }
        self.block(
            &format!("resource \"{name}\" \"set\""),
            &[
                format!("instance_arn = {}", string(instance)),
                format!("permission_set_arn = {}", string(set)),
                format!("inline_policy = {}", heredoc(&text.text)),
            ],
        );
        Ok(())
    }

    fn exclusive_of_set(&mut self, instance: &str, set: &str, before: &Before, changes: &[Change]) {
        if !changes.iter().any(|change| matches!(change, Change::Detach { .. })) {
            return;
        }
        let arns = match self.apply {
            true => before.attached_after(changes),
            false => before.attached.iter().map(String::as_str).collect(),
        };
        let mut lines = vec![
            format!("instance_arn = {}", string(instance)),
            format!("permission_set_arn = {}", string(set)),
            format!("managed_policy_arns = {}", list(arns.into_iter().map(string))),
        ];
        let needs_inline = |change: &Change| matches!(change, Change::SetInline { new: Some(_), .. });
        if self.apply && changes.iter().any(needs_inline) {
            lines.push("depends_on = [aws_ssoadmin_permission_set_inline_policy.set]".to_owned());
        }
        self.block("resource \"aws_ssoadmin_managed_policy_attachments_exclusive\" \"set\"", &lines);
    }
}

/// `arn:aws:iam::111122223333:policy/team/web` is `web` under `/team/`.
fn path_and_name(arn: &str) -> (String, String) {
    let inner = arn.split_once(":policy/").map_or(arn, |(_, inner)| inner);
    match inner.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name.to_owned()),
        None => ("/".to_owned(), inner.to_owned()),
    }
}

/// Terraform: "Strings and Templates", Escape Sequences.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => out.push_str(&format!("\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
    out.replace("${", "$${").replace("%{", "%%{")
}

/// Terraform: "Strings and Templates", Heredoc Strings: backslashes are plain there.
fn heredoc(text: &str) -> String {
    let mut out = String::from("<<-POLICY\n");
    for line in text.trim_end().replace("${", "$${").replace("%{", "%%{").lines() {
        out.push_str(&format!("    {line}\n"));
    }
    out.push_str("  POLICY");
    out
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| format!("\n    {item},")).collect();
    match items.is_empty() {
        true => "[]".to_owned(),
        false => format!("[{}\n  ]", items.concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::{path_and_name, string};

    #[test]
    fn names_are_strings_whatever_is_in_them() {
        assert_eq!(string("a\"b\\${x}%{y}\n"), "\"a\\\"b\\\\$${x}%%{y}\\n\"");
        let arn = "arn:aws:iam::111122223333:policy/team/a/web";
        assert_eq!(path_and_name(arn), ("/team/a/".to_owned(), "web".to_owned()));
        assert_eq!(path_and_name("arn:aws:iam::111122223333:policy/web").0, "/");
    }
}
