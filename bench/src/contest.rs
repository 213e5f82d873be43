//! Libraries that run the same case, in turn.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Result, anyhow};

use crate::arguments::Arguments;
use crate::measure::{Figure, Outcome, Probe, median};
use crate::ours;
use crate::report::{Report, Row};

/// What a contender does once for each round.
type Run<'a> = Box<dyn Fn(&Probe) -> Result<Outcome> + 'a>;

/// One library's way through a case.
pub(crate) struct Contender<'a> {
    library: &'static str,
    /// Shown beside the others, but nothing to be compared with: a lower bound.
    reference: bool,
    run: Run<'a>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(library: &'static str, run: impl Fn(&Probe) -> Result<Outcome> + 'a) -> Self {
        Self { library, reference: false, run: Box::new(run) }
    }

    pub(crate) fn reference(library: &'static str, run: impl Fn(&Probe) -> Result<Outcome> + 'a) -> Self {
        Self { library, reference: true, run: Box::new(run) }
    }
}

/// Contenders of one function that is generic over the library.
macro_rules! contenders {
    ($run:ident $arguments:tt: $($library:ty),+ $(,)?) => {
        vec![$($crate::contest::Contender::new(
            <$library as $crate::replica::Library>::NAME,
            move |probe| $crate::contest::run_contender!($run, $library, probe, $arguments),
        )),+]
    };
}

/// Calls the function for one library.
macro_rules! run_contender {
    ($run:ident, $library:ty, $probe:ident, ($($argument:expr),*)) => {
        $run::<$library>($probe $(, $argument)*)
    };
}
pub(crate) use {contenders, run_contender};

/// Runs the cases of one suite and takes down what they cost.
pub(crate) struct Contest<'a> {
    suite: &'static str,
    arguments: &'a Arguments,
    probe: &'a Probe,
    report: &'a mut Report,
}

impl<'a> Contest<'a> {
    pub(crate) fn new(
        suite: &'static str,
        arguments: &'a Arguments,
        probe: &'a Probe,
        report: &'a mut Report,
    ) -> Self {
        Self { suite, arguments, probe, report }
    }

    /// Whether it is memory that is measured.
    pub(crate) fn measures_memory(&self) -> bool {
        self.probe.measures_memory()
    }

    /// Runs every contender several times, each round in another order, and adds a row for each figure. A run that fails
    /// or ends with another result than the first contender is reported and its library's figures do not count.
    pub(crate) fn run(&mut self, contenders: Vec<Contender<'_>>) {
        let invited = |contender: &Contender<'_>| {
            contender.library == ours::NAME || self.arguments.invites(contender.library)
        };
        let contenders: Vec<_> = contenders.into_iter().filter(invited).collect();
        let mut entries: Vec<Entry> = contenders.iter().map(|_| Entry::default()).collect();
        // What is allocated does not vary; one round is enough.
        let rounds = if self.probe.measures_memory() { 1 } else { self.arguments.rounds as usize };
        for round in 0..rounds {
            for turn in 0..contenders.len() {
                let at = (round + turn) % contenders.len();
                let (contender, entry) = (&contenders[at], &mut entries[at]);
                if entry.problem.is_none() {
                    entry.take(attempt(contender, self.probe));
                }
            }
        }
        check_equality(&contenders, &mut entries);
        for (contender, entry) in contenders.iter().zip(&entries) {
            if let Some(problem) = &entry.problem {
                self.report.problems.push(format!("{} {}: {problem}", self.suite, contender.library));
            }
        }
        self.add_rows(&contenders, &entries);
    }

    fn add_rows(&mut self, contenders: &[Contender<'_>], entries: &[Entry]) {
        let mut rows: Vec<Row> = Vec::new();
        for (contender, entry) in contenders.iter().zip(entries) {
            let Some(first) = entry.outcomes.first().filter(|_| entry.problem.is_none()) else { continue };
            for figure in &first.figures {
                let Some(value) = entry.median(figure) else { continue };
                let same = |row: &&mut Row| row.case == figure.case && row.metric == figure.metric;
                let row = match rows.iter_mut().find(same) {
                    Some(row) => row,
                    None => {
                        rows.push(Row::new(self.suite, figure));
                        let last = rows.len() - 1;
                        &mut rows[last]
                    }
                };
                row.add(contender.library, value, contender.reference);
            }
        }
        self.report.rows.extend(rows);
    }
}

#[derive(Default)]
struct Entry {
    outcomes: Vec<Outcome>,
    problem: Option<String>,
}

