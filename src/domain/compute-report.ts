import { countQuota, quotasWithin, type QuotaCount, type Quotas } from "./quota.ts";
import {
  addCounts,
  assessBoth,
  countDossier,
  countsAsReceived,
  NO_COUNTS,
  rate,
  type Counts,
} from "./rates.ts";
import type { DossierRow } from "./register.ts";
import type { DocumentFact, Grouping, Report, ReportFacts, ReportRequest, ReportRow } from "./report.ts";
import type { AssessmentRule } from "./rules.ts";

interface Group {
  readonly key: string;
  counts: Counts;
  /** One of its dossiers, for the names of procedures. */
  sample: DossierRow | undefined;
  readonly work: DocumentFact[];
  readonly officers: Set<string>;
}

type Label = Pick<ReportRow, "key" | "name" | "level">;

/** Rates of every group and of all; pure, so the same facts always give the same report. */
export function computeReport(facts: ReportFacts, request: ReportRequest, rule: AssessmentRule): Report {
  const { asOf, measure, by, period } = request;
  const quotas = quotasWithin(facts.quotas, period);
  const groups = [...group(facts, quotas, request, rule).values()];
  const rows = groups
    .map((entry) => {
      const quota = countQuota(entry.officers, entry.work, quotas);
      return toRow(labelOf(entry, facts, by), entry.counts, quota, facts, request, rule);
    })
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const counts = groups.map((entry) => entry.counts).reduce(addCounts, NO_COUNTS);
  const quota = countQuota(
    groups.flatMap(({ officers }) => [...officers]),
    facts.work,
    quotas,
  );
  const label: Label = { key: "total", name: request.lang === "en" ? "Total" : "Tổng số", level: "" };
  return {
    asOf,
    period: period?.label ?? null,
    measure,
    by,
    source: request.lang === "en" ? englishSource(facts, rule) : vietnameseSource(facts, rule),
    rows,
    total: toRow(label, counts, quota, facts, request, rule),
  };
}

function group(
  facts: ReportFacts,
  quotas: Quotas,
  request: ReportRequest,
  rule: AssessmentRule,
): Map<string, Group> {
  const groups = new Map<string, Group>();
  const at = (key: string): Group => {
    const fresh = { key, counts: NO_COUNTS, sample: undefined, work: [], officers: new Set<string>() };
    const found = groups.get(key) ?? fresh;
    groups.set(key, found);
    return found;
  };
  const papers = byDossier(facts.documents);
  const dossiers = new Map<string, DossierRow>();
  for (const dossier of facts.dossiers) {
    dossiers.set(dossier.code, dossier);
    const own = papers.get(dossier.code) ?? [];
    const entry = at(dossierKey(dossier, own, facts, request.by));
    entry.counts = addCounts(entry.counts, countDossier(dossier, own, request.measure, rule, request.asOf));
    entry.sample ??= dossier;
  }
  for (const document of facts.work) at(workKey(document, dossiers, facts, request.by)).work.push(document);
  for (const officer of quotas.keys()) {
    const key = officerKey(officer, facts, request.by);
    if (key !== undefined) at(key).officers.add(officer);
  }
  return groups;
}

function byDossier(documents: readonly DocumentFact[]): ReadonlyMap<string, readonly DocumentFact[]> {
  const groups = new Map<string, DocumentFact[]>();
  for (const document of documents) {
    const own = groups.get(document.dossier) ?? [];
    own.push(document);
    groups.set(document.dossier, own);
  }
  return groups;
}

function dossierKey(
  dossier: DossierRow,
  papers: readonly DocumentFact[],
  facts: ReportFacts,
  by: Grouping,
): string {
  // An export without officers still gives rates for each: the dossier is that of who digitized its papers.
  if (by === "officer") return dossier.officer ?? papers[0]?.officer ?? "";
  if (by === "procedure") return nationalCode(dossier.procedure);
  if (by === "dossier") return dossier.code;
  return by === "unit" ? dossier.unit : levelOf(dossier.unit, facts);
}

