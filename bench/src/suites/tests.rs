use clap::{Parser as _, ValueEnum as _};

use super::{Suite, Workloads};
use crate::arguments::Arguments;
use crate::contest::Contest;
use crate::measure::Probe;
use crate::report::Report;

/// Every suite that is quick on small workloads, with every peer: nobody fails, nobody ends with another result.
#[test]
fn suites_run_with_all_peers() {
    let workloads = Workloads::small();
    let arguments = Arguments::try_parse_from(["bench", "--peers", "--rounds", "1"]).unwrap();
    let mut report = Report::default();
    let probe = Probe::new(None);
    let slow = [Suite::Overwrite, Suite::Counter, Suite::Set];
    for suite in Suite::value_variants().iter().filter(|suite| !slow.contains(suite)) {
        let before = report.rows.len();
        suite.run(&workloads, &mut Contest::new(suite.name(), &arguments, &probe, &mut report)).unwrap();
        assert!(report.rows.len() > before, "{} has no rows", suite.name());
    }
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert!(report.rows.iter().all(|row| row.best.is_some()), "a row without any peer");
}