impl Entry {
    fn take(&mut self, outcome: Result<Outcome>) {
        match outcome {
            Ok(outcome) => self.outcomes.push(outcome),
            Err(error) => self.problem = Some(format!("{error:#}")),
        }
    }

    fn median(&self, wanted: &Figure) -> Option<f64> {
        let same = |figure: &&Figure| figure.case == wanted.case && figure.metric == wanted.metric;
        let values = self.outcomes.iter().filter_map(|outcome| outcome.figures.iter().find(same));
        median(&mut values.map(|figure| figure.value).collect::<Vec<_>>())
    }
}

/// A library that panics loses the case, not the whole run.
fn attempt(contender: &Contender<'_>, probe: &Probe) -> Result<Outcome> {
    catch_unwind(AssertUnwindSafe(|| (contender.run)(probe))).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(anyhow!("panicked: {}", message.unwrap_or("without a message")))
    })
}

/// The first contender that finished decides what the result is.
fn check_equality(contenders: &[Contender<'_>], entries: &mut [Entry]) {
    let results = contenders.iter().zip(entries.iter());
    let expected = results.filter(|(_, entry)| entry.problem.is_none()).find_map(|(contender, entry)| {
        let result = entry.outcomes.first()?.result.clone()?;
        Some((contender.library, result))
    });
    let Some((library, expected)) = expected else { return };
    for entry in entries.iter_mut() {
        let differs = |outcome: &&Outcome| outcome.result.as_ref().is_some_and(|result| *result != expected);
        if let Some(outcome) = entry.outcomes.iter().find(differs) {
            let length = outcome.result.as_ref().map_or(0, String::len);
            let problem =
                format!("the result ({length} bytes) is not that of {library} ({} bytes)", expected.len());
            entry.problem.get_or_insert(problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;
    use clap::Parser as _;

    use super::{Contender, Contest};
    use crate::arguments::Arguments;
    use crate::measure::Probe;
    use crate::ours;
    use crate::report::Report;

    fn contender(library: &'static str, bytes: f64, result: &'static str) -> Contender<'static> {
        Contender::new(library, move |probe| {
            let mut outcome = probe.outcome();
            outcome.bytes("case", "stored", bytes);
            outcome.result(result);
            Ok(outcome)
        })
    }

    fn run(line: &str, contenders: Vec<Contender<'_>>) -> Report {
        let arguments = Arguments::try_parse_from(line.split_whitespace()).unwrap();
        let mut report = Report::default();
        Contest::new("suite", &arguments, &Probe::new(None), &mut report).run(contenders);
        report
    }

    #[test]
    fn the_best_peer_is_found() {
        let contenders = vec![
            contender(ours::NAME, 20.0, "same"),
            contender("a", 30.0, "same"),
            contender("b", 10.0, "same"),
        ];
        let report = run("bench --peers", contenders);
        assert!(report.problems.is_empty());
        assert_eq!(report.rows.len(), 1);
        let row = &report.rows[0];
        assert_eq!((row.ours, row.best, row.best_name.as_deref()), (Some(20.0), Some(10.0), Some("b")));
        assert_eq!(row.ratio, Some(2.0));
    }

    #[test]
    fn nobody_is_compared_with_uninvited() {
        let report = run("bench", vec![contender(ours::NAME, 20.0, "same"), contender("a", 30.0, "same")]);
        assert_eq!((report.rows[0].ours, report.rows[0].best), (Some(20.0), None));
    }

    #[test]
    fn wrong_results_failures_and_panics_do_not_count() {
        let contenders = vec![
            contender(ours::NAME, 20.0, "same"),
            contender("wrong", 1.0, "other"),
            Contender::new("failing", |_| Err(anyhow!("no"))),
            Contender::new("panicking", |_| panic!("ouch")),
            contender("right", 40.0, "same"),
        ];
        let report = run("bench --peers", contenders);
        assert_eq!(report.problems.len(), 3, "{:?}", report.problems);
        assert!(report.problems[0].contains("wrong") && report.problems[2].contains("ouch"));
        assert_eq!(report.rows[0].best_name.as_deref(), Some("right"));
    }

    #[test]
    fn a_reference_is_shown_but_is_no_peer() {
        let floor = Contender::reference("floor", |probe| {
            let mut outcome = probe.outcome();
            outcome.bytes("case", "stored", 1.0);
            Ok(outcome)
        });
        let report = run("bench --peers", vec![contender(ours::NAME, 20.0, "same"), floor]);
        assert_eq!(report.rows[0].best, None);
        assert_eq!(report.rows[0].libraries.get("floor"), Some(&1.0));
    }
}
