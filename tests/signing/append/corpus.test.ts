import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isOperational } from "../../../src/domain/errors.ts";
import { appendSignature } from "../../../src/signing/append/append-signature.ts";
import { judged, openAppendWorld, verdicts } from "./append-world.ts";

const CORPUS = "../shared/corpus";
const present = existsSync(CORPUS);
if (!present) console.log(`SKIP: ${CORPUS} not found`);
const files = present
  ? ["signed", "vn-scans"].flatMap((part) =>
      readdirSync(join(CORPUS, part))
        .filter((name) => name.endsWith(".pdf"))
        .map((name) => join(part, name)),
    )
  : [];

/** What may not be signed at all. */
const REFUSED: Record<string, string> = {
  "signed/edition_protected_none.pdf": "encrypted",
  "signed/pdf-signed-corrupted.pdf": "unreadable",
  "signed/open_protected.pdf": "encrypted",
  "vn-scans/vietsample1.pdf": "encrypted",
};

describe.skipIf(!present)("a further signature on papers that others signed", () => {
  const world = openAppendWorld();
  const out = world.path("out.pdf");
  afterAll(() => rmSync(world.folder, { recursive: true }));

  it.each(files)("is valid and changes no verdict: %s", async (name) => {
    const source = join(CORPUS, name);
    const code = await appendSignature(source, out, world.plain).then(
      () => undefined,
      (error: unknown) => (isOperational(error) ? error.code : error),
    );
    expect(code).toBe(REFUSED[name]);
    if (code !== undefined) return;
    const before = verdicts(source);
    const after = judged(source, out);
    // Poppler goes by pages and fields, not by time.
    expect(after.toSorted()).toEqual([...before, "Signature is Valid."].toSorted());
  });
});
