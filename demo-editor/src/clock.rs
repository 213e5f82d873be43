//! Times as people say them.

use crate::platform;

/// How long ago a moment in ms since 1970 was.
pub(crate) fn ago(moment: i64) -> String {
    between(moment, platform::now())
}

fn between(moment: i64, now: i64) -> String {
    let minutes = now.saturating_sub(moment).max(0) / 60_000;
    match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1_440 => format!("{} h ago", minutes / 60),
        1_440..2_880 => "yesterday".to_owned(),
        _ => format!("{} days ago", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn times_are_told_in_words() {
        const MINUTE: i64 = 60_000;
        for (passed, words) in [
            (0, "just now"),
            (-5 * MINUTE, "just now"),
            (MINUTE, "1 min ago"),
            (125 * MINUTE, "2 h ago"),
            (1_440 * MINUTE, "yesterday"),
            (10 * 1_440 * MINUTE, "10 days ago"),
        ] {
            assert_eq!(between(1_000_000_000, 1_000_000_000 + passed), words);
        }
    }
}
