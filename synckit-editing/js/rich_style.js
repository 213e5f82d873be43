// How the editor looks. In a layer, so that any rule of the program goes first; colours are custom properties.
const STYLE = `
@layer synckit {
.synckit-rich { position: relative; --synckit-line: color-mix(in srgb, currentColor 22%, transparent); --synckit-tint: color-mix(in srgb, currentColor 8%, transparent);
  --synckit-link: light-dark(#0b57d0, #8ab4f8); --synckit-comment: light-dark(#ffe08a99, #8a6d1b99); }
.synckit-content { outline: none; min-height: 1.5em; line-height: 1.5; white-space: pre-wrap; overflow-wrap: break-word; }
.synckit-content[contenteditable=false]:focus-visible { outline: 2px solid var(--synckit-link); outline-offset: 2px; }
.synckit-chunk { counter-reset: synckit-item; }
.synckit-long .synckit-chunk { content-visibility: auto; }
.synckit-block { margin: 0; padding: 0.15em 0; position: relative; }
h1.synckit-block { font-size: 1.8em; font-weight: 700; line-height: 1.25; padding: 0.4em 0 0.2em; }
h2.synckit-block { font-size: 1.4em; font-weight: 700; line-height: 1.3; padding: 0.4em 0 0.15em; }
h3.synckit-block { font-size: 1.15em; font-weight: 700; padding: 0.3em 0 0.1em; }
.synckit-block[data-kind=bullet], .synckit-block[data-kind=ordered] { padding-inline-start: 1.8em; }
.synckit-block[data-kind=bullet]::before { content: "•"; position: absolute; inset-inline-start: 0.6em; }
.synckit-block[data-kind=ordered] { counter-increment: synckit-item; }
.synckit-block[data-kind=ordered]::before { content: counter(synckit-item) "."; position: absolute; inset-inline-start: 0; min-width: 1.4em; text-align: end; font-variant-numeric: tabular-nums; }
.synckit-block:not([data-kind=ordered]) + .synckit-block[data-kind=ordered] { counter-increment: none; counter-set: synckit-item 1; }
.synckit-block[data-kind=quote] { border-inline-start: 3px solid var(--synckit-line); padding-inline-start: 0.9em; opacity: 0.85; }
.synckit-block[data-kind=code] { font-family: ui-monospace, monospace; font-size: 0.92em; background: var(--synckit-tint); padding: 0.05em 0.8em; white-space: pre-wrap; tab-size: 4; }
.synckit-content code { font-family: ui-monospace, monospace; font-size: 0.92em; background: var(--synckit-tint); border-radius: 3px; padding: 0.1em 0.25em; }
.synckit-content a { color: var(--synckit-link); text-decoration: underline; cursor: text; }
.synckit-content[contenteditable=false] a { cursor: pointer; }
.synckit-comment { background: var(--synckit-comment); color: inherit; border-bottom: 2px solid color-mix(in srgb, var(--synckit-comment) 60%, currentColor); cursor: pointer; }
.synckit-empty .synckit-content::before { content: attr(data-placeholder); position: absolute; inset-inline: 0; padding: 0.15em 0; opacity: 0.5; pointer-events: none; }
.synckit-carets { position: absolute; inset: 0; pointer-events: none; user-select: none; overflow: clip visible; z-index: 1; }
.synckit-carets > div { --synckit-caret: #d93025; }
.synckit-caret, .synckit-selected { position: absolute; top: 0; left: 0; }
.synckit-caret { width: 2px; margin-left: -1px; background: var(--synckit-caret); }
.synckit-selected { background: var(--synckit-caret); opacity: 0.25; }
.synckit-caret span { position: absolute; bottom: 100%; left: 0; padding: 0 0.35em; border-radius: 3px 3px 3px 0; background: var(--synckit-caret); color: #fff; font: 600 11px/1.5 system-ui, sans-serif; white-space: nowrap; }
.synckit-caret span.quiet { font-size: 0; padding: 3px; }
.synckit-caret span.below { bottom: auto; top: 100%; border-radius: 0 3px 3px 3px; }
}
`;

/** Adds the rules to the page, once. */
export function addStyle() {
    if (document.synckitStyled) return;
    document.synckitStyled = true;
    try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    } catch {
        const element = document.createElement("style");
        element.textContent = STYLE;
        document.head.append(element);
    }
}
