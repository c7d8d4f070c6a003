//! Answers whose body does not come through as the server sent it.

use std::future::pending;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};

use super::fault::Fault;

pub(super) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A trickle is cut into this many pieces a second.
const PIECES_PER_SECOND: usize = 20;

pub(super) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// The server's body with a fault's effect on it.
pub(super) fn through(body: Incoming, fault: Option<&Fault>) -> Body {
    match fault {
        Some(Fault::Slow { bytes_per_second }) => trickle(body, (bytes_per_second / PIECES_PER_SECOND).max(1)),
        Some(Fault::Cut { after }) => first(body, *after, End::Broken),
        Some(Fault::Truncated { after }) => first(body, *after, End::Clean),
        Some(Fault::Stalled { after }) => first(body, *after, End::Never),
        _ => body.map_err(io::Error::other).boxed_unsync(),
    }
}

/// How a body ends that does not come whole.
#[derive(Clone, Copy)]
enum End {
    Broken,
    Clean,
    Never,
}

fn first(body: Incoming, bytes: usize, end: End) -> Body {
    let frames = stream::unfold((body, bytes), move |(mut body, left)| async move {
        if left == 0 {
            match end {
                End::Clean => return None,
                End::Broken => {
                    // Not at once: hyper sends what it holds when it has to wait, and throws it away on an error.
                    tokio::task::yield_now().await;
                    return Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), (body, 0)));
                }
                End::Never => pending().await,
            }
        }
        let mut data = match next(&mut body).await? {
            Ok(data) => data,
            Err(error) => return Some((Err(error), (body, left))),
        };
        data.truncate(left);
        let left = left - data.len();
        Some((Ok(Frame::data(data)), (body, left)))
    });
    StreamBody::new(frames).boxed_unsync()
}

fn trickle(body: Incoming, piece: usize) -> Body {
    let frames = stream::unfold((body, Bytes::new()), move |(mut body, mut rest)| async move {
        if rest.is_empty() {
            rest = match next(&mut body).await? {
                Ok(data) => data,
                Err(error) => return Some((Err(error), (body, Bytes::new()))),
            };
        }
        tokio::time::sleep(Duration::from_secs(1) / PIECES_PER_SECOND as u32).await;
        let now = rest.split_to(piece.min(rest.len()));
        Some((Ok(Frame::data(now)), (body, rest)))
    });
    StreamBody::new(frames).boxed_unsync()
}

/// The next piece of data; trailers are left out, the API server has none.
async fn next(body: &mut Incoming) -> Option<io::Result<Bytes>> {
    loop {
        match body.frame().await? {
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    return Some(Ok(data));
                }
            }
            Err(error) => return Some(Err(io::Error::other(error))),
        }
    }
}
