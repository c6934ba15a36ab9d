import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SignRequest } from "../../../src/domain/ports.ts";
import type { AppearanceName, SigningSettings } from "../../../src/domain/settings.ts";
import { preflight } from "../../support/judges.ts";
import { exportPkcs12, issue, makePki, type TestPki } from "../../support/test-pki.ts";
import { pdfsig } from "../judges.ts";
import { type SmallPdf, smallPdf } from "../small-pdf.ts";
import { pkcs12Signer } from "../test-signer.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-appearance-"));
const path = (name: string) => join(folder, name);
const ORGANISATION = "/C=VN/O=Tỉnh/CN=Trung tâm Phục vụ hành chính công và Hỗ trợ phát triển tỉnh Huế";
let pki: TestPki;
const keys = new Map<string, string>();

beforeAll(async () => {
  pki = makePki(folder);
  const subjects = {
    person: "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=Nguyễn Văn Ưỡn",
    organisation: ORGANISATION,
    trial: "/C=VN/CN=KÝ THỬ – Ủy ban nhân dân xã Thí Điểm",
  };
  for (const [name, subject] of Object.entries(subjects))
    keys.set(name, exportPkcs12(pki, issue(pki, name, subject), "x"));
  const ring = `<svg xmlns="http://www.w3.org/2000/svg" width="454" height="454"><circle cx="227" cy="227" r="210" fill="none" stroke="#d01020" stroke-width="30"/></svg>`;
  await sharp(Buffer.from(ring)).withMetadata({ density: 300 }).png().toFile(path("seal.png"));
  await sharp(Buffer.from(ring)).flatten({ background: "#fff" }).png().toFile(path("white-seal.png"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Wish {
  readonly profile: AppearanceName;
  readonly who?: "person" | "organisation" | "trial";
  readonly settings?: Partial<SigningSettings>;
  readonly keepClear?: SignRequest["keepClear"];
}

async function sign(input: string, output: string, wish: Wish): Promise<string> {
  const { profile, who = "person", keepClear = [] } = wish;
  const given = { trust: [pki.root], seal: path("seal.png"), ...wish.settings };
  const signer = await pkcs12Signer(keys.get(who) ?? "", "x", given);
  const capturedAt = new Date("2026-11-21T01:02:03Z");
  const at = new Date(Date.now() + 60_000);
  await signer.sign(path(input), path(output), { at, capturedAt, appearance: profile, keepClear });
  return path(output);
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

/** Page 1 as poppler shows it, one pixel a point. */
async function shown(file: string): Promise<Picture> {
  const options = ["-r", "72", "-cropbox", "-f", "1", "-l", "1", "-png"];
  const png = execFileSync("pdftoppm", [...options, file], { maxBuffer: 1 << 26 });
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Where two pictures of a page differ: left, top, right, bottom; right and bottom are counted from those edges. */
async function changed(before: string, after: string): Promise<[number, number, number, number]> {
  const [a, b] = [await shown(before), await shown(after)];
  const [xs, ys]: [number[], number[]] = [[], []];
  for (let at = 0; at < a.data.length; at++) {
    if (Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)) < 24) continue;
    const pixel = Math.floor(at / 3);
    xs.push(pixel % a.width);
    ys.push(Math.floor(pixel / a.width));
  }
  const [least, most] = [Math.min, Math.max];
  const ends = [xs, ys].map((ns) => [
    ns.reduce((m, n) => least(m, n), 1e9),
    ns.reduce((m, n) => most(m, n), -1),
  ]);
  const [[x0 = 0, x1 = 0] = [], [y0 = 0, y1 = 0] = []] = ends;
  return [x0, y0, a.width - x1 - 1, a.height - y1 - 1];
}

function words(file: string, ...options: readonly string[]): string {
  const text = execFileSync("pdftotext", ["-l", "1", ...options, file, "-"], { encoding: "utf8" });
  return text.normalize("NFC").replaceAll(/\s+/gu, " ").trim();
}

const PAGES: readonly (SmallPdf & { readonly name: string })[] = [
  { name: "turned 90", rotate: 90 },
  { name: "turned 180", rotate: 180 },
  { name: "turned 270", rotate: 270 },
  {
    name: "A3 across, cropped, in units of 2 points",
    width: 700,
    height: 500,
    pageEntries: "/CropBox [55 -10 650 411] /UserUnit 2",
  },
  { name: "a receipt", width: 226, height: 500 },
];

it.each(PAGES)("stands upright in its corner on a page that is $name", async (page) => {
  writeFileSync(path("page.pdf"), smallPdf(page));
  const scan = await sign("page.pdf", "page-scan.pdf", { profile: "tt01-scan" });
  const [left, top, right, low] = await changed(path("page.pdf"), scan);
  expect([left, top].every((distance) => distance >= 1 && distance <= 12)).toBe(true);
  const { width, height } = await shown(scan);
  expect(width - left - right).toBeGreaterThan(4 * (height - top - low));
  expect(words(scan)).toMatch(/^Người ký: Nguyễn Văn Ưỡn Cơ quan: Ủy ban.*Thời gian ký:/u);
  const copy = await sign("page.pdf", "page-copy.pdf", { profile: "nd30-copy", who: "organisation" });
  const [, above, beside] = await changed(path("page.pdf"), copy);
  expect([above, beside].every((distance) => distance >= 3 && distance <= 16)).toBe(true);
  expect(words(copy)).toContain("SAO Y Trung tâm Phục vụ hành chính công và Hỗ trợ phát triển tỉnh Huế");
});

it("writes form of copy, organisation and time in black 10 pt letters, and nothing else", async () => {
  writeFileSync(path("in.pdf"), smallPdf());
  const wish = { profile: "nd30-copy", who: "organisation", settings: { copyForm: "TRÍCH SAO" } } as const;
  const file = await sign("in.pdf", "copy.pdf", wish);
  expect(words(file)).toMatch(/^TRÍCH SAO Trung tâm .* Huế \d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d \+07:00$/u);
  const { data, width } = await shown(file);
  for (let at = 0; at < 50 * width * 3; at += 3)
    expect(Math.abs((data[at] ?? 0) - (data[at + 2] ?? 0))).toBeLessThan(8);
});

it("keeps clear of codes and of other signatures", async () => {
  writeFileSync(path("in.pdf"), smallPdf());
  const keepClear = [{ x0: 0.03, y0: 0.02, x1: 0.15, y1: 0.11 }];
  const first = await sign("in.pdf", "first.pdf", { profile: "tt01-scan", keepClear });
  const [left, top, , low] = await changed(path("in.pdf"), first);
  expect(left).toBeGreaterThanOrEqual(Math.floor(0.15 * 595 + 6));
  expect(top).toBeLessThan(8);
  const second = await sign("first.pdf", "second.pdf", { profile: "tt01-scan", keepClear });
  const [nextLeft, nextTop] = await changed(first, second);
  expect(nextLeft).toBeGreaterThan(left + 256);
  expect(nextTop).toBe(top);
  const third = await sign("second.pdf", "third.pdf", { profile: "tt01-scan", keepClear });
  const [lastLeft, lastTop] = await changed(second, third);
  expect(lastLeft).toBe(left);
  expect(lastTop).toBeGreaterThan(842 - low);
  expect(pdfsig(third, "-nocert").match(/Signature is Valid/gu)).toHaveLength(3);
});

it("ends its box with the words where that keeps it beside a seal at the top edge", async () => {
  writeFileSync(path("in.pdf"), smallPdf());
  const keepClear = [{ x0: 0.34, y0: 0.005, x1: 0.9, y1: 0.08 }];
  const file = await sign("in.pdf", "beside.pdf", { profile: "tt01-scan", keepClear });
  const [left, top, right] = await changed(path("in.pdf"), file);
  expect([left, top].every((distance) => distance <= 12)).toBe(true);
  expect(595 - right).toBeLessThan(0.34 * 595 - 5);
  expect(words(file)).toMatch(
    /^Người ký: Nguyễn Văn Ưỡn Cơ quan: Ủy ban nhân dân xã Thí Điểm.*Thời gian ký:/u,
  );
});

it("draws the seal red, in its real size, with paper shining through", async () => {
  writeFileSync(path("in.pdf"), smallPdf());
  const file = await sign("in.pdf", "sealed.pdf", { profile: "archive", who: "organisation" });
  const { data, width } = await shown(file);
  const pixel = (x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  const [centre, middle] = [595 - 6 - 54, 4 + 54];
  const [red = 0, green = 0, blue = 0] = pixel(centre - 50, middle);
  expect(red - Math.max(green, blue)).toBeGreaterThan(120);
  expect(pixel(centre, middle + 20)).toEqual(pixel(300, 300));
  expect(words(file)).toMatch(/Trung tâm .* Huế \d\d\.\d\d\.\d{4}/u);
});

it("puts name and time above the seal where the page is too narrow for both", async () => {
  writeFileSync(path("roll.pdf"), smallPdf({ width: 226, height: 1200 }));
  const file = await sign("roll.pdf", "roll-sealed.pdf", { profile: "archive", who: "organisation" });
  const [left, top, right, low] = await changed(path("roll.pdf"), file);
  expect([top, right].every((distance) => distance >= 3 && distance <= 16)).toBe(true);
  expect(226 - left - right).toBeLessThan(112);
  expect(1200 - top - low).toBeGreaterThan(125);
  expect(words(file, "-x", "0", "-y", "0", "-W", "226", "-H", "40", "-r", "72")).toMatch(/Huế \d\d\.\d\d/u);
});

it("marks every visible profile of a trial key with KÝ THỬ", async () => {
  writeFileSync(path("in.pdf"), smallPdf());
  for (const profile of ["tt01-scan", "nd30-copy", "archive"] as const) {
    const file = await sign("in.pdf", `trial-${profile}.pdf`, { profile, who: "trial" });
    const said = words(file);
    expect([/KÝ/gu, /THỬ/gu].map((word) => said.match(word)?.length)).toEqual([2, 2]);
  }
});

it("leaves PDF/A-2u what it was with every profile", async () => {
  writeFileSync(path("in.pdf"), smallPdf());
  const files: string[] = [];
  for (const profile of ["tt01-scan", "nd30-copy", "archive", "none"] as const) {
    for (const who of ["organisation", "trial"] as const)
      files.push(await sign("in.pdf", `a-${profile}-${who}.pdf`, { profile, who }));
  }
  const settings = { seal: path("white-seal.png") };
  files.push(await sign("in.pdf", "a-white.pdf", { profile: "archive", settings }));
  const codes = preflight(files, path("preflight"));
  expect(codes).toEqual(files.map(() => ["7.11.1", "7.11.2"]));
  expect(words(path("a-none-trial.pdf"))).toBe("");
});

it("refuses to sign with a seal that it was not given", async () => {
  writeFileSync(path("in.pdf"), smallPdf());
  const signed = sign("in.pdf", "no-seal.pdf", { profile: "archive", settings: { seal: null } });
  await expect(signed).rejects.toThrow(expect.objectContaining({ code: "settings", detail: "signing.seal" }));
});
