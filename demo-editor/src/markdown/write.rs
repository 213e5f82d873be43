//! From blocks to Markdown.

use crate::rich::{Block, Kind, Look, Run, SOFT_BREAK};

/// The text as Markdown. Empty paragraphs, which Markdown does not know, are left out.
pub(crate) fn write(blocks: &[Block]) -> String {
    let mut output = String::new();
    let mut number = 0;
    let mut before: Option<Kind> = None;
    for block in blocks {
        let kind = block.kind;
        if kind != Kind::Code && block.text().trim().is_empty() {
            continue;
        }
        let goes_on = before == Some(kind);
        if before == Some(Kind::Code) && !goes_on {
            output.push_str("```\n");
        }
        let is_list = matches!(kind, Kind::Bullet | Kind::Ordered);
        if goes_on && kind == Kind::Quote {
            output.push_str(">\n");
        } else if before.is_some() && !(goes_on && (is_list || kind == Kind::Code)) {
            output.push('\n');
        }
        number = if goes_on { number + 1 } else { 1 };
        match kind {
            Kind::Code => {
                if !goes_on {
                    output.push_str("```\n");
                }
                output.push_str(&block.text().replace(SOFT_BREAK, "\n"));
                output.push('\n');
            }
            Kind::Paragraph => line(&mut output, "", "", block),
            Kind::Heading(level) => line(&mut output, &format!("{} ", "#".repeat(level.into())), "", block),
            Kind::Bullet => line(&mut output, "- ", "  ", block),
            Kind::Ordered => {
                let sign = format!("{number}. ");
                line(&mut output, &sign, &" ".repeat(sign.len()), block);
            }
            Kind::Quote => line(&mut output, "> ", "> ", block),
        }
        before = Some(kind);
    }
    if before == Some(Kind::Code) {
        output.push_str("```\n");
    }
    output
}

/// Writes one block behind its sign; `margin` begins its further lines.
fn line(output: &mut String, sign: &str, margin: &str, block: &Block) {
    output.push_str(sign);
    // A heading has no second line.
    let soft_break =
        if matches!(block.kind, Kind::Heading(_)) { " ".to_owned() } else { format!("\\\n{margin}") };
    let inline = inline(&block.runs);
    let trimmed = inline.trim().trim_matches(SOFT_BREAK);
    output.push_str(&escape_ends(trimmed).replace(SOFT_BREAK, &soft_break));
    output.push('\n');
}

/// A way to say how characters look, and what begins and ends it.
#[derive(Clone, PartialEq)]
enum Sign {
    Link(String),
    Bold(bool),
    Italic(bool),
    Strike(bool),
    Underline,
}

impl Sign {
    fn begin(&self) -> &str {
        match self {
            Self::Link(_) => "[",
            Self::Bold(true) => "**",
            Self::Bold(false) => "<b>",
            Self::Italic(true) => "*",
            Self::Italic(false) => "<i>",
            Self::Strike(true) => "~~",
            Self::Strike(false) => "<s>",
            Self::Underline => "<u>",
        }
    }

    fn end(&self) -> String {
        match self {
            Self::Link(address) => format!("](<{}>)", address.replace(['<', '>', '\n', '\\'], "")),
            Self::Bold(false) => "</b>".into(),
            Self::Italic(false) => "</i>".into(),
            Self::Strike(false) => "</s>".into(),
            Self::Underline => "</u>".into(),
            stars => stars.begin().to_owned(),
        }
    }

    fn is_in(&self, look: &Look) -> bool {
        match self {
            Self::Link(address) => look.link.as_ref() == Some(address),
            Self::Bold(_) => look.bold,
            Self::Italic(_) => look.italic,
            Self::Strike(_) => look.strike,
            Self::Underline => look.underline,
        }
    }
}

