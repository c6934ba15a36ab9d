import { execFile } from "node:child_process";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { measureClean } from "./measure.mjs";
import { missingWords, wordErrorRate, wordsOf } from "./words.mjs";
import { deliveredPdfs, makeInput, makeWorkspace, SOHOA } from "./workspace.mjs";

const execute = promisify(execFile);
const END_MARK = "%%EOF";

/**
 * The programs compared. Each works in a fresh `folder` that is made outside the measured time and removed afterwards;
 * the measured time runs from the start of the process to its end.
 */
export const PROGRAMS = {
  "sohoa tesseractjs": sohoaWith("tesseractjs"),
  "sohoa tesseract": sohoaWith("tesseract"),
  /** Text layer and PDF/A alone: it links, signs and delivers nothing. */
  async ocrmypdf({ folder, pdf, jobs }) {
    const output = join(folder, "out.pdf");
    const how = ["-l", "vie", "--jobs", `${jobs}`, "--output-type", "pdfa", "--quiet"];
    const measured = await measureClean("ocrmypdf", [...how, pdf, output]);
    return { measured, output, readable: output };
  },
};

/** Everything: open, read, link, PDF/A, sign, deliver to a folder with a receipt. */
function sohoaWith(engine) {
  return async ({ folder, pdf, jobs }) => {
    const workspace = await makeWorkspace(folder);
    const input = await makeInput(join(folder, "scans"), pdf, "in.pdf");
    const how = ["--workspace", workspace, "--jobs", `${jobs}`, "--ocr", engine, "--json"];
    const measured = await measureClean(process.execPath, [SOHOA, "run", input, ...how]);
    const [output] = await deliveredPdfs(workspace);
    return { measured, output, readable: await withoutSignature(output, join(folder, "unsigned.pdf")) };
  };
}

/** Runs one program once and judges its output against the printed words (one string a page). */
export async function runOnce(run, { folder, pdf, jobs, truth }) {
  try {
    const { measured, output, readable } = await run({ folder, pdf, jobs });
    const { wall, cpu, peakMb } = measured;
    return { wall, cpu, peakMb, bytes: (await stat(output)).size, ...(await wordErrors(readable, truth)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The caption of the signature is text too, but no printed word of the page. Signing only appends, so the file up to the
 * end mark before the last is the PDF/A without it.
 */
async function withoutSignature(signed, unsigned) {
  const bytes = await readFile(signed);
  const end = bytes.lastIndexOf(END_MARK, bytes.lastIndexOf(END_MARK) - 1);
  if (end < 0) throw new Error("the delivered file carries no appended signature");
  await writeFile(unsigned, bytes.subarray(0, end + END_MARK.length));
  return unsigned;
}

/** Both figures come from poppler's text of the output, as any reader of the file would find it. */
async function wordErrors(output, truth) {
  const { stdout } = await execute("pdftotext", ["-enc", "UTF-8", output, "-"], { maxBuffer: 2 ** 26 });
  const pages = stdout.split("\f").slice(0, truth.length).map(wordsOf);
  const wanted = truth.map(wordsOf);
  const total = wanted.reduce((sum, words) => sum + words.length, 0);
  const mean = (judge) =>
    wanted.reduce((sum, words, page) => sum + judge(words, pages[page] ?? []) * words.length, 0) / total;
  return { missing: mean(missingWords), errorRate: mean(wordErrorRate) };
}
