import type { State } from "./outcome.ts";

/** What a run tells while it works; printed as NDJSON for machines and as a live line for people. */
export type RunEvent =
  | {
      readonly type: "plan";
      /** Documents found, and how many of them still have work to do. */
      readonly documents: number;
      readonly pending: number;
    }
  | {
      /** A document's files were opened and its pages counted. */
      readonly type: "opened";
      readonly document: string;
      readonly pages: number;
    }
  | {
      readonly type: "page";
      readonly document: string;
      readonly file: string;
      readonly page: number;
      /** 0..1, mean of the page's words. */
      readonly confidence: number;
      /** True when the reading was kept from an earlier run. */
      readonly kept: boolean;
      readonly ms: number;
    }
  | {
      readonly type: "document";
      readonly document: string | null;
      readonly file: string;
      readonly dossier: string | null;
      readonly state: State;
      /** A reason word of the contract, `bug`, or a skip reason. */
      readonly reason: string | null;
      readonly detail: string;
      readonly pages: number;
      /** True when nothing had to be done: the document was in this state before the run. */
      readonly unchanged: boolean;
      readonly ms: number;
    }
  | {
      /** Something a person should know of a document that was processed all the same. */
      readonly type: "warning";
      readonly document: string;
      readonly file: string;
      /** A page finding, `repaired` or `unverified`. */
      readonly reason: string;
      /** 1-based numbers of the pages it is about; empty for the whole document. */
      readonly pages: readonly number[];
      readonly detail: string;
    };

export type Observer = (event: RunEvent) => void;
