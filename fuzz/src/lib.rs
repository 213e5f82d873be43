//! What the fuzz targets share: the [checks], which a test of synckit runs on the kept inputs too, and how protobuf
//! messages are [mutated](mutation).

pub mod checks;
pub mod mutation;

pub use libfuzzer_sys;

#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

/// A fuzz target that runs a check; `structured` inputs are mutated as protobuf messages.
#[macro_export]
macro_rules! target {
    ($check:path, structured) => {
        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            $crate::mutation::mutate(data, size, max_size, seed)
        });
        $crate::target!($check, plain);
    };
    ($check:path, plain) => {
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $check(data));
    };
}
