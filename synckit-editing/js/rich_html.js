// HTML to and from text with marks. Foreign HTML is parsed into a document of its own, in which nothing runs and nothing is
// fetched, and only what is known is read out of it.
import { LINE_BREAK, sameMarks } from "./rich_model.js";
import { safeAddress } from "./rich_render.js";

// Larger markup is pasted as plain text.
const MOST_HTML = 8 << 20;
const MOST_DEPTH = 200;
const SKIPPED = new Set(["SCRIPT", "STYLE", "HEAD", "TITLE", "META", "LINK", "TEMPLATE", "NOSCRIPT", "IFRAME", "OBJECT", "EMBED", "SVG",
    "MATH", "CANVAS", "AUDIO", "VIDEO", "SELECT", "TEXTAREA", "INPUT", "BUTTON"]);
const BLOCKS = new Set(["P", "DIV", "H1", "H2", "H3", "H4", "H5", "H6", "UL", "OL", "LI", "BLOCKQUOTE", "PRE", "TABLE", "TR", "SECTION", "ARTICLE",
    "HEADER", "FOOTER", "MAIN", "ASIDE", "NAV", "FIGURE", "FIGCAPTION", "DL", "DT", "DD", "HR", "ADDRESS", "FORM", "BODY"]);
const MARK_OF = { B: "bold", STRONG: "bold", I: "italic", EM: "italic", U: "underline", INS: "underline", S: "strike", STRIKE: "strike", DEL: "strike",
    CODE: "code", KBD: "code", SAMP: "code", TT: "code" };
const KIND_OF = { H1: "h1", H2: "h2", H3: "h3", H4: "h3", H5: "h3", H6: "h3", BLOCKQUOTE: "quote", PRE: "code" };

function marksOf(element, marks) {
    const own = { ...marks };
    const { style } = element;
    if (MARK_OF[element.nodeName] && !(element.nodeName === "CODE" && element.closest("pre"))) own[MARK_OF[element.nodeName]] = true;
    if (element.nodeName === "A") {
        const address = safeAddress(element.getAttribute("href") ?? "");
        if (address) own.link = address;
    }
    const set = (key, on, off) => {
        if (on) own[key] = true;
        else if (off) delete own[key];
    };
    const { fontWeight, fontStyle } = style ?? {};
    if (fontWeight) set("bold", fontWeight === "bold" || fontWeight === "bolder" || Number(fontWeight) >= 600, true);
    if (fontStyle) set("italic", fontStyle === "italic" || fontStyle === "oblique", true);
    const line = style?.textDecorationLine || style?.textDecoration || "";
    if (line) {
        set("underline", line.includes("underline") && element.nodeName !== "A", line.startsWith("none"));
        set("strike", line.includes("line-through"), line.startsWith("none"));
    }
    return own;
}

