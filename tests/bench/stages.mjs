import { join } from "node:path";
import { compose } from "../../dist/compose.js";
import { newTrace } from "../../dist/pipeline/job.js";
import { assemble } from "../../dist/pipeline/stages/assemble.js";
import { deliver } from "../../dist/pipeline/stages/deliver.js";
import { link } from "../../dist/pipeline/stages/link.js";
import { readPages, recognized } from "../../dist/pipeline/stages/recognize.js";
import { sign } from "../../dist/pipeline/stages/sign.js";
import { loadSettings } from "../../dist/settings/load-settings.js";
import { rulesFor } from "../../dist/settings/rules-for.js";
import { pageSteps } from "./page-steps.mjs";
import { number, percent, printTable } from "./table.mjs";
import { makeInput, makeWorkspace } from "./workspace.mjs";

const [NORMALIZE, BARCODES, OCR] = ["normalize", "barcodes", "OCR"];
/** What normalization and barcodes may cost of the OCR of the same pages. */
const GOAL = 0.12;

/**
 * Milliseconds a page costs in each stage. One page at a time with one OCR worker, so the parts add up; a real run does
 * several pages at once.
 */
export async function stages({ folder, bench, engine, say }) {
  say("stages: one pass, page after page");
  const workspace = await makeWorkspace(join(folder, "stages"));
  const input = await makeInput(join(workspace, "scans"), bench.pdf, "in.pdf");
  const settings = await loadSettings({
    flags: { workspace, jobs: 1, "ocr.engine": engine },
    env: {},
    cwd: workspace,
  });
  const today = new Date().toISOString().slice(0, 10);
  const parts = await compose(settings, rulesFor(today), { env: {} }, new AbortController().signal);
  const clock = stopwatch();
  try {
    await clock.time("start of the OCR thread (once)", () =>
      parts.context.ocr.read(smallPage(), newSignal()),
    );
    await clock.time("start of image and barcode workers (once)", async () => {
      await parts.context.imaging.normalize(smallImage());
      await parts.context.barcodes.read(smallPage());
    });
    await clock.time("start of the signing key (once)", () => parts.context.signer());
    await warmUp(parts.context, bench);
    await digitizeOne(parts, input, clock);
  } finally {
    await parts.close();
  }
  const steps = await pageSteps(bench.pdf, bench.truth.length);
  return { pages: bench.truth.length, parts: clock.parts(), steps };
}

/** Code is compiled while the first pages run; a weekend's run has thousands. */
const WARM_UP = 10;

async function warmUp({ pdf, imaging, barcodes }, bench) {
  for (let round = 0; round < WARM_UP; round++) {
    const page = await imaging.normalize(await pdf.pageImage(bench.pdf, round % bench.truth.length));
    if (page.prepared !== undefined) await barcodes.read(page.prepared);
  }
}

async function digitizeOne(parts, input, clock) {
  const context = timedContext(parts.context, clock);
  const candidate = await clock.time("intake: list and hash", () => firstCandidate(parts, input));
  const reach = { sign: true, deliver: true };
  const observe = () => undefined;
  const job = { candidate, order: 0, context, reach, trace: newTrace(), observe, signal: newSignal() };
  await context.ledger.register(candidate);
  const scan = await clock.time("intake: open", () => context.inspect(candidate));
  const attempt = await clock.time("read: keep words, ledger", () => readPages(scan, job));
  const linked = await clock.time("link", () => link(recognized(scan, attempt, job), job));
  const assembled = await clock.time("assemble: write, hash, sync", () => assemble(linked, job));
  const signed = await clock.time("sign", () => sign(assembled, job));
  await clock.time("deliver", () => deliver(signed, job));
}

