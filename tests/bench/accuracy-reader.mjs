import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compose } from "../../dist/compose.js";
import { readUpright } from "../../dist/pipeline/stages/upright.js";
import { loadSettings } from "../../dist/settings/load-settings.js";
import { rulesFor } from "../../dist/settings/rules-for.js";
import { makeWorkspace } from "./workspace.mjs";

/**
 * The program's own parts with one OCR worker, so that CPU time can be told apart by step. `readPage` goes the way of a
 * scanned page: upright, first pass, red ink, second look; returns the page as normalized, the lines of both passes in
 * pixels of `prepared`, and CPU seconds of each; no lines for blank pages. `readFirst` ends with the first pass.
 */
export async function openReader({ folder, engine }) {
  const workspace = await makeWorkspace(join(folder, `accuracy-${engine}`));
  const flags = { workspace, jobs: 1, "ocr.engine": engine };
  const settings = await loadSettings({ flags, env: {}, cwd: workspace });
  const today = new Date().toISOString().slice(0, 10);
  const signal = new AbortController().signal;
  const parts = await compose(settings, rulesFor(today), { env: {} }, signal);
  const { context } = parts;
  return {
    context,
    identity: context.ocr.identity,
    readPage: (placed) => readPage(placed, context, signal),
    readFirst: (placed) => readFirst(placed, context, signal),
    readView: (view) => context.ocr.read(view, signal),
    close: () => parts.close(),
  };
}

async function readFirst(placed, { imaging, ocr }, signal) {
  let seconds = 0;
  const read = async (view) => {
    const pass = await timed(() => ocr.read(view, signal));
    seconds += pass.seconds;
    return pass.result;
  };
  const normalize = (view) => imaging.normalize(view);
  const { page, lines } = await readUpright(placed, await normalize(placed), { normalize, read });
  // The red ink is read for secret marks, whatever the second look may do with it.
  const redLines = page.redInk === undefined ? undefined : await read(page.redInk);
  return { page, lines, redLines, seconds };
}

async function readPage(placed, context, signal) {
  const { page, lines, redLines, seconds } = await readFirst(placed, context, signal);
  const { prepared, redInk } = page;
  if (prepared === undefined) return { page, first: [], lines: [], cpu: { first: seconds, second: 0 } };
  const red = redInk === undefined ? {} : { redInk, redLines };
  const second = await timed(() => context.ocr.refine({ prepared, ...red }, lines, signal));
  return { page, first: lines, lines: second.result, cpu: { first: seconds, second: second.seconds } };
}

async function timed(work) {
  const started = treeSeconds();
  const result = await work();
  return { result, seconds: treeSeconds() - started };
}

/** Clock ticks a second in /proc. */
const TICKS = 100;

/** CPU time of this process, of those it started and of those that have ended. */
function treeSeconds(pid = process.pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /su, "")
      .split(" ");
    const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
    const below = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
    );
    return below.reduce((sum, child) => sum + treeSeconds(child), own);
  } catch {
    return 0; // it ended while we looked; its parent has its time
  }
}
