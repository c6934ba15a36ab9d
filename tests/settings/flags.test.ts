import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandSettings } from "../../src/commands/workspace.ts";
import { scratchFolder, sohoa } from "../support/program.ts";
import type { Io } from "../../src/ui/io.ts";

const cwd = scratchFolder("flags");
const workspace = scratchFolder("flags");
writeFileSync(join(workspace, "sohoa.yaml"), "clean: [deskew]\nseparators: { codes: [A], keep: true }\n");

const io: Io = {
  out: () => undefined,
  err: () => undefined,
  live: false,
  colour: false,
  env: {},
  cwd,
  ask: undefined,
};
const settings = (flags: Readonly<Record<string, unknown>>) => commandSettings(io, { workspace, ...flags });

it("lays the flags of pages and stacks over the settings, and leaves what is not given", async () => {
  expect(await settings({})).toMatchObject({ clean: ["deskew"], separators: { codes: ["A"], keep: true } });
  const given = { profile: "compact", clean: "photo,spread", dropBlank: true, separator: ["^B{1,2}$", "C"] };
  expect(await settings(given)).toMatchObject({
    profile: "compact",
    clean: ["photo", "spread"],
    dropBlank: true,
    separators: { codes: ["^B{1,2}$", "C"], keep: true },
  });
  expect((await settings({ clean: "none" })).clean).toEqual([]);
});

it("takes the words of flags in any letter case", async () => {
  expect(await settings({ export: "ALTO, hOCR", clean: "Deskew", profile: "ND30" })).toMatchObject({
    export: ["alto", "hocr"],
    clean: ["deskew"],
    profile: "nd30",
  });
});

it("means the password file from where it is typed", async () => {
  expect((await settings({ passwordFile: "pdf.pass" })).passwordFile).toBe(join(cwd, "pdf.pass"));
});

it.each([
  [{ clean: "polish" }, "--clean: chỉ nhận "],
  [{ export: "hocr,pdf" }, "--export: chỉ nhận hocr, alto / must be one of hocr, alto"],
  [{ separator: ["("] }, "--separator: is no regular expression"],
])("refuses %j by the name of the flag, which is what needs a change", async (flags, why) => {
  await expect(settings(flags)).rejects.toMatchObject({
    code: "usage",
    detail: expect.stringContaining(why),
  });
});

it.each([
  { words: ["run"] },
  { words: ["plan", "--json"] },
  { words: ["run", "--expect-dossiers", "0", "."] },
  { words: ["run", "--profile", "fax", "."] },
])("ends $words as wrong usage", async ({ words }) => {
  const { exit, out } = await sohoa(words, { cwd: workspace });
  expect([exit, out]).toEqual([2, ""]);
});
