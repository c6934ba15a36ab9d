import { OperationalError } from "../../src/domain/errors.ts";
import type { RunEvent } from "../../src/domain/observer.ts";
import type { SignerPort, SignRequest } from "../../src/domain/ports.ts";
import { createLocalEngine } from "../../src/engines/local.ts";
import type { BatchResult } from "../../src/pipeline/batch.ts";
import { finishBatch, type FinishBatch, needsSignature } from "../../src/pipeline/finish-batch.ts";
import type { World } from "./world.ts";

export interface Signing {
  readonly context: World["context"];
  /** What the signer was asked, in order. */
  readonly asked: SignRequest[];
  /** Throws, for tests in which signing fails; called before anything is written. */
  before: () => void;
}

/** The world with a signer that counts, and a certificate of its own. */
export function signingWorld(world: World, given: Partial<SignerPort> = {}): Signing {
  const asked: SignRequest[] = [];
  const signing: Signing = { context: world.context, asked, before: () => undefined };
  const signer = async (): Promise<SignerPort> => {
    const real = await world.context.signer();
    return {
      ...real,
      ...given,
      async sign(input, output, request) {
        signing.before();
        asked.push(request);
        const made = await real.sign(input, output, request);
        return made.map((one) => ({ ...one, test: given.test ?? false }));
      },
    };
  };
  // `settings` is a getter, so the context is inherited, not copied.
  const context = Object.create(world.context, { signer: { value: signer } }) as World["context"];
  return Object.assign(signing, { context });
}

interface Finished {
  readonly result: BatchResult;
  readonly events: readonly RunEvent[];
  /** How each document ended, by the name shown: state and reason. */
  readonly ends: Readonly<Record<string, string>>;
}

/** Finishes what waits in the world's ledger. */
export async function finishWorld(
  world: World,
  context: World["context"],
  given: Partial<FinishBatch> & { readonly deliverOnly?: boolean } = {},
): Promise<Finished> {
  const events: RunEvent[] = [];
  const { engine } = createLocalEngine({ jobs: 1, soft: world.soft.signal });
  const { deliverOnly = false, ...rest } = given;
  const result = await finishBatch({
    context,
    engine,
    async *list() {
      for await (const waiting of context.ledger.waiting())
        if (deliverOnly ? waiting.stage === "signed" : needsSignature(waiting)) yield waiting;
    },
    reach: { sign: !deliverOnly, deliver: true },
    limit: Infinity,
    prepare: async () => undefined,
    halt: () => world.soft.abort(),
    soft: world.soft.signal,
    hard: new AbortController().signal,
    ...rest,
    observe(event) {
      events.push(event);
      rest.observe?.(event);
    },
  });
  const ends: Record<string, string> = {};
  for (const event of events)
    if (event.type === "document") ends[event.file] = [event.state, event.reason].filter(Boolean).join(" ");
  return { result, events, ends };
}

/** The scans have been taken away: whoever opens or reads a page now fails. */
export function withoutScans(world: World): void {
  const gone = (): never => {
    throw new OperationalError("source_missing");
  };
  Object.assign(world.context, { inspect: async () => gone(), unchanged: async () => gone() });
}
