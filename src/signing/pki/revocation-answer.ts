/** What one OCSP response or CRL says of a certificate, before its freshness is judged. */
export interface Answer {
  readonly status: "good" | "revoked" | "unknown";
  readonly revoked: { readonly at: Date; readonly reason: string } | undefined;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
}

const REASONS: Readonly<Record<number, string>> = {
  0: "unspecified",
  1: "keyCompromise",
  2: "cACompromise",
  3: "affiliationChanged",
  4: "superseded",
  5: "cessationOfOperation",
  6: "certificateHold",
  8: "removeFromCRL",
  9: "privilegeWithdrawn",
  10: "aACompromise",
};

/** CRLReason (RFC 5280 §5.3.1) by its name in the standard; `notStated` when there is none. */
export function reasonName(code: number | undefined): string {
  return code === undefined ? "notStated" : (REASONS[code] ?? "unspecified");
}

/** Clocks of responders and of office machines differ; five minutes are forgiven. */
const SKEW = 5 * 60_000;
/** How long an answer without nextUpdate is taken for fresh. */
const UNSTATED = 60 * 60_000;

/** The last moment an answer speaks for. */
export function freshUntil({ thisUpdate, nextUpdate }: Pick<Answer, "nextUpdate" | "thisUpdate">): Date {
  return nextUpdate ?? new Date(thisUpdate.getTime() + UNSTATED);
}

/**
 * Whether an answer tells the state at a moment: that moment lies between its updates, or the answer was made later still
 * (who was good later was good before), but not later than `now`.
 */
export function speaksFor(answer: Answer, at: Date, now: Date): boolean {
  if (answer.thisUpdate.getTime() > now.getTime() + SKEW) return false;
  return at.getTime() <= freshUntil(answer).getTime() + SKEW;
}
