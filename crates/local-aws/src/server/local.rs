//! What is answered besides AWS: the page, and all under `/_local/`.

use super::body::Content;
use super::{Server, events, page};
use crate::control::{Answer, answer, is_control};
use crate::request::Request;

/// Answers a request that is not for AWS.
pub(super) fn local(server: &Server, request: &Request) -> http::Response<Content> {
    if !is_control(request.uri()) {
        return page::guarded(page::page());
    }
    let snapshots = server.options.snapshots.as_deref();
    page::guarded(match answer(&server.cloud, snapshots, request) {
        Answer::Whole(response) => response.map(Content::from),
        Answer::Events => events::events(server),
    })
}
