//! IAM's credential report: a CSV file, or the answer of GetCredentialReport with that file in base 64.
//!
//! It holds facts about passwords and keys, never one of them. See AWS: IAM User Guide, "Getting credential reports".

use serde_json::{Map, Value, json};

/// The start of the head line, by which the file is known.
pub(super) const HEAD: &str = "user,arn,user_creation_time,password_enabled";

/// One line of the report.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) arn: String,
    pub(super) credentials: Map<String, Value>,
}

/// The names of the columns.
pub(super) fn columns(head: &str) -> Vec<String> {
    fields(head)
}

/// `None`: the line has another number of fields than the head.
pub(super) fn line(columns: &[String], line: &str) -> Option<Line> {
    let fields = fields(line);
    if fields.len() != columns.len() {
        return None;
    }
    let field = |name: &str| {
        let at = columns.iter().position(|column| column == name)?;
        // How the report says that there is nothing to say.
        let void = matches!(&*fields[at], "" | "N/A" | "no_information" | "not_supported");
        (!void).then_some(fields[at].as_str())
    };
    let switch = |name: &str| field(name).and_then(|text| text.to_ascii_lowercase().parse::<bool>().ok());
    let keys = ["1", "2"].iter().filter_map(|number| {
        let of = |what: &str| field(&format!("access_key_{number}_{what}"));
        let active = switch(&format!("access_key_{number}_active"))?;
        // A key that was never made is inactive and was never rotated.
        (active || of("last_rotated").is_some()).then(
            || json!({"active": active, "rotated": of("last_rotated"), "last_used": of("last_used_date")}),
        )
    });
    let mut credentials = Map::new();
    credentials.insert("password".to_owned(), switch("password_enabled").into());
    credentials.insert("password_last_used".to_owned(), field("password_last_used").into());
    credentials.insert("mfa".to_owned(), switch("mfa_active").into());
    credentials.insert("keys".to_owned(), keys.collect::<Vec<_>>().into());
    Some(Line { arn: field("arn")?.to_owned(), credentials })
}

/// The fields of one line. User names may hold commas, which the report puts between quotation marks.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.trim_end_matches(['\r', '\n']).chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use super::{columns, line};

    const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,\
        access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
        access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date";

    #[test]
    fn one_line() {
        let columns = columns(COLUMNS);
        let text = "\"a,b\",arn:aws:iam::111122223333:user/a,2024-01-01T00:00:00+00:00,true,no_information,false,\
            true,2024-02-01T00:00:00+00:00,N/A,false,N/A,N/A\r\n";
        let line = line(&columns, text).unwrap();
        assert_eq!(line.arn, "arn:aws:iam::111122223333:user/a");
        assert_eq!(
            serde_json::Value::Object(line.credentials),
            serde_json::json!({"password": true, "password_last_used": null, "mfa": false,
                "keys": [{"active": true, "rotated": "2024-02-01T00:00:00+00:00", "last_used": null}]})
        );
    }

    #[test]
    fn a_line_of_another_length_is_not_guessed_at() {
        assert!(line(&columns(COLUMNS), "dana,arn:aws:iam::111122223333:user/dana").is_none());
    }

    #[test]
    fn the_root_user_has_no_word_on_its_password() {
        let text = "<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,\
            2024-01-01T00:00:00+00:00,true,false,N/A,N/A,false,N/A,N/A";
        let line = line(&columns(COLUMNS), text).unwrap();
        assert_eq!(line.credentials["password"], serde_json::Value::Null);
        assert_eq!(line.credentials["keys"], serde_json::json!([]));
    }
}
