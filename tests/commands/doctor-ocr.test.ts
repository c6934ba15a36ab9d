import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ocrFindings } from "../../src/commands/doctor-ocr.ts";
import { installAdvice } from "../../src/ocr/missing-language.ts";
import { findTesseract } from "../../src/ocr/tesseract-found.ts";
import { scratchFolder } from "../support/program.ts";

const scratch = scratchFolder("doctor-ocr");
const auto = { engine: "auto", languages: ["vie"], tessdata: null } as const;

const installed = await findTesseract(process.env, null);
const there = installed?.languages.includes("vie") === true;
if (!there) process.stderr.write("skipped: the system's Tesseract or its Vietnamese data is not installed\n");

/** A folder with a `tesseract` that has English only. */
function englishOnly(): string {
  const folder = mkdtempSync(join(scratch, "bin-"));
  const script = `#!/bin/sh
case "$1" in
  --version) echo "tesseract 5.3.0";;
  --list-langs) printf 'List of available languages in "/none/" (1):\\neng\\n';;
esac
`;
  writeFileSync(join(folder, "tesseract"), script);
  chmodSync(join(folder, "tesseract"), 0o755);
  return folder;
}

it.skipIf(!there)("names the system's engine where it is, its data, and the embedded data", async () => {
  const findings = await ocrFindings(auto, process.env);
  expect(findings.map(({ check, ok }) => [check, ok])).toEqual([
    ["ocr", true],
    ["tesseract", true],
    ["ocr vie", true],
  ]);
  expect(findings[0]?.found).toMatch(/^tesseract \d/u);
  expect(findings[1]?.found).toContain("vie");
  expect(findings[2]?.found).toContain("best_int");
});

it.skipIf(!there)("does not complain of data only the other engine lacks", async () => {
  const findings = await ocrFindings({ ...auto, languages: ["vie", "osd"] }, process.env);
  const osd = findings.find(({ check }) => check === "ocr osd");
  expect(osd).toMatchObject({ ok: installed?.languages.includes("osd") === true });
  expect(osd?.found).toMatch(/^— /u);
});

it("takes the embedded engine without the program, and says what to install", async () => {
  const [engine, ...others] = await ocrFindings(auto, { PATH: scratch });
  expect(engine).toMatchObject({ ok: true, note: true });
  expect(engine?.found).toContain("tesseract.js");
  expect(engine?.vi).toContain("để đọc nhanh hơn");
  expect(engine?.vi).toContain(installAdvice(["vie"]).vi);
  expect(others.map(({ check }) => check)).toEqual(["ocr vie"]);
});

it.skipIf(process.platform === "win32")("says that the program lacks Vietnamese", async () => {
  const [engine, program] = await ocrFindings(auto, { PATH: englishOnly() });
  expect(engine?.en).toContain("no data for vie");
  expect(engine?.en).toContain(installAdvice(["vie"]).en);
  expect(program?.found).toBe("5.3.0, /none/ (eng)");
});

it("is not content when the program is asked for and missing", async () => {
  const [engine] = await ocrFindings({ ...auto, engine: "tesseract" }, { PATH: scratch });
  expect(engine).toMatchObject({ ok: false, found: "tesseract: engine_start tesseract >= 4.1" });
  expect(engine?.vi).toContain("ocr.engine: auto");
  expect(`${engine?.vi} ${engine?.en}`).not.toContain("sohoa doctor");
});

it("names the language that is missing, not the one that is there, and says what to do", async () => {
  const findings = await ocrFindings({ ...auto, languages: ["vie", "eng"] }, { PATH: scratch });
  expect(findings.map(({ check, ok }) => [check, ok])).toEqual([
    ["ocr", false],
    ["ocr vie", true],
    ["ocr eng", false],
  ]);
  expect(findings[0]?.found).toBe("auto: language_data");
  for (const finding of [findings[0], findings[2]]) {
    expect(finding?.vi).toMatch(/^Thiếu dữ liệu eng; hãy đặt vie\.traineddata, eng\.traineddata vào .*\.$/u);
    expect(finding?.en).toMatch(/^No data for eng; put .* ocr\.tessdata, or /u);
  }
});

it("is not content when the engine that would read lacks its data", async () => {
  const findings = await ocrFindings({ ...auto, engine: "tesseractjs", tessdata: scratch }, {});
  expect(findings.find(({ check }) => check === "ocr vie")).toMatchObject({ ok: false });
});

it("finds a broken model by reading with it, and doubts the folder it lies in", async () => {
  const tessdata = mkdtempSync(join(scratch, "broken-"));
  writeFileSync(join(tessdata, "vie.traineddata"), "no model");
  for (const path of [scratch, process.env["PATH"]]) {
    const [engine] = await ocrFindings({ ...auto, tessdata }, { PATH: path });
    expect(engine).toMatchObject({ ok: false, found: "auto: engine_start" });
    expect(engine?.en).toContain("ocr.tessdata");
    expect(engine?.en).not.toContain("apt install");
  }
});
