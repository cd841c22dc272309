//! The protocol: what an editor says and asks.
//!
//! Microsoft: "Language Server Protocol Specification 3.17".

use std::collections::HashMap;
use std::path::PathBuf;

use clavicle_answer::{PolicyFile, Reader, Settings};
use clavicle_template::cursor::{Part, at, written_at};
use clavicle_template::{Language, find};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use serde_json::{Value, json};

use super::diagnostics;
use super::hover;
use super::lines::{byte_at, changed, range_of};
use super::options::{Choice, MOST, choices};
use crate::failure::Failure;

/// An editor sends no more as one file; larger ones are not looked at.
const LARGEST: usize = 4 << 20;

struct Open {
    file: PolicyFile,
    version: i64,
}

/// What is open, and what answers are from.
struct Editor<'r> {
    files: HashMap<String, Open>,
    reader: Option<&'r Reader>,
    settings: Settings,
    today: String,
}

/// Serves an editor until it says that it is done, or hangs up; `false`: it left without having said so, which the
/// protocol wants to be told by the exit code. `settings_of` reads what is accepted in a folder.
pub(crate) fn serve(
    connection: &Connection,
    reader: Option<&Reader>,
    today: &str,
    settings_of: &dyn Fn(&[PathBuf]) -> Settings,
) -> Result<bool, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::input(format!("cannot serve the editor: {error}"));
    let able = json!({
        "positionEncoding": "utf-16",
        "textDocumentSync": {"openClose": true, "change": 2},
        "hoverProvider": true,
        "completionProvider": {"triggerCharacters": [":", "\"", "/", "-", "*", " "]},
        "codeActionProvider": {"codeActionKinds": ["quickfix"]},
    });
    let (id, parameters) = match connection.initialize_start() {
        Ok(begun) => begun,
        // Whoever hangs up before a word was said has asked nothing.
        Err(_) => return Ok(true),
    };
    let answer = json!({
        "capabilities": able,
        "serverInfo": {"name": "clavicle", "version": env!("CARGO_PKG_VERSION")},
    });
    connection.initialize_finish(id, answer).map_err(|error| failed(&error))?;
    let settings = settings_of(&folders(&parameters));
    let mut editor = Editor { files: HashMap::new(), reader, settings, today: today.to_owned() };
    let mut is_over = false;
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                let answer = if is_over {
                    let why = "nothing is answered after `shutdown`".to_owned();
                    Response::new_err(request.id, ErrorCode::InvalidRequest as i32, why)
                } else if request.method == "shutdown" {
                    is_over = true;
                    Response::new_ok(request.id, Value::Null)
                } else {
                    editor.answer(request)
                };
                connection.sender.send(answer.into()).map_err(|error| failed(&error))?;
            }
            Message::Notification(told) if told.method == "exit" => return Ok(is_over),
            Message::Notification(_) if is_over => {}
            Message::Notification(told) => {
                if let Some(said) = editor.hear(&told) {
                    connection.sender.send(said.into()).map_err(|error| failed(&error))?;
                }
            }
            Message::Response(_) => {}
        }
    }
    Ok(true)
}

/// The folders that the editor has open.
fn folders(parameters: &Value) -> Vec<PathBuf> {
    let many = parameters.get("workspaceFolders").and_then(Value::as_array).into_iter().flatten();
    let uris = many.filter_map(|folder| folder.get("uri")?.as_str());
    let uris = uris.chain(parameters.get("rootUri").and_then(Value::as_str));
    let mut paths: Vec<PathBuf> = uris.filter_map(path_of).collect();
    paths.dedup();
    paths
}

fn path_of(uri: &str) -> Option<PathBuf> {
    let path = uri.strip_prefix("file://")?;
    Some(PathBuf::from(percent_encoding::percent_decode_str(path).decode_utf8().ok()?.into_owned()))
}

