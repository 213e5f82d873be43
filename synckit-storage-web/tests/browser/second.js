// Real second contexts: an iframe or a worker with an instance of the compiled tests of its own.

const SCRIPT = (job) => `
    import init, { run_job } from "${location.origin}/wasm-bindgen-test.js";
    await init({ module_or_path: "${location.origin}/wasm-bindgen-test_bg.wasm" });
    await run_job(${JSON.stringify(job)});
`;

export function open_frame(job) {
    const frame = document.createElement("iframe");
    frame.srcdoc = `<script type="module">${SCRIPT(job)}</script>`;
    document.body.append(frame);
    return frame;
}

export function close_frame(frame) {
    frame.remove();
}

export function open_worker(job) {
    const url = URL.createObjectURL(new Blob([SCRIPT(job)], { type: "text/javascript" }));
    return new Worker(url, { type: "module" });
}

export function close_worker(worker) {
    worker.terminate();
}
