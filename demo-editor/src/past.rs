//! The text as it was, each stretch in the colour of who wrote it.

use dioxus::prelude::*;
use synckit::version::ReplicaId;

use crate::desk::Desk;
use crate::history::Past;
use crate::model::DocumentRef;
use crate::names::color;
use crate::rich::{Block, Kind, Look, blocks};

/// Characters of one look by one writer.
#[derive(Clone, PartialEq)]
struct Piece {
    text: String,
    look: Look,
    author: usize,
}

/// A version of the text. It is read, not written.
#[component]
pub(crate) fn PastText(past: Past) -> Element {
    let desk = use_context::<Desk>();
    let page = desk.page();
    let text = match page.body().at(&past.version) {
        Ok(text) => text,
        Err(error) => return rsx! { p { class: "hint", "{error}" } },
    };
    let blame = text.blame(0..text.len());
    let mut replicas: Vec<ReplicaId> = Vec::new();
    let mut spans = Vec::new();
    for span in &blame {
        let author = replicas.iter().position(|known| *known == span.replica).unwrap_or_else(|| {
            replicas.push(span.replica);
            replicas.len() - 1
        });
        spans.push((span.range.end, author));
    }
    let history = page.history();
    let names: Vec<String> = replicas
        .iter()
        .map(|replica| history.author(*replica).unwrap_or_else(|| "Somebody".to_owned()))
        .collect();
    rsx! {
        div { class: "past", "data-testid": "past", role: "document", aria_label: "An earlier version", tabindex: "0",
            ul { class: "writers",
                for name in unique(&names) {
                    li { key: "{name}", style: "--color:{color(&name)}", "{name}" }
                }
            }
            for (at, block) in blocks(&text.spans()).iter().enumerate() {
                div { key: "{at}", class: "synckit-block past-block", "data-kind": block.kind.name(), "data-level": level(block.kind),
                    for (place, piece) in pieces(block, &spans).into_iter().enumerate() {
                        Written { key: "{place}", name: names.get(piece.author).cloned().unwrap_or_default(), text: piece.text, class: class_of(&piece.look) }
                    }
                }
            }
        }
    }
}

#[component]
fn Written(name: String, text: String, class: String) -> Element {
    rsx! { span { class: "written {class}", style: "--color:{color(&name)}", title: "{name}", "{text}" } }
}

fn level(kind: Kind) -> Option<u8> {
    match kind {
        Kind::Heading(level) => Some(level),
        _ => None,
    }
}

fn class_of(look: &Look) -> String {
    let names = [
        (look.bold, "bold"),
        (look.italic, "italic"),
        (look.underline || look.link.is_some(), "underline"),
        (look.strike, "strike"),
        (look.code, "code"),
    ];
    names.into_iter().filter_map(|(on, name)| on.then_some(name)).collect::<Vec<_>>().join(" ")
}

fn unique(names: &[String]) -> Vec<String> {
    let mut unique: Vec<String> = Vec::new();
    for name in names {
        if !unique.contains(name) {
            unique.push(name.clone());
        }
    }
    unique
}

/// The runs of a block, cut where the writer changes. `spans`: ends, in characters of the text, and writers.
fn pieces(block: &Block, spans: &[(usize, usize)]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = block.start;
    let mut next = spans.partition_point(|(end, _)| *end <= at);
    for run in &block.runs {
        for c in run.text.chars() {
            while spans.get(next).is_some_and(|(end, _)| *end <= at) {
                next += 1;
            }
            let author = spans.get(next).map_or(usize::MAX, |(_, author)| *author);
            match pieces.last_mut() {
                Some(last) if last.author == author && last.look == run.look => last.text.push(c),
                _ => pieces.push(Piece { text: c.to_string(), look: run.look.clone(), author }),
            }
            at += 1;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::pieces;
    use crate::rich::{Block, Look};

    #[test]
    fn runs_are_cut_where_the_writer_changes() {
        let mut block = Block { start: 10, ..Block::default() };
        block.push("abcd", &Look::default());
        block.push("ef", &Look { bold: true, ..Look::default() });
        let cut = pieces(&block, &[(4, 9), (12, 0), (15, 1), (30, 0)]);
        let seen: Vec<_> = cut.iter().map(|piece| (piece.text.as_str(), piece.author)).collect();
        assert_eq!(seen, [("ab", 0), ("cd", 1), ("e", 1), ("f", 0)]);
    }
}
