//! Servers for tests: one that answers one request, and one that answers each by its head.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// What was asked: the lines of the head in lower case, and the body.
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: String,
}

/// The address of a server that answers one request in this way, and what it was asked.
pub(crate) fn one_answer(answer: &str) -> (String, JoinHandle<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let answer = answer.to_owned();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a request");
        let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("a line");
            if line.trim().is_empty() {
                break;
            }
            let lower = line.to_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a number");
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let reply = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
            answer.len()
        );
        stream.write_all(reply.as_bytes()).expect("it is sent");
        Asked { head, body: String::from_utf8(body).expect("text") }
    });
    (address, asked)
}

/// The address of a server that answers every request by its head, with a status and a body.
pub(crate) fn every_answer(answer: impl Fn(&str) -> (&'static str, &'static str) + Send + 'static) -> String {
    every_dated_answer(None, answer)
}

/// The same with a `Date`.
pub(crate) fn every_dated_answer(
    date: Option<&str>,
    answer: impl Fn(&str) -> (&'static str, &'static str) + Send + 'static,
) -> String {
    let date = date.map(|date| format!("date: {date}\r\n")).unwrap_or_default();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a request");
            let lines = BufReader::new(stream.try_clone().expect("a second handle")).lines();
            let head: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let (status, body) = answer(&head.join("\n"));
            let length = body.len();
            // Who has gone away by now wants no answer.
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\n{date}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    address
}
