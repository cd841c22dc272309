//! Any bytes as answers of AWS.

mod any_bytes;

#[test]
fn answers_of_any_kind_are_read_or_left() {
    for text in [
        "",
        "{}",
        "[]",
        "null",
        "<R></R>",
        "<R><a/></R>",
        "{\"a\":[[[]]]}",
        "<a><member><member/></member></a>",
        "{\"Buckets\":{\"Bucket\":{\"Name\":\"a\\u0000/../b\"}}}",
        "<R><Buckets><Bucket><Name>a</Name></Bucket><Bucket>x</Bucket></Buckets></R>",
        "{\"Keys\":[{\"KeyArn\":1,\"KeyId\":{}},null,\"x\"],\"Policy\":[1],\"Tags\":[{\"Key\":{}}],\"Grants\":{}}",
        "<R><Result><Topics><member><TopicArn>a</TopicArn><TopicArn>b</TopicArn></member></Topics></Result></R>",
    ] {
        for number in 0..=u8::MAX {
            any_bytes::hold(&[&[number], text.as_bytes()].concat());
        }
    }
    let deep = "<a>".repeat(100_000);
    any_bytes::hold(&[&[4], deep.as_bytes()].concat());
    any_bytes::hold(&[&[5], "[".repeat(100_000).as_bytes()].concat());
}
