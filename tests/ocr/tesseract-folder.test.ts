import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, expect, it } from "vitest";
import { OperationalError } from "../../src/domain/errors.ts";
import { openPageFolder, sweepPageFolders } from "../../src/ocr/tesseract-folder.ts";

const root = mkdtempSync(join(tmpdir(), "sohoa-folder-"));
afterAll(() => rmSync(root, { recursive: true }));
const machine = hostname().replaceAll(/[^A-Za-z0-9]/gu, "");

it("holds pages nobody else can read, one file each, and nothing after it was closed", async () => {
  const folder = await openPageFolder([undefined, root]);
  const [first, second] = [await folder.write(Buffer.from("a")), await folder.write(Buffer.from("b"))];
  const [own = ""] = readdirSync(root);
  expect(statSync(join(root, own)).mode & 0o777).toBe(0o700);
  expect(statSync(first).mode & 0o777).toBe(0o600);
  await folder.remove(first);
  await folder.remove(first);
  expect(readdirSync(join(root, own)).map((name) => join(root, own, name))).toEqual([second]);
  await folder.close();
  expect(readdirSync(root)).toEqual([]);
});

it("sweeps what a killed run left, and leaves alone what belongs to others", async () => {
  const { pid: dead } = spawnSync("node", ["--version"]);
  const names = [
    `sohoa-ocr-${machine}-${dead}-abc`,
    `sohoa-ocr-${machine}-${process.ppid}-abc`,
    `sohoa-ocr-elsewhere-${dead}-abc`,
    "other",
  ];
  for (const name of names) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "1.tif"), "page");
  }
  await sweepPageFolders([join(root, "no such place"), root]);
  expect(readdirSync(root).toSorted()).toEqual(names.slice(1).toSorted());
});

it("puts a page on the disk when the memory is full, and leaves neither folder behind", async () => {
  const [memory, disk] = [mkdtempSync(join(root, "memory-")), mkdtempSync(join(root, "disk-"))];
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    if (path.startsWith(memory)) throw new OperationalError("disk_full", path);
    writeFileSync(path, bytes);
  };
  const folder = await openPageFolder([memory, disk], write);
  expect(readdirSync(disk)).toEqual([]);
  const path = await folder.write(Buffer.from("page"));
  expect(path.startsWith(disk)).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("page");
  await folder.close();
  expect([...readdirSync(memory), ...readdirSync(disk)]).toEqual([]);
});

it("says that the disk is full when it is", async () => {
  const full = async (path: string): Promise<void> => {
    throw new OperationalError("disk_full", path);
  };
  const folder = await openPageFolder([undefined, mkdtempSync(join(root, "disk-"))], full);
  await expect(folder.write(Buffer.from("page"))).rejects.toMatchObject({ code: "disk_full" });
  await folder.close();
});

it("does without a folder somebody removed, and tells of the disk what the system says", async () => {
  const [memory, disk] = [mkdtempSync(join(root, "memory-")), mkdtempSync(join(root, "disk-"))];
  const folder = await openPageFolder([memory, disk]);
  for (const name of readdirSync(memory)) rmSync(join(memory, name), { recursive: true });
  expect((await folder.write(Buffer.from("page"))).startsWith(disk)).toBe(true);
  for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  await expect(folder.write(Buffer.from("page"))).rejects.toMatchObject({
    code: "engine_start",
    detail: expect.stringMatching(/^ENOENT /u),
  });
  await folder.close();
});

it("is an operational error where no folder can be made", async () => {
  const folder = await openPageFolder([undefined, join(root, "no such place")]);
  await expect(folder.write(Buffer.from("page"))).rejects.toMatchObject({ code: "engine_start" });
  await folder.close();
});
