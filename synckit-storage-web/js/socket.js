// The browser's WebSocket. Binary frames only.

// How long an address is kept from WebSockets after a failure, and how long an answer may take, in milliseconds.
const TRUST_MS = 15000;
const ANSWER_MS = 5000;

const failure = (name, reason) => new DOMException(reason, name);

// `url`, which may be relative to the page, as an absolute ws:// or wss:// address.
export function resolve(url) {
    let parsed;
    try {
        parsed = new URL(url, globalThis.location?.href);
    } catch {
        throw failure("Address", "");
    }
    // http -> ws, https -> wss.
    parsed.protocol = parsed.protocol.replace("http", "ws");
    // A fragment is never sent; browsers of before 2024 refuse it.
    parsed.hash = "";
    if (!/^wss?:/.test(parsed.href)) throw failure("Address", "");
    return parsed.href;
}

// The address that could not be connected to last, and when that was tried.
let failed;

// Whether anything answers. Chromium delays WebSockets of a page that has had failures: with one attempt each 390 ms at
// a port that nobody listens on, the 18th took 3.8 s to fail. Requests are not delayed, so they ask first, except
// after some time: a page's rules may forbid them and allow WebSockets.
async function is_worth_trying(address) {
    const age = Date.now() - failed?.at;
    if (failed?.address !== address || !(age >= 0 && age < TRUST_MS) || !globalThis.fetch) return true;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ANSWER_MS);
    // Any answer will do, and with `no-cors` a page learns no more than that there is one.
    const request = { method: "HEAD", mode: "no-cors", cache: "no-store", credentials: "omit", signal: patience.signal };
    try {
        await fetch(address.replace("ws", "http"), request);
        return true;
    } catch {
        return false;
    } finally {
        clearTimeout(timer);
    }
}

const MEANINGS = {
    1000: "closed normally",
    1001: "the server goes away",
    // Browsers tell a page nothing about why: no listener, refused upgrade, lost network.
    1006: "no connection to it, is it running?",
    1009: "a frame was too large",
    1011: "the server failed",
    1012: "the server restarts or is overloaded",
    1013: "the server restarts or is overloaded",
};

const closing = ({ code, reason }) =>
    `${MEANINGS[code] ?? "closed by the server"} (code ${code})${reason && ": "}${reason}`;

// An attempt: `opened` resolves with the socket; `close` ends it at any time. `received` is called with what comes,
// `ended` with the reason for an end that is not a normal closure.
export function connect(url, timeout, received, ended) {
    let socket;
    let given_up = false;
    const open = async () => {
        const address = resolve(url);
        if (!(await is_worth_trying(address)))
            throw failure("Unreachable", "nothing answers there, is it running?");
        if (given_up) throw failure("Unreachable", "given up");
        socket = new WebSocket(address);
        socket.binaryType = "arraybuffer";
        let timer;
        try {
            await new Promise((resolve, reject) => {
                const late = failure("Unreachable", `no answer within ${timeout / 1000} s`);
                timer = setTimeout(() => reject(late), timeout);
                socket.onopen = resolve;
                // An `error` event says nothing and is always followed by this one.
                socket.onclose = (event) => reject(failure("Unreachable", closing(event)));
            });
        } catch (thrown) {
            if (!given_up) failed = { address, at: Date.now() };
            socket.close();
            throw thrown;
        } finally {
            clearTimeout(timer);
        }
        failed = undefined;
        if (given_up) throw failure("Unreachable", "given up");
        socket.onmessage = ({ data }) => received(data);
        socket.onclose = (event) => ended(event.code === 1000 ? undefined : closing(event));
        return socket;
    };
    const silence = () => {
        given_up = true;
        // Before, it tells nobody but `open`.
        if (socket && socket.readyState !== WebSocket.CONNECTING) socket.onmessage = socket.onclose = null;
    };
    const close = () => {
        silence();
        socket?.close();
    };
    return { opened: open(), silence, close };
}
