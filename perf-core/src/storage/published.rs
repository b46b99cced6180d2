//! Memory that one thread allocates and every thread then reads.
#![allow(unsafe_code)]

use crate::sync::{AcqRel, Acquire, AtomicPtr, const_fn};
use std::marker::PhantomData;
use std::ptr;

/// A place that is empty once and then holds one value for the rest of its life.
///
/// The pointer is stored Release and loaded Acquire, so a reader that sees the value sees it whole.
/// It is 8 bytes, takes no lock, and may be filled from inside an allocation of its own filling (a
/// recording allocator): whoever publishes second drops its copy and takes the first.
pub(crate) struct Published<T> {
    pointer: AtomicPtr<T>,
    _owns: PhantomData<Box<T>>,
}

impl<T> Published<T> {
    const_fn! {
        pub(crate) fn empty() -> Self {
            Published { pointer: AtomicPtr::new(ptr::null_mut()), _owns: PhantomData }
        }
    }

    /// The value, if it was published.
    #[inline(always)]
    pub(crate) fn get(&self) -> Option<&T> {
        // Acquire: pairs with the Release half of `get_or_publish`.
        let pointer = self.pointer.load(Acquire);
        // SAFETY: the pointer is null or came from `Box::into_raw` in `get_or_publish`; it is never
        // changed again and is freed only by `drop`, which has `&mut self`.
        unsafe { pointer.as_ref() }
    }

    /// The value, or what `new` makes, published for everybody.
    #[cold]
    pub(crate) fn get_or_publish(&self, new: impl FnOnce() -> Box<T>) -> &T
    where
        T: Send + Sync,
    {
        if let Some(value) = self.get() {
            return value;
        }
        let fresh = Box::into_raw(new());
        // Release: pairs with the Acquire in `get`. Acquire on failure: we read the other's value.
        let published = match self.pointer.compare_exchange(ptr::null_mut(), fresh, AcqRel, Acquire)
        {
            Ok(_) => fresh,
            Err(first) => {
                // SAFETY: `fresh` came from `Box::into_raw` above and was given to nobody.
                drop(unsafe { Box::from_raw(fresh) });
                first
            }
        };
        // SAFETY: not null, and as in `get`.
        unsafe { &*published }
    }
}

impl<T> Drop for Published<T> {
    fn drop(&mut self) {
        let pointer = *self.pointer.get_mut();
        if !pointer.is_null() {
            // SAFETY: it came from `Box::into_raw`, and `&mut self` says that no reference is left.
            drop(unsafe { Box::from_raw(pointer) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_publishes_second_gets_the_first_value() {
        let place = Published::empty();
        let outer = place.get_or_publish(|| {
            place.get_or_publish(|| Box::new(1));
            Box::new(2)
        });
        assert_eq!(*outer, 1);
        assert_eq!(place.get(), Some(&1));
    }
}
