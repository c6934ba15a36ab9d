import type { Sha256 } from "../domain/ids.ts";
import type { Job } from "./job.ts";

interface Step<Out> {
  readonly stage: string;
  /** Raise it when the same input would give another output. */
  readonly version: number;
  /** 1-based page, 0 for steps of the whole document. */
  readonly page: number;
  /** Everything the result depends on: settings and hashes of the input, as plain JSON. */
  readonly input: unknown;
  /** The objects a result names; they must be durable when `run` returns. */
  objects(result: Out): readonly Sha256[];
}

/**
 * Runs a step once per distinct input. The result is kept under the hash of (stage, version, input); it is used again
 * only while every object it names is still there, so a purged or lost work file means work, never damage.
 */
export async function keptStep<Out>(
  job: Job,
  step: Step<Out>,
  run: () => Promise<Out>,
): Promise<{ readonly result: Out; readonly kept: boolean }> {
  const { ledger, objects, hash } = job.context;
  const key = hash(JSON.stringify([step.stage, step.version, step.input]));
  const text = await ledger.kept(key);
  if (text !== undefined) {
    const result = JSON.parse(text) as Out;
    const present = await Promise.all(step.objects(result).map((object) => objects.has(object)));
    if (present.every(Boolean)) return { result, kept: true };
  }
  const result = await run();
  await ledger.keep({
    key,
    document: job.candidate.id,
    stage: step.stage,
    page: step.page,
    result: JSON.stringify(result),
    objects: step.objects(result),
  });
  return { result, kept: false };
}
