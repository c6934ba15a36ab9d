import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/signing/verify/verify.ts";

const CORPUS = "../shared/corpus";
const TRUTH = join(CORPUS, "signatures_truth.tsv");
const present = existsSync(TRUTH);
if (!present) console.log(`SKIP: ${CORPUS} not found`);

/** File → poppler's word on the integrity of each signature; a field left empty is no signature. */
const truth = present ? readFileSync(TRUTH, "utf8").trim().split("\n").slice(1).map(readRow) : [];

describe.skipIf(!present)("signatures of real papers", () => {
  const verifier = createVerifier({ trust: [], now: () => new Date("2026-11-22") });

  it.each(truth)("agrees with poppler on %s", async (file, expected) => {
    const { signatures } = await verifier.verify(join(CORPUS, file));
    for (const one of signatures)
      console.log(
        `${file}: ${one.signer} ${one.subFilter} ${one.digest} ${one.verdict} ${one.reasons.join("; ")}`,
      );
    const words = signatures.map(({ subFilter, digest, verdict }) =>
      verdict === "invalid"
        ? `${subFilter} broken`
        : `${subFilter} ${digest.replace("SHA-1", "SHA1")} intact`,
    );
    expect(words.toSorted()).toEqual(expected.toSorted());
  });

  it("knows the signer's Vietnamese name and that later signatures follow", async () => {
    const file = join(CORPUS, "vn-scans/05.signed_20250517_044750.pdf");
    const { signatures } = await verifier.verify(file);
    expect(signatures[0]).toMatchObject({ signer: "Nguyễn Phước Bình", coversWholeFile: false });
    expect(signatures[0]?.signedAt).toContain("2025-01-08T");
    expect(signatures.map(({ coversWholeFile }) => coversWholeFile).at(-1)).toBe(true);
  });

  it("has papers to judge", () => {
    expect(truth.flatMap(([, expected]) => expected).length).toBeGreaterThan(20);
  });
});

function readRow(row: string): [file: string, expected: string[]] {
  const [file = "", , words = ""] = row.split("\t");
  const signatures = words.split(";").map((word) => word.trim());
  return [file, signatures.filter((word) => word !== "").map(integrity)];
}

function integrity(word: string): string {
  const [subFilter = "", digest = "", ...verdict] = word.split(" ");
  return verdict.join(" ") === "Signature is Valid."
    ? `${subFilter} ${digest} intact`
    : `${subFilter} broken`;
}
