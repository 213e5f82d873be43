//! The pictures of the page: strokes on a 24 by 24 grid.

use dioxus::prelude::*;

/// A picture, named by what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    Bold,
    Bullets,
    Check,
    Close,
    Cloud,
    Code,
    Comment,
    CommentNew,
    Device,
    Document,
    Download,
    Flag,
    History,
    Italic,
    Keyboard,
    Link,
    Menu,
    Moon,
    More,
    Numbers,
    Outline,
    Plus,
    Quote,
    Redo,
    Search,
    Strike,
    Sun,
    Trash,
    Underline,
    Undo,
    Upload,
    Warning,
}

impl Picture {
    fn path(self) -> &'static str {
        match self {
            Self::Bold => "M7 5h6a3.4 3.4 0 0 1 0 6.8H7zM7 11.8h7a3.6 3.6 0 0 1 0 7.2H7z",
            Self::Bullets => "M9.5 6.5H20M9.5 12H20M9.5 17.5H20M4.6 6.5h.01M4.6 12h.01M4.6 17.5h.01",
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::Close => "m6 6 12 12M18 6 6 18",
            Self::Cloud => "M7.2 18.5a4.2 4.2 0 0 1-.5-8.4 5.6 5.6 0 0 1 10.8 1 3.75 3.75 0 0 1-.3 7.4z",
            Self::Code => "m8.5 7-5 5 5 5M15.5 7l5 5-5 5",
            Self::Comment => {
                "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v8.5a1.5 1.5 0 0 1-1.5 1.5h-6.5L8 20v-3.5H5A1.5 1.5 0 0 1 3.5 15V6.5A1.5 1.5 0 0 1 5 5"
            }
            Self::CommentNew => {
                "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v8.5a1.5 1.5 0 0 1-1.5 1.5h-6.5L8 20v-3.5H5A1.5 1.5 0 0 1 3.5 15V6.5A1.5 1.5 0 0 1 5 5M12 8v5.5M9.25 10.75h5.5"
            }
            Self::Device => "M5.5 5h13v9.5h-13zM3 18.5h18",
            Self::Document => "M6.5 3.75h7l4 4v12.5h-11zM13.25 4v4h4M9.5 12.25h5M9.5 15.75h5",
            Self::Download => "M12 4v10.5M7.5 10.5l4.5 4.5 4.5-4.5M5 19.5h14",
            Self::Flag => "M6 20.5V4.5M6 5h11.5l-2.5 4 2.5 4H6",
            Self::History => "M4.5 5v4h4M5 9a8 8 0 1 1-.9 4.5M12 8v4.4l3 1.8",
            Self::Italic => "M10.5 5h6.5M7 19h6.5M14 5l-4 14",
            Self::Keyboard => "M4 6.5h16v11H4zM7.5 10h.01M10.5 10h.01M13.5 10h.01M16.5 10h.01M8.5 14h7",
            Self::Link => {
                "M10 14a4.2 4.2 0 0 0 6 0l3.2-3.2a4.25 4.25 0 0 0-6-6L12 6M14 10a4.2 4.2 0 0 0-6 0l-3.2 3.2a4.25 4.25 0 0 0 6 6L12 18"
            }
            Self::Menu => "M4 7.5h16M4 12h16M4 16.5h10",
            Self::Moon => "M20 14.2A8.2 8.2 0 0 1 9.8 4a8.2 8.2 0 1 0 10.2 10.2",
            Self::More => "M6 12h.01M12 12h.01M18 12h.01",
            Self::Numbers => {
                "M10 6.5h10M10 12h10M10 17.5h10M4 5.2l1.4-.7v4M3.9 15.6c.4-1.2 2.4-1 2.2.3-.1.8-1.3 1.4-2.2 2.6h2.4"
            }
            Self::Outline => "M4.5 6.5h15M8.5 12h11M8.5 17.5h11",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Quote => {
                "M9.5 7.5c-2.6.8-4 2.7-4 5.6v3.4h4.4v-4.4H7.7M18 7.5c-2.6.8-4 2.7-4 5.6v3.4h4.4v-4.4h-2.2"
            }
            Self::Redo => "m15.5 5 4 4-4 4M19.5 9h-9.25a5.25 5.25 0 0 0 0 10.5H15",
            Self::Search => "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5",
            Self::Strike => {
                "M4.5 12h15M16.2 8.2C15.6 6.2 14 5 11.9 5 9.4 5 7.8 6.3 7.8 8.2c0 1.6 1 2.7 3 3.8M7.5 15.6C8 17.8 9.7 19 12.1 19c2.6 0 4.2-1.3 4.2-3.3 0-.5-.1-1-.4-1.5"
            }
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.75v1.5M12 19.75v1.5M2.75 12h1.5M19.75 12h1.5M5.5 5.5l1 1M17.5 17.5l1 1M5.5 18.5l1-1M17.5 6.5l1-1"
            }
            Self::Trash => "M4.5 6.5h15M9.5 6.5V4.5h5v2M6.5 6.5l.9 13h9.2l.9-13M10.2 10.5v5.5M13.8 10.5v5.5",
            Self::Underline => "M7 4.5v6.7a5 5 0 0 0 10 0V4.5M6 20h12",
            Self::Undo => "M8.5 5 4.5 9l4 4M4.5 9h9.25a5.25 5.25 0 0 1 0 10.5H9",
            Self::Upload => "M12 15V4.5M7.5 9 12 4.5 16.5 9M5 19.5h14",
            Self::Warning => "M12 4 2.8 19.5h18.4zM12 10v4.2M12 16.9h.01",
        }
    }
}

/// Draws a picture. It says nothing to a screen reader: the control around it carries the label.
#[component]
pub(crate) fn Icon(of: Picture) -> Element {
    rsx! {
        svg { class: "icon", view_box: "0 0 24 24", "aria-hidden": "true",
            path { d: of.path() }
        }
    }
}

/// The sign of the program.
#[component]
pub(crate) fn Mark() -> Element {
    rsx! {
        svg { class: "mark", view_box: "0 0 32 32", "aria-hidden": "true",
            rect { width: "32", height: "32", rx: "9", fill: "var(--accent)" }
            path {
                d: "M9 10.5h9M9 16h14M9 21.5h7",
                fill: "none",
                stroke: "var(--on-accent)",
                stroke_width: "2.6",
                stroke_linecap: "round",
            }
            path {
                d: "M22.5 8v5.2",
                fill: "none",
                stroke: "var(--on-accent)",
                stroke_opacity: ".6",
                stroke_width: "2.6",
                stroke_linecap: "round",
            }
        }
    }
}