/// The language of an editor's name for it, where a file's name says nothing.
fn name_of(uri: &str, language: &str) -> String {
    let path = uri.rsplit('/').next().unwrap_or(uri);
    let name = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
    if Language::of(&name).is_some() {
        return name;
    }
    let ending = match language {
        "terraform" | "hcl" | "opentofu" => "tf",
        "yaml" | "cloudformation" | "serverless" => "yaml",
        _ => "json",
    };
    format!("{name}.{ending}")
}

fn text_at<'v>(value: &'v Value, way: &str) -> &'v str {
    value.pointer(way).and_then(Value::as_str).unwrap_or_default()
}

impl Editor<'_> {
    /// Takes note, and says what is now to be said of the file.
    fn hear(&mut self, told: &Notification) -> Option<Notification> {
        let parameters = &told.params;
        let uri = text_at(parameters, "/textDocument/uri").to_owned();
        let version = parameters.pointer("/textDocument/version").and_then(Value::as_i64).unwrap_or_default();
        match told.method.as_str() {
            "textDocument/didOpen" => {
                let text = text_at(parameters, "/textDocument/text").to_owned();
                let name = name_of(&uri, text_at(parameters, "/textDocument/languageId"));
                self.files.insert(uri.clone(), Open { file: PolicyFile { name, text }, version });
            }
            "textDocument/didChange" => {
                let open = self.files.get_mut(&uri)?;
                let changes = parameters.get("contentChanges").and_then(Value::as_array)?;
                for change in changes {
                    open.file.text = changed(&open.file.text, change);
                }
                open.version = version;
            }
            "textDocument/didClose" => {
                self.files.remove(&uri);
                return Some(published(&uri, None, &[]));
            }
            _ => return None,
        }
        let open = self.files.get(&uri)?;
        let said = if open.file.text.len() > LARGEST || !speaks_of_policies(&open.file) {
            Vec::new()
        } else {
            diagnostics::diagnostics(&open.file, &self.settings, &self.today)
        };
        Some(published(&uri, Some(open.version), &said))
    }

    fn answer(&self, request: Request) -> Response {
        let uri = text_at(&request.params, "/textDocument/uri");
        let open = self.files.get(uri).map(|open| &open.file).filter(|file| file.text.len() <= LARGEST);
        let result = match request.method.as_str() {
            "textDocument/hover" => open.and_then(|file| self.hover(file, &request.params)),
            "textDocument/completion" => open.map(|file| self.completion(file, &request.params)),
            "textDocument/codeAction" => {
                let actions = open.filter(|file| speaks_of_policies(file)).map(|file| {
                    let byte = |end: &str| {
                        request
                            .params
                            .pointer(&format!("/range/{end}"))
                            .map_or(0, |it| byte_at(&file.text, it))
                    };
                    diagnostics::actions(file, uri, &(byte("start")..byte("end")))
                });
                Some(Value::Array(actions.unwrap_or_default()))
            }
            other => {
                let message = format!("{other} is not answered here");
                return Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message);
            }
        };
        Response::new_ok(request.id, result.unwrap_or(Value::Null))
    }

    fn hover(&self, file: &PolicyFile, parameters: &Value) -> Option<Value> {
        let byte = byte_at(&file.text, parameters.get("position")?);
        let cursor = at(&find(&file.text, file.language()), byte)?;
        let said = hover::meaning(&cursor, self.reader)?;
        Some(json!({
            "contents": {"kind": "markdown", "value": said},
            "range": range_of(&file.text, &cursor.span),
        }))
    }

    fn completion(&self, file: &PolicyFile, parameters: &Value) -> Value {
        let nothing = json!({"isIncomplete": false, "items": []});
        let Some(position) = parameters.get("position") else { return nothing };
        let byte = byte_at(&file.text, position);
        let language = file.language();
        let Some((cursor, word)) = written_at(&file.text, language, byte) else { return nothing };
        // A data source has blocks and attributes where a policy has elements.
        let in_block = language == Language::Terraform
            && cursor.part == Part::StatementElement
            && find(&file.text, language)
                .policies
                .get(cursor.policy)
                .is_some_and(|policy| policy.route.starts_with("data."));
        let found = choices(&cursor, in_block, self.reader);
        let is_cut_off = found.len() > MOST;
        let range = range_of(&file.text, &word);
        // What of the text stands before the word stays there.
        let typed = file.text.get(word.start..byte).unwrap_or_default();
        let kept = cursor.before.len() - typed.len().min(cursor.before.len());
        let items = found.into_iter().take(MOST).enumerate().filter_map(|(at, choice)| {
            let Choice { text, hint, kind } = choice;
            let rest = text.get(kept..)?;
            let needs_quotes = cursor.is_bare && language != Language::Yaml
                || language == Language::Yaml && rest.starts_with('*') && typed.is_empty();
            let written = if needs_quotes { format!("\"{rest}\"") } else { rest.to_owned() };
            Some(json!({
                "label": text,
                "kind": kind,
                "detail": hint,
                "sortText": format!("{at:04}"),
                "filterText": written,
                "textEdit": {"range": range, "newText": written},
            }))
        });
        json!({"isIncomplete": is_cut_off, "items": items.collect::<Vec<_>>()})
    }
}

