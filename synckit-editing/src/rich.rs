//! What an adapter and the page say about a rich text editor beside its text: what is selected, and what a toolbar wants done.

use synckit::Value;

use crate::json;
use crate::message::MAX_MESSAGE;

/// How an editor is shown.
///
/// ```
/// use synckit_editing::rich::Options;
///
/// let options = Options { label: "Notes".into(), ..Options::default() };
/// assert_eq!(options.to_json(), r#"{"label":"Notes","placeholder":"","readonly":false,"spellcheck":true}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What it is called, for those who hear the page instead of seeing it.
    pub label: String,
    /// What is shown while it is empty.
    pub placeholder: String,
    /// Whether it is only to be read.
    pub readonly: bool,
    /// Whether the browser marks words it does not know.
    pub spellcheck: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { label: String::new(), placeholder: String::new(), readonly: false, spellcheck: true }
    }
}

impl Options {
    /// What the editor is bound with.
    pub fn to_json(&self) -> String {
        let mut json = String::from("{\"label\":");
        json::write_string(&self.label, &mut json);
        json.push_str(",\"placeholder\":");
        json::write_string(&self.placeholder, &mut json);
        let Self { readonly, spellcheck, .. } = self;
        json.push_str(&format!(",\"readonly\":{readonly},\"spellcheck\":{spellcheck}}}"));
        json
    }

    /// What an editor that is bound already is told.
    pub fn to_message(&self) -> String {
        format!("{{\"type\":\"options\",\"options\":{}}}", self.to_json())
    }
}

/// What a program wants done with what is selected. An editor that is only to be read does nothing but select.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Command {
    /// Sets a mark that is there or not, or takes it away when all of the selection has it. With nothing selected, for what is
    /// typed next.
    Toggle(String),
    /// Sets a mark to a value; null takes it away.
    Format(String, Value),
    /// Makes the blocks `h1`, `h2`, `h3`, `bullet`, `ordered`, `quote` or `code`, or plain when they are that already.
    Block(Option<String>),
    /// Makes a link of what is selected, to an address of http, https or mailto; none takes links away.
    Link(Option<String>),
    /// Selects from one place to another, in UTF-16 units, and scrolls there.
    Select(usize, usize),
    /// Puts the caret where it was.
    Focus,
}

impl Command {
    /// What the page is told.
    ///
    /// ```
    /// use synckit_editing::rich::Command;
    ///
    /// let json = Command::Toggle("bold".into()).to_json();
    /// assert_eq!(json, r#"{"type":"command","name":"toggle","key":"bold"}"#);
    /// ```
    pub fn to_json(&self) -> String {
        let mut json = String::from("{\"type\":\"command\",\"name\":\"");
        let text = |json: &mut String, key: &str, text: Option<&str>| {
            json.push_str(&format!(",\"{key}\":"));
            match text {
                Some(text) => json::write_string(text, json),
                None => json.push_str("null"),
            }
        };
        match self {
            Self::Toggle(key) => {
                json.push_str("toggle\"");
                text(&mut json, "key", Some(key));
            }
            Self::Format(key, value) => {
                json.push_str("format\"");
                text(&mut json, "key", Some(key));
                json.push_str(",\"value\":");
                json::write(value, &mut json);
            }
            Self::Block(kind) => {
                json.push_str("block\"");
                text(&mut json, "kind", kind.as_deref());
            }
            Self::Link(address) => {
                json.push_str("link\"");
                text(&mut json, "address", address.as_deref());
            }
            Self::Select(anchor, focus) => {
                json.push_str(&format!("select\",\"anchor\":{anchor},\"focus\":{focus}"));
            }
            Self::Focus => json.push_str("focus\""),
        }
        json.push('}');
        json
    }
}

/// What a toolbar shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RichState {
    /// Keys of the marks that everything selected has, or that what is typed next will have.
    pub marks: Vec<String>,
    /// Where the link leads that is selected.
    pub link: Option<String>,
    /// The kind of the blocks selected; none for plain ones, and for blocks of several kinds.
    pub block: Option<String>,
    /// Where the selection began, in characters.
    pub anchor: usize,
    /// Where the caret is, in characters.
    pub focus: usize,
    /// Ids of the comments at what is selected.
    pub comments: Vec<String>,
    /// Whether there is no text.
    pub empty: bool,
}

