//! Markdown in and out.

mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::rich::{Block, Kind, Look};

    /// Random documents of the kinds and looks there are.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % end
        }

        fn text(&mut self) -> String {
            const PARTS: [&str; 22] = [
                "word", "a", "é", "🙂", "שלום", " ", " ", " ", "*", "_", "`", "[x](y)", "<b>", "&amp;", "#",
                "1. ", "- ", "\\", "~", ">", "!", "(x)",
            ];
            (0..=self.below(5)).map(|_| PARTS[self.below(PARTS.len())]).collect()
        }

        fn look(&mut self) -> Look {
            Look {
                bold: self.below(3) == 0,
                italic: self.below(3) == 0,
                underline: self.below(6) == 0,
                strike: self.below(6) == 0,
                code: self.below(6) == 0,
                link: (self.below(6) == 0).then(|| "https://example.org/a?b=c&d=(e)".to_owned()),
            }
        }

        fn block(&mut self) -> Block {
            const KINDS: [Kind; 8] = [
                Kind::Paragraph,
                Kind::Heading(1),
                Kind::Heading(2),
                Kind::Heading(3),
                Kind::Bullet,
                Kind::Ordered,
                Kind::Quote,
                Kind::Code,
            ];
            let mut block = Block { kind: KINDS[self.below(KINDS.len())], ..Block::default() };
            let look = |look: Look| if block.kind == Kind::Code { Look::default() } else { look };
            // What is at the ends of a line is no space: Markdown has none there.
            let mut runs = vec![("begin".to_owned(), look(self.look()))];
            for _ in 0..self.below(4) {
                runs.push((self.text(), look(self.look())));
            }
            runs.push(("end".to_owned(), look(self.look())));
            for (text, look) in runs {
                block.push(&text, &look);
            }
            block
        }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        for seed in 0..2_000 {
            let mut chance = Chance(seed);
            let blocks: Vec<_> = (0..1 + chance.below(5)).map(|_| chance.block()).collect();
            let markdown = write(&blocks);
            assert_eq!(read(&markdown), blocks, "seed {seed}:\n{markdown}");
        }
    }

    #[test]
    fn documents_read_well() {
        let markdown = "# Trip\n\nA **bold** word and a [link](<https://a.b>).\n\n- one\n- two\n\n1. first\n2. second\n\n\
            > said\n>\n> again\n\n```\nlet x = 1;\n\nx\n```\n\nend\n";
        let blocks = read(markdown);
        let kinds: Vec<_> = blocks.iter().map(|block| (block.kind, block.text())).collect();
        let expected = [
            (Kind::Heading(1), "Trip"),
            (Kind::Paragraph, "A bold word and a link."),
            (Kind::Bullet, "one"),
            (Kind::Bullet, "two"),
            (Kind::Ordered, "first"),
            (Kind::Ordered, "second"),
            (Kind::Quote, "said"),
            (Kind::Quote, "again"),
            (Kind::Code, "let x = 1;"),
            (Kind::Code, ""),
            (Kind::Code, "x"),
            (Kind::Paragraph, "end"),
        ];
        assert_eq!(kinds, expected.map(|(kind, text)| (kind, text.to_owned())));
        assert_eq!(write(&blocks), markdown);
    }

    #[test]
    fn what_others_write_is_read() {
        let read =
            |markdown| read(markdown).iter().map(|block| (block.kind, block.text())).collect::<Vec<_>>();
        assert_eq!(
            read("Title\n=====\n\n* a\n  * b\n\n    c\n* d\n"),
            [
                (Kind::Heading(1), "Title".into()),
                (Kind::Bullet, "a".into()),
                (Kind::Bullet, "b".into()),
                (Kind::Bullet, "c".into()),
                (Kind::Bullet, "d".into()),
            ]
        );
        assert_eq!(
            read("![a picture](x.png) of <mark>it</mark>"),
            [(Kind::Paragraph, "a picture of <mark>it</mark>".into())]
        );
        assert_eq!(read("one\ntwo  \nthree"), [(Kind::Paragraph, "one two\u{2028}three".into())]);
        assert_eq!(
            read("> quote\n> - entry"),
            [(Kind::Quote, "quote".into()), (Kind::Bullet, "entry".into())]
        );
        assert_eq!(read(""), []);
    }
}
