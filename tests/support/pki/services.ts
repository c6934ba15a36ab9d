import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** How a service misbehaves. `slow` answers rightly, after `SLOW_MS`; `down` breaks the connection. */
type AnyFault = "good" | "down" | "slow" | "html" | "cut";
export type TsaFault =
  | AnyFault
  | "rejection"
  | "wrong-nonce"
  | "wrong-imprint"
  | "wrong-time"
  | "broken-signature"
  | "expired-certificate"
  | "loose-certificate";
export type OcspFault = AnyFault | "try-later" | "stale" | "broken-signature" | "wrong-responder";

export interface Faults {
  readonly tsa?: TsaFault;
  readonly ocsp?: OcspFault;
  readonly crl?: AnyFault;
  readonly issuers?: AnyFault;
}
type Service = keyof Faults;

export interface Services {
  /** `http://127.0.0.1:PORT`, for `makeFullPki`. */
  readonly address: string;
  /** Address of the time-stamp authority; with a fault, of one that always has it. */
  tsa(fault?: TsaFault): string;
  /** From now on; a service that is not named is as it was. */
  behave(faults: Faults): Promise<void>;
  /** Requests since the start. */
  counts(): Promise<Readonly<Record<Service, number>>>;
  stop(): Promise<void>;
}

const SLOW_MS = 4000;

/**
 * Starts OCSP responder, TSA, CRLs and issuer certificates of the PKI in `folder` (made then or later) on one free port of
 * the loopback. A thread of its own answers, so that a test may wait for pdfsig or openssl to ask them. Every answer is
 * made by a short `openssl` process with the files as they are at that moment: nothing can be left running.
 */
export async function startServices(folder: string): Promise<Services> {
  const worker = new Worker(new URL("services-thread.mjs", import.meta.url), {
    workerData: { folder, slowMs: SLOW_MS },
  });
  const next = async <T>(): Promise<T> => (await once(worker, "message"))[0] as T;
  const port = await next<number>();
  const address = `http://127.0.0.1:${port}`;
  const ask = <T>(question: object): Promise<T> => {
    const answer = next<T>();
    worker.postMessage(question);
    return answer;
  };
  return {
    address,
    tsa: (fault) => (fault === undefined ? `${address}/tsa` : `${address}/tsa/${fault}`),
    behave: (faults) => ask({ faults }),
    counts: () => ask({}),
    async stop() {
      await worker.terminate();
    },
  };
}
