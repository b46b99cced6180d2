//! How many connections are open, and which one goes when there are too many.
//!
//! Who comes last needs a seat more than who sits and says nothing. But a newcomer needs a moment to ask, and who
//! has asked needs time to take the answer: a thousand sockets that come at once must cost neither their seat. Who
//! has had the answer needs it no more.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// What a newcomer has to ask in.
const MOMENT: Duration = Duration::from_millis(10);

/// What an answer is made and taken in, if somebody wants it.
const ANSWERED: Duration = Duration::from_secs(1);

/// In this time an answer has to be taken, whether others need the seat or not.
const STALLED: Duration = Duration::from_secs(60);

/// The seats of a server, each taken by a connection.
pub(super) struct Seats {
    most: usize,
    taken: Mutex<Taken>,
}

/// By the turn in which each was taken, or last asked from.
#[derive(Default)]
struct Taken {
    /// Those from which nothing was asked yet.
    silent: BTreeMap<u64, Place>,
    /// Those whose answer is under way.
    asked: BTreeMap<u64, Place>,
    answered: BTreeMap<u64, Place>,
    next_turn: u64,
}

#[derive(Clone)]
struct Place {
    since: Instant,
    lost: Arc<Notify>,
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

    /// Takes a seat, and says whether somebody else has lost theirs for it. When all are taken by such as need
    /// them, that is the first who does not any more, and after a moment the one that is silent longest.
    pub(super) async fn take(self: &Arc<Self>) -> (Seat, bool) {
        let deadline = Instant::now() + MOMENT;
        let evicted = loop {
            match self.make_room(Instant::now() >= deadline) {
                Ok(evicted) => break evicted,
                Err(idle) => sleep_until(idle.min(deadline)).await,
            }
        };
        let (now, lost) = (Instant::now(), Arc::new(Notify::new()));
        let mut taken = lock(&self.taken);
        let turn = taken.next_turn();
        taken.silent.insert(turn, Place { since: now, lost: Arc::clone(&lost) });
        let seat = Seat { seats: Arc::clone(self), turn: Mutex::new((turn, now)), lost };
        (seat, evicted)
    }

    /// Says whether somebody has lost their seat, or when somebody will not need theirs any more.
    fn make_room(&self, at_any_price: bool) -> Result<bool, Instant> {
        let mut taken = lock(&self.taken);
        if taken.silent.len() + taken.asked.len() + taken.answered.len() < self.most {
            return Ok(false);
        }
        let loser = match taken.take_idle(Instant::now()) {
            Err(idle) if at_any_price => taken.take_oldest().ok_or(idle),
            loser => loser,
        };
        loser?.lost.notify_one();
        Ok(true)
    }
}

impl Taken {
    fn next_turn(&mut self) -> u64 {
        self.next_turn += 1;
        self.next_turn
    }

    /// One that does not need its seat: which has had its moment, its answer, or the time for one. Else when the
    /// first will be so.
    fn take_idle(&mut self, now: Instant) -> Result<Place, Instant> {
        let Taken { silent, asked, answered, .. } = self;
        let mut next = now + ANSWERED;
        for (places, time) in [(silent, MOMENT), (answered, Duration::ZERO), (asked, ANSWERED)] {
            let Some(first) = places.first_entry() else { continue };
            let idle = first.get().since + time;
            if idle <= now {
                return Ok(first.remove());
            }
            next = next.min(idle);
        }
        Err(next)
    }

    /// Of those who are not idle, which those who have had their answer are.
    fn take_oldest(&mut self) -> Option<Place> {
        let turn =
            |places: &BTreeMap<u64, Place>| places.keys().next().copied().unwrap_or(u64::MAX);
        let oldest =
            if turn(&self.silent) < turn(&self.asked) { &mut self.silent } else { &mut self.asked };
        oldest.pop_first().map(|(_, place)| place)
    }

    fn remove(&mut self, turn: u64) -> Option<Place> {
        let Taken { silent, asked, answered, .. } = self;
        [silent, asked, answered].into_iter().find_map(|places| places.remove(&turn))
    }
}

impl Seat {
    /// A request has come: of those who have asked it is the youngest.
    pub(super) fn ask(&self) {
        let mut turn = lock(&self.turn);
        let mut taken = lock(&self.seats.taken);
        if let Some(place) = taken.remove(turn.0) {
            *turn = (taken.next_turn(), Instant::now());
            taken.asked.insert(turn.0, Place { since: turn.1, ..place });
        }
    }

