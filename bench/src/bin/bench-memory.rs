//! The same benchmarks under a counting allocator, for memory only. `bench` starts it.

use std::alloc::System;
use std::process::ExitCode;

use bench::Gauge;
use cap::Cap;
use peakmem_alloc::{PeakMemAlloc, PeakMemAllocTrait};

static PEAK: PeakMemAlloc<System> = PeakMemAlloc::new(System);

#[global_allocator]
static LIVE: Cap<&PeakMemAlloc<System>> = Cap::new(&PEAK, usize::MAX);

struct Counting;

impl Gauge for Counting {
    fn live(&self) -> usize {
        LIVE.allocated()
    }

    fn restart_peak(&self) {
        PEAK.reset_peak_memory();
    }

    fn peak(&self) -> usize {
        PEAK.get_peak_memory()
    }
}

fn main() -> ExitCode {
    bench::run(Some(&Counting))
}
