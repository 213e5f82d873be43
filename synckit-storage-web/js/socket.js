// Why it is as it is: src/socket.rs.
import { failure } from "./failure.js";

const TRUST_MS = 15000;
const ANSWER_MS = 5000;

export function resolve(url) {
    let parsed;
    try {
        parsed = new URL(url, globalThis.location?.href);
    } catch {
        throw failure("Address", "");
    }
    parsed.protocol = parsed.protocol.replace("http", "ws");
    parsed.hash = "";
    if (!/^wss?:/.test(parsed.href)) throw failure("Address", "");
    return parsed.href;
}

let failed;

async function is_worth_trying(address) {
    const age = Date.now() - failed?.at;
    if (failed?.address !== address || !(age >= 0 && age < TRUST_MS) || !globalThis.fetch) return true;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ANSWER_MS);
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
    1006: "no connection to it, is it running?",
    1009: "a frame was too large",
    1011: "the server failed",
    1012: "the server restarts or is overloaded",
    1013: "the server restarts or is overloaded",
};

const closing = ({ code, reason }) =>
    `${MEANINGS[code] ?? "closed by the server"} (code ${code})${reason && ": "}${reason}`;

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
        if (socket && socket.readyState !== WebSocket.CONNECTING) socket.onmessage = socket.onclose = null;
    };
    const close = () => {
        silence();
        socket?.close();
    };
    return { opened: open(), silence, close };
}
