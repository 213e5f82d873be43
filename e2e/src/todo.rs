//! The todo demo as a person sees and uses it.
//!
//! Elements are found by `data-testid`, never by their text, place or style.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde::Deserialize;
use serde_json::json;

use crate::Window;

/// How long anything may take that happens without being waited for on purpose. Far more than it should take: tests say
/// what happens, measurements say how fast.
const LIMIT: Duration = Duration::from_secs(60);

/// What one window shows at one moment.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Page {
    /// Whether a list is on the screen.
    pub ready: bool,
    /// The name of the list.
    pub list: String,
    /// The items on the screen, in their order.
    pub items: Vec<Item>,
    /// `connecting`, `connected`, `offline` or `refused`.
    pub connection: String,
    /// How many changes the server has not acknowledged.
    pub pending: u64,
    /// Where all changes are safe: `memory`, `device` or `server`.
    pub saved: String,
    /// Whether the page says that there is nothing to do.
    pub empty: bool,
}

impl Page {
    /// The titles on the screen, in their order.
    #[must_use]
    pub fn titles(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.title.as_str()).collect()
    }

    /// The item with a title.
    #[must_use]
    pub fn item(&self, title: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.title == title)
    }

    /// Whether every change is acknowledged by the server.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.connection == "connected" && self.pending == 0 && self.saved == "server"
    }
}

/// One item of a list.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Item {
    /// Its identity; the same in every window.
    pub id: String,
    /// Its text.
    pub title: String,
    /// Whether it is checked.
    pub done: bool,
    /// How many votes it has.
    pub votes: i64,
}

