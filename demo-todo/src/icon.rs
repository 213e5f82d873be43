//! The pictures of the page: strokes on a 24 by 24 grid.

use leptos::prelude::*;

/// A picture, named by what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Plus,
    List,
    Menu,
    Close,
    Trash,
    Undo,
    Redo,
    Link,
    Sun,
    Moon,
    Up,
    Cloud,
    Device,
    Warning,
    More,
    Grip,
    Broom,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Plus => "M12 5v14M5 12h14",
            Self::List => "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01",
            Self::Menu => "M4 7.5h16M4 12h16M4 16.5h10",
            Self::Close => "m6 6 12 12M18 6 6 18",
            Self::Trash => "M4.5 6.5h15M9.5 6.5V4.5h5v2M6.5 6.5l.9 13h9.2l.9-13M10.2 10.5v5.5M13.8 10.5v5.5",
            Self::Undo => "M8.5 5 4.5 9l4 4M4.5 9h9.25a5.25 5.25 0 0 1 0 10.5H9",
            Self::Redo => "m15.5 5 4 4-4 4M19.5 9h-9.25a5.25 5.25 0 0 0 0 10.5H15",
            Self::Link => {
                "M10 14a4.2 4.2 0 0 0 6 0l3.2-3.2a4.25 4.25 0 0 0-6-6L12 6M14 10a4.2 4.2 0 0 0-6 0l-3.2 3.2a4.25 4.25 0 0 0 6 6L12 18"
            }
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.75v1.5M12 19.75v1.5M2.75 12h1.5M19.75 12h1.5M5.5 5.5l1 1M17.5 17.5l1 1M5.5 18.5l1-1M17.5 6.5l1-1"
            }
            Self::Moon => "M20 14.2A8.2 8.2 0 0 1 9.8 4a8.2 8.2 0 1 0 10.2 10.2",
            Self::Up => "m6.5 14.5 5.5-6 5.5 6",
            Self::Cloud => "M7.2 18.5a4.2 4.2 0 0 1-.5-8.4 5.6 5.6 0 0 1 10.8 1 3.75 3.75 0 0 1-.3 7.4z",
            Self::Device => "M5.5 5h13v9.5h-13zM3 18.5h18",
            Self::Warning => "M12 4 2.8 19.5h18.4zM12 10v4.2M12 16.9h.01",
            Self::More => "M6 12h.01M12 12h.01M18 12h.01",
            Self::Grip => "",
            Self::Broom => "m4.5 12.5 3.5 3.5 6.5-8M12.5 15.2l.8.8 6.7-8",
        }
    }
}

/// Draws a picture. It says nothing to a screen reader: the control around it carries the label.
pub(crate) fn icon(icon: Icon) -> impl IntoView {
    if icon == Icon::Grip {
        // Six dots are circles, not strokes.
        return view! {
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                <path d="M5.5 2.4a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6m5 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6m-5 4.3a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6m5 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6m-5 4.3a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6m5 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6"/>
            </svg>
        }
        .into_any();
    }
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon.path()/>
        </svg>
    }
    .into_any()
}
