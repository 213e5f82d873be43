//! The connection: when to try, when to give up, when to try again.

use super::random::Random;

/// Milliseconds for opening a connection, and again for the server's answer to `Hello`.
const OPENING: u64 = 10_000;
/// Milliseconds for the answer to a ping that checks a connection of which something suggests that it is dead.
const CHECK: u64 = 5_000;
/// Milliseconds after which a connection counts as stable: the next failure starts a new outage.
const STABLE: u64 = 10_000;
/// The first pause is at most this many milliseconds, every further one twice as many up to the cap.
const BASE: u64 = 250;
/// The cap for short outages: who comes back within a minute waits less than a second.
const SHORT_CAP: u64 = 750;
const SHORT_OUTAGE: u64 = 60_000;
/// After that a pause is at most this part of the time the outage has lasted, and never more than `CAP`.
const OUTAGE_PART: u64 = 40;
const CAP: u64 = 30_000;
/// No pause is shorter, whatever the dice say.
const FLOOR: u64 = 30;
/// Milliseconds between attempts after the server has refused this client.
pub(super) const REFUSED_PAUSE: u64 = 30_000;

/// What the connection is doing. Times are those of [`Time`](super::time::Time).
#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    Stopped,
    Waiting {
        retry_at: u64,
    },
    Connecting {
        since: u64,
    },
    /// Connected, waiting for `Welcome`.
    Greeting {
        since: u64,
    },
    Open {
        since: u64,
        heartbeat: u64,
        next_ping: u64,
        pong_by: Option<u64>,
    },
}

/// What to do about a point in time that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Connect,
    Ping,
    /// The server has been silent for too long.
    GiveUp,
}

pub(super) struct Link {
    pub(super) state: State,
    random: Random,
    attempts: u32,
    /// When the outage began that is not over before a connection has been stable.
    outage: Option<u64>,
}

impl Link {
    pub(super) fn new(random: Random) -> Self {
        Self { state: State::Stopped, random, attempts: 0, outage: None }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// Whether there is a connection or an attempt at one.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.state, State::Connecting { .. } | State::Greeting { .. } | State::Open { .. })
    }

    pub(super) fn connecting(&mut self, now: u64) {
        self.attempts = self.attempts.saturating_add(1);
        self.outage.get_or_insert(now);
        self.state = State::Connecting { since: now };
    }

    pub(super) fn connected(&mut self, now: u64) {
        self.state = State::Greeting { since: now };
    }

    pub(super) fn welcomed(&mut self, now: u64, heartbeat: u64) {
        let heartbeat = heartbeat.clamp(1_000, 600_000);
        self.state = State::Open { since: now, heartbeat, next_ping: now + heartbeat, pong_by: None };
    }

    /// Something arrived: the connection is alive.
    pub(super) fn heard(&mut self) {
        if let State::Open { pong_by, .. } = &mut self.state {
            *pong_by = None;
        }
    }

    /// The connection ended or could not be made. Waits at least `at_least` milliseconds before the next attempt.
    pub(super) fn lost(&mut self, now: u64, at_least: u64) {
        if let State::Open { since, .. } = self.state
            && now.saturating_sub(since) >= STABLE
        {
            self.attempts = 0;
            self.outage = None;
        }
        let outage = now.saturating_sub(*self.outage.get_or_insert(now));
        let cap =
            if outage < SHORT_OUTAGE { SHORT_CAP } else { (outage / OUTAGE_PART).clamp(SHORT_CAP, CAP) };
        let ceiling = cap.min(BASE << self.attempts.min(16));
        let pause = FLOOR + self.random.below(ceiling - FLOOR + 1);
        self.state = State::Waiting { retry_at: now + pause.max(at_least) };
    }

    /// A reason to believe that an attempt would succeed now.
    pub(super) fn hurry(&mut self, now: u64) {
        if let State::Waiting { retry_at } = &mut self.state {
            *retry_at = now;
        }
    }

    /// A reason to check that the connection is alive. Whether a ping has to be sent.
    pub(super) fn check(&mut self, now: u64) -> bool {
        let State::Open { pong_by, heartbeat, next_ping, .. } = &mut self.state else { return false };
        *next_ping = now + *heartbeat;
        *pong_by = Some(pong_by.unwrap_or(u64::MAX).min(now + CHECK));
        true
    }

    /// What the time demands.
    pub(super) fn due(&mut self, now: u64) -> Due {
        match &mut self.state {
            State::Waiting { retry_at } if now >= *retry_at => Due::Connect,
            State::Connecting { since } | State::Greeting { since } if now >= *since + OPENING => Due::GiveUp,
            State::Open { pong_by: Some(by), .. } if now >= *by => Due::GiveUp,
            State::Open { heartbeat, next_ping, pong_by, .. } if now >= *next_ping => {
                // Whatever arrives until the next ping is due counts as the answer.
                *next_ping = now + *heartbeat;
                pong_by.get_or_insert(now + *heartbeat);
                Due::Ping
            }
            _ => Due::Nothing,
        }
    }

    /// When [`due`](Self::due) has to be asked next.
    pub(super) fn wake_at(&self) -> Option<u64> {
        match &self.state {
            State::Stopped => None,
            State::Waiting { retry_at } => Some(*retry_at),
            State::Connecting { since } | State::Greeting { since } => Some(since + OPENING),
            State::Open { next_ping, pong_by, .. } => Some((*next_ping).min(pong_by.unwrap_or(u64::MAX))),
        }
    }
}
