import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Candidate, FileRef } from "../../src/domain/document.ts";
import { parseSha256, type UnitCode } from "../../src/domain/ids.ts";
import { discover } from "../../src/intake/discover.ts";
import type { Discovery } from "../../src/intake/discover.ts";
import type { Found, Refused } from "../../src/intake/found.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";
import { testSettings } from "../support/settings.ts";

export const RULES = VN_2025_07;
const TODAY = "2026-11-22";

/** Makes a folder of files, each with its own name as content unless told otherwise. */
export function tree(files: readonly string[] | Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "sohoa-intake-"));
  const entries = Array.isArray(files) ? files.map((name: string) => [name, name]) : Object.entries(files);
  for (const [name, content] of entries as [string, string][]) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

/** Makes a socket: something in the folder that is neither file nor folder. Returns how to remove it. */
export function socketFile(path: string): Promise<() => void> {
  const server = createServer().unref();
  return new Promise((resolve) => server.listen(path, () => resolve(() => void server.close())));
}

export async function hash(path: string): Promise<FileRef> {
  const sha256 = parseSha256(createHash("sha256").update(readFileSync(path)).digest("hex"));
  const { size, mtimeMs } = statSync(path);
  if (sha256 === undefined) throw new Error("no hash");
  return { path, sha256, bytes: size, mtimeMs: Math.trunc(mtimeMs) };
}

type Asked = Partial<Discovery> & { readonly unit?: UnitCode };

/** What discovery finds in a folder; `unit` is laid over the settings, as the flag is. */
export async function found(root: string, { unit, ...more }: Asked = {}): Promise<Found[]> {
  const discovery = {
    inputs: [root],
    settings: testSettings(root),
    rules: RULES,
    today: TODAY,
    hash,
    ...more,
  };
  const settings = unit === undefined ? discovery.settings : { ...discovery.settings, unit };
  const all: Found[] = [];
  for await (const item of discover({ frames: async () => 1, ...discovery, settings })) all.push(item);
  return all;
}

export function candidates(items: readonly Found[]): Candidate[] {
  return items.flatMap((item) => (item.kind === "candidate" ? [item.candidate] : []));
}

export function refusals(items: readonly Found[]): Refused[] {
  return items.flatMap((item) => (item.kind === "refused" ? [item] : []));
}

/** Each document as the names of its files, relative to the folder, NFC. */
export function fileNames(items: readonly Found[], root: string): string[][] {
  const shown = (path: string) =>
    path
      .slice(root.length + 1)
      .replaceAll("\\", "/")
      .normalize("NFC");
  return candidates(items).map(({ files }) => files.map(({ path }) => shown(path)));
}