impl Window {
    /// What the window shows now.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn page(&self) -> Result<Page> {
        let page = self.script(include_str!("page.js"), Vec::new()).await?;
        serde_json::from_value(page).context("the page shows something unexpected")
    }

    /// Waits until the window shows what is wanted.
    ///
    /// # Errors
    /// When it does not for a long time; with what it showed last and what the console says.
    pub async fn shows(&self, what: &str, wanted: impl Fn(&Page) -> bool) -> Result<Page> {
        let start = Instant::now();
        loop {
            let page = self.page().await?;
            if wanted(&page) {
                return Ok(page);
            }
            if start.elapsed() > LIMIT {
                let console = self.console().await.unwrap_or_default().join("\n");
                bail!("{what}: not within {LIMIT:?}; the window shows {page:#?}\nconsole:\n{console}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the window shows exactly these titles in this order.
    ///
    /// # Errors
    /// When it does not for a long time.
    pub async fn shows_titles(&self, titles: &[&str]) -> Result<Page> {
        self.shows(&format!("titles {titles:?}"), |page| page.titles() == titles).await
    }

    /// Waits until every change is acknowledged by the server.
    ///
    /// # Errors
    /// When that does not happen for a long time.
    pub async fn is_synced(&self) -> Result<Page> {
        self.shows("everything acknowledged by the server", |page| page.ready && page.is_synced()).await
    }

    /// Starts a new list and returns its address.
    ///
    /// # Errors
    /// When the page offers none.
    pub async fn new_list(&self) -> Result<String> {
        self.shows("a list", |page| page.ready).await?;
        let before = self.url().await?;
        self.click_on("list-new").await?;
        let start = Instant::now();
        loop {
            let now = self.url().await?;
            if now != before && self.page().await?.ready {
                return Ok(now);
            }
            if start.elapsed() > LIMIT {
                bail!("a new list has no address of its own: the window still shows {now}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Adds an item by typing its title and Enter.
    ///
    /// # Errors
    /// When the page has no place to type.
    pub async fn add(&self, title: &str) -> Result<()> {
        self.type_into("[data-testid=new-todo]", &format!("{title}\u{e007}")).await
    }

    /// A CSS selector of a part of an item, named by its `data-testid`.
    ///
    /// # Errors
    /// When there is no item with this title.
    pub async fn part(&self, title: &str, part: &str) -> Result<String> {
        let page = self.shows(&format!("an item `{title}`"), |page| page.item(title).is_some()).await?;
        let id = &page.item(title).context("the item is gone")?.id;
        Ok(format!("[data-testid=todo][data-id=\"{id}\"] [data-testid={part}]"))
    }

    /// Clicks a part of an item, named by its `data-testid`.
    ///
    /// # Errors
    /// When there is no such part or it cannot be clicked.
    pub async fn click_part(&self, title: &str, part: &str) -> Result<()> {
        self.click(&self.part(title, part).await?).await
    }

    /// Clicks something outside the items, named by its `data-testid`.
    ///
    /// # Errors
    /// When it is not there or cannot be clicked.
    pub async fn click_on(&self, name: &str) -> Result<()> {
        self.click(&format!("[data-testid={name}]")).await
    }

    /// Replaces an item's title: double click, select all, type, Enter.
    ///
    /// # Errors
    /// When the item cannot be edited.
    pub async fn rename(&self, title: &str, new_title: &str) -> Result<()> {
        let label = self.part(title, "todo-title").await?;
        let input = self.part(title, "todo-edit").await?;
        let (x, y) = self.middle_of(&label).await?;
        let click = || {
            [
                PointerAction::Down { button: MOUSE_BUTTON_LEFT },
                PointerAction::Up { button: MOUSE_BUTTON_LEFT },
            ]
        };
        let double_click = click().into_iter().chain(click());
        let pointer = MouseActions::new("mouse".into()).then(move_to(x, y, 0));
        self.perform(double_click.fold(pointer, |pointer, action| pointer.then(action))).await?;
        // Ctrl+A, the new title, Enter.
        self.type_into(&input, &format!("\u{e009}a\u{e000}{new_title}\u{e007}")).await
    }

    /// Drags an item by its handle to the place of another one.
    ///
    /// # Errors
    /// When there is nothing to drag by.
    pub async fn drag(&self, title: &str, onto: &str) -> Result<()> {
        let (x, y) = self.middle_of(&self.part(title, "todo-drag").await?).await?;
        let (_, target) = self.middle_of(&self.part(onto, "todo-drag").await?).await?;
        // Past the middle of the other item, in the direction of the movement.
        let target = if target > y { target + 8.0 } else { target - 8.0 };
        let pointer = MouseActions::new("mouse".into())
            .then(move_to(x, y, 0))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(move_to(x, y + (target - y) / 3.0, 80))
            .then(move_to(x, y + (target - y) / 1.5, 80))
            .then(move_to(x, target, 80))
            .then(PointerAction::Pause { duration: Duration::from_millis(120) })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.perform(pointer).await
    }

    /// Moves an item one place up: focus on its handle, Alt+Up.
    ///
    /// # Errors
    /// When there is no such item.
    pub async fn move_up_by_keyboard(&self, title: &str) -> Result<()> {
        const ALT: char = '\u{e00a}';
        const UP: char = '\u{e013}';
        let handle = self.part(title, "todo-drag").await?;
        self.script("document.querySelector(arguments[0]).focus()", vec![json!(handle)]).await?;
        self.press(&[ALT, UP]).await
    }

    /// The middle of an element, in CSS pixels from the window's corner. The element is scrolled into view; while it is on
    /// its way to another place, the place is waited for.
    async fn middle_of(&self, selector: &str) -> Result<(f64, f64)> {
        const MIDDLE: &str = "const element = document.querySelector(arguments[0]);
            if (element === null) return null;
            element.scrollIntoView({ block: 'nearest' });
            const box = element.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];";
        let start = Instant::now();
        let mut last = None;
        loop {
            let middle = self.script(MIDDLE, vec![json!(selector)]).await?;
            let middle: Option<(f64, f64)> = serde_json::from_value(middle)?;
            let middle = middle.with_context(|| format!("there is no `{selector}`"))?;
            if last == Some(middle) {
                return Ok(middle);
            }
            ensure!(start.elapsed() < LIMIT, "`{selector}` never comes to rest");
            last = Some(middle);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn move_to(x: f64, y: f64, milliseconds: u64) -> PointerAction {
    PointerAction::MoveTo { duration: Some(Duration::from_millis(milliseconds)), x, y }
}
