import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What is wrong with a bag; `file` is relative to it and uses `/`. */
export interface BagFault {
  readonly kind: "not_a_bag" | "missing" | "changed" | "unlisted";
  readonly file: string;
}

/** Checks a bag against its own manifest (RFC 8493 section 3): complete, unchanged, nothing added. */
export async function checkBag(folder: string): Promise<readonly BagFault[]> {
  const manifest = await readFile(join(folder, "manifest-sha256.txt"), "utf8").catch(() => undefined);
  if (manifest === undefined) return [{ kind: "not_a_bag", file: "manifest-sha256.txt" }];
  const faults: BagFault[] = [];
  const listed = new Map<string, string>();
  for (const line of manifest.split("\n")) {
    const [, hash = "", file = ""] = /^([0-9a-f]{64})\s+(\S.*)$/u.exec(line) ?? [];
    if (file !== "") listed.set(file, hash);
  }
  for (const [file, hash] of listed) {
    const found = await hashOf(join(folder, ...file.split("/")));
    if (found !== hash) faults.push({ kind: found === undefined ? "missing" : "changed", file });
  }
  for (const file of await payload(folder)) if (!listed.has(file)) faults.push({ kind: "unlisted", file });
  return faults;
}

async function payload(folder: string): Promise<string[]> {
  const found = await readdir(join(folder, "data"), { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    );
}

async function hashOf(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  } catch {
    return undefined;
  }
}