function workKey(
  document: DocumentFact,
  dossiers: ReadonlyMap<string, DossierRow>,
  facts: ReportFacts,
  by: Grouping,
): string {
  if (by === "officer") return document.officer;
  if (by === "procedure") return nationalCode(dossiers.get(document.dossier)?.procedure ?? "");
  if (by === "dossier") return document.dossier;
  return by === "unit" ? document.unit : levelOf(document.unit, facts);
}

/** A quota belongs to a person and through them to a unit; it says nothing of procedures and dossiers. */
function officerKey(officer: string, facts: ReportFacts, by: Grouping): string | undefined {
  if (by === "officer") return officer;
  if (by === "procedure" || by === "dossier") return undefined;
  const unit = facts.officers.get(officer)?.unit ?? undefined;
  return unit === undefined || by === "unit" ? unit : levelOf(unit, facts);
}

function toRow(
  label: Label,
  counts: Counts,
  { quota, done, weekendDone }: QuotaCount,
  { register }: ReportFacts,
  { measure }: ReportRequest,
  rule: AssessmentRule,
): ReportRow {
  const { received, resolved, late, ...digitized } = counts;
  const known = register !== null;
  const of = (numerator: number, denominator: number) =>
    known ? rate(numerator, denominator, measure) : null;
  return {
    ...label,
    received: known ? received : null,
    componentsDigitized: digitized.componentsDigitized,
    componentsRate: of(digitized.componentsDigitized, received),
    resolved: known ? resolved : null,
    resultsDigitized: digitized.resultsDigitized,
    resultsRate: of(digitized.resultsDigitized, resolved),
    resultsSigned: digitized.resultsSigned,
    resultsSignedRate: of(digitized.resultsSigned, resolved),
    reused: 0,
    reuseRate: null,
    late: known ? late : null,
    quota,
    done,
    quotaRate: quota === null || quota === 0 ? null : rate(done, quota, measure),
    weekendDone,
    assessment: known ? assessBoth(counts, measure, rule) : null,
  };
}

function labelOf({ key, sample }: Group, facts: ReportFacts, by: Grouping): Label {
  if (by === "unit") return { key, name: "", level: "", ...facts.units.get(key) };
  if (by === "level") return { key, name: "", level: key };
  if (by !== "officer") return { key, name: sample?.procedureName ?? "", level: sample?.level ?? "" };
  const officer = facts.officers.get(key);
  return { key, name: officer?.name ?? "", level: levelOf(officer?.unit ?? "", facts) };
}

function levelOf(unit: string, facts: ReportFacts): string {
  return facts.units.get(unit)?.level ?? "";
}

/** `1.001193.000.00.00.H56` is the province's copy of `1.001193`. */
function nationalCode(procedure: string): string {
  return procedure.split(".").slice(0, 2).join(".");
}

function vietnameseSource({ register, dossiers }: ReportFacts, rule: AssessmentRule): string {
  if (register === null)
    return "Chưa nhập danh mục hồ sơ một cửa: chỉ có số đếm, không có mẫu số nên không tính tỷ lệ.";
  const day = register.imported.split("-").toReversed().join("/");
  return (
    `Mẫu số: danh mục hồ sơ một cửa (${register.file}), cập nhật ngày ${day}, ` +
    `${dossiers.length}/${register.dossiers} hồ sơ của danh mục nằm trong kỳ, ` +
    `trong đó ${receivedOf(dossiers, rule)} hồ sơ được tính là tiếp nhận theo trạng thái.`
  );
}

function englishSource({ register, dossiers }: ReportFacts, rule: AssessmentRule): string {
  if (register === null)
    return "No register of dossiers was imported: counts only, no denominators, therefore no rates.";
  return (
    `Denominators: register of dossiers (${register.file}), imported on ${register.imported}, ` +
    `${dossiers.length} of its ${register.dossiers} dossiers lie in the period, ` +
    `${receivedOf(dossiers, rule)} of them count as received by their state.`
  );
}

function receivedOf(dossiers: readonly DossierRow[], rule: AssessmentRule): number {
  return dossiers.filter((dossier) => countsAsReceived(dossier, rule)).length;
}
