//! Set: observed remove, add wins.
//!
//! For every element there is the short list of operations that no other operation has observed, and a version vector
//! of what has been observed. An operation replaces everything on its element that its writer had observed, so one
//! usually stands for all; concurrent ones stay side by side until somebody has seen both. The element is in the set
//! when at least one of them is an add.
//!
//! Most elements that were removed have been added once and removed once. Others are told so by the addition alone, without the element
//! itself (*forgotten*); who loads such a set does not know any more which element it was, nor has to.

use super::operation::{Action, Live, Stamp};
use crate::hash::HashMap;
use crate::sorted::sort_by;
use crate::value::Value;
use crate::version::{Dot, VersionVector};

/// What can be done to a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SetAction {
    /// Adds an element or removes it, in the place of everything that its writer had observed on it.
    Write { adds: bool, value: Value, observed: Vec<Dot> },
    /// Takes an addition back, whatever it had added.
    Forget { addition: Dot },
}

impl SetAction {
    /// Roughly how many bytes it takes when encoded.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Write { value, observed, .. } => value.byte_size() + 12 * observed.len(),
            Self::Forget { .. } => 12,
        }
    }

    /// The same under other names: those of what it has observed, and that of an addition.
    pub(crate) fn renamed(
        self,
        names: impl FnOnce(Vec<Dot>) -> Vec<Dot>,
        name: impl FnOnce(Dot) -> Dot,
    ) -> Action {
        Action::Set(match self {
            Self::Write { adds, value, observed } => Self::Write { adds, value, observed: names(observed) },
            Self::Forget { addition } => Self::Forget { addition: name(addition) },
        })
    }
}

/// What happened to an element. Nearly all were added once, and some of them removed once, which takes no memory beside.
#[derive(Debug, Clone)]
enum Element {
    /// By an operation that had observed nothing.
    Added(Stamp),
    /// The addition, which had observed nothing, and the removal.
    Removed(Dot, Stamp),
    Other(Box<Past>),
}

#[derive(Debug, Clone, Default)]
struct Past {
    /// Operations that none has observed yet: (stamp, whether it adds).
    heads: Vec<(Stamp, bool)>,
    /// Everything that some operation on this element has observed.
    observed: VersionVector,
    /// Whether nothing has happened to it but one addition, which had observed nothing, and perhaps removals that had observed that.
    plain: bool,
}

impl Element {
    fn present(&self) -> bool {
        match self {
            Self::Added(_) => true,
            Self::Removed(..) => false,
            Self::Other(past) => past.heads.iter().any(|head| head.1),
        }
    }

    /// The one addition that its removals took back, if that is all that ever happened to it.
    fn forgotten(&self) -> Option<Dot> {
        match self {
            Self::Added(_) => None,
            Self::Removed(addition, _) => Some(*addition),
            Self::Other(past) => past.forgotten(),
        }
    }

    /// Operations that none has observed yet: (stamp, whether it adds).
    fn heads(&self) -> impl Iterator<Item = (Stamp, bool)> {
        let (one, more) = match self {
            Self::Added(addition) => (Some((*addition, true)), &[][..]),
            Self::Removed(_, removal) => (Some((*removal, false)), &[][..]),
            Self::Other(past) => (None, &past.heads[..]),
        };
        one.into_iter().chain(more.iter().copied())
    }

    fn observed(&self) -> VersionVector {
        match self {
            Self::Added(_) => VersionVector::new(),
            Self::Removed(addition, _) => {
                VersionVector::from_ascending(vec![(addition.replica, addition.seq)])
            }
            Self::Other(past) => past.observed.clone(),
        }
    }

    /// The same in a form that anything can be added to.
    fn into_past(self) -> Box<Past> {
        match self {
            Self::Other(past) => past,
            few => Box::new(Past { heads: few.heads().collect(), observed: few.observed(), plain: true }),
        }
    }
}

impl Past {
    /// Takes an operation in; if it adds, perhaps one that has been taken back already.
    fn take(&mut self, stamp: Stamp, adds: bool, observed: &[Dot], taken_back: Option<(Dot, Stamp)>) {
        observed.iter().for_each(|dot| self.observed.advance(dot.replica, dot.seq));
        if taken_back.is_some() {
            self.observed.advance(stamp.dot.replica, stamp.dot.seq);
        }
        let observed = &self.observed;
        self.heads.retain(|(head, _)| !observed.contains(head.dot));
        let news = [Some((stamp, adds)), taken_back.map(|(_, removal)| (removal, false))];
        for (stamp, adds) in news.into_iter().flatten() {
            let known =
                observed.contains(stamp.dot) || self.heads.iter().any(|(head, _)| head.dot == stamp.dot);
            if !known {
                self.heads.push((stamp, adds));
            }
        }
    }