/** Inserts that stand for `html`, or null when it is too large. */
export function readHtml(html) {
    if (html.length > MOST_HTML) return null;
    // Around what was copied some put white space of their own.
    const fragment = /<!--StartFragment-->([^]*)<!--EndFragment-->/.exec(html);
    const { body } = new DOMParser().parseFromString(fragment ? fragment[1] : html, "text/html");
    const lines = [];
    let line = null;
    // A block begins where something is put into it, so that nested and empty elements make no empty lines.
    const put = (text, marks, kind) => {
        line ??= { kind, parts: [] };
        line.parts.push([text, marks]);
    };
    const finish = (kind, always) => {
        if (line) lines.push(withoutLastBreak(line));
        else if (always) lines.push({ kind, parts: [] });
        line = null;
    };
    const endsWithSpace = () => !line || /[\s]$/.test(line.parts[line.parts.length - 1][0]);
    const walk = (node, marks, kind, pre, depth) => {
        if (node.nodeType === Node.TEXT_NODE) {
            if (pre) {
                node.data.replace(/\r\n?/g, "\n").replace(/\u00a0/g, " ").split("\n").forEach((text, number) => {
                    if (number) finish(kind, true);
                    if (text) put(text, marks, kind);
                });
                return;
            }
            let text = node.data.replace(/[ \t\r\n\f]+/g, " ");
            if (endsWithSpace()) text = text.replace(/^ /, "");
            if (text) put(text.replace(/\u00a0/g, " "), marks, kind);
            return;
        }
        const name = node.nodeName.toUpperCase();
        if (node.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(name) || depth > MOST_DEPTH) return;
        if (name === "BR") {
            // One that ends a block only keeps it open.
            if (node.nextSibling || !node.parentNode || !BLOCKS.has(node.parentNode.nodeName)) pre ? finish(kind, true) : put(LINE_BREAK, {}, kind);
            else if (!line) finish(kind, true);
            return;
        }
        const isBlock = BLOCKS.has(name);
        if (isBlock) finish();
        const own = name === "LI" ? (node.parentNode.nodeName === "OL" ? "ordered" : "bullet") : KIND_OF[name] ?? kind;
        // Paragraphs inside of an item or a quote are of its kind.
        const keeps = kind && kind !== own && (kind === "bullet" || kind === "ordered") && name !== "LI" ? kind : own;
        const space = node.style?.whiteSpace ?? "";
        const inner = pre || name === "PRE" || /^(pre|break-spaces)/.test(space);
        for (const child of node.childNodes) walk(child, marksOf(node, marks), keeps, inner, depth + 1);
        if (isBlock) {
            if (line && !inner) trimEnd(line);
            finish();
        } else if (name === "TD" || name === "TH") put("\t", {}, kind);
    };
    for (const child of body.childNodes) walk(child, {}, null, false, 0);
    // What is not closed by a block is part of a line.
    const open = !!line;
    finish();
    return inserts(lines, open);
}

function trimEnd(line) {
    const last = line.parts[line.parts.length - 1];
    last[0] = last[0].replace(/[ \t]+$/, "");
}

// A line break at the end of a block makes no line.
function withoutLastBreak(line) {
    const last = line.parts[line.parts.length - 1];
    if (last[0].endsWith(LINE_BREAK)) last[0] = last[0].slice(0, -1);
    return line;
}

function inserts(lines, open) {
    const found = [];
    lines.forEach(({ kind, parts }, number) => {
        for (const [text, marks] of parts) {
            const last = found[found.length - 1];
            if (last && last[0] !== "\n" && sameMarks(last[1], marks)) last[0] += text;
            else if (text) found.push([text, marks]);
        }
        if (number < lines.length - 1 || kind) found.push(["\n", kind ? { block: kind } : {}]);
    });
    return { inserts: found, open };
}

const escaped = (text) => text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]);
const TAG_OF = [["code", "code"], ["strike", "s"], ["underline", "u"], ["italic", "em"], ["bold", "strong"]];

function htmlOf(text, marks) {
    let html = escaped(text).replace(/\u2028/g, "<br>").replace(/ {2}/g, " &nbsp;").replace(/^ | $/g, "&nbsp;");
    for (const [key, tag] of TAG_OF) if (marks[key]) html = `<${tag}>${html}</${tag}>`;
    const address = marks.link === undefined ? null : safeAddress(marks.link);
    return address ? `<a href="${escaped(address)}">${html}</a>` : html;
}

/** HTML that stands for a slice of the model. */
export function writeHtml(slice) {
    let html = "";
    let list = null;
    let line = "";
    const close = (kind) => {
        const wanted = kind === "bullet" ? "ul" : kind === "ordered" ? "ol" : null;
        if (list !== wanted) {
            if (list) html += `</${list}>`;
            if (wanted) html += `<${wanted}>`;
            list = wanted;
        }
        const tag = wanted ? "li" : { h1: "h1", h2: "h2", h3: "h3", quote: "blockquote", code: "pre" }[kind] ?? "p";
        html += `<${tag}>${line || "<br>"}</${tag}>`;
        line = "";
    };
    let blocks = 0;
    for (const [text, marks] of slice) {
        if (text === "\n") {
            close(marks.block);
            blocks++;
        } else line += htmlOf(text, marks);
    }
    if (list) {
        html += `</${list}>`;
        list = null;
    }
    if (!line) return html;
    if (!blocks) return `<span>${line}</span>`;
    close(null);
    return html;
}
