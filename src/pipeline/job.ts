import type {
  Assembled,
  Candidate,
  LinkEvidence,
  ReadPage,
  Scan,
  SignatureInfo,
  Signed,
} from "../domain/document.ts";
import type { Sha256 } from "../domain/ids.ts";
import type { SignedBy } from "../domain/ledger-port.ts";
import type { Observer } from "../domain/observer.ts";
import type { Context } from "../domain/ports.ts";

/** How far a document goes in this run. */
export interface Reach {
  readonly sign: boolean;
  readonly deliver: boolean;
}

/** What has become known of a document so far, so that a held or failed one is recorded with its evidence. */
export interface Trace {
  scan?: Scan;
  pages: readonly ReadPage[];
  evidence: readonly LinkEvidence[];
  signatures: readonly SignatureInfo[];
  file: Sha256 | null;
  /** The furthest record from which signing or delivery can go on without the inputs. */
  resume?: Assembled | Signed;
  /** Who made the signature, when it was made here. */
  signedBy?: SignedBy;
}

/** One document's passage through the pipeline. */
export interface Job {
  readonly candidate: Candidate;
  /** Position in the batch; earlier documents get the pool first. */
  readonly order: number;
  readonly context: Context;
  /** Who answers for what happens to it now, when that is somebody else than who prepared it. */
  readonly actor?: string;
  readonly reach: Reach;
  readonly trace: Trace;
  readonly observe: Observer;
  /** Aborted by the second Ctrl-C: stop now. */
  readonly signal: AbortSignal;
}

export function newTrace(): Trace {
  return { pages: [], evidence: [], signatures: [], file: null };
}