fn inline(runs: &[Run]) -> String {
    let mut output = String::new();
    let mut open: Vec<Sign> = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        // What ends here, and what lies inside of it.
        let stays = open.iter().take_while(|sign| sign.is_in(&run.look)).count();
        for sign in open.drain(stays..).rev() {
            output.push_str(&sign.end());
        }
        for sign in signs(&run.look) {
            if open.iter().any(|known| known.begin_class() == sign.begin_class()) {
                continue;
            }
            let sign = if stars_work(runs, at, &sign, &output) { sign } else { sign.as_html() };
            output.push_str(sign.begin());
            open.push(sign);
        }
        if run.look.code {
            output.push_str(&code(&run.text));
        } else {
            escape(&mut output, &run.text);
            // Right before a link it would make a picture of it.
            if output.ends_with('!') && runs.get(at + 1).is_some_and(|next| next.look.link.is_some()) {
                output.insert(output.len() - 1, '\\');
            }
        }
    }
    for sign in open.iter().rev() {
        output.push_str(&sign.end());
    }
    output
}

impl Sign {
    fn begin_class(&self) -> u8 {
        match self {
            Self::Link(_) => 0,
            Self::Bold(_) => 1,
            Self::Italic(_) => 2,
            Self::Strike(_) => 3,
            Self::Underline => 4,
        }
    }

    fn as_html(&self) -> Self {
        match self {
            Self::Bold(_) => Self::Bold(false),
            Self::Italic(_) => Self::Italic(false),
            Self::Strike(_) => Self::Strike(false),
            other => other.clone(),
        }
    }
}

fn signs(look: &Look) -> Vec<Sign> {
    let mut signs = Vec::new();
    signs.extend(look.link.clone().map(Sign::Link));
    signs.extend(look.bold.then_some(Sign::Bold(true)));
    signs.extend(look.italic.then_some(Sign::Italic(true)));
    signs.extend(look.strike.then_some(Sign::Strike(true)));
    signs.extend(look.underline.then_some(Sign::Underline));
    signs
}

/// Whether stars say what is meant: they do not beside spaces, beside each other, and in some places beside punctuation.
/// Where they do not, HTML does.
fn stars_work(runs: &[Run], at: usize, sign: &Sign, output: &str) -> bool {
    let end = at + runs[at..].iter().take_while(|run| sign.is_in(&run.look)).count();
    // Another sign that begins or ends at the same place would stand right beside this one.
    let alone =
        signs(&runs[at].look).len() == 1 && runs[at..end].iter().all(|run| signs(&run.look).len() == 1);
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let first = runs[at].text.chars().next();
    let last = runs[end - 1].text.chars().next_back();
    let no_code = runs[at..end].iter().all(|run| !run.look.code);
    let no_sign_before = !output.ends_with(['*', '~', '>']) || output.is_empty();
    let no_sign_behind = runs.get(end).is_none_or(|run| signs(&run.look).is_empty());
    alone && no_code && no_sign_before && no_sign_behind && is_letter(first) && is_letter(last)
}

/// Characters that mean something in Markdown get a backslash.
fn escape(output: &mut String, text: &str) {
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let means_something = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' => true,
            '&' => next.is_none_or(|next| next.is_alphanumeric() || next == '#'),
            // Within a word it is a letter like others.
            '_' => !(is_letter(before) && is_letter(next)),
            _ => false,
        };
        if means_something {
            output.push('\\');
        }
        output.push(c);
        before = Some(c);
    }
}

/// What would make another block of a line, or end a heading, gets a backslash.
fn escape_ends(line: &str) -> String {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let rest = &line[digits..];
    let mut escaped = if digits > 0 && rest.starts_with(['.', ')']) {
        format!("{}\\{rest}", &line[..digits])
    } else if line.starts_with(['-', '+', '=', '#', '>']) {
        format!("\\{line}")
    } else {
        line.to_owned()
    };
    if escaped.ends_with('#') && !escaped.ends_with("\\#") {
        escaped.insert(escaped.len() - 1, '\\');
    }
    escaped
}

/// Code, between as many backquotes as it takes. A line break cannot be in it.
fn code(text: &str) -> String {
    let parts = text.split(SOFT_BREAK).map(|part| {
        if part.is_empty() {
            return String::new();
        }
        let longest = part.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest + 1);
        // A space at both ends is taken away when it is read, unless there is nothing but spaces.
        let space = if part.trim_matches(' ').is_empty() { "" } else { " " };
        format!("{fence}{space}{part}{space}{fence}")
    });
    parts.collect::<Vec<_>>().join(&SOFT_BREAK.to_string())
}
