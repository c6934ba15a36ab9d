/** What an expected failure means for the batch, whether trying again can help, and the state and exit it leads to. */
export interface ErrorDefinition {
  /** `document`: this document ends so and the batch goes on. `batch`: the batch stops. */
  readonly scope: "document" | "batch";
  readonly retriable: boolean;
  readonly state: "failed" | "held" | "quarantined" | "stop";
  readonly exit: number;
  /** Says what to do, in both languages. No personal data, no paths: those travel in `detail`. */
  readonly vi: string;
  readonly en: string;
}

export const failed = (vi: string, en: string) =>
  ({ scope: "document", retriable: false, state: "failed", exit: 4, vi, en }) as const;
export const later = (vi: string, en: string) =>
  ({ scope: "document", retriable: true, state: "failed", exit: 5, vi, en }) as const;
export const held = (vi: string, en: string) =>
  ({ scope: "document", retriable: false, state: "held", exit: 6, vi, en }) as const;
export const usage = (vi: string, en: string) =>
  ({ scope: "batch", retriable: false, state: "stop", exit: 2, vi, en }) as const;
export const environment = (vi: string, en: string) =>
  ({ scope: "batch", retriable: true, state: "stop", exit: 3, vi, en }) as const;
export const refusal = (vi: string, en: string) =>
  ({ scope: "batch", retriable: false, state: "stop", exit: 7, vi, en }) as const;
