import type { Assembled, Delivered, Signed } from "../domain/document.ts";
import type { Context } from "../domain/ports.ts";
import type { Job } from "./job.ts";
import { deliver, isRefusedTest } from "./stages/deliver.ts";
import { sign } from "./stages/sign.ts";
import { isSigned, unpackWaiting } from "./waiting-record.ts";

/** How far the tail of the pipeline came. */
export type Finished =
  | { readonly state: "unsigned"; readonly document: Assembled }
  | { readonly state: "undelivered"; readonly document: Signed }
  | { readonly state: "delivered"; readonly document: Delivered };

/**
 * The tail that `run`, `sign` and `deliver` share: a finished PDF is signed, a signed one goes to the warehouse, each as
 * far as the job reaches.
 */
export async function finish(start: Assembled | Signed, job: Job): Promise<Finished> {
  const { trace, reach } = job;
  trace.resume = start;
  trace.file = start.pdf.sha256;
  const signed = await signedOf(start, job);
  if (signed === undefined) return { state: "unsigned", document: start };
  trace.resume = signed;
  trace.file = signed.signed.sha256;
  trace.signatures = signed.signatures;
  if (!reach.deliver) return { state: "undelivered", document: signed };
  const document = await deliver(signed, job);
  // A bag that was there before may hold an earlier signature of the same paper: what the warehouse holds is the file.
  trace.file = document.receipts[0]?.sha256 ?? trace.file;
  return { state: "delivered", document };
}

/** A test signature that may not be delivered is no reason not to sign properly; any other signature stays. */
async function signedOf(start: Assembled | Signed, job: Job): Promise<Signed | undefined> {
  const { reach, context } = job;
  if (isSigned(start) && !(reach.sign && isRefusedTest(start, context.settings))) return start;
  if (!reach.sign && start.conformance !== "original") return undefined;
  return sign(start, job);
}

/**
 * The same PDF as an officer may have signed it since: `run` must neither sign it twice nor forget the signature. A
 * signature that is gone from the object store is made anew.
 */
export async function signedSince(
  document: Assembled,
  { candidate, context }: Job,
): Promise<Assembled | Signed> {
  if (document.conformance === "original") return document;
  const record = await context.ledger.waitingRecord(candidate.id);
  if (record?.stage !== "signed") return document;
  const known = unpackWaiting(record, context.objects);
  if (known === undefined || !isSigned(known) || known.pdf.sha256 !== document.pdf.sha256) return document;
  if (!(await isThere(known, context))) return document;
  return { ...document, signed: known.signed, signatures: known.signatures };
}

function isThere({ signed }: Signed, { objects }: Pick<Context, "objects">): Promise<boolean> {
  return objects.has(signed.sha256);
}
