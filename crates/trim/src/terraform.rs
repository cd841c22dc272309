//! Policies as Terraform configuration.
//!
//! Terraform: "Strings and Templates", Heredoc Strings (backslashes are plain there) and Escape Sequences (`$${`, `%%{`).

use crate::named::{NamedPolicy, identifier};

/// One `aws_iam_policy` for each policy, attached where it is said to whom. The text is JSON over lines.
pub fn terraform(policies: &[NamedPolicy]) -> String {
    let mut out = String::new();
    for (place, policy) in policies.iter().enumerate() {
        if place > 0 {
            out.push('\n');
        }
        let label = identifier(&policy.name, '_');
        let text = policy.text.trim_end().replace("${", "$${").replace("%{", "%%{");
        out.push_str(&format!(
            "resource \"aws_iam_policy\" \"{label}\" {{\n  name   = \"{}\"\n  policy = <<-POLICY\n",
            policy.name
        ));
        for line in text.lines() {
            out.push_str(&format!("    {line}\n"));
        }
        out.push_str("  POLICY\n}\n");
        if let Some((bearer, name)) = &policy.bearer {
            let kind = bearer.word();
            out.push_str(&format!(
                "\nresource \"aws_iam_{kind}_policy_attachment\" \"{label}\" {{\n  {kind:<10} = \"{name}\"\n  policy_arn = aws_iam_policy.{label}.arn\n}}\n",
            ));
        }
    }
    out
}
