import type { WaitingDocument } from "../domain/ledger-port.ts";
import { needsSignature } from "../pipeline/finish-batch.ts";

/** Which of the waiting documents a command finishes, and how far. */
export interface Errand {
  readonly command: "sign" | "deliver";
  readonly sign: boolean;
  readonly heading: { readonly vi: string; readonly en: string };
  readonly nothing: { readonly vi: string; readonly en: string };
  readonly picks: (waiting: WaitingDocument) => boolean;
}

export const SIGN: Errand = {
  command: "sign",
  sign: true,
  heading: { vi: "Chờ ký", en: "Waiting for a signature" },
  nothing: { vi: "Không có tài liệu nào chờ ký.", en: "Nothing waits for a signature." },
  picks: needsSignature,
};

export const DELIVER: Errand = {
  command: "deliver",
  sign: false,
  heading: { vi: "Chờ nộp kho", en: "Waiting for delivery" },
  nothing: { vi: "Không có tài liệu nào chờ nộp kho.", en: "Nothing waits for delivery." },
  picks: ({ stage }) => stage === "signed",
};
