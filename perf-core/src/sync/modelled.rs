//! loom's atomics in the place of the standard library's, for `loom_models`.
//!
//! They can be told to forget an ordering of the real code ([`weaken`]): a model that then still holds
//! checks nothing.
#![allow(unsafe_code)]

use super::LoadOwn;
use loom::sync::atomic;
pub(crate) use loom::sync::{Mutex, MutexGuard, RwLock};
use std::cell::Cell;
use std::panic::Location;
use std::sync::atomic::Ordering::{self, Relaxed};

std::thread_local! {
    // Of the operating system: all threads of a model run on the one of its test.
    static WEAKENED: Cell<Option<(&'static str, &'static str)>> = const { Cell::new(None) };
}

/// While it lives, an ordering is forgotten.
pub(crate) struct Weakened;

/// Makes every call of `method` in a source file of that name relaxed (a fence: no fence at all), in the
/// models that this thread explores.
pub(crate) fn weaken(file: &'static str, method: &'static str) -> Weakened {
    WEAKENED.set(Some((file, method)));
    Weakened
}

impl Drop for Weakened {
    fn drop(&mut self) {
        WEAKENED.set(None);
    }
}

#[track_caller]
fn is_weakened(method: &str) -> bool {
    let caller = Location::caller().file();
    WEAKENED.get().is_some_and(|(file, weakened)| method == weakened && caller.ends_with(file))
}

#[track_caller]
fn order(method: &str, asked_for: Ordering) -> Ordering {
    if is_weakened(method) { Relaxed } else { asked_for }
}

#[track_caller]
pub(crate) fn fence(asked_for: Ordering) {
    if !is_weakened("fence") {
        atomic::fence(asked_for);
    }
}

macro_rules! integer {
    ($name:ident, $integer:ty, $($fetch:ident)*) => {
        #[derive(Debug, Default)]
        pub(crate) struct $name(atomic::$name);

        impl $name {
            #[track_caller]
            pub(crate) fn new(value: $integer) -> Self {
                $name(atomic::$name::new(value))
            }

            #[track_caller]
            pub(crate) fn load(&self, asked_for: Ordering) -> $integer {
                self.0.load(order("load", asked_for))
            }

            #[track_caller]
            pub(crate) fn store(&self, value: $integer, asked_for: Ordering) {
                self.0.store(value, order("store", asked_for));
            }

            #[track_caller]
            pub(crate) fn fetch_update(
                &self,
                success: Ordering,
                failure: Ordering,
                change: impl FnMut($integer) -> Option<$integer>,
            ) -> Result<$integer, $integer> {
                self.0.fetch_update(success, failure, change)
            }

            $(
                #[track_caller]
                pub(crate) fn $fetch(&self, value: $integer, asked_for: Ordering) -> $integer {
                    self.0.$fetch(value, order(stringify!($fetch), asked_for))
                }
            )*
        }

        impl LoadOwn for $name {
            type Value = $integer;

            #[track_caller]
            fn load_own(&self) -> $integer {
                // SAFETY: loom knows every store, and panics if one is concurrent to this.
                unsafe { self.0.unsync_load() }
            }
        }
    };
}

integer! { AtomicU32, u32, swap }
integer! { AtomicU64, u64, fetch_add fetch_sub fetch_and fetch_or fetch_max fetch_min }

pub(crate) struct AtomicPtr<T> {
    pointer: atomic::AtomicPtr<T>,
    /// What [`get_mut`](Self::get_mut) lends.
    taken: std::sync::atomic::AtomicPtr<T>,
}

impl<T> AtomicPtr<T> {
    #[track_caller]
    pub(crate) fn new(pointer: *mut T) -> Self {
        AtomicPtr { pointer: atomic::AtomicPtr::new(pointer), taken: Default::default() }
    }

    #[track_caller]
    pub(crate) fn load(&self, asked_for: Ordering) -> *mut T {
        self.pointer.load(order("load", asked_for))
    }

    #[track_caller]
    pub(crate) fn compare_exchange(
        &self,
        current: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut T, *mut T> {
        let (success, failure) =
            (order("compare_exchange", success), order("compare_exchange, failed", failure));
        self.pointer.compare_exchange(current, new, success, failure)
    }

    /// To be read only. Null after a failure: what is left of a model is then given up.
    #[track_caller]
    pub(crate) fn get_mut(&mut self) -> &mut *mut T {
        let gone = std::thread::panicking();
        *self.taken.get_mut() =
            if gone { std::ptr::null_mut() } else { self.pointer.with_mut(|pointer| *pointer) };
        self.taken.get_mut()
    }
}

impl<T> std::fmt::Debug for AtomicPtr<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.pointer.fmt(f)
    }
}

/// What `Cell`s of a thread can do in the standard library.
pub(crate) trait LocalCell<T> {
    fn get(&'static self) -> T;
    fn set(&'static self, value: T);
}

impl<T: Copy> LocalCell<T> for loom::thread::LocalKey<Cell<T>> {
    fn get(&'static self) -> T {
        self.with(Cell::get)
    }

    fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }
}

/// A function that makes atomics.
macro_rules! const_fn {
    ($($function:tt)*) => {
        $($function)*
    };
}

/// A static that holds atomics: made anew in each execution, when it is first used.
macro_rules! shared {
    ($(#[$attribute:meta])* $(pub($visibility:tt))? static $name:ident : $type:ty = $value:expr;) => {
        loom::lazy_static! {
            $(#[$attribute])* $(pub($visibility))? static ref $name: $type = $value;
        }
    };
}

/// An array of things that hold atomics.
macro_rules! array_of {
    ($new:expr; $len:expr) => {
        std::array::from_fn::<_, { $len }, _>(|_| $new)
    };
}

/// Thread-locals of the model's threads.
macro_rules! per_thread {
    ($($(#[$attribute:meta])* static $name:ident : $type:ty = const $value:block;)*) => {
        $(loom::thread_local! { $(#[$attribute])* static $name: $type = $value; })*
    };
}

pub(crate) use {array_of, const_fn, per_thread, shared};