/// What the page tells beside edits and selections.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// What a toolbar shows is another. Places are left to whoever knows the text: here they count UTF-16 units.
    State(RichState),
    /// Somebody chose a range that these comments are about.
    Comment(Vec<String>),
    /// Somebody wants a link at what is selected; the address it has now.
    Link(Option<String>),
    /// What was pasted is larger than a text takes in one go: nothing was inserted.
    TooLarge {
        /// How large it is, in bytes.
        size: usize,
        /// How large it may be.
        limit: usize,
    },
}

impl Notice {
    /// Reads a message; none when it is not one of these.
    ///
    /// ```
    /// use synckit_editing::rich::Notice;
    ///
    /// let notice = Notice::parse(r#"{"type":"comment","ids":["7"]}"#);
    /// assert_eq!(notice, Some(Notice::Comment(vec!["7".to_owned()])));
    /// ```
    pub fn parse(json: &str) -> Option<Self> {
        let value =
            Some(json).filter(|json| json.len() <= MAX_MESSAGE).and_then(|json| json::parse(json).ok())?;
        match text(&value, "type")?.as_str() {
            "state" => Some(Self::State(state(&value)?)),
            "comment" => Some(Self::Comment(texts(value.entry("ids")?))),
            "link" => Some(Self::Link(text(&value, "url"))),
            "refused" => Some(Self::TooLarge { size: place(&value, "size"), limit: place(&value, "limit") }),
            _ => None,
        }
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    match value.entry(key)? {
        Value::String(text) => Some(text.to_string()),
        _ => None,
    }
}

fn texts(value: &Value) -> Vec<String> {
    let Value::List(list) = value else { return Vec::new() };
    let texts = list.iter().filter_map(|each| match each {
        Value::String(text) => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

fn place(value: &Value, key: &str) -> usize {
    match value.entry(key) {
        Some(Value::Int(at)) => usize::try_from(*at).unwrap_or_default(),
        _ => 0,
    }
}

fn state(value: &Value) -> Option<RichState> {
    let marks = value.entry("marks")?;
    let Value::Map(entries) = marks else { return None };
    Some(RichState {
        marks: entries.iter().map(|(key, _)| key.to_string()).collect(),
        link: text(marks, "link"),
        block: text(value, "block").filter(|kind| kind != "mixed"),
        anchor: place(value, "anchor"),
        focus: place(value, "focus"),
        comments: value.entry("comments").map(texts).unwrap_or_default(),
        empty: value.entry("empty") == Some(&Value::Bool(true)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read() {
        let json = r#"{"type":"state","marks":{"bold":true,"link":"https://a.example"},"block":"h1","anchor":1,"focus":4,
            "comments":["c"],"empty":false}"#;
        let state = RichState {
            marks: vec!["bold".into(), "link".into()],
            link: Some("https://a.example".into()),
            block: Some("h1".into()),
            anchor: 1,
            focus: 4,
            comments: vec!["c".into()],
            empty: false,
        };
        assert_eq!(Notice::parse(json), Some(Notice::State(state)));
        assert_eq!(Notice::parse(r#"{"type":"link","url":null}"#), Some(Notice::Link(None)));
        assert_eq!(Notice::parse(r#"{"type":"edit"}"#), None);
    }

    #[test]
    fn commands_are_json() {
        let json = |command: Command| command.to_json();
        assert_eq!(json(Command::Block(None)), r#"{"type":"command","name":"block","kind":null}"#);
        assert_eq!(json(Command::Select(1, 2)), r#"{"type":"command","name":"select","anchor":1,"focus":2}"#);
        let format = Command::Format("comment:\"".into(), Value::Bool(true));
        assert_eq!(json(format), r#"{"type":"command","name":"format","key":"comment:\"","value":true}"#);
    }
}
