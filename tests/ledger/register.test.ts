import { expect, it } from "vitest";
import type { DossierCode } from "../../src/domain/ids.ts";
import type { RegisterKind } from "../../src/domain/register.ts";
import type { SohoaLedger } from "../../src/ledger/open-ledger.ts";
import { CODE, freshLedger, IMPORT } from "./fixture.ts";

type Cells = Record<string, string>;

function load(ledger: SohoaLedger, kind: RegisterKind, ...rows: Cells[]) {
  return ledger.importRegister(
    kind,
    rows.map((cells, at) => ({ line: at + 2, cells })),
    IMPORT,
  );
}

it("inserts, then finds unchanged, then updates rows by their key", async () => {
  const ledger = await freshLedger();
  const unit = { code: "H57.132", name: "UBND phường An Cựu", level: "xã" };
  expect(await load(ledger, "units", unit)).toEqual({ inserted: 1, updated: 0, unchanged: 0, errors: [] });
  expect(await load(ledger, "units", unit)).toMatchObject({ inserted: 0, unchanged: 1 });
  expect(await load(ledger, "units", { ...unit, level: "phường" })).toMatchObject({ updated: 1 });
  const { units } = await ledger.reportFacts({ period: null, asOf: "2026-11-22" });
  expect(units.get("H57.132")).toEqual({ name: "UBND phường An Cựu", level: "phường" });
});

it("lists wrong rows with their line, in both languages and without their cells, and imports the rest", async () => {
  const ledger = await freshLedger();
  const result = await load(
    ledger,
    "dossiers",
    { code: "h57.132-260804-0583", received: "04/08/2026", state: "9", resolved: "10/8/2026" },
    { code: "H40-240230-0001" },
    { code: "H57.132-260804-0584", state: "xong" },
    { code: "H57.132-260804-0585", received: "2026-08-04", resolved: "2026-08-03" },
    { code: "H57.132-260804-0586", noResult: "có thể" },
  );
  expect(result.inserted).toBe(1);
  expect(result.errors.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
  expect(result.errors[1]).toEqual({
    line: 4,
    vi: 'Giá trị không hợp lệ ở cột "state".',
    en: 'Column "state" has a wrong value.',
  });
  const { dossiers } = await ledger.reportFacts({ period: null, asOf: "2026-11-22" });
  expect(dossiers).toEqual([
    {
      code: CODE,
      unit: "H57.132",
      procedure: "",
      procedureName: "",
      received: "2026-08-04",
      due: null,
      resolved: "2026-08-10",
      state: 9,
      officer: null,
      noResult: false,
      level: "",
    },
  ]);
});

it("refuses officers and dossiers of a unit it does not know, but not while it knows no units", async () => {
  const ledger = await freshLedger();
  expect(await load(ledger, "dossiers", { code: CODE })).toMatchObject({ inserted: 1, errors: [] });
  await load(ledger, "units", { code: "H57.1", name: "Sở Tư pháp" });
  const officers = await load(
    ledger,
    "officers",
    { id: "nv-1", name: "A", unit: "H57.1" },
    { id: "nv-2", name: "B", unit: "H57.2" },
    { id: "nv-3", name: "C" },
  );
  expect(officers.inserted).toBe(2);
  expect(officers.errors).toMatchObject([{ line: 3 }]);
  expect(await load(ledger, "dossiers", { code: CODE })).toMatchObject({ errors: [{ line: 2 }] });
});

it("knows a dossier, does not know it, or cannot say while the register is empty", async () => {
  const ledger = await freshLedger();
  expect(await ledger.hasDossier(CODE)).toBeUndefined();
  await load(ledger, "dossiers", { code: CODE });
  expect(await ledger.hasDossier(CODE)).toBe(true);
  expect(await ledger.hasDossier("H57.132-260804-0001" as DossierCode)).toBe(false);
});

it("keeps one quota for each officer, period and kind", async () => {
  const ledger = await freshLedger();
  await load(
    ledger,
    "quotas",
    { officer: "nv-1", period: "2026-11", kind: "thành phần", target: "1.200" },
    { officer: "nv-1", period: "2026-11", kind: "KQ", target: "30" },
    { officer: "nv-1", period: "2026-11", target: "5" },
    { officer: "nv-1", period: "11/2026", target: "5" },
  );
  await load(ledger, "quotas", { officer: "nv-1", period: "2026-11", kind: "kết quả", target: "40" });
  const { quotas } = await ledger.reportFacts({ period: null, asOf: "2026-11-22" });
  expect(Object.fromEntries(quotas.map(({ kind, target }) => [kind, target]))).toEqual({
    all: 5,
    component: 1_200,
    result: 40,
  });
});

it("imports more rows than one commit holds and leaves one audit row", async () => {
  const ledger = await freshLedger();
  const rows = Array.from({ length: 1_201 }, (_, at) => ({
    code: `H57.132-260804-${String(at).padStart(4, "0")}`,
  }));
  expect(await load(ledger, "dossiers", ...rows)).toMatchObject({ inserted: 1_201, errors: [] });
  expect(await ledger.verifyAudit()).toMatchObject({ intact: true, rows: 1 });
  const { register } = await ledger.reportFacts({ period: null, asOf: "2026-11-22" });
  expect(register).toEqual({ dossiers: 1_201, file: "mot-cua.csv", imported: "2026-11-20" });
});
