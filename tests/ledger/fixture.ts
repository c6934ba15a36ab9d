import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Candidate, ReadPage, SignatureInfo } from "../../src/domain/document.ts";
import type { DocumentId, DossierCode, OfficerId, Sha256, UnitCode } from "../../src/domain/ids.ts";
import type { SettledFacts } from "../../src/domain/ledger-port.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { openLedger, type SohoaLedger } from "../../src/ledger/open-ledger.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";

export const NOW = new Date("2026-11-20T03:00:00Z");
export const CODE = "H57.132-260804-0583" as DossierCode;
export const RULES = VN_2025_07;
export const IMPORT = {
  grammar: RULES.codes,
  today: "2026-11-22",
  source: "mot-cua.csv",
  actor: "nv-1",
};

export function sha(text: string): Sha256 {
  return createHash("sha256").update(text).digest("hex") as Sha256;
}

export function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "sohoa-ledger-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, "deep", "ledger.sqlite");
}

export async function freshLedger(path = temporaryFile(), now = () => NOW): Promise<SohoaLedger> {
  const ledger = await openLedger({ path, now });
  onTestFinished(() => ledger.close());
  return ledger;
}

/** A candidate of one file; `content` decides the bytes, so equal contents are the same paper. */
export function candidate(
  content: string,
  over: Partial<Candidate> & { code?: DossierCode } = {},
): Candidate {
  const { code, ...rest } = over;
  return {
    id: sha(`${content}|${code ?? ""}`) as string as DocumentId,
    files: [{ path: `/in/${content}.pdf`, sha256: sha(content), bytes: 10, mtimeMs: 1_000 }],
    name: `${content}.pdf`,
    unit: "H57.132" as UnitCode,
    officer: "nv-1" as OfficerId,
    role: "component",
    hints: code === undefined ? [] : [{ code, from: "folder", text: code }],
    fields: { title: `Tờ khai ${content}` },
    ...rest,
  };
}

export function facts(over: Partial<SettledFacts> = {}): SettledFacts {
  return { lane: "built", pages: [], signatures: [], evidence: [], file: null, at: NOW, ...over };
}

export function delivered(
  document: Candidate,
  over: { dossier?: DossierCode; test?: boolean } = {},
): Outcome {
  return {
    document,
    pages: 1,
    state: "delivered",
    dossier: over.dossier ?? CODE,
    imageBytes: 0,
    receipts: [],
    signed: true,
    test: over.test ?? false,
  };
}

export function held(document: Candidate, reason: "no_dossier" | "unknown_dossier" | "not_colour"): Outcome {
  return { document, pages: 1, state: "held", reason, detail: "", retriable: false };
}

export function readPage(number: number, reading: Sha256): ReadPage {
  const file = { path: "/in/a.pdf", sha256: sha("a"), bytes: 1, mtimeMs: 1 };
  return {
    number,
    source: { number, file, index: number - 1, kind: "pdf", hasText: false },
    reading,
    words: 120,
    confidence: 0.91,
    worst: 0.4,
    dpi: 299.7,
    skewDegrees: -0.35,
    findings: number === 2 ? ["blank"] : [],
    changes: [],
    marks: [],
  };
}

export function signature(over: Partial<SignatureInfo> = {}): SignatureInfo {
  return {
    signer: "KÝ THỬ Nguyễn Thị Đoan Trang",
    signedAt: "2026-11-20T10:00:00+07:00",
    subFilter: "ETSI.CAdES.detached",
    level: "B-B",
    digest: "SHA-256",
    certificate: sha("certificate"),
    verdict: "valid",
    reasons: [],
    coversWholeFile: true,
    test: false,
    ...over,
  };
}
