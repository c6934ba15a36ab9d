import type { Assembled, Delivered, Signed } from "../domain/document.ts";
import type { Job } from "./job.ts";
import { assemble } from "./stages/assemble.ts";
import { deliver } from "./stages/deliver.ts";
import { link } from "./stages/link.ts";
import { readPages, recognized } from "./stages/recognize.ts";
import { sign } from "./stages/sign.ts";
import { split, type Stack } from "./stages/split.ts";
import { warn, warnLink } from "./warn.ts";

/** How far a document came: each is a record that contains all the ones before. */
export type Reached =
  /** It turned out to be several papers, and each is a document of its own. */
  | { readonly state: "split"; readonly stack: Stack }
  | { readonly state: "unsigned"; readonly document: Assembled }
  | { readonly state: "undelivered"; readonly document: Signed }
  | { readonly state: "delivered"; readonly document: Delivered };

/** The whole product, top to bottom. Each line takes what the line above gives. */
export async function digitize(job: Job): Promise<Reached> {
  const { trace, context, candidate, reach } = job;
  const scan = await context.inspect(candidate);
  trace.scan = scan;
  job.observe({ type: "opened", document: scan.id, pages: scan.pages.length });
  const attempt = await readPages(scan, job);
  const stack = await split(scan, attempt.marks, job);
  if (stack !== undefined) return { state: "split", stack };
  const read = recognized(scan, attempt, job);
  trace.pages = read.pages;
  warn(read, job);
  const linked = await link(read, job);
  await warnLink(linked, job);
  const assembled = await assemble(linked, job);
  trace.file = assembled.pdf.sha256;
  if (!reach.sign && assembled.conformance !== "original") return { state: "unsigned", document: assembled };
  const signed = await sign(assembled, job);
  trace.file = signed.signed.sha256;
  trace.signatures = signed.signatures;
  if (!reach.deliver) return { state: "undelivered", document: signed };
  const document = await deliver(signed, job);
  // A bag that was there before may hold an earlier signature of the same paper: what the warehouse holds is the file.
  trace.file = document.receipts[0]?.sha256 ?? trace.file;
  return { state: "delivered", document };
}
