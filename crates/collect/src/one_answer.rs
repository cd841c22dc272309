//! A server for tests that answers one request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::thread::JoinHandle;

/// What was asked: the lines of the head in lower case, and the body.
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: String,
}

/// The address of a server that answers one request in this way, and what it was asked.
pub(crate) fn one_answer(answer: &str) -> (String, JoinHandle<Asked>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
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
