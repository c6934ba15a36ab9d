import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/objects/durable.ts";
import { openObjectStore } from "../../src/objects/store.ts";
import { scratchFolder } from "../support/program.ts";

const bytes = Buffer.from("chữ đã nhận dạng");

describe("the object store", () => {
  const root = scratchFolder("objects");
  let number = 0;
  const fresh = async () => {
    const folder = join(root, String(++number));
    return { folder, store: await openObjectStore(folder) };
  };

  it("names bytes by their hash and gives them back", async () => {
    const { folder, store } = await fresh();
    const hash = await store.put(bytes);
    expect(hash).toBe(sha256(bytes));
    expect(await store.read(hash)).toEqual(bytes);
    expect(store.path(hash)).toBe(join(folder, hash.slice(0, 2), hash));
    expect(readdirSync(join(folder, "incoming"))).toEqual([]);
  });

  it("is readable by its owner only: the objects hold recognised text", async () => {
    const { folder, store } = await fresh();
    const hash = await store.put(bytes);
    expect(statSync(store.path(hash)).mode & 0o077).toBe(0);
    expect(statSync(join(folder, hash.slice(0, 2))).mode & 0o077).toBe(0);
  });

  it("keeps one object for the same bytes", async () => {
    const { folder, store } = await fresh();
    expect(await store.put(bytes)).toBe(await store.put(bytes));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("refuses an object whose bytes are no longer those of its name", async () => {
    const { store } = await fresh();
    const hash = await store.put(bytes);
    writeFileSync(store.path(hash), "khác");
    await expect(store.read(hash)).rejects.toMatchObject({ code: "damaged_object" });
  });

  it("says what it has, and forgets what is removed", async () => {
    const { store } = await fresh();
    const hash = await store.put(bytes);
    expect(await store.has(hash)).toBe(true);
    await store.remove(hash);
    await store.remove(hash);
    expect(await store.has(hash)).toBe(false);
    await expect(store.read(hash)).rejects.toMatchObject({ code: "damaged_object" });
  });

  it("leaves nothing when writing fails", async () => {
    const { folder, store } = await fresh();
    const failing = store.putFile(async (temporary) => {
      writeFileSync(temporary, "nửa chừng");
      throw new Error("stopped");
    });
    await expect(failing).rejects.toThrow("stopped");
    expect(readdirSync(folder)).toEqual(["incoming"]);
    expect(readdirSync(join(folder, "incoming"))).toEqual([]);
  });

  it("tells a full disk from a fault of the program", async () => {
    const { store } = await fresh();
    const full = store.putFile(async () => {
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    });
    await expect(full).rejects.toMatchObject({ code: "disk_full" });
  });

  it("sweeps what a killed run left, and only that", async () => {
    const { folder, store } = await fresh();
    const hash = await store.put(bytes);
    writeFileSync(join(folder, "incoming/x.tmp"), "cut");
    mkdirSync(join(folder, "incoming/y"));
    expect(await store.sweep()).toBe(2);
    expect(readdirSync(join(folder, "incoming"))).toEqual([]);
    expect(existsSync(store.path(hash))).toBe(true);
  });
});
