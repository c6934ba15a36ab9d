import type { Candidate, Receipt } from "./document.ts";
import type { ErrorCode } from "./errors.ts";
import type { DossierCode } from "./ids.ts";

/** The named states; `pending` is only ever seen of documents a stopped run left behind. */
export const STATES = [
  "pending",
  "delivered",
  "duplicate",
  "split",
  "skipped",
  "unsigned",
  "undelivered",
  "held",
  "quarantined",
  "failed",
] as const;
export type State = (typeof STATES)[number];

interface Common {
  readonly document: Candidate;
  readonly pages: number;
}

/** How one document ended. Every document of a run ends in exactly one of these. */
export type Outcome =
  | (Common & {
      readonly state: "delivered";
      readonly dossier: DossierCode;
      /** Of the page images written; 0 where the original's are kept. */
      readonly imageBytes: number;
      readonly receipts: readonly Receipt[];
      readonly signed: boolean;
      readonly test: boolean;
    })
  | (Common & { readonly state: "duplicate"; readonly of: string })
  /** A stack of papers: its parts are documents of their own; `pages` are the sheets that belong to none. */
  | (Common & { readonly state: "split"; readonly parts: readonly Candidate[]; readonly detail: string })
  | (Common & { readonly state: "skipped"; readonly reason: string })
  | (Common & { readonly state: "unsigned"; readonly dossier: DossierCode })
  | (Common & { readonly state: "undelivered"; readonly dossier: DossierCode })
  | (Common & {
      readonly state: "held" | "quarantined" | "failed";
      readonly reason: ErrorCode | "bug";
      readonly detail: string;
      readonly retriable: boolean;
      readonly stack?: string;
    });
