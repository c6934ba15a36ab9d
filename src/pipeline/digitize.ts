import { finish, type Finished, signedSince } from "./finish.ts";
import type { Job } from "./job.ts";
import { assemble } from "./stages/assemble.ts";
import { link } from "./stages/link.ts";
import { readPages, recognized } from "./stages/recognize.ts";
import { split, type Stack } from "./stages/split.ts";
import { warn, warnLink } from "./warn.ts";

/** How far a document came: each is a record that contains all the ones before. */
export type Reached =
  /** It turned out to be several papers, and each is a document of its own. */
  { readonly state: "split"; readonly stack: Stack } | Finished;

/** The whole product, top to bottom. Each line takes what the line above gives. */
export async function digitize(job: Job): Promise<Reached> {
  const { trace, context, candidate } = job;
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
  return finish(await signedSince(assembled, job), job);
}
