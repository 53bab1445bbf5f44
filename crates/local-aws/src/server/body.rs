//! The bodies of answers: whole ones, and streams of events.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Bytes, Frame, SizeHint};

use super::events::Events;
use super::patience::Turn;
use crate::fault::AnswerBody;
use crate::response::Response;

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is dropped")]
pub(super) struct Dropped;

/// What an answer holds.
#[derive(Debug)]
pub(super) enum Content {
    Whole(AnswerBody),
    Events(Events),
}

impl<T: Into<Bytes>> From<T> for Content {
    fn from(bytes: T) -> Self {
        Self::Whole(AnswerBody::from(bytes.into()))
    }
}

impl Content {
    /// An answer of AWS, which may have been cut.
    pub fn of(response: Response) -> http::Response<Self> {
        AnswerBody::of(response).map(Self::Whole)
    }
}

/// A content on its way: the client's turn comes when all of it is written.
#[derive(Debug)]
pub(super) struct Body {
    content: Content,
    _turn: Turn,
}

impl Body {
    pub fn new(content: Content, turn: Turn) -> Self {
        Self { content, _turn: turn }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        match &mut self.content {
            Content::Whole(whole) => Pin::new(whole).poll_frame(context).map_err(|_| Dropped),
            Content::Events(events) => {
                events.poll_next(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(whole) => whole.is_end_stream(),
            Content::Events(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(whole) => whole.size_hint(),
            Content::Events(_) => SizeHint::default(),
        }
    }
}
