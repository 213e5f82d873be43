//! What one run costs: time, or memory when the allocator counts it.

use std::time::{Duration, Instant};

/// A counting allocator.
pub trait Gauge: Sync {
    /// Bytes that are allocated now.
    fn live(&self) -> usize;

    /// Begins anew with the peak.
    fn restart_peak(&self);

    /// The most bytes that were allocated at once since the last restart, beyond those allocated then.
    fn peak(&self) -> usize;
}

/// Measures pieces of a run.
pub(crate) struct Probe {
    gauge: Option<&'static dyn Gauge>,
}

/// What a piece of a run cost.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cost {
    Time(Duration),
    /// In bytes, beyond what was allocated before.
    Memory {
        live: usize,
        peak: usize,
    },
}

impl Probe {
    pub(crate) fn new(gauge: Option<&'static dyn Gauge>) -> Self {
        Self { gauge }
    }

    /// Whether it is memory that is measured.
    pub(crate) fn measures_memory(&self) -> bool {
        self.gauge.is_some()
    }

    /// Runs a piece. What it returns is alive when memory is read, and dropped by the caller, outside of the time.
    pub(crate) fn measure<T>(&self, piece: impl FnOnce() -> T) -> (T, Cost) {
        let Some(gauge) = self.gauge else {
            let start = Instant::now();
            let result = piece();
            return (result, Cost::Time(start.elapsed()));
        };
        let before = gauge.live();
        gauge.restart_peak();
        let result = piece();
        let (live, peak) = (gauge.live().saturating_sub(before), gauge.peak());
        (result, Cost::Memory { live, peak })
    }

    /// An empty list of figures for this kind of measurement.
    pub(crate) fn outcome(&self) -> Outcome {
        Outcome { memory: self.measures_memory(), figures: Vec::new(), result: None }
    }
}

/// In what a figure is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Unit {
    #[serde(rename = "ms")]
    Milliseconds,
    #[serde(rename = "bytes")]
    Bytes,
}

/// One figure of one run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    pub(crate) case: String,
    pub(crate) metric: &'static str,
    pub(crate) unit: Unit,
    pub(crate) value: f64,
}

/// What one run gave.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    memory: bool,
    pub(crate) figures: Vec<Figure>,
    /// What has to be equal for every library, if it has to.
    pub(crate) result: Option<String>,
}

impl Outcome {
    /// Adds what a piece cost: its time, or the memory it left and took at most.
    pub(crate) fn cost(&mut self, case: &str, cost: Cost) {
        match cost {
            Cost::Time(time) => self.add(case, "time", Unit::Milliseconds, time.as_secs_f64() * 1e3),
            Cost::Memory { live, peak } => {
                self.add(case, "memory", Unit::Bytes, live as f64);
                self.add(case, "peak memory", Unit::Bytes, peak as f64);
            }
        }
    }

    /// Adds what a piece cost for each of several things: the time of all together, the memory of one.
    pub(crate) fn cost_of_each(&mut self, case: &str, cost: Cost, count: usize) {
        match cost {
            Cost::Time(_) => self.cost(case, cost),
            Cost::Memory { live, .. } => {
                self.add(case, "memory each", Unit::Bytes, live as f64 / count.max(1) as f64);
            }
        }
    }

    /// Adds only a time.
    pub(crate) fn time(&mut self, case: &str, cost: Cost) {
        if let Cost::Time(_) = cost {
            self.cost(case, cost);
        }
    }

    /// Adds a number of bytes that something encodes to. It is the same in both kinds of measurement; one reports it.
    pub(crate) fn bytes(&mut self, case: &str, metric: &'static str, bytes: f64) {
        if !self.memory {
            self.add(case, metric, Unit::Bytes, bytes);
        }
    }

    /// What every library has to arrive at.
    pub(crate) fn result(&mut self, result: impl Into<String>) {
        self.result = Some(result.into());
    }

    fn add(&mut self, case: &str, metric: &'static str, unit: Unit, value: f64) {
        self.figures.push(Figure { case: case.to_owned(), metric, unit, value });
    }
}

/// The middle value; of an even number the mean of the two middle ones.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.len(), values.get(middle)) {
        (_, None) => None,
        (count, Some(&upper)) if count % 2 == 1 => Some(upper),
        (_, Some(&upper)) => values.get(middle - 1).map(|lower| (lower + upper) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{Gauge, Probe, Unit, median};

    struct Pretended(AtomicUsize);

    impl Gauge for Pretended {
        fn live(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }

        fn restart_peak(&self) {}

        fn peak(&self) -> usize {
            500
        }
    }

    #[test]
    fn medians() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn time_and_bytes_without_a_gauge() {
        let probe = Probe::new(None);
        let mut outcome = probe.outcome();
        let (value, cost) = probe.measure(|| 7);
        outcome.cost("case", cost);
        outcome.bytes("case", "stored", 12.0);
        assert_eq!(value, 7);
        let units: Vec<Unit> = outcome.figures.iter().map(|figure| figure.unit).collect();
        assert_eq!(units, [Unit::Milliseconds, Unit::Bytes]);
    }

    #[test]
    fn memory_with_a_gauge() {
        static GAUGE: Pretended = Pretended(AtomicUsize::new(1000));
        let probe = Probe::new(Some(&GAUGE));
        let mut outcome = probe.outcome();
        let ((), cost) = probe.measure(|| GAUGE.0.store(1300, Ordering::Relaxed));
        outcome.cost("case", cost);
        outcome.cost_of_each("many", cost, 10);
        outcome.time("case", cost);
        outcome.bytes("case", "stored", 12.0);
        let values: Vec<f64> = outcome.figures.iter().map(|figure| figure.value).collect();
        assert_eq!(values, [300.0, 500.0, 30.0]);
    }
}
