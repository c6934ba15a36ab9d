import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";
import { rootCertificates } from "node:tls";
import { isOperational, OperationalError } from "../../../domain/errors.ts";

export interface ServiceOptions {
  /** Beginning of all addresses, `https://`. */
  readonly base: URL;
  /** Bearer token (RFC 6750). */
  readonly accessToken: string;
  readonly timeoutMs: number;
  /** PEM files of further roots. */
  readonly tlsRoots: readonly string[];
}

export interface JsonService {
  /**
   * Posts one JSON object and reads one. Nothing is followed elsewhere. Throws `signing_service_login` when the service refuses
   * us, `signing_service` when it does not answer, not in time, or not in JSON.
   */
  post(path: string, body: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  close(): void;
}

/** A chain of certificates and some signatures take a few kilobytes. */
const MAX_ANSWER_BYTES = 1_000_000;
const CONNECTIONS = 4;
/** Refusals that pass: too early, too many requests, or the service's own time limit. */
const PASSING: readonly number[] = [408, 425, 429];

/** Throws `settings` when a root cannot be read. */
export async function openJsonService(options: ServiceOptions): Promise<JsonService> {
  const { base, accessToken, timeoutMs } = options;
  const roots = await Promise.all(options.tlsRoots.map(readRoot));
  const agent = new Agent({
    keepAlive: true,
    maxSockets: CONNECTIONS,
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
    ...(roots.length > 0 && { ca: [...rootCertificates, ...roots] }),
  });
  return {
    async post(path, body) {
      const bytes = Buffer.from(JSON.stringify(body));
      const headers = {
        Authorization: `Bearer ${accessToken}`,
        "Content-Type": "application/json",
        Accept: "application/json",
        "Content-Length": bytes.length,
      };
      const url = new URL(`${base.pathname.replace(/\/+$/u, "")}/${path}`, base);
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const { status, text } = await exchange(url, bytes, { agent, headers, signal });
        if (status !== 200) throw refusal(status, text);
        return objectIn(text);
      } catch (error) {
        throw told(error, signal, timeoutMs);
      }
    },
    close: () => agent.destroy(),
  };
}

interface Sending {
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly signal: AbortSignal;
}

function exchange(url: URL, body: Buffer, sending: Sending): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", ...sending }, (answer) => {
      bodyOf(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_ANSWER_BYTES) throw new OperationalError("signing_service", `> ${MAX_ANSWER_BYTES} B`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new OperationalError("signing_service", "answer: not JSON");
  return value as Readonly<Record<string, unknown>>;
}

/** The error word of the service (CSC API §10.1) is told, its prose is not: nobody knows what stands in it. */
function refusal(status: number, text: string): OperationalError {
  const word = /"error"\s*:\s*"([a-z_]{1,40})"/u.exec(text)?.[1];
  const detail = word === undefined ? `HTTP ${status}` : `HTTP ${status} ${word}`;
  const refused = status >= 400 && status < 500 && !PASSING.includes(status);
  return new OperationalError(refused ? "signing_service_login" : "signing_service", detail);
}

/** The cause is dropped: a request carries the access token. */
function told(error: unknown, signal: AbortSignal, timeoutMs: number): OperationalError {
  if (isOperational(error)) return error;
  if (signal.aborted) return new OperationalError("signing_service", `> ${timeoutMs / 1000} s`);
  const code = error instanceof Error && "code" in error ? String(error.code) : "network";
  return new OperationalError("signing_service", code);
}

async function readRoot(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    throw new OperationalError("settings", `signing.tlsRoots: ${path}`, { cause: error });
  });
}
