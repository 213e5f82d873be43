//! From Markdown to blocks.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::rich::{Block, Kind, Look, SOFT_BREAK};

/// Reads Markdown. What a document here cannot hold becomes text: the words of a picture, the lines of a table. O(n).
pub(crate) fn read(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        reader.take(event);
    }
    reader.end_block();
    reader.blocks
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    current: Block,
    /// Whether something has begun that the current block is for.
    begun: bool,
    /// The lists that are open: whether each is numbered.
    lists: Vec<bool>,
    quotes: usize,
    in_code: bool,
    looks: Vec<Look>,
    look: Look,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.in_code => self.code_lines(&text),
            Event::Text(text) => self.push(&text),
            Event::Code(code) => {
                let look = Look { code: true, ..self.look.clone() };
                self.push_as(&code, &look);
            }
            Event::InlineHtml(tag) => self.html(&tag),
            Event::Html(html) => {
                self.push(html.trim_end());
                self.end_block();
            }
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.push(&SOFT_BREAK.to_string()),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.begin(self.kind()),
            Tag::Heading { level, .. } => self.begin(Kind::Heading(match level {
                HeadingLevel::H1 => 1,
                HeadingLevel::H2 => 2,
                _ => 3,
            })),
            Tag::BlockQuote(_) => {
                self.end_block();
                self.quotes += 1;
            }
            Tag::List(first) => {
                self.end_block();
                self.lists.push(first.is_some());
            }
            Tag::Item => self.begin(self.kind()),
            Tag::CodeBlock(_) => {
                self.end_block();
                self.in_code = true;
            }
            Tag::Strong => self.wear(|look| look.bold = true),
            Tag::Emphasis => self.wear(|look| look.italic = true),
            Tag::Strikethrough => self.wear(|look| look.strike = true),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.wear(|look| look.link = Some(dest_url.to_string()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item => self.end_block(),
            TagEnd::BlockQuote(_) => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::List(_) => {
                self.end_block();
                self.lists.pop();
            }
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image => {
                self.look = self.looks.pop().unwrap_or_default();
            }
            _ => {}
        }
    }

    /// What a paragraph is where the reader stands.
    fn kind(&self) -> Kind {
        match self.lists.last() {
            Some(true) => Kind::Ordered,
            Some(false) => Kind::Bullet,
            None if self.quotes > 0 => Kind::Quote,
            None => Kind::Paragraph,
        }
    }

    fn begin(&mut self, kind: Kind) {
        // The first paragraph of a list's entry is the entry.
        if !(self.begun && self.current.runs.is_empty()) {
            self.end_block();
        }
        self.current.kind = kind;
        self.begun = true;
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.current);
        if !block.runs.is_empty() {
            self.blocks.push(block);
        }
        self.begun = false;
        // Looks do not reach over the end of a block, whatever HTML says.
        if self.looks.is_empty() {
            self.look = Look::default();
        }
    }

    fn push(&mut self, text: &str) {
        let look = self.look.clone();
        self.push_as(text, &look);
    }

    fn push_as(&mut self, text: &str, look: &Look) {
        if !self.begun {
            self.begin(self.kind());
        }
        self.current.push(&text.replace('\n', " "), look);
    }

    /// Every line of code is a block.
    fn code_lines(&mut self, text: &str) {
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            let mut block = Block { kind: Kind::Code, ..Block::default() };
            block.push(line, &Look::default());
            self.blocks.push(block);
        }
    }

    fn wear(&mut self, change: impl FnOnce(&mut Look)) {
        self.looks.push(self.look.clone());
        change(&mut self.look);
    }

    fn html(&mut self, tag: &str) {
        let name = tag.trim_matches(['<', '>']).to_ascii_lowercase();
        let (on, name) = match name.strip_prefix('/') {
            Some(name) => (false, name),
            None => (true, name.as_str()),
        };
        match name {
            "b" | "strong" => self.look.bold = on,
            "i" | "em" => self.look.italic = on,
            "s" | "del" => self.look.strike = on,
            "u" => self.look.underline = on,
            "br" | "br/" | "br /" => self.push(&SOFT_BREAK.to_string()),
            _ => self.push(tag),
        }
    }
}