    /// All that was asked has been answered.
    pub(super) fn answered(&self) {
        let turn = lock(&self.turn).0;
        let mut taken = lock(&self.seats.taken);
        if let Some(place) = taken.asked.remove(&turn) {
            taken.answered.insert(turn, place);
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
        lock(&self.seats.taken).remove(turn);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    /// Runs it in a time that passes only when all wait.
    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(test);
    }

    fn is_lost(seat: &Seat) -> bool {
        let turn = lock(&seat.turn).0;
        let taken = lock(&seat.seats.taken);
        [&taken.silent, &taken.asked, &taken.answered].iter().all(|all| !all.contains_key(&turn))
    }

    #[test]
    fn who_has_sat_silent_loses_the_seat_at_once_and_nobody_before_all_are_taken() {
        run(async {
            let seats = Seats::new(3);
            let (asking, _) = seats.take().await;
            asking.ask();
            let (first, _) = seats.take().await;
            let (second, evicted) = seats.take().await;
            assert!(!evicted);
            sleep(MOMENT).await;
            let begun = Instant::now();
            let (third, evicted) = seats.take().await;
            assert!(evicted && begun.elapsed().is_zero());
            let lost = [&asking, &first, &second, &third].map(is_lost);
            assert_eq!(lost, [false, true, false, false]);
            drop(third);
            assert!(!seats.take().await.1, "a seat was given back");
            first.ask();
            assert!(is_lost(&first), "a lost seat does not come back");
        });
    }

    #[test]
    fn a_crowd_that_comes_at_once_costs_neither_a_newcomer_its_moment_nor_an_answer_its_time() {
        run(async {
            let seats = Seats::new(4);
            let (asking, _) = seats.take().await;
            asking.ask();
            let begun = Instant::now();
            let mut crowd = Vec::new();
            for _ in 0..60 {
                let (seat, _) = seats.take().await;
                crowd.push((Instant::now(), seat));
                for (taken, seat) in &crowd {
                    assert!(taken.elapsed() >= MOMENT || !is_lost(seat));
                }
            }
            // Three at a time.
            assert_eq!(begun.elapsed().as_millis(), 19 * MOMENT.as_millis());
            assert!(!is_lost(&asking));
            sleep(ANSWERED).await;
            crowd.iter().for_each(|(_, seat)| seat.ask());
            seats.take().await;
            assert!(is_lost(&asking), "it has had its answer");
        });
    }

    #[test]
    fn a_newcomer_waits_for_the_end_of_the_first_moment_and_no_longer() {
        run(async {
            let seats = Seats::new(2);
            let (first, _) = seats.take().await;
            sleep(MOMENT * 7 / 10).await;
            let (second, _) = seats.take().await;
            let begun = Instant::now();
            let (third, evicted) = seats.take().await;
            assert_eq!((begun.elapsed(), evicted), (MOMENT * 3 / 10, true));
            assert_eq!([&first, &second, &third].map(is_lost), [true, false, false]);
        });
    }

    #[test]
    fn who_asks_all_the_time_does_not_keep_a_newcomer_out() {
        run(async {
            let seats = Seats::new(2);
            let ((first, _), (second, _)) = (seats.take().await, seats.take().await);
            second.ask();
            first.ask();
            let begun = Instant::now();
            let (newcomer, evicted) = seats.take().await;
            assert!(evicted && begun.elapsed() < MOMENT * 2);
            assert_eq!([&first, &second, &newcomer].map(is_lost), [false, true, false]);
        });
    }

    #[test]
    fn who_has_had_an_answer_makes_room_at_once_and_needs_the_seat_again_when_asking() {
        run(async {
            let seats = Seats::new(2);
            let ((first, _), (second, _)) = (seats.take().await, seats.take().await);
            [&first, &second].iter().for_each(|seat| seat.ask());
            first.answered();
            second.answered();
            second.ask();
            let begun = Instant::now();
            let (newcomer, evicted) = seats.take().await;
            assert!(evicted && begun.elapsed().is_zero());
            assert_eq!([&first, &second, &newcomer].map(is_lost), [true, false, false]);
        });
    }

    #[test]
    fn an_answer_that_is_not_taken_within_a_minute_costs_the_seat_and_a_request_puts_that_off() {
        run(async {
            let begun = Instant::now();
            let (seat, _) = Seats::new(1).take().await;
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
