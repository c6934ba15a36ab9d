import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "../support/program.ts";
import { FIXTURES } from "../support/program.ts";

/** One document of fixtures/truth.json. */
export interface TrueDocument {
  readonly files: readonly string[];
  readonly range?: readonly [number, number];
  readonly state: string;
  readonly reason?: string;
  readonly dossier?: string;
  readonly pages?: number;
  readonly role?: string;
  readonly lane?: string;
  readonly blankPages?: readonly number[];
  readonly skewDegrees?: number;
  readonly text?: string;
  /** How many papers a stack holds. */
  readonly parts?: number;
  /** Mã loại giấy tờ. */
  readonly type?: string;
  /** Degrees clockwise by page of the document: how sheets were set upright that lay wrong. */
  readonly turned?: Readonly<Record<string, number>>;
  /** Where the dossier code was found; names of files and folders or a manifest when nothing is said. */
  readonly evidence?: readonly string[];
}

export interface TrueRates {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly total: Readonly<Record<string, unknown>>;
}

interface TrueBatch {
  readonly input: string;
  readonly exit: number;
  readonly documents: readonly TrueDocument[];
}

export const TRUTH = JSON.parse(readFileSync(join(FIXTURES, "truth.json"), "utf8")) as {
  readonly scans: TrueBatch;
  readonly manifest: TrueBatch;
  readonly rates: {
    readonly by: string;
    readonly measure: string;
    readonly period: string;
    readonly afterScans: TrueRates;
    readonly afterScansAndManifest: TrueRates;
  };
};

/** The event that tells how a document of the truth ended. */
export function eventOf({ files, range }: TrueDocument, all: readonly Event[]): Event | undefined {
  const names = range === undefined ? files : files.map((file) => `${file}#${range[0]}-${range[1]}`);
  return all.find(({ type, file }) => type === "document" && names.includes(file ?? ""));
}
