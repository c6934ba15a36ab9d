import { expect, it } from "vitest";
import { computeReport } from "../../src/domain/compute-report.ts";
import type { DossierCode, OfficerId } from "../../src/domain/ids.ts";
import { parsePeriod } from "../../src/domain/period.ts";
import type { Measure } from "../../src/domain/report.ts";
import type { SohoaLedger } from "../../src/ledger/open-ledger.ts";
import { candidate, CODE, delivered, facts, freshLedger, held, IMPORT, RULES, signature } from "./fixture.ts";

const SECOND = "H57.132-260805-0001" as DossierCode;
const THIRD = "H57.132-260901-0001" as DossierCode;
const AUGUST = parsePeriod("2026-08") ?? null;
const NOVEMBER = parsePeriod("2026-11") ?? null;
const AS_OF = "2026-11-22";

/** Two dossiers of August (one with all papers, one with a failed scan and a test signature), one of September. */
async function filledLedger(): Promise<SohoaLedger> {
  const ledger = await freshLedger();
  const lines = [
    { code: CODE, state: "9", resolved: "2026-08-10", due: "2026-08-09" },
    { code: SECOND, state: "10", resolved: "2026-08-20", procedure: "1.001193" },
    { code: THIRD, state: "4" },
  ].map((cells, at) => ({ line: at + 2, cells: cells as Record<string, string> }));
  await ledger.importRegister("dossiers", lines, IMPORT);
  await deliver(ledger, "a", CODE);
  await deliver(ledger, "b", CODE, { role: "result" });
  await deliver(ledger, "c", SECOND, { role: "result", test: true });
  const broken = candidate("d", { code: SECOND });
  await ledger.settle(
    { document: broken, pages: 0, state: "failed", reason: "truncated", detail: "", retriable: false },
    facts(),
  );
  await ledger.settle(held(candidate("e"), "no_dossier"), facts());
  return ledger;
}

async function deliver(
  ledger: SohoaLedger,
  name: string,
  dossier: DossierCode,
  { role = "component", test = false, at = "2026-11-21T20:00:00Z" }: DeliverOptions = {},
): Promise<void> {
  const paper = candidate(name, { code: dossier, role });
  const signatures = [signature({ test })];
  await ledger.settle(delivered(paper, { dossier, test }), facts({ signatures, at: new Date(at) }));
}

interface DeliverOptions {
  readonly role?: "component" | "result";
  readonly test?: boolean;
  readonly at?: string;
}

async function total(ledger: SohoaLedger, measure: Measure, period = AUGUST, asOf = AS_OF) {
  const read = await ledger.reportFacts({ period, asOf });
  return computeReport(read, { by: "unit", measure, period, asOf }, RULES.assessment).total;
}

it("counts as the portal does: dossiers received in the period, any component row, results with a file", async () => {
  expect(await total(await filledLedger(), "portal")).toMatchObject({
    received: 2,
    componentsDigitized: 2,
    resolved: 2,
    resultsDigitized: 2,
    resultsSigned: 2,
    late: 1,
    done: 0,
  });
});

it("counts strictly: no failed scan, no test signature", async () => {
  expect(await total(await filledLedger(), "strict")).toMatchObject({
    received: 2,
    componentsDigitized: 1,
    componentsRate: 50,
    resolved: 2,
    resultsDigitized: 1,
    resultsSigned: 1,
  });
});

it("credits work to the day in Việt Nam on which it was first delivered", async () => {
  const ledger = await filledLedger();
  // 20:00 UTC on Saturday the 21st is Sunday the 22nd in Việt Nam.
  expect(await total(ledger, "portal", NOVEMBER)).toMatchObject({ received: 0, done: 3, weekendDone: 3 });
  expect(await total(ledger, "portal", NOVEMBER, "2026-11-21")).toMatchObject({ done: 0 });
  await deliver(ledger, "a", CODE, { at: "2026-12-05T03:00:00Z" });
  expect(await total(ledger, "portal", NOVEMBER)).toMatchObject({ done: 3 });
});

it("does not see what was received or delivered after the day of the report", async () => {
  const ledger = await filledLedger();
  expect(await total(ledger, "portal", null, "2026-08-04")).toMatchObject({
    received: 1,
    resolved: 0,
    late: 0,
  });
  expect(await total(ledger, "strict", AUGUST, "2026-11-20")).toMatchObject({
    received: 2,
    componentsDigitized: 0,
  });
});

it("takes the days of receipt out of the codes while there is no register, and gives no rate", async () => {
  const ledger = await freshLedger();
  await deliver(ledger, "a", CODE);
  await deliver(ledger, "b", CODE, { role: "result" });
  await deliver(ledger, "c", THIRD);
  expect(await total(ledger, "portal")).toMatchObject({
    received: null,
    componentsDigitized: 1,
    resultsDigitized: 1,
    componentsRate: null,
    resultsRate: null,
    assessment: null,
  });
});

it("does not count a duplicate or a paper that has no dossier", async () => {
  const ledger = await filledLedger();
  const copy = candidate("f", { code: THIRD, officer: "nv-2" as OfficerId });
  await ledger.settle({ document: copy, pages: 1, state: "duplicate", of: candidate("a").id }, facts());
  const { documents, work } = await ledger.reportFacts({ period: null, asOf: AS_OF });
  expect(documents.map(({ dossier }) => dossier).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    CODE,
    CODE,
    SECOND,
    SECOND,
  ]);
  expect(work).toHaveLength(3);
});