/// A file of JSON that an editor has open is mostly none of policies: nothing is said of those.
fn speaks_of_policies(file: &PolicyFile) -> bool {
    file.language() != Language::Json
        || file.text.contains("\"Statement\"")
        || file.text.contains("\\\"Statement")
}

fn published(uri: &str, version: Option<i64>, said: &[Value]) -> Notification {
    let mut parameters = json!({"uri": uri, "diagnostics": said});
    if let (Some(version), Some(members)) = (version, parameters.as_object_mut()) {
        members.insert("version".to_owned(), json!(version));
    }
    Notification { method: "textDocument/publishDiagnostics".to_owned(), params: parameters }
}

#[cfg(test)]
mod tests {
    use clavicle_answer::{PolicyFile, Settings};
    use clavicle_template::Language;
    use clavicle_template::cursor::{at, written_at};
    use lsp_server::{Connection, Message};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::{diagnostics, hover};
    use super::serve;

    /// What the server says to messages, and how it ends.
    fn told(messages: &[Value]) -> (Vec<Value>, Option<bool>) {
        let (server, client) = Connection::memory();
        let serving =
            std::thread::spawn(move || serve(&server, None, "2026-01-01", &|_| Settings::default()).ok());
        let hello = json!({"id": 0, "method": "initialize", "params": {"capabilities": {}}});
        let ready = json!({"method": "initialized", "params": {}});
        for message in [&hello, &ready].into_iter().chain(messages) {
            let message: Message = serde_json::from_value(message.clone()).expect("a message");
            // A server that has ended hears nothing.
            let _ = client.sender.send(message);
        }
        drop(client.sender);
        let said = client.receiver.iter().skip(1);
        let said = said.map(|message| serde_json::to_value(&message).expect("JSON")).collect();
        (said, serving.join().expect("no panic"))
    }

    fn open(name: &str, text: &str) -> Value {
        let document =
            json!({"uri": format!("file:///w/{name}"), "languageId": "x", "version": 1, "text": text});
        json!({"method": "textDocument/didOpen", "params": {"textDocument": document}})
    }

    /// LSP 3.17, "Shutdown Request" and "Exit Notification".
    #[test]
    fn nothing_is_answered_after_shutdown_and_leaving_without_it_is_told() {
        let hover = json!({"id": 1, "method": "textDocument/hover", "params": {}});
        let shutdown = json!({"id": 2, "method": "shutdown"});
        let exit = json!({"method": "exit"});
        let (said, end) = told(&[hover.clone(), shutdown.clone(), hover, open("a.tf", ""), exit.clone()]);
        let codes: Vec<_> = said.iter().map(|answer| answer["error"]["code"].as_i64()).collect();
        assert_eq!(codes, [None, None, Some(-32600)], "{said:?}");
        assert_eq!(end, Some(true));
        assert_eq!(told(&[exit]).1, Some(false));
        assert_eq!(told(&[shutdown]).1, Some(true));
    }