/** The parts that do one page's work report their own time; what is left belongs to the stage around them. */
function timedContext(context, clock) {
  const { imaging, ocr, pdf, barcodes } = context;
  const timed =
    (name, work) =>
    (...given) =>
      clock.time(name, () => work(...given));
  return {
    ...context,
    pages: serialPool(),
    imaging: {
      ...imaging,
      normalize: timed(NORMALIZE, (page) => imaging.normalize(page)),
      encode: timed("assemble: encode page", (page, made) => imaging.encode(page, made)),
    },
    ocr: {
      ...ocr,
      read: timed(OCR, (...given) => ocr.read(...given)),
      refine: timed("OCR: second look and finish", (...given) => ocr.refine(...given)),
    },
    barcodes: { ...barcodes, read: timed(BARCODES, (page) => barcodes.read(page)) },
    pdf: {
      ...pdf,
      pageImage: timed("take page out of PDF (twice)", (path, index) => pdf.pageImage(path, index)),
    },
  };
}

async function firstCandidate(parts, input) {
  for await (const found of parts.discover([input], {})) {
    if (found.kind === "candidate") return found.candidate;
    throw new Error(`${found.name}: ${found.reason}`);
  }
  throw new Error("nothing found");
}

function serialPool() {
  let last = Promise.resolve();
  return {
    run(_order, work) {
      const next = last.then(work);
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** Times nested parts so that each millisecond is counted once: an outer part's time is without that of inner ones. */
function stopwatch() {
  const totals = new Map();
  const open = [];
  return {
    async time(name, work) {
      const mine = { inner: 0 };
      open.push(mine);
      const started = performance.now();
      try {
        return await work();
      } finally {
        const spent = performance.now() - started;
        open.splice(open.indexOf(mine), 1);
        const outer = open.at(-1);
        if (outer !== undefined) outer.inner += spent;
        totals.set(name, (totals.get(name) ?? 0) + spent - mine.inner);
      }
    },
    parts: () => [...totals].map(([name, ms]) => ({ name, ms })),
  };
}

/** An empty sheet: enough to load the model. */
function smallPage() {
  const [width, height] = [200, 200];
  const pgm = Buffer.concat([
    Buffer.from(`P5\n${width} ${height}\n255\n`),
    Buffer.alloc(width * height, 255),
  ]);
  return { pgm, width, height, dpi: 200, scale: 1, skewDegrees: 0 };
}

function smallImage() {
  const [width, height] = [400, 400];
  const image = { kind: "raw", bytes: Buffer.alloc(width * height, 255), width, height, channels: 1 };
  return { image, turn: 0, how: "rendered", paper: { widthPt: 144, heightPt: 144 } };
}

function newSignal() {
  return new AbortController().signal;
}

export function printStages({ pages, parts, steps }, print) {
  print(`\n## Cost of each stage: ${pages} pages, one after the other, one OCR worker (wall time)\n`);
  const perPage = parts.filter(({ name }) => !name.includes("(once)"));
  const total = perPage.reduce((sum, { ms }) => sum + ms, 0);
  const rows = perPage.map(({ name, ms }) => [name, number(ms / pages, 1), percent(ms / total)]);
  printTable(["stage", "ms/page", "share"], [...rows, ["all", number(total / pages, 1), percent(1)]], print);
  const once = parts.filter(({ name }) => name.includes("(once)"));
  print(`\n${once.map(({ name, ms }) => `${name}: ${number(ms, 0)} ms`).join("; ")}`);
  const of = (name) => parts.find((part) => part.name === name)?.ms ?? 0;
  const share = (of(NORMALIZE) + of(BARCODES)) / of(OCR);
  const verdict = share <= GOAL ? "within" : "above";
  print(`\nnormalization and barcodes ÷ OCR: ${percent(share)} (${verdict} the goal of ${percent(GOAL)})`);
  print("\n## Steps of normalization, in this process (milliseconds; median and least of three rounds)\n");
  const stepRows = steps.map(({ name, median, least, times }) => [
    name,
    number(median, 1),
    number(least, 1),
    times,
  ]);
  printTable(["step", "median", "least", "times"], stepRows, print);
}
