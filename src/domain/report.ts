import type { Role } from "./document.ts";
import type { Period } from "./period.ts";
import type { DossierRow, QuotaRow } from "./register.ts";

export const GROUPINGS = ["unit", "officer", "level", "procedure", "dossier"] as const;
export type Grouping = (typeof GROUPINGS)[number];
/** `portal`: as the national portal counts. `strict`: only papers really digitized, signed and delivered. */
export const MEASURES = ["portal", "strict"] as const;
export type Measure = (typeof MEASURES)[number];

/** One document that is linked to a dossier, reduced to what rates need. */
export interface DocumentFact {
  readonly dossier: string;
  readonly unit: string;
  readonly officer: string;
  readonly role: Role;
  readonly skipped: boolean;
  /** Day the warehouse took it (ISO date, Việt Nam), or null. */
  readonly delivered: string | null;
  /** Delivered and signed with a real key. */
  readonly signed: boolean;
  /** Best signature found valid in the file. */
  readonly validSignature: "none" | "test" | "real";
}

/** Where the denominators come from: the last import of dossiers. */
export interface RegisterSource {
  readonly dossiers: number;
  readonly file: string;
  /** ISO day. */
  readonly imported: string;
}

/** Everything a report is computed from. */
export interface ReportFacts {
  /** Null: no dossiers were imported, so there are no denominators. */
  readonly register: RegisterSource | null;
  /** Received in the period and not after the day of the report. */
  readonly dossiers: readonly DossierRow[];
  /** Of those dossiers; without a register, of dossiers whose code names a day in the period. */
  readonly documents: readonly DocumentFact[];
  /** Delivered in the period, of any dossier: what officers are credited for. */
  readonly work: readonly DocumentFact[];
  readonly quotas: readonly QuotaRow[];
  readonly units: ReadonlyMap<string, { readonly name: string; readonly level: string }>;
  readonly officers: ReadonlyMap<string, { readonly name: string; readonly unit: string | null }>;
}

export interface ReportRequest {
  readonly by: Grouping;
  readonly measure: Measure;
  /** Null: everything up to `asOf`. */
  readonly period: Period | null;
  /** ISO date. */
  readonly asOf: string;
  /** Language of the source sentence; Vietnamese unless said. */
  readonly lang?: "vi" | "en";
}

/** Counts are whole numbers; rates are percent with two decimals, or null where there is nothing to divide by. */
export interface ReportRow {
  readonly key: string;
  readonly name: string;
  readonly level: string;
  /** Null without a register. */
  readonly received: number | null;
  readonly componentsDigitized: number;
  readonly componentsRate: number | null;
  readonly resolved: number | null;
  readonly resultsDigitized: number;
  readonly resultsRate: number | null;
  readonly resultsSigned: number;
  readonly resultsSignedRate: number | null;
  readonly reused: number;
  readonly reuseRate: number | null;
  readonly late: number | null;
  readonly quota: number | null;
  readonly done: number;
  readonly quotaRate: number | null;
  readonly weekendDone: number;
  readonly assessment: Assessment | null;
}

export type Assessment = "Đạt" | "Không đạt";

export interface Report {
  readonly asOf: string;
  readonly period: string | null;
  readonly measure: Measure;
  readonly by: Grouping;
  /** Sentence for people: where the denominators come from and of which day. */
  readonly source: string;
  readonly rows: readonly ReportRow[];
  readonly total: ReportRow;
}
