//! Which of all the policies with one text a citation means, and who may change it.

use clavicle_answer::Reader;
use clavicle_answer::shape::{Citation, DocumentPage};

use super::sketch::{Sketch, allow, bears, policy};

/// The first statement that lets somebody in, and its document, as it is cited.
fn cited(reader: &Reader, question: &str) -> (Citation, DocumentPage) {
    let question = reader.parse(question).expect("a question");
    let page = reader.answer(&question).expect("an answer");
    let cited = page.pins.iter().flat_map(|pin| &pin.citations).find(|cited| cited.effect == "Allow");
    let cited = cited.expect("a statement lets in").clone();
    let id = cited.document_id.expect("it is kept");
    let page = reader.document(id, Some(&cited.document)).expect("it is there");
    (cited, page)
}

#[test]
fn the_last_of_very_many_bearers_of_a_text_is_found() {
    let text = policy(&[allow("s3:GetObject", "*")]);
    let all = (0..260).fold(Sketch::default(), |all, at| {
        all.role(&format!("web-{at:03}"), &bears(&[]).inline("own", text.clone()))
    });
    let reader = all.reader("");
    for name in ["web-000", "web-259"] {
        let (cited, page) = cited(&reader, &format!("can role/{name} s3:GetObject arn:aws:s3:::b/x"));
        assert_eq!(cited.document, format!("role/{name}#own"));
        assert_eq!((page.editable, page.aws_own), (vec![cited.document.clone()], false), "{name}");
        let of_all = reader.document(page.id, None).expect("it is there");
        assert_eq!((of_all.editable.len(), of_all.attached.len(), of_all.aws_own), (200, 200, false));
    }
}

#[test]
fn a_text_is_called_the_own_of_aws_where_it_is() {
    let text = policy(&[allow("s3:GetObject", "*")]);
    // The same text, once copied under the same name and once under another.
    let reader = Sketch::default()
        .managed("aws/ReadAll", &text)
        .managed("our-own", &text)
        .role("web", &bears(&["aws/ReadAll"]))
        .role("old", &bears(&["our-own"]))
        .reader("");
    let (of_aws, page) = cited(&reader, "can role/web s3:GetObject arn:aws:s3:::b/x");
    assert_eq!((of_aws.document.as_str(), page.editable, page.aws_own), ("policy/ReadAll", vec![], true));
    let (ours, page) = cited(&reader, "can role/old s3:GetObject arn:aws:s3:::b/x");
    assert_eq!((ours.document_id, page.aws_own), (of_aws.document_id, false));
    assert_eq!(page.editable, ["policy/our-own"]);
}
