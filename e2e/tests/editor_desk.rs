//! What is around the text: documents, title, people, comments, outline, files, keys.
#![cfg(feature = "browser")]

use anyhow::Result;
use e2e::{Demo, Stage};

const ENTER: char = '\u{e007}';
const CONTROL: char = '\u{e009}';
const ALT: char = '\u{e00a}';

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_made_named_found_and_forgotten() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    let first = ann.url().await?;
    ann.type_into("[data-testid=title]", "Recipes").await?;
    bob.reads("the title", |paper| paper.title == "Recipes").await?;
    ann.begin("Flour and water").await?;
    bob.reads("the words", |paper| paper.text == "Flour and water" && paper.words == 3).await?;

    // By keyboard alone.
    ann.press(&[CONTROL, ALT, 'n']).await?;
    ann.reads("an empty document", |paper| paper.ready && paper.title.is_empty() && paper.text.is_empty())
        .await?;
    assert_ne!(ann.url().await?, first);
    ann.press(&[CONTROL, ALT, 't']).await?;
    ann.strike("Travels").await?;
    ann.reads("both documents", |paper| paper.documents == ["Travels", "Recipes"]).await?;
    ann.press(&[CONTROL, ALT, 'f']).await?;
    ann.strike("water").await?;
    ann.reads("what was found", |paper| paper.documents == ["Recipes"]).await?;
    ann.strike(&ENTER.to_string()).await?;
    ann.reads("the one that was found", |paper| paper.title == "Recipes" && paper.text == "Flour and water")
        .await?;
    assert_eq!(ann.url().await?, first);

    ann.script("document.querySelector('[data-testid=document-forget]').click()", Vec::new()).await?;
    ann.reads("one document", |paper| paper.documents == ["Recipes"]).await?;
    ann.click("[data-testid=toast] button").await?;
    ann.reads("both again", |paper| paper.documents == ["Travels", "Recipes"]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn words_deep_in_a_text_are_found_shown_and_gone_to() -> Result<()> {
    const DOWN: char = '\u{e015}';
    let limit = std::time::Duration::from_secs(20);
    let mut stage = Stage::of(Demo::Editor).await?;
    let ann = stage.profile().await?.window(&stage.server.url("/")).await?;
    ann.reads("a document", |paper| paper.ready && paper.is_synced()).await?;
    let (ahead, behind) = ("before it ".repeat(400), "after it ".repeat(400));
    for (name, words) in
        [("Music", "the Xylophone, at last"), ("Kitchen", "pots and pans"), ("Garden", "a rake")]
    {
        let file = stage.new_folder()?.join(format!("{name}.md"));
        std::fs::write(&file, format!("# {name}\n\n{ahead}\n\n{words}\n\n{behind}"))?;
        ann.type_into("[data-testid=import]", &file.to_string_lossy()).await?;
        ann.reads("the file", |paper| paper.title == name && paper.text.contains(words) && paper.is_synced())
            .await?;
    }
    // What is on the device is looked through, with or without a server.
    stage.server.kill();
    ann.reload().await?;
    ann.reads("all of them", |paper| paper.ready && paper.documents.len() == 4).await?;
    ann.press(&[CONTROL, ALT, 'f']).await?;
    ann.strike("xylophone, AT").await?;
    ann.reads("what was found", |paper| paper.documents == ["Music"]).await?;
    const SHOWN: &str = "const mark = document.querySelector('[data-testid=document-link] mark');
        const spoken = document.querySelector('[aria-live=polite]').textContent.trim();
        return mark?.textContent === 'Xylophone, at' && mark.parentElement.textContent.includes('the Xylophone, at last')
            && spoken === '1 document found'
            && document.querySelector('[data-testid=documents]').ariaBusy === 'false';";
    ann.wait_for_script("the place, shown and spoken", limit, SHOWN).await?;
    // By keyboard alone: to the entry, and to the place in its text.
    ann.strike(&DOWN.to_string()).await?;
    const FOCUSED: &str = "return document.activeElement?.dataset.testid === 'document-link'";
    ann.wait_for_script("the entry", limit, FOCUSED).await?;
    ann.strike(&ENTER.to_string()).await?;
    ann.reads("the document", |paper| paper.title == "Music").await?;
    const SELECTED: &str = "const selection = getSelection();
        if (selection.toString() !== 'Xylophone, at') return false;
        const place = selection.getRangeAt(0).getBoundingClientRect();
        return place.top > 0 && place.bottom < innerHeight
            && document.activeElement?.className.includes('synckit-content');";
    ann.wait_for_script("the words, selected and in view", limit, SELECTED).await?;

    ann.press(&[CONTROL, ALT, 'f']).await?;
    ann.script("document.activeElement.select()", Vec::new()).await?;
    ann.strike("trombone").await?;
    ann.wait_for_script(
        "nothing",
        limit,
        "return document.querySelector('.nothing')?.textContent === 'Nothing found'",
    )
    .await?;
    ann.strike(&'\u{e00c}'.to_string()).await?;
    ann.reads("all of them again", |paper| paper.documents.len() == 4).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_each_other_and_each_others_carets() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    ann.reads("one other", |paper| paper.people == 1).await?;
    bob.begin("here I am").await?;
    let paper = ann.reads("a caret with a name", |paper| paper.carets.len() == 1).await?;
    assert!(paper.carets[0].contains(' '), "a name such as Calm Otter: {paper:?}");
    bob.close().await?;
    ann.reads("nobody", |paper| paper.people == 0 && paper.carets.is_empty()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_has_selected_is_drawn_over_the_same_words_with_a_name() -> Result<()> {
    /// True when what others have selected is drawn over the words from the first to the last argument, once each, and the
    /// name at its end can be read; otherwise what is wrong.
    const DRAWN: &str = "const [first, last] = ARGUMENTS;
        const content = document.querySelector('.synckit-content');
        const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
        const nodes = [];
        while (walker.nextNode()) nodes.push(walker.currentNode);
        const from = nodes.findIndex((node) => node.data.includes(first));
        const to = nodes.findIndex((node) => node.data.includes(last));
        const words = [];
        for (let at = from; at <= to; at++) {
            const range = document.createRange();
            range.setStart(nodes[at], at === from ? nodes[at].data.indexOf(first) : 0);
            range.setEnd(nodes[at], at === to ? nodes[at].data.indexOf(last) + last.length : nodes[at].length);
            words.push(...range.getClientRects());
        }
        const drawn = [...document.querySelectorAll('.synckit-selected')];
        const boxes = drawn.map((box) => box.getBoundingClientRect());
        const near = (one, other) => ['left', 'top', 'width', 'height'].every((side) => Math.abs(one[side] - other[side]) < 1);
        if (boxes.length !== words.length || !words.every((word, at) => word.width > 10 && near(word, boxes[at])))
            return `drawn over ${JSON.stringify(boxes)}, the words are at ${JSON.stringify(words)}`;
        const seen = drawn.map((box) => getComputedStyle(box));
        const label = document.querySelector('.synckit-caret span');
        const style = getComputedStyle(label), place = label.getBoundingClientRect();
        if (!seen.every(({ opacity, backgroundColor }) => opacity > 0.1 && opacity < 0.6 && backgroundColor === style.backgroundColor))
            return 'another colour than the name has';
        const light = (color) => {
            const [r, g, b] = color.match(/[\\d.]+/g).map((part) => (part / 255 <= 0.04045 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
            return 0.05 + 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const contrast = light(style.color) / light(style.backgroundColor);
        const inView = place.left >= 0 && place.top >= 0 && place.right <= innerWidth && place.bottom <= innerHeight;
        const readable = label.textContent.includes(' ') && parseFloat(style.fontSize) >= 11 && contrast >= 4.5 && inView && place.width > 30;
        return readable || `${label.textContent}: ${style.fontSize}, contrast ${contrast}, ${JSON.stringify(place)}`;";
    let limit = std::time::Duration::from_secs(20);
    let drawn = |first: &str, last: &str| DRAWN.replace("ARGUMENTS", &format!("['{first}', '{last}']"));
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    ann.begin(&format!("The quick brown fox{ENTER}jumps over the lazy dog{ENTER}and sleeps")).await?;
    bob.reads_text("The quick brown fox\njumps over the lazy dog\nand sleeps").await?;
    ann.select("brown").await?;
    ann.press(&[CONTROL, 'b']).await?;
    bob.reads("bold", |paper| paper.bold == ["brown"]).await?;
    ann.caret_behind("sleeps").await?;

    bob.select("lazy dog").await?;
    ann.wait_for_script("words of one line", limit, &drawn("lazy", "dog")).await?;
    // It stays with its words when somebody writes before them.
    ann.caret_behind("jumps").await?;
    ann.write(" and leaps").await?;
    ann.wait_for_script("the same words, further on", limit, &drawn("lazy", "dog")).await?;
    // Three lines, one of them whole, and bold in the first.
    bob.press(&[CONTROL, 'a']).await?;
    ann.wait_for_script("all of it, nothing twice", limit, &drawn("The", "sleeps")).await?;
    // As the other window shows it itself, the end has a caret only.
    bob.caret_behind("fox").await?;
    ann.wait_for_script(
        "a caret alone",
        limit,
        "return document.querySelectorAll('.synckit-selected').length === 0
            && document.querySelectorAll('.synckit-caret').length === 1",
    )
    .await?;
    bob.select("quick").await?;
    ann.wait_for_script("one word", limit, &drawn("quick", "quick")).await?;
    bob.close().await?;
    ann.wait_for_script(
        "nothing of somebody who is gone",
        limit,
        "return document.querySelector('.synckit-selected, .synckit-caret') === null",
    )
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn passages_are_commented_on_answered_and_resolved() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    ann.begin("a plain sentence to talk about").await?;
    bob.reads_text("a plain sentence to talk about").await?;
    ann.select("plain sentence").await?;
    ann.press(&[CONTROL, ALT, 'm']).await?;
    ann.type_into("[data-testid=comment-words]", &format!("Too plain?{ENTER}")).await?;
    bob.reads("the marked passage", |paper| paper.commented == ["plain sentence"]).await?;

    bob.click("[data-testid=tab-comments]").await?;
    bob.reads("the comment", |paper| paper.remarks.len() == 1 && paper.remarks[0].words == ["Too plain?"])
        .await?;
    // What it is about grows and shrinks with the text.
    bob.caret_behind("plain").await?;
    bob.write(" old").await?;
    ann.reads("the passage grown", |paper| {
        paper.remarks.len() == 1 && paper.remarks[0].quote == "plain old sentence"
    })
    .await?;
    bob.click("[data-testid=reply]").await?;
    bob.type_into("[data-testid=reply-words]", &format!("Not at all{ENTER}")).await?;
    ann.reads("the answer", |paper| {
        paper.remarks.len() == 1 && paper.remarks[0].words == ["Too plain?", "Not at all"]
    })
    .await?;
    ann.click("[data-testid=resolve]").await?;
    for window in [&ann, &bob] {
        window.reads("no open comment", |paper| paper.remarks.is_empty()).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn headings_make_an_outline_and_files_are_markdown() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    ann.begin(&format!("Top{ENTER}text{ENTER}Below")).await?;
    ann.caret_behind("Top").await?;
    ann.press(&[CONTROL, ALT, '1']).await?;
    ann.caret_behind("Below").await?;
    ann.press(&[CONTROL, ALT, '2']).await?;
    bob.click("[data-testid=tab-outline]").await?;
    bob.reads("the outline", |paper| paper.outline == ["Top", "Below"]).await?;
    // The heading that was the last line has one behind it now, to go on in.
    assert_eq!(bob.paper().await?.kinds, ["h1", "", "h2", ""]);

    // What is copied as Markdown is what a file of it would hold.
    const CATCH: &str = "Object.defineProperty(navigator, 'clipboard', { configurable: true, value: {
        writeText: async (text) => { window.copied = text; } } });";
    bob.script(CATCH, Vec::new()).await?;
    bob.click("[data-testid=export]").await?;
    bob.click("[data-testid=export-copy]").await?;
    bob.wait_for_script(
        "the Markdown",
        std::time::Duration::from_secs(20),
        "return window.copied === '# Untitled\\n\\n# Top\\n\\ntext\\n\\n## Below\\n'",
    )
    .await?;

    let file = stage.new_folder()?.join("Plan.md");
    std::fs::write(&file, "# The plan\n\nDo **this** first.\n\n- one\n- two\n")?;
    bob.type_into("[data-testid=import]", &file.to_string_lossy()).await?;
    let paper = bob.reads("the file", |paper| paper.title == "The plan" && !paper.text.is_empty()).await?;
    assert_eq!(paper.text, "Do this first.\none\ntwo\n");
    assert_eq!(paper.kinds, ["", "bullet", "bullet", ""]);
    assert_eq!(paper.bold, ["this"]);
    Ok(())
}
