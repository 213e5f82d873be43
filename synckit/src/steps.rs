//! Steps, counted where the data structures make them, for the tests of growth: elements visited, compared or moved. Without tests there is
//! nothing of it.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// So many steps were made.
#[cfg(test)]
pub(crate) fn count(steps: usize) {
    STEPS.with(|all| all.set(all.get() + steps as u64));
}

/// So many steps were made.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn count(_steps: usize) {}

/// How many steps something makes.
#[cfg(test)]
pub(crate) fn of<R>(work: impl FnOnce() -> R) -> (u64, R) {
    let before = STEPS.with(std::cell::Cell::get);
    let result = work();
    (STEPS.with(std::cell::Cell::get) - before, result)
}
