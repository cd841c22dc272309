use std::sync::{Mutex, OnceLock, PoisonError};

/// A value that is worked out when it is first asked for, on all cores, and kept.
///
/// `OnceLock` would do if the working out did not take the threads of rayon: a thread of the pool that waits for a value whose
/// maker waits for the pool never wakes, and neither does one that picks up a job which asks for what it is itself making. So no
/// thread of the pool waits here. Ask for the value before a parallel part that needs it; tests fail where that is forgotten, and
/// a build for use works the value out a second time instead of standing still.
#[derive(Debug)]
pub(crate) struct Once<T> {
    value: OnceLock<T>,
    /// Held by the one thread outside of the pool that makes the value; the others wait for it.
    making: Mutex<()>,
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self { value: OnceLock::new(), making: Mutex::new(()) }
    }
}

impl<T> Once<T> {
    /// The value; `make` is called by the first who asks.
    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.value.get() {
            return value;
        }
        if rayon::current_thread_index().is_some() {
            debug_assert!(false, "{} is not worked out before a parallel part", std::any::type_name::<T>());
            let made = make();
            return self.value.get_or_init(|| made);
        }
        let _turn = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = self.value.get() {
            return value;
        }
        let made = make();
        self.value.get_or_init(|| made)
    }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::Once;

    /// Both threads of a pool are busy with a job that needs the value, while somebody outside makes it with the pool's help.
    #[test]
    fn what_is_known_before_a_parallel_part_stands_nobody_still() {
        let value: Once<u64> = Once::default();
        let sum = || (0..1_000_u64).into_par_iter().sum::<u64>();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let known = *value.get_or_init(sum);
                    let all = (0..100_u64).into_par_iter().map(|_| *value.get_or_init(sum)).sum::<u64>();
                    assert_eq!(all, 100 * known);
                });
            }
        });
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "not worked out before a parallel part")]
    fn to_forget_it_fails() {
        let value: Once<u64> = Once::default();
        (0..4).into_par_iter().for_each(|_| {
            value.get_or_init(|| 1);
        });
    }
}
