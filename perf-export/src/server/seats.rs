//! How many connections are open, and which one goes when there are too many.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// An answer has to be taken within this.
const STALLED: Duration = Duration::from_secs(60);

/// The seats of a server, each taken by a connection.
pub(super) struct Seats {
    most: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    /// By the turn in which they were taken, or last asked from: the first is the longest silent one.
    by_turn: BTreeMap<u64, Arc<Notify>>,
    next_turn: u64,
}

/// A connection's seat, given back when it is dropped.
pub(super) struct Seat {
    seats: Arc<Seats>,
    turn: Mutex<(u64, Instant)>,
    lost: Arc<Notify>,
}

impl Seats {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Seats { most, taken: Mutex::default() })
    }

    /// Takes a seat, and says whether somebody else has lost theirs for it.
    pub(super) fn take(self: &Arc<Self>) -> (Seat, bool) {
        let mut taken = lock(&self.taken);
        let oldest =
            if taken.by_turn.len() >= self.most { taken.by_turn.pop_first() } else { None };
        if let Some((_, loser)) = &oldest {
            loser.notify_one();
        }
        let lost = Arc::new(Notify::new());
        let turn = taken.sit(Arc::clone(&lost));
        drop(taken);
        let turn = Mutex::new((turn, Instant::now()));
        (Seat { seats: Arc::clone(self), turn, lost }, oldest.is_some())
    }
}

impl Seat {
    /// A request has come: it is the youngest again.
    pub(super) fn ask(&self) {
        let mut turn = lock(&self.turn);
        let mut taken = lock(&self.seats.taken);
        if let Some(lost) = taken.by_turn.remove(&turn.0) {
            *turn = (taken.sit(lost), Instant::now());
        }
    }

    /// Returns when the seat is somebody else's, or an answer has not been taken for a minute.
    pub(super) async fn lost(&self) {
        loop {
            let stalled = lock(&self.turn).1 + STALLED;
            tokio::select! {
                () = self.lost.notified() => return,
                () = sleep_until(stalled) => {
                    if lock(&self.turn).1 + STALLED <= Instant::now() {
                        return;
                    }
                }
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let turn = self.turn.get_mut().unwrap_or_else(PoisonError::into_inner).0;
        lock(&self.seats.taken).by_turn.remove(&turn);
    }
}

impl Taken {
    fn sit(&mut self, lost: Arc<Notify>) -> u64 {
        let turn = self.next_turn;
        self.next_turn += 1;
        self.by_turn.insert(turn, lost);
        turn
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_lost(seat: &Seat) -> bool {
        let taken = lock(&seat.seats.taken);
        !taken.by_turn.contains_key(&lock(&seat.turn).0)
    }

    #[test]
    fn the_seat_that_was_silent_longest_is_lost_and_none_before_all_are_taken() {
        let seats = Seats::new(2);
        let (first, evicted) = seats.take();
        assert!(!evicted);
        let (second, evicted) = seats.take();
        assert!(!evicted);
        first.ask();
        let (third, evicted) = seats.take();
        assert!(evicted);
        assert_eq!([is_lost(&first), is_lost(&second), is_lost(&third)], [false, true, false]);
        drop(third);
        assert!(!seats.take().1, "a seat was given back");
        second.ask();
        assert!(is_lost(&second), "a lost seat does not come back");
    }

    #[test]
    fn an_answer_that_is_not_taken_within_a_minute_costs_the_seat_and_a_request_puts_that_off() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let begun = Instant::now();
            let (seat, _) = Seats::new(1).take();
            let ask = async {
                sleep_until(begun + STALLED / 2).await;
                seat.ask();
                std::future::pending().await
            };
            tokio::select! {
                () = seat.lost() => {}
                () = ask => {}
            }
            let waited = begun.elapsed();
            assert!(waited >= STALLED * 3 / 2 && waited < STALLED * 2, "{waited:?}");
        });
    }
}