    fn forgotten(&self) -> Option<Dot> {
        let (replica, seq) = self.observed.iter().next().filter(|_| self.plain)?;
        Some(Dot::new(replica, seq))
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct SetState {
    elements: HashMap<Value, Element>,
    len: usize,
    /// Additions that were taken back, and by what, where nobody knows what they had added.
    forgotten: HashMap<Dot, (Dot, Stamp)>,
    /// The elements of additions, once somebody asks for one by its dot. There may be more in it than there are.
    by_addition: HashMap<Dot, Value>,
}

impl SetState {
    /// Does what an operation says. Returns whether the set is another one now. O(1), and O(n) for the first of many that are
    /// known by their additions.
    pub(crate) fn apply(&mut self, stamp: Stamp, action: &SetAction) -> bool {
        match action {
            SetAction::Write { adds, value, observed } => self.write(stamp, value, *adds, observed),
            SetAction::Forget { addition } => self.forget(stamp, *addition),
        }
    }

    /// Adds or removes an element.
    fn write(&mut self, stamp: Stamp, value: &Value, adds: bool, observed: &[Dot]) -> bool {
        let taken_back = if adds { self.forgotten.remove(&stamp.dot) } else { None };
        if adds && !self.by_addition.is_empty() {
            self.by_addition.insert(stamp.dot, value.clone());
        }
        let Some(element) = self.elements.get_mut(value) else {
            let element = match (observed, &taken_back) {
                ([], None) if adds => Element::Added(stamp),
                _ => {
                    let mut past = Past { plain: adds && observed.is_empty(), ..Past::default() };
                    past.take(stamp, adds, observed, taken_back);
                    Element::Other(Box::new(past))
                }
            };
            let present = element.present();
            self.len += usize::from(present);
            self.elements.insert(value.clone(), element);
            return present;
        };
        let before = element.present();
        match (&*element, observed) {
            (Element::Added(addition), &[one]) if !adds && addition.dot == one => {
                *element = Element::Removed(one, stamp);
            }
            _ => {
                let mut past = std::mem::replace(element, Element::Added(stamp)).into_past();
                past.plain = match (&past.heads[..], observed) {
                    // The first removal of the only addition.
                    (&[(head, true)], &[one]) => past.plain && !adds && head.dot == one,
                    // Further ones, made at the same time.
                    (_, &[one]) => past.plain && !adds && past.forgotten() == Some(one),
                    _ => false,
                };
                past.take(stamp, adds, observed, taken_back);
                *element = Element::Other(past);
            }
        }
        let after = element.present();
        match (before, after) {
            (false, true) => self.len += 1,
            (true, false) => self.len -= 1,
            _ => {}
        }
        before != after
    }

    /// Takes an addition back.
    fn forget(&mut self, stamp: Stamp, addition: Dot) -> bool {
        if let Some(value) = self.added_by(addition) {
            return self.write(stamp, &value, false, &[addition]);
        }
        let latest = self.forgotten.get(&addition).map_or(stamp, |&(_, latest)| latest.max(stamp));
        self.forgotten.insert(addition, (addition, latest));
        false
    }

    /// What an addition has added, if that still counts.
    pub(crate) fn added_by(&mut self, addition: Dot) -> Option<Value> {
        if self.by_addition.is_empty() || self.by_addition.len() > 2 * self.elements.len() + 64 {
            self.by_addition = HashMap::default();
            for (value, element) in self.elements.iter() {
                let additions = element.heads().filter(|head| head.1).map(|(head, _)| head.dot);
                for addition in additions.chain(element.forgotten()) {
                    self.by_addition.insert(addition, value.clone());
                }
            }
        }
        let value = self.by_addition.get(&addition)?;
        let element = self.elements.get(value)?;
        let counts = element.heads().any(|(head, adds)| adds && head.dot == addition)
            || element.forgotten() == Some(addition);
        counts.then(|| value.clone())
    }

    /// All of it is there: nobody asks for additions by their dots for now.
    pub(crate) fn loaded(&mut self) {
        self.by_addition = HashMap::default();
    }

    pub(crate) fn contains(&self, value: &Value) -> bool {
        self.elements.get(value).is_some_and(Element::present)
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Elements that are in the set, ascending. O(n log n).
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Value> {
        let present = self.elements.iter().filter(|(_, element)| element.present());
        let mut values: Vec<&Value> = present.map(|(value, _)| value).collect();
        sort_by(&mut values, |one, other| one < other);
        values.into_iter()
    }

    /// What a new operation on this element would have observed: of every replica the last one.
    pub(crate) fn observe(&self, value: &Value) -> Vec<Dot> {
        let Some(element) = self.elements.get(value) else { return Vec::new() };
        if let Element::Added(addition) = element {
            return vec![addition.dot];
        }
        let mut observed = element.observed();
        element.heads().for_each(|(head, _)| observed.advance(head.dot.replica, head.dot.seq));
        observed.iter().map(|(replica, seq)| Dot::new(replica, seq)).collect()
    }

    /// Heads may have observed different things; each is handed out with all that has been observed on its element.
    /// That is sound: what one operation has observed stays replaced, whichever operation says so.
    ///
    /// Hands over what `known` lacks.
    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        for (value, element) in self.elements.iter() {
            for (stamp, adds) in element.heads().filter(|(stamp, _)| !known.contains(stamp.dot)) {
                let value = value.clone();
                let observed =
                    || element.observed().iter().map(|(replica, seq)| Dot::new(replica, seq)).collect();
                let action = match element.forgotten() {
                    Some(addition) if !adds => SetAction::Forget { addition },
                    _ => SetAction::Write { adds, value, observed: observed() },
                };
                emit(Live { stamp, action: Action::Set(action) });
            }
        }
        for &(addition, stamp) in self.forgotten.values().filter(|(_, stamp)| !known.contains(stamp.dot)) {
            emit(Live { stamp, action: Action::Set(SetAction::Forget { addition }) });
        }
    }

    pub(crate) fn byte_size(&self) -> usize {
        let past = |element: &Element| match element {
            Element::Other(past) => 56 + past.heads.len() * 32 + past.observed.len() * 16,
            _ => 0,
        };
        let size = size_of::<(Value, Element)>() + 12;
        let elements: usize =
            self.elements.iter().map(|(value, element)| size + value.byte_size() + past(element)).sum();
        elements + 48 * self.forgotten.len() + 40 * self.by_addition.len()
    }
}
