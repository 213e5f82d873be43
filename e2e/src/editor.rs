//! The editor as a person sees and uses it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::Window;

/// How long anything may take that happens without being waited for on purpose. Far more than it should take: tests say
/// what happens, measurements say how fast.
const LIMIT: Duration = Duration::from_secs(60);

/// The text of the document.
const TEXT: &str = ".synckit-content";

/// What one window shows at one moment.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Paper {
    /// Whether a document is on the screen.
    pub ready: bool,
    /// Its title.
    pub title: String,
    /// Its text, a line for each block.
    pub text: String,
    /// What each block is: `h1`, `bullet` ...; nothing for a paragraph.
    pub kinds: Vec<String>,
    /// What is bold.
    pub bold: Vec<String>,
    /// What comments are about.
    pub commented: Vec<String>,
    /// The names at the carets of others.
    pub carets: Vec<String>,
    /// How many others are here.
    pub people: usize,
    /// How many words are counted.
    pub words: usize,
    /// The names in the list of documents.
    pub documents: Vec<String>,
    /// The headings in the outline, when it is open.
    pub outline: Vec<String>,
    /// The comments beside the text, when they are open.
    pub remarks: Vec<Remark>,
    /// `connecting`, `connected`, `offline` or `refused`.
    pub connection: String,
    /// How many changes the server has not acknowledged.
    pub pending: u64,
    /// Where all changes are safe: `memory`, `device` or `server`.
    pub saved: String,
}

/// A comment on a passage.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Remark {
    /// The passage.
    pub quote: String,
    /// What was said, the answers too.
    pub words: Vec<String>,
}

impl Paper {
    /// Whether every change is acknowledged by the server.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.connection == "connected" && self.pending == 0 && self.saved == "server"
    }
}

impl Window {
    /// What the window shows now.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn paper(&self) -> Result<Paper> {
        let paper = self.script(include_str!("editor.js"), Vec::new()).await?;
        serde_json::from_value(paper).context("the page shows something unexpected")
    }

    /// Waits until the window shows what is wanted.
    ///
    /// # Errors
    /// When it does not for a long time; with what it showed last and what the console says.
    pub async fn reads(&self, what: &str, wanted: impl Fn(&Paper) -> bool) -> Result<Paper> {
        let start = Instant::now();
        loop {
            let paper = self.paper().await?;
            if wanted(&paper) {
                return Ok(paper);
            }
            if start.elapsed() > LIMIT {
                let console = self.console().await.unwrap_or_default().join("\n");
                bail!("{what}: not within {LIMIT:?}; the window shows {paper:#?}\nconsole:\n{console}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the window shows exactly this text.
    ///
    /// # Errors
    /// When it does not for a long time.
    pub async fn reads_text(&self, text: &str) -> Result<Paper> {
        self.reads(&format!("the text {text:?}"), |paper| paper.text == text).await
    }

    /// Waits until this window and others show the same, with everything acknowledged. Returns the text.
    ///
    /// # Errors
    /// When they do not for a long time.
    pub async fn agrees_with(&self, others: &[&Window]) -> Result<String> {
        let start = Instant::now();
        loop {
            let mine = self.paper().await?;
            let mut papers = Vec::new();
            for other in others {
                papers.push(other.paper().await?);
            }
            let same = papers.iter().all(|paper| {
                paper.is_synced()
                    && (&paper.text, &paper.kinds, &paper.bold) == (&mine.text, &mine.kinds, &mine.bold)
            });
            if mine.is_synced() && same {
                return Ok(mine.text);
            }
            ensure!(start.elapsed() < LIMIT, "the windows differ for good: {mine:#?}\n{papers:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Puts the caret right behind the first occurrence of some text, by the page's own selection.
    ///
    /// # Errors
    /// When it is not in the text.
    pub async fn caret_behind(&self, text: &str) -> Result<()> {
        self.select_text(text, true).await
    }

    /// Selects the first occurrence of some text within one block.
    ///
    /// # Errors
    /// When it is not in the text.
    pub async fn select(&self, text: &str) -> Result<()> {
        self.select_text(text, false).await
    }

    async fn select_text(&self, text: &str, collapsed: bool) -> Result<()> {
        const SELECT: &str = "const [wanted, collapsed] = arguments;
            const content = document.querySelector('.synckit-content');
            content.focus();
            for (const block of content.querySelectorAll('.synckit-block')) {
                const at = block.textContent.indexOf(wanted);
                if (at < 0) continue;
                const place = (offset) => {
                    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
                    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                        if (offset <= node.length) return [node, offset];
                        offset -= node.length;
                    }
                    return [block, block.childNodes.length];
                };
                const end = place(at + wanted.length);
                getSelection().setBaseAndExtent(...(collapsed ? end : place(at)), ...end);
                return true;
            }
            return false;";
        let found = self.script(SELECT, vec![json!(text), json!(collapsed)]).await?;
        ensure!(found == true, "there is no {text:?} in the text");
        // The selection is heard of in the next turn of the page.
        self.script_with_callback("const done = arguments[0]; setTimeout(() => done(null), 30)", Vec::new())
            .await?;
        Ok(())
    }

    /// Types into the text, key by key, where the caret is. Some WebDriver keys, such as Enter, may be among them.
    ///
    /// # Errors
    /// When there is no text on the screen.
    pub async fn write(&self, keys: &str) -> Result<()> {
        self.script("document.querySelector('.synckit-content').focus({ preventScroll: true })", Vec::new())
            .await?;
        self.strike(keys).await
    }

    /// Puts the caret into the empty text and types.
    ///
    /// # Errors
    /// When there is no text on the screen.
    pub async fn begin(&self, keys: &str) -> Result<()> {
        self.click(TEXT).await?;
        self.write(keys).await
    }

    /// Changes the composition of characters that an input method has begun in the text, or begins one.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn compose(&self, text: &str) -> Result<()> {
        let end = text.encode_utf16().count();
        let parameters = json!({ "text": text, "selectionStart": end, "selectionEnd": end });
        self.developer_tools("Input.imeSetComposition", parameters).await?;
        Ok(())
    }

    /// Ends the composition with these characters.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn commit(&self, text: &str) -> Result<()> {
        self.developer_tools("Input.insertText", json!({ "text": text })).await?;
        Ok(())
    }
}

/// Whether the characters of `part` are in `whole`, in their order.
pub fn has_all_of(whole: &str, part: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().all(|wanted| rest.any(|found| found == wanted))
}
