import { readFile } from "node:fs/promises";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, type RequestOptions } from "node:https";
import { rootCertificates } from "node:tls";
import { OperationalError } from "../../domain/errors.ts";

export interface HttpQuestion {
  readonly url: string;
  /** POST when there is one, else GET. */
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the answer; more is a failure. */
  readonly limit: number;
  /** 3 unless told. */
  readonly redirects?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Media type in small letters, without parameters; empty when not stated. */
  readonly type: string;
  readonly body: Buffer;
}

export interface HttpOptions {
  /** Seconds one question may take, redirects included. */
  readonly timeout: number;
  /** PEM files of roots trusted for TLS besides those Node trusts. */
  readonly tlsRoots: readonly string[];
  readonly signal?: AbortSignal;
}

export type HttpClient = (question: HttpQuestion) => Promise<HttpAnswer>;

const REDIRECTS = 3;

/**
 * Asks over HTTP or HTTPS, each question on a connection of its own, which ends with it: nothing keeps the process alive.
 * Proxy variables of the environment are not honoured: what is asked about signers goes to the named host or nowhere.
 * Every failure is an Error whose message names a cause without addresses or contents; `settings` when `tlsRoots` are bad.
 */
export function createHttpClient({ timeout, tlsRoots, signal }: HttpOptions): HttpClient {
  let roots: Promise<string[] | undefined> | undefined;
  return async (question) => {
    roots ??= readRoots(tlsRoots);
    const ca = await roots;
    const limit = AbortSignal.timeout(timeout * 1000);
    const ends = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    try {
      return await follow(question, ends, ca === undefined ? {} : { ca });
    } catch (error) {
      if (limit.aborted) throw new Error(`no answer within ${timeout} s`, { cause: error });
      throw new Error(causeOf(error), { cause: error });
    }
  };
}

/** The host of an address, for people; never its path or the account in it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "?";
}

/** Addresses we can ask; certificates name LDAP directories too. */
export function isWebAddress(url: string): boolean {
  return URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);
}

async function follow(question: HttpQuestion, signal: AbortSignal, tls: RequestOptions): Promise<HttpAnswer> {
  let url = parse(question.url);
  for (let left = question.redirects ?? REDIRECTS; ; left -= 1) {
    const answer = await ask(url, question, signal, tls);
    if ("body" in answer) return answer;
    if (left <= 0) throw new Error("too many redirects");
    url = nextUrl(url, answer.location);
  }
}

function parse(url: string, base?: URL): URL {
  if (!URL.canParse(url, base?.href)) throw new Error("not an address");
  const parsed = new URL(url, base);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") throw new Error("not an http address");
  return parsed;
}

/** Never from HTTPS back to HTTP. */
function nextUrl(from: URL, location: string): URL {
  const to = parse(location, from);
  if (from.protocol === "https:" && to.protocol !== "https:") throw new Error("redirect away from HTTPS");
  return to;
}

interface Redirect {
  readonly location: string;
}

function ask(
  url: URL,
  { body, headers = {}, limit }: HttpQuestion,
  signal: AbortSignal,
  tls: RequestOptions,
): Promise<HttpAnswer | Redirect> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const length = body === undefined ? {} : { "content-length": String(body.length) };
  const all = { "accept-encoding": "identity", connection: "close", ...length, ...headers };
  const method = body === undefined ? "GET" : "POST";
  return new Promise((resolve, reject) => {
    const request = send(url, { ...tls, method, headers: all, signal, agent: false }, (response) => {
      const location = redirectOf(response, method);
      if (location !== undefined) {
        response.destroy();
        resolve({ location });
      } else readBody(response, limit).then(resolve, reject);
    });
    request.once("error", reject);
    request.end(body);
  });
}

/** 301 to 303 may turn a POST into a GET: then the question would be lost, so they end there. */
function redirectOf({ statusCode = 0, headers }: IncomingMessage, method: string): string | undefined {
  const codes = method === "GET" ? [301, 302, 303, 307, 308] : [307, 308];
  return codes.includes(statusCode) ? headers.location : undefined;
}

async function readBody(response: IncomingMessage, limit: number): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = response;
  const pieces: Buffer[] = [];
  let size = 0;
  if (Number(headers["content-length"] ?? 0) > limit) {
    response.destroy();
    throw new Error(`answer larger than ${limit} bytes`);
  }
  // Leaving the loop by an error destroys the response and its connection.
  for await (const piece of response) {
    size += (piece as Buffer).length;
    if (size > limit) throw new Error(`answer larger than ${limit} bytes`);
    pieces.push(piece as Buffer);
  }
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return { status, type, body: Buffer.concat(pieces) };
}

/** Node's and OpenSSL's codes (ECONNREFUSED, CERT_HAS_EXPIRED) say enough; their messages hold addresses. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "failed";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? causeOf(error.errors[0]) : error.message;
}

/** Undefined: what Node trusts by itself, NODE_EXTRA_CA_CERTS included. */
async function readRoots(paths: readonly string[]): Promise<string[] | undefined> {
  if (paths.length === 0) return undefined;
  const read = async (path: string) => {
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      throw new OperationalError("settings", `signing.tlsRoots: ${path}`, { cause: error });
    });
    if (!text.includes("BEGIN CERTIFICATE"))
      throw new OperationalError("settings", `signing.tlsRoots: ${path}`);
    return text;
  };
  return [...rootCertificates, ...(await Promise.all(paths.map(read)))];
}
