//! Every way in which a few replicas can make a few writes and see each other's in between.
//!
//! A schedule says who does what in which order: a write, an undo, or taking all that another replica has. Steps that do not
//! concern each other lead to the same world in either order, so of such schedules only the one is run in which the replica
//! with the smaller number goes first (a lexicographic normal form of the trace, Anisimov and Knuth 1979).

use super::letters::{self, Alphabet, Letter};
use super::reference::Reference;
use super::replica::{Replica, picture};
use crate::document::undo::Direction;
use crate::wire::Change;

#[derive(Clone, Copy)]
enum Step {
    Write(Letter),
    Undo,
    Pull { from: usize },
}

#[derive(Clone)]
struct World {
    replicas: Vec<Replica>,
    /// Every change, each after those that its writer knew.
    changes: Vec<Change>,
}

impl World {
    fn new(start: &[Letter], replicas: usize) -> Self {
        let mut first = Replica::new(9);
        let changes = start.iter().filter_map(|letter| first.write(|tx| letter(tx, 9)).1).collect();
        let replica = |at: usize| {
            let mut replica = Replica::new([2, 3, 1][at]);
            replica.pull(&first.state);
            replica
        };
        Self { replicas: (0..replicas).map(replica).collect(), changes }
    }

    /// False when the step changes nothing.
    fn take(&mut self, who: usize, step: Step) -> bool {
        let change = match step {
            Step::Write(letter) => {
                let replica = &mut self.replicas[who];
                let id = replica.id.get();
                // Two replicas' clocks are often at the same millisecond.
                replica.now += 1;
                replica.write(|tx| letter(tx, id)).1
            }
            Step::Undo => self.replicas[who].step(Direction::Undo),
            Step::Pull { from } => {
                let both = self.replicas.get_disjoint_mut([who, from]);
                let [replica, other] = both.expect("somebody else");
                let before = replica.state.version().clone();
                replica.pull(&other.state);
                return *replica.state.version() != before;
            }
        };
        let changed = change.is_some();
        self.changes.extend(change);
        changed
    }

    /// Whether what each shows is what it knows of, and whether all show the same when they know everything.
    fn check(mut self) {
        for replica in &self.replicas {
            let version = replica.state.version();
            let mut slow = Reference::default();
            slow.take(self.changes.iter().filter(|change| version.get(change.replica) >= change.last_seq()));
            assert_eq!(picture(&replica.state), slow.picture());
        }
        let mut slow = Reference::default();
        slow.take(&self.changes);
        let expected = slow.picture();
        let states: Vec<_> = self.replicas.iter().map(|replica| replica.state.clone()).collect();
        for (at, replica) in self.replicas.iter_mut().enumerate() {
            // Not all in one order.
            for other in 1..states.len() {
                replica.pull(&states[(at + other) % states.len()]);
            }
            assert_eq!(picture(&replica.state), expected);
        }
    }
}

/// Whether two steps of different replicas can change places.
fn are_apart((one, first): (usize, Step), (other, second): (usize, Step)) -> bool {
    let reads = |step: Step, who: usize| matches!(step, Step::Pull { from } if from == who);
    one != other && !reads(first, other) && !reads(second, one)
}

struct Walk<'a> {
    steps: &'a [Vec<Step>],
    schedules: usize,
}

impl Walk<'_> {
    /// Runs everything that can follow. `left` is how many steps each replica may still make.
    fn go_on(&mut self, world: World, left: &mut [usize], last: Option<(usize, Step)>) {
        let mut is_end = true;
        for who in 0..left.len() {
            if left[who] == 0 {
                continue;
            }
            for &step in &self.steps[who] {
                if last.is_some_and(|last| last.0 > who && are_apart(last, (who, step))) {
                    continue;
                }
                let mut next = world.clone();
                if next.take(who, step) {
                    is_end = false;
                    left[who] -= 1;
                    self.go_on(next, left, Some((who, step)));
                    left[who] += 1;
                }
            }
        }
        if is_end {
            self.schedules += 1;
            world.check();
        }
    }
}

/// All schedules of so many replicas, so many steps each, with some of the letters.
fn schedules(start: &[Letter], letters: &[Letter], replicas: usize, len: usize) -> usize {
    let steps = |who: usize| {
        let pulls = (0..replicas).filter(|from| *from != who).map(|from| Step::Pull { from });
        letters.iter().map(|letter| Step::Write(*letter)).chain([Step::Undo]).chain(pulls).collect()
    };
    let steps: Vec<Vec<Step>> = (0..replicas).map(steps).collect();
    let mut walk = Walk { steps: &steps, schedules: 0 };
    walk.go_on(World::new(start, replicas), &mut vec![len; replicas], None);
    walk.schedules
}

/// All pairs of letters. With `SYNCKIT_THOROUGH` set, for minutes: two replicas make four steps each instead of three, and
/// three replicas two steps each with every pair, not only with those of the first letter.
fn enumerate(Alphabet { start, letters }: Alphabet) {
    let thorough = std::env::var_os("SYNCKIT_THOROUGH").is_some();
    let mut ran = 0;
    for (at, first) in letters.iter().enumerate() {
        for second in &letters[at + 1..] {
            let pair = [*first, *second];
            ran += schedules(&start, &pair, 2, if thorough { 4 } else { 3 });
            if at == 0 || thorough {
                ran += schedules(&start, &pair, 3, 2);
            }
        }
    }
    println!("{ran} schedules");
    assert!(ran > 1_000);
}

#[test]
fn maps() {
    enumerate(letters::maps());
}

#[test]
fn lists() {
    enumerate(letters::lists());
}

#[test]
fn counters() {
    enumerate(letters::counters());
}

#[test]
fn sets() {
    enumerate(letters::sets());
}

#[test]
fn texts() {
    enumerate(letters::texts());
}
