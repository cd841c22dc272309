//! One request and its answer, watched while they pass.
//!
//! Nothing waits for what is watched: pieces go on as they come, and a copy of those that may name things is kept until
//! the answer has ended. INVARIANT (none is lost): a call is in the ledger before its exchange is over, however it ends.

use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use jiff::Timestamp;

use crate::answered::Answer;
use crate::asked::Asked;
use crate::record::Process;
use crate::watch::Watch;

/// No request that names things is longer.
const MOST_ASKED: usize = 16 << 20;
/// What an answer names stands early.
const MOST_ANSWERED: usize = 1 << 20;

/// A copy of what passed.
#[derive(Debug, Default)]
pub(crate) struct Copy {
    bytes: Vec<u8>,
    is_cut: bool,
    has_ended: bool,
}

impl Copy {
    fn add(&mut self, piece: &[u8], most: usize) {
        if self.bytes.len() + piece.len() > most {
            self.is_cut = true;
        } else {
            self.bytes.extend_from_slice(piece);
        }
    }
}

/// A call that is under way; it is counted when this is dropped.
pub(crate) struct Exchange {
    asked: Option<Asked>,
    body: Arc<Mutex<Copy>>,
    answer: Answer,
    process: Option<Process>,
    watch: Arc<Watch>,
}

impl Exchange {
    pub(crate) fn new(asked: Asked, process: Option<Process>, watch: Arc<Watch>) -> Self {
        watch.begin();
        Self { asked: Some(asked), body: Arc::default(), answer: Answer::default(), process, watch }
    }

    /// The body of the request, to be sent on.
    pub(crate) fn watch_body(&self, body: Incoming) -> AskedBody {
        let wanted = self.asked.as_ref().is_some_and(Asked::wants_body);
        AskedBody { body, copy: wanted.then(|| self.body.clone()) }
    }

    /// What the head of the answer tells.
    pub(crate) fn answered(&mut self, head: &hyper::http::response::Parts) {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        self.answer.status = Some(head.status.as_u16());
        self.answer.error_header =
            ["x-amzn-errortype", "x-amz-error-code"].iter().find_map(|name| header(name)).map(str::to_owned);
        self.answer.content_type = header("content-type").unwrap_or_default().to_owned();
        self.answer.is_compressed = header("content-encoding") == Some("gzip");
    }

    /// Are names in the body of the answer? Objects and answers of functions are other people's texts.
    fn wants_answer(&self) -> bool {
        let has_failed = self.answer.status.is_some_and(|status| status >= 400);
        let told = self.asked.as_ref().is_some_and(|asked| asked.scope.service != "s3" && asked.wants_body());
        has_failed || told
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let Some(asked) = self.asked.take() else { return };
        let copy = mem::take(&mut *self.body.lock().unwrap_or_else(PoisonError::into_inner));
        let is_whole = copy.has_ended && !copy.is_cut || !asked.wants_body();
        let process = self.process.take();
        self.watch.ledger().take(asked, (&copy.bytes, is_whole), &self.answer, process, Timestamp::now());
        self.watch.end();
    }
}

/// The body of a request on its way.
pub(crate) struct AskedBody {
    body: Incoming,
    copy: Option<Arc<Mutex<Copy>>>,
}

impl Body for AskedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Some(copy) = &self.copy {
            let mut copy = copy.lock().unwrap_or_else(PoisonError::into_inner);
            match &polled {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(piece) = frame.data_ref() {
                        copy.add(piece, MOST_ASKED);
                    }
                    copy.has_ended |= self.body.is_end_stream();
                }
                Poll::Ready(None) => copy.has_ended = true,
                _ => {}
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        let ended = self.body.is_end_stream();
        if let (true, Some(copy)) = (ended, &self.copy) {
            copy.lock().unwrap_or_else(PoisonError::into_inner).has_ended = true;
        }
        ended
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer on its way.
pub(crate) struct AnswerBody {
    body: Incoming,
    exchange: Option<Exchange>,
}

impl AnswerBody {
    pub(crate) fn new(body: Incoming, exchange: Option<Exchange>) -> Self {
        Self { body, exchange }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        let has_ended = match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let (Some(piece), Some(exchange)) = (frame.data_ref(), &mut self.exchange)
                    && exchange.wants_answer()
                    && exchange.answer.body.len() + piece.len() <= MOST_ANSWERED
                {
                    exchange.answer.body.extend_from_slice(piece);
                }
                self.body.is_end_stream()
            }
            Poll::Ready(_) => true,
            Poll::Pending => false,
        };
        // The last piece is still here: whoever waits for it finds the call counted.
        if has_ended {
            self.exchange = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