    #[test]
    fn what_is_not_looked_at_is_told_where_it_stands() {
        let file = "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode(local.x)\n}\nresource \"aws_iam_policy\" \"q\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [for s in var.x : s] })\n}\n";
        let notes = |name: &str, text: &str| -> Vec<String> {
            let (said, _) = told(&[open(name, text)]);
            let notes = said[0]["params"]["diagnostics"].as_array().expect("a list");
            let notes = notes.iter().filter(|note| note["code"] == "not-read");
            notes.map(|note| format!("{} {}", note["range"]["start"]["line"], note["message"])).collect()
        };
        assert_eq!(
            notes("a.tf", file),
            [
                "1 \"This policy cannot be read here: it is what `local.x` comes to.\"",
                "4 \"This part of the statements cannot be read here: it is what `[for s in var.x : s]` comes to.\""
            ]
        );
        let cut = file.trim_end().trim_end_matches('}');
        assert_eq!(
            notes("a.tf", cut).first().map(String::as_str),
            Some("0 \"The file has a fault; what stands behind it may not be seen.\"")
        );
        assert_eq!(notes("a.tf", "locals {"), [""; 0]);
    }

    #[test]
    fn a_fix_changes_the_finding_under_the_pointer_and_nothing_else() {
        let statement = |action: &str| {
            format!("{{\"Effect\": \"Allow\", \"Action\": \"{action}\", \"Resource\": \"arn:aws:s3:::b/*\"}}")
        };
        let json = format!(
            "{{\"Version\": \"2012-10-17\", \"Statement\": [\n{},\n{}]}}",
            statement("s3:getobject"),
            statement("s3:putobject")
        );
        let yaml = format!(
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: {}\n",
            json.replace('\n', "\n        ")
        );
        for (name, text, line) in [("a.json", json, 2), ("a.yaml", yaml, 6)] {
            let at = json!({"line": line, "character": 40});
            let parameters = json!({"textDocument": {"uri": format!("file:///w/{name}")},
                "range": {"start": at, "end": at}, "context": {"diagnostics": []}});
            let ask = json!({"id": 1, "method": "textDocument/codeAction", "params": parameters});
            let (said, _) = told(&[open(name, &text), ask]);
            let edits = &said[1]["result"][0]["edit"]["changes"][format!("file:///w/{name}")];
            assert_eq!(edits[0]["range"]["start"]["line"], line, "{said:?}");
            assert_eq!(edits[0]["newText"], "PutO", "{said:?}");
            assert_eq!(edits.as_array().map(Vec::len), Some(1));
        }
    }

    proptest! {
        /// Half-written and hostile text: every prefix of a text of any letters is answered.
        #[test]
        fn nothing_that_is_written_stops_the_server(
            text in "(\\{|\\}|\\[|\\]|\"|:|,|\n|  |- |=|\\$\\{|<<E\n|E\n|😀|\\\\|data|statement|actions|Statement|Version|2012-10-17|Action|s3:G|Condition|StringEquals|Resource|arn:aws:s3:::b|policy|jsonencode\\(|\\)|!Sub ){0,40}",
            cut in any::<prop::sample::Index>(),
        ) {
            let at_letter = cut.index(text.chars().count() + 1);
            let byte = text.char_indices().nth(at_letter).map_or(text.len(), |(byte, _)| byte);
            for (name, language) in [("a.json", Language::Json), ("a.yaml", Language::Yaml), ("a.tf", Language::Terraform)] {
                let file = PolicyFile { name: name.to_owned(), text: text.clone() };
                diagnostics::diagnostics(&file, &Settings::default(), "2026-01-01");
                written_at(&text, language, byte);
                let found = clavicle_template::find(&text, language);
                if let Some(cursor) = at(&found, byte) {
                    hover::meaning(&cursor, None);
                }
                for policy in &found.policies {
                    prop_assert!(text.get(policy.span.clone()).is_some());
                }
            }
        }
    }
}
