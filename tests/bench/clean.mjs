import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { applyChanges, planChanges } from "../../dist/imaging/clean/clean-page.js";
import { foldOf } from "../../dist/imaging/fold.js";
import { median, number, printTable } from "./table.mjs";

const FONTS = dirname(createRequire(import.meta.url).resolve("@expo-google-fonts/tinos/package.json"));
const FONT = join(FONTS, "400Regular/Tinos_400Regular.ttf");
const LINE =
  "Căn cứ Nghị định số 61/2018/NĐ-CP của Chính phủ về thực hiện cơ chế một cửa, một cửa liên thông.";
const STEPS = ["photo", "borders", "holes", "despeckle", "deskew"];
const [WORK_DPI, WHOLE_DPI] = [200, 300];
const ROUNDS = 9;

/**
 * CPU milliseconds each clean-up step costs for an A4 page: judging one that needs nothing and one that needs it (200 dpi),
 * doing it to the working view (200 dpi) and to the whole page (300 dpi). All steps take turns, so that what else the
 * machine does meets all alike; medians.
 */
export async function clean({ say }) {
  say(`clean-up: ${ROUNDS} rounds`);
  const cases = await Promise.all(STEPS.map(makeCase));
  const spread = await makePage(WORK_DPI, 2);
  const times = new Map([...STEPS, "spread"].map((step) => [step, []]));
  // The first round warms up and is not counted.
  for (let round = -1; round < ROUNDS; round++) {
    for (const each of cases) {
      const row = timed(each);
      if (round >= 0) times.get(each.step).push(row);
    }
    const fold = stopped(() => foldOf(spread));
    if (fold.result === undefined) throw new Error("the bench's spread has no fold");
    if (round >= 0) times.get("spread").push([undefined, fold.ms]);
  }
  return [...times].map(([step, rows]) => ({ step, ms: [0, 1, 2, 3].map((i) => middle(rows, i)) }));
}

function timed({ step, plain, work, whole, facts, scale }) {
  const nothing = stopped(() => planChanges(plain, facts, [step]));
  const plan = stopped(() => planChanges(work, facts, [step]));
  if (nothing.result.length > 0 || plan.result.length === 0)
    throw new Error(`the bench's page for ${step} is wrong`);
  const view = stopped(() => applyChanges(work, plan.result, scale));
  const page = stopped(() => applyChanges(whole, plan.result, 1));
  return [nothing.ms, plan.ms, view.ms, page.ms];
}

/** CPU time, not wall: the steps are one thread's plain arithmetic, and a busy machine makes walls meaningless. */
function stopped(work) {
  const started = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(started);
  return { result, ms: (user + system) / 1000 };
}

function middle(rows, column) {
  const values = rows.map((row) => row[column]).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

async function makeCase(step) {
  const bilevel = step === "despeckle";
  const page = await makePage(WHOLE_DPI, 1);
  const whole = await inNeed(step, page);
  const scale = WORK_DPI / WHOLE_DPI;
  const facts = { dpi: WHOLE_DPI, colour: !bilevel, bilevel, scale };
  return { step, whole, facts, scale, work: await shrunk(whole, scale), plain: await shrunk(page, scale) };
}

/** A page that the step will change. */
async function inNeed(step, page) {
  const { width, height } = page;
  switch (step) {
    case "photo":
      return photo(page);
    case "borders":
      return drawn(page, `<rect width="80" height="${height}"/><rect width="${width}" height="50"/>`);
    case "holes":
      return drawn(page, '<circle cx="142" cy="1280" r="35"/><circle cx="142" cy="2225" r="35"/>');
    case "despeckle":
      return drawn(page, specks(width, height));
    default:
      return raw(image(page).rotate(1.3, { background: "#fff" }));
  }
}

function specks(width, height) {
  const at = (i, by, size) => 30 + ((i * by) % (size - 60));
  return Array.from(
    { length: 300 },
    (_, i) => `<rect x="${at(i, 7919, width)}" y="${at(i, 104729, height)}" width="3" height="3"/>`,
  ).join("");
}

/** The page askew in the depth on a dark table: rows shrink towards the top. */
async function photo({ data, width, height }) {
  const out = Buffer.alloc(data.length, 60);
  for (let y = 0; y < height; y++) {
    const sheet = Math.round((y - height * 0.04) / 0.92);
    if (sheet < 0 || sheet >= height) continue;
    const inset = width * (0.12 - (0.08 * y) / height);
    const light = 0.95 - (0.25 * y) / height;
    for (let x = Math.ceil(inset); x < width - inset; x++) {
      const from = (sheet * width + Math.floor(((x - inset) / (width - 2 * inset)) * width)) * 3;
      for (let c = 0; c < 3; c++) out[(y * width + x) * 3 + c] = data[from + c] * light;
    }
  }
  return { data: out, width, height };
}

/** White A4 pages side by side with 26 lines of text each. */
async function makePage(dpi, pages) {
  const [width, height] = [Math.round(8.27 * dpi), Math.round(11.69 * dpi)];
  const text = {
    text: Array.from({ length: 26 }, () => LINE).join("\n"),
    fontfile: FONT,
    font: "Tinos 9",
    dpi,
    spacing: 30,
    rgba: true,
  };
  const input = await sharp({ text })
    .resize({ width: Math.round(width * 0.75) })
    .png()
    .toBuffer();
  const background = { width: width * pages, height, channels: 3, background: "#fff" };
  const top = Math.round(height * 0.1);
  const lefts = Array.from({ length: pages }, (_, i) => Math.round(width * (i + 0.125)));
  return raw(sharp({ create: background }).composite(lefts.map((left) => ({ input, left, top }))));
}

function image({ data, width, height }) {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function drawn(page, shapes) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${page.width}" height="${page.height}">${shapes}</svg>`;
  return raw(image(page).composite([{ input: Buffer.from(svg) }]));
}

function shrunk(page, scale) {
  const [width, height] = [Math.round(page.width * scale), Math.round(page.height * scale)];
  return raw(image(page).resize({ width, height, fit: "fill" }));
}

async function raw(work) {
  const { data, info } = await work.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

export function printClean(rows, print) {
  print(
    `\n## Clean-up of a colour A4 page: CPU ms, by step (judged at ${WORK_DPI} dpi, whole page ${WHOLE_DPI} dpi)\n`,
  );
  const header = ["step", "nothing to do", "judge", "do: working view", "do: whole page"];
  printTable(
    header,
    rows.map(({ step, ms }) => [step, ...ms.map((value) => (value === undefined ? "-" : number(value, 0)))]),
    print,
  );
}
