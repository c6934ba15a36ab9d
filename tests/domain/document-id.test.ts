import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { parseDossierCode } from "../../src/domain/codes.ts";
import { documentId } from "../../src/domain/document-id.ts";
import type { Candidate, FileRef, LinkHint } from "../../src/domain/document.ts";
import { parseSha256 } from "../../src/domain/ids.ts";
import type { Sha256 } from "../../src/domain/ids.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";

type Part = Pick<Candidate, "files" | "duplex" | "range" | "hints" | "fields">;

function sha256(text: string): Sha256 {
  const hash = parseSha256(createHash("sha256").update(text).digest("hex"));
  if (hash === undefined) throw new Error("no hash");
  return hash;
}

const file = (content: string, path = "/a"): FileRef => ({
  path,
  sha256: sha256(content),
  bytes: 1,
  mtimeMs: 1,
});

function hint(text: string, from: LinkHint["from"] = "file"): LinkHint {
  const code = parseDossierCode(text, VN_2025_07.codes, "2026-11-22");
  if (code === undefined) throw new Error("no code");
  return { code, from, text };
}

const idOf = (part: Partial<Part>) => documentId({ files: [], hints: [], fields: {}, ...part }, sha256);
const A = hint("H57.132-260804-0583");
const B = hint("H57.132-260804-0584");

it("stays the same when the file moves, is touched, or the code is read elsewhere", () => {
  const moved = { ...file("x", "/b"), mtimeMs: 99 };
  expect(idOf({ files: [moved], hints: [hint("H57.132 260804 0583", "folder")] })).toBe(
    idOf({ files: [file("x")], hints: [A] }),
  );
  expect(idOf({ files: [file("x")], hints: [A, B] })).toBe(idOf({ files: [file("x")], hints: [B, A, B] }));
});

it("differs by content, page order, range and dossier", () => {
  const [x, y] = [file("x"), file("y")];
  const ids = [
    idOf({ files: [x], hints: [A] }),
    idOf({ files: [y], hints: [A] }),
    idOf({ files: [x, y], hints: [A] }),
    idOf({ files: [y, x], hints: [A] }),
    idOf({ files: [x], hints: [B] }),
    idOf({ files: [x], hints: [] }),
    idOf({ files: [x], hints: [A], range: { first: 1, last: 2 } }),
    idOf({ files: [x], hints: [A], range: { first: 1, last: 3 } }),
    idOf({ files: [x], hints: [A], range: { first: 1, last: 3, from: "right" } }),
    idOf({ files: [x], hints: [A], range: { first: 1, last: 3, to: "left" } }),
    idOf({ files: [x, y], hints: [A], duplex: { fronts: 1, backs: "reverse" } }),
    idOf({ files: [x, y], hints: [A], duplex: { fronts: 1, backs: "forward" } }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

it("gives documents the ids that ledgers already hold", () => {
  const known = "7f3723ac67c492c54b11f73726f17eb52583275467427a5e3097865f1fd34ad7";
  expect(idOf({ files: [file("x")], hints: [A], range: { first: 1, last: 2 } })).toBe(known);
});

it("tells papers without a file apart by what the manifest says, and only those", () => {
  expect(idOf({ hints: [A], fields: { title: "CCCD" } })).not.toBe(
    idOf({ hints: [A], fields: { title: "Đơn" } }),
  );
  const files = [file("x")];
  expect(idOf({ files, fields: { title: "CCCD" } })).toBe(idOf({ files, fields: { title: "Đơn" } }));
});
