import type { DossierRow } from "./register.ts";
import type { Assessment, DocumentFact, Measure } from "./report.ts";
import type { AssessmentRule } from "./rules.ts";

/** Numerators and denominators of one group of dossiers. */
export interface Counts {
  readonly received: number;
  readonly componentsDigitized: number;
  readonly resolved: number;
  readonly resultsDigitized: number;
  readonly resultsSigned: number;
  readonly late: number;
}

export const NO_COUNTS: Counts = {
  received: 0,
  componentsDigitized: 0,
  resolved: 0,
  resultsDigitized: 0,
  resultsSigned: 0,
  late: 0,
};

/** Percent, rounded half up to two decimals. Whole-number arithmetic: 100 × 2.685 ÷ 8.374 has no binary form. */
export function percent(numerator: number, denominator: number): number {
  return Math.floor((numerator * 20_000 + denominator) / (2 * denominator)) / 100;
}

/** Rate as its measure defines it when there is nothing to divide (domain of `portal`: the deployed portal prints 0). */
export function rate(numerator: number, denominator: number, measure: Measure): number | null {
  if (denominator === 0) return measure === "portal" ? 0 : null;
  return percent(numerator, denominator);
}

/** Verdict on the unrounded ratio: 79,999 % prints as 80 % and is still `Không đạt`. */
export function assess(
  numerator: number,
  denominator: number,
  measure: Measure,
  rule: AssessmentRule,
): Assessment | null {
  if (denominator === 0 || (numerator === 0 && measure === "portal")) return null;
  return numerator / denominator < rule.passRatio ? "Không đạt" : "Đạt";
}

/** One verdict for both rates: each that has one must pass. */
export function assessBoth(counts: Counts, measure: Measure, rule: AssessmentRule): Assessment | null {
  const verdicts = [
    assess(counts.componentsDigitized, counts.received, measure, rule),
    assess(counts.resultsDigitized, counts.resolved, measure, rule),
  ].filter((verdict) => verdict !== null);
  if (verdicts.length === 0) return null;
  return verdicts.includes("Không đạt") ? "Không đạt" : "Đạt";
}

/**
 * What one dossier adds to its group. Dossiers that are out of scope (state not received) add nothing.
 * `documents` are the dossier's own; `asOf` is an ISO date.
 */
export function countDossier(
  dossier: DossierRow,
  documents: readonly DocumentFact[],
  measure: Measure,
  rule: AssessmentRule,
  asOf: string,
): Counts {
  if (!countsAsReceived(dossier, rule)) return NO_COUNTS;
  const resolved = isResolved(dossier, rule, asOf);
  const counts = measure === "portal" ? portal(documents) : strict(documents);
  const papers = documents.filter(({ role }) => role === "result");
  const excused = measure === "strict" && (dossier.noResult || isExcused(papers));
  const counted = resolved && !excused;
  const done = counts.result || (measure === "portal" && dossier.noResult);
  const signed = papers.some((paper) => isValidlySigned(paper, measure));
  return {
    received: bit(counts.required),
    componentsDigitized: bit(counts.components),
    resolved: bit(counted),
    resultsDigitized: bit(counted && done),
    resultsSigned: bit(counted && signed),
    late: bit(isLate(dossier, resolved, asOf)),
  };
}

/** An export without a state column lists what was received; its date of resolution then tells the rest. */
export function countsAsReceived({ state }: DossierRow, rule: AssessmentRule): boolean {
  return state === null || rule.receivedStates.includes(state);
}

interface DossierState {
  /** In the denominator of components. */
  readonly required: boolean;
  readonly components: boolean;
  readonly result: boolean;
}

/**
 * The deployed portal (Thanh Hóa): a dossier counts as digitized once it has a component row, whatever the state of
 * that row is, and its result once there is a file.
 */
function portal(documents: readonly DocumentFact[]): DossierState {
  return {
    required: true,
    components: documents.some(({ role }) => role === "component"),
    result: documents.some(({ role, delivered }) => role === "result" && delivered !== null),
  };
}

/** Ours: every paper that is not excused is in the warehouse, signed with a real key (TT 01/2023 Đ.8). */
function strict(documents: readonly DocumentFact[]): DossierState {
  const required = documents.filter(({ skipped }) => !skipped);
  const components = required.filter(({ role }) => role === "component");
  const results = required.filter(({ role }) => role === "result");
  return {
    required: components.length > 0,
    components: components.length > 0 && components.every(isDone),
    result: results.length > 0 && results.every(isDone),
  };
}

function isDone({ delivered, signed }: DocumentFact): boolean {
  return delivered !== null && signed;
}

function isExcused(papers: readonly DocumentFact[]): boolean {
  return papers.length > 0 && papers.every(({ skipped }) => skipped);
}

function isValidlySigned({ delivered, validSignature }: DocumentFact, measure: Measure): boolean {
  if (delivered === null) return false;
  return validSignature === "real" || (validSignature === "test" && measure === "portal");
}

function isResolved({ state, resolved }: DossierRow, rule: AssessmentRule, asOf: string): boolean {
  if (resolved !== null && resolved > asOf) return false;
  return state === null ? resolved !== null : rule.resolvedStates.includes(state);
}

/** Late: resolved after the day that was promised, or that day has passed. */
function isLate({ due, resolved }: DossierRow, isOver: boolean, asOf: string): boolean {
  if (due === null) return false;
  if (resolved !== null && resolved <= asOf) return resolved > due;
  return !isOver && due < asOf;
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    received: a.received + b.received,
    componentsDigitized: a.componentsDigitized + b.componentsDigitized,
    resolved: a.resolved + b.resolved,
    resultsDigitized: a.resultsDigitized + b.resultsDigitized,
    resultsSigned: a.resultsSigned + b.resultsSigned,
    late: a.late + b.late,
  };
}

function bit(value: boolean): number {
  return value ? 1 : 0;
}
