//! Those whose page is rendered beside the connections: so many at once, and so many in line.

use super::response::{failure, text};
use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Response, StatusCode};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Renders of pages that run at once. Two, so that one that hangs is not all.
const PAGES: usize = 2;

/// Those who wait for that. Beyond them an answer would come when nobody wants it any more.
const IN_LINE: usize = 16;

/// The threads that a server needs to render: those of pages, and one for probes.
pub(super) const THREADS: usize = PAGES + 1;

/// A line of requests that are to be rendered on a thread where that may take its time. Whose connection ends
/// leaves the line, and is not rendered.
pub(super) struct Line {
    places: Semaphore,
    turns: Arc<Semaphore>,
}

impl Line {
    /// Of whoever asks for a page.
    pub(super) fn of_pages() -> Self {
        Line::new(PAGES)
    }

    /// Of probes, which must be answered however many ask for pages.
    pub(super) fn of_probes() -> Self {
        Line::new(THREADS - PAGES)
    }

    fn new(at_once: usize) -> Self {
        Line { places: Semaphore::new(IN_LINE), turns: Arc::new(Semaphore::new(at_once)) }
    }

    /// Renders when those before have been, or says that there are too many of them.
    pub(super) async fn render(
        &self,
        render: impl FnOnce() -> Response<Body> + Send + 'static,
    ) -> Response<Body> {
        let Ok(place) = self.places.try_acquire() else { return busy() };
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        drop(place);
        let rendered = spawn_blocking(move || {
            // It ends with the render, which goes on when nobody waits for it any more.
            let _turn = turn;
            render()
        });
        // What is to be rendered is dropped only when the runtime ends.
        rendered.await.unwrap_or_else(|_| failure("The server is stopping.\n"))
    }
}

fn busy() -> Response<Body> {
    let sentence = "Too many wait for a page already; ask again in a second.\n";
    let mut refusal = text(StatusCode::SERVICE_UNAVAILABLE, sentence);
    refusal.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::sync::mpsc;
    use std::task::Poll;

    #[test]
    fn who_leaves_the_line_is_not_rendered_and_makes_room() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let line = Line::of_probes();
            let rendered = Arc::new(AtomicUsize::new(0));
            let (release, held) = mpsc::channel::<()>();
            let mut first = Box::pin(line.render(move || {
                let _ = held.recv();
                text(StatusCode::OK, "first")
            }));
            assert!(is_pending(&mut first).await);
            let ask = || {
                let rendered = Arc::clone(&rendered);
                Box::pin(line.render(move || {
                    rendered.fetch_add(1, Relaxed);
                    text(StatusCode::OK, "later")
                }))
            };
            let mut waiting: Vec<_> = (0..IN_LINE).map(|_| ask()).collect();
            for one in &mut waiting {
                assert!(is_pending(one).await);
            }
            let refused = ask().await;
            assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(refused.headers()[RETRY_AFTER], "1");
            drop(waiting);
            let mut last = ask();
            assert!(is_pending(&mut last).await);
            drop(release);
            assert_eq!(first.await.status(), StatusCode::OK);
            assert_eq!(last.await.status(), StatusCode::OK);
            assert_eq!(rendered.load(Relaxed), 1, "none of those who left");
        });
    }

    #[test]
    fn a_render_that_nobody_waits_for_keeps_its_turn_until_it_ends() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let line = Line::of_probes();
            let (release, held) = mpsc::channel::<()>();
            let mut left = Box::pin(line.render(move || {
                let _ = held.recv();
                text(StatusCode::OK, "left")
            }));
            assert!(is_pending(&mut left).await);
            drop(left);
            let mut next = Box::pin(line.render(|| text(StatusCode::OK, "next")));
            assert!(is_pending(&mut next).await);
            assert_eq!(line.turns.available_permits(), 0);
            drop(release);
            assert_eq!(next.await.status(), StatusCode::OK);
        });
    }

    /// Polls it once.
    async fn is_pending(future: &mut (impl Future + Unpin)) -> bool {
        std::future::poll_fn(|context| {
            Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
        })
        .await
    }
}
