//! Answers of which only the beginning arrives, or something else.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, StatusCode};
use hyper::body::{Body, Bytes, Frame, SizeHint};

use crate::response::Response;

/// Cuts an answer in the middle: it announces all of its body and has half. An
/// answer without a body cannot be cut, and none is left of it.
pub(crate) fn truncate(response: Response) -> Option<Response> {
    let (mut head, body) = response.into_parts();
    if body.is_empty() {
        return None;
    }
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let half = body.slice(..body.len() / 2);
    Some(http::Response::from_parts(head, half))
}

/// Puts another body into an answer, which then tells of success.
pub(crate) fn replace_body(response: Response, body: &str) -> Response {
    let (mut head, _) = response.into_parts();
    head.status = StatusCode::OK;
    head.headers.remove(CONTENT_LENGTH);
    http::Response::from_parts(head, Bytes::copy_from_slice(body.as_bytes()))
}

/// The connection ends within an answer.
#[derive(Debug, thiserror::Error)]
#[error("the answer is cut")]
pub(crate) struct Cut;

/// The body of an answer on its way through a connection, which breaks if the
/// answer was cut.
#[derive(Debug)]
pub(crate) struct AnswerBody {
    bytes: Option<Bytes>,
    is_cut: bool,
    is_sent: bool,
}

impl From<Bytes> for AnswerBody {
    /// All of a body.
    fn from(bytes: Bytes) -> Self {
        Self { bytes: Some(bytes), is_cut: false, is_sent: false }
    }
}

impl AnswerBody {
    /// A response with this kind of body.
    pub fn of(response: Response) -> http::Response<Self> {
        let is_cut = announced_length(response.headers())
            .is_some_and(|announced| announced > response.body().len());
        response.map(|bytes| Self { bytes: Some(bytes), is_cut, is_sent: false })
    }
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if let Some(bytes) = self.bytes.take().filter(|bytes| !bytes.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.is_cut {
            return Poll::Ready(None);
        }
        if self.is_sent {
            return Poll::Ready(Some(Err(Cut)));
        }
        // While there is nothing to take, the server sends off what it has.
        self.is_sent = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        !self.is_cut && self.bytes.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_cut {
            return SizeHint::default();
        }
        let length = self.bytes.as_ref().map_or(0, Bytes::len);
        SizeHint::with_exact(length.try_into().unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_an_answer_is_left_and_all_of_it_announced() {
        let cut = truncate(http::Response::new(Bytes::from_static(b"abcdef"))).unwrap();
        assert_eq!(cut.body().as_ref(), b"abc");
        assert_eq!(cut.headers()[CONTENT_LENGTH], "6");
        assert!(truncate(http::Response::new(Bytes::new())).is_none());
    }
}
