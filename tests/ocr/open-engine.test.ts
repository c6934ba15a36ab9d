import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { chooseEngine, type EngineOptions } from "../../src/ocr/open-engine.ts";
import { findTesseract, passedOn } from "../../src/ocr/tesseract-found.ts";

const scratch = mkdtempSync(join(tmpdir(), "sohoa-engine-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder that holds a program `tesseract` with these answers and behaviour, and no other program. */
function pretended(version: string, languages: readonly string[], otherwise = "exit 1"): string {
  const folder = mkdtempSync(join(scratch, "bin-"));
  const data = join(folder, "data");
  mkdirSync(data);
  for (const language of languages) writeFileSync(join(data, `${language}.traineddata`), "model");
  const list = [`List of available languages in "${data}/" (${languages.length}):`, ...languages].join("\\n");
  const script = [
    "#!/bin/sh",
    'case "$1" in',
    `--version) printf 'tesseract ${version}\\n leptonica-1.82.0\\n';;`,
    `--list-langs) printf '${list}\\n';;`,
    `*) ${otherwise};;`,
    "esac",
    "",
  ].join("\n");
  writeFileSync(join(folder, "tesseract"), script);
  chmodSync(join(folder, "tesseract"), 0o755);
  return folder;
}

const options = (path: string, engine: EngineOptions["engine"] = "auto"): EngineOptions => ({
  engine,
  jobs: 1,
  languages: ["vie"],
  tessdata: null,
  pageTimeoutMs: 60_000,
  environment: { PATH: path },
});

it.skipIf(process.platform === "win32").each([
  ["there is no program", () => join(scratch, "nothing"), "no_program"],
  ["the program is too old", () => pretended("4.0.0", ["vie"]), "no_program"],
  ["it lacks Vietnamese", () => pretended("5.3.0", ["eng", "osd"]), "no_language"],
  ["it does not start", () => pretended("5.3.0", ["vie"]), "no_start"],
])("auto takes the embedded engine when %s", async (_, path, reason) => {
  const chosen = await chooseEngine(options(path()));
  expect(chosen.reason).toBe(reason);
  expect(chosen.engine.identity).toContain("tesseract.js");
  await chosen.engine.close();
});

it.skipIf(process.platform === "win32").each([
  ["engine_start", () => join(scratch, "nothing")],
  ["engine_start", () => pretended("5.3.0", ["vie"])],
  ["language_data", () => pretended("5.3.0", ["eng"])],
] as const)("a program that is asked for and cannot be had is an error: %s", async (code, path) => {
  await expect(chooseEngine(options(path(), "tesseract"))).rejects.toMatchObject({ code });
});

it("looks for no program when the embedded engine is asked for", async () => {
  const chosen = await chooseEngine(options("", "tesseractjs"));
  expect(chosen).toMatchObject({ reason: "asked" });
  expect(chosen.found).toBeUndefined();
  await chosen.engine.close();
});

it("removes the pages of a killed run, also when the next run has another engine", async () => {
  const { pid: dead } = spawnSync("node", ["--version"]);
  const left = join(tmpdir(), `sohoa-ocr-${hostname().replaceAll(/[^A-Za-z0-9]/gu, "")}-${dead}-abc`);
  mkdirSync(left);
  writeFileSync(join(left, "1.tif"), "page");
  const { engine } = await chooseEngine(options("", "tesseractjs"));
  await engine.close();
  expect(existsSync(left)).toBe(false);
});

it("says version, folder and languages of the program, also of one that prints a letter before its version", async () => {
  const path = pretended("v5.3.0.20221214", ["vie", "osd"]);
  expect(await findTesseract({ PATH: path }, null)).toEqual({
    version: "5.3.0.20221214",
    tessdata: join(path, "data/"),
    languages: ["vie", "osd"],
    stdbuf: false,
  });
});

it.skipIf(process.platform === "win32")(
  "gives up a program that neither answers nor ends when it is asked to",
  async () => {
    const path = mkdtempSync(join(scratch, "bin-"));
    writeFileSync(join(path, "tesseract"), "#!/bin/sh\ntrap '' TERM\nwhile :; do :; done\n");
    chmodSync(join(path, "tesseract"), 0o755);
    expect(await findTesseract({ PATH: path }, null, 200)).toBeUndefined();
  },
);

it("passes nothing of the environment on but what the program needs", () => {
  const given = { PATH: "/bin", SOHOA_KEY_PASSPHRASE: "x", HOME: "/home/a", TESSDATA_PREFIX: "/t" };
  expect(passedOn(given)).toEqual({
    PATH: "/bin",
    TESSDATA_PREFIX: "/t",
    LC_ALL: "C",
    OMP_THREAD_LIMIT: "1",
  });
});
