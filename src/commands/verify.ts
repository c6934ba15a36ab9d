import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ERRORS, isOperational } from "../domain/errors.ts";
import { worstExit } from "../domain/exit-code.ts";
import type { VerifyReport } from "../domain/ports.ts";
import type { Settings } from "../domain/settings.ts";
import { pdfaClaim } from "../pdf/pdfa-claim.ts";
import { createRevocationAsker } from "../signing/pki/evidence-source.ts";
import { createVerifier, type VerifierOptions } from "../signing/verify/verify.ts";
import { checkBag } from "../targets/check-bag.ts";
import type { Io } from "../ui/io.ts";
import { type FileVerdict, printVerdict, VERDICTS } from "./print-verdict.ts";
import { commandLang, commandSettings, type Flags } from "./workspace.ts";

/** `sohoa verify FILE...`: PDFs, or BagIt folders with their document. Exit 0 valid, 4 invalid, 6 a person must judge. */
export async function verify(io: Io, flags: Flags, files: readonly string[]): Promise<number> {
  const lang = await commandLang(io, flags);
  const cache = await mkdtemp(join(tmpdir(), "sohoa-verify-"));
  try {
    const verifier = createVerifier(await verifierOptions(io, flags, cache));
    const exits: number[] = [];
    for (const file of files) {
      const verdict = await judge(file, resolve(io.cwd, file), (path) => verifier.verify(path));
      exits.push(VERDICTS[verdict.verdict].exit);
      if (flags["json"] === true) io.out(`${JSON.stringify(verdict)}\n`);
      else printVerdict(verdict, lang, io);
    }
    return worstExit(exits);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

/** What is asked of a file where no workspace says otherwise; a responder may take 20 seconds. */
const ANYBODY = { trust: [], revocation: "off", timeout: 20, tlsRoots: [] } as const;

/**
 * Roots and policy of the workspace when there is one; anybody can verify without. Nobody is asked over the network but
 * with `--online`; answers that the workspace keeps are used either way.
 */
async function verifierOptions(io: Io, flags: Flags, temporary: string): Promise<VerifierOptions> {
  const given = flags["trust"];
  const settings = await workspaceSettings(io, flags, Array.isArray(given));
  const { revocation, timeout, tlsRoots, ...signing } = settings?.signing ?? ANYBODY;
  const trust = Array.isArray(given) ? given.map((path) => resolve(io.cwd, String(path))) : signing.trust;
  const online = flags["online"] === true;
  const now = () => new Date();
  if (!online && revocation === "off") return { trust, now };
  const cache = settings === undefined ? temporary : join(dirname(settings.ledger), "revocation");
  const ask = createRevocationAsker({ timeout, tlsRoots, cache, offline: !online, now });
  // Whoever asks wants to hear the answer.
  return { trust, now, ask, revocation: revocation === "off" ? "warn" : revocation };
}

/** Undefined without a workspace, and when a broken one is not needed because the roots were given. */
async function workspaceSettings(io: Io, flags: Flags, optional: boolean): Promise<Settings | undefined> {
  try {
    return await commandSettings(io, flags);
  } catch (error) {
    if (!isOperational(error) || flags["workspace"] !== undefined) throw error;
    if (optional || error.code === "workspace") return undefined;
    throw error;
  }
}

async function judge(
  file: string,
  path: string,
  verifyPdf: (path: string) => Promise<VerifyReport>,
): Promise<FileVerdict> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    return { type: "file", file, verdict: "invalid", signatures: [], pdfa: null, problem: "source_missing" };
  }
  const faults = found.isDirectory() ? await checkBag(path) : undefined;
  const pdf = found.isDirectory() ? join(path, "data", "document.pdf") : path;
  const bag = faults === undefined ? {} : { bag: faults };
  try {
    const report = await verifyPdf(pdf);
    const verdict = faults !== undefined && faults.length > 0 ? "invalid" : report.verdict;
    const { signatures } = report;
    return { type: "file", file, verdict, signatures, pdfa: (await pdfaClaim(pdf)) ?? null, ...bag };
  } catch (error) {
    // A list of roots that cannot be read is wrong usage, not a fault of the file.
    if (!isOperational(error) || ERRORS[error.code].exit === ERRORS.usage.exit) throw error;
    return {
      type: "file",
      file,
      // Nothing is known of its signatures: a person must look. A bag with faults is wrong whatever its document says.
      verdict: faults !== undefined && faults.length > 0 ? "invalid" : "undetermined",
      signatures: [],
      pdfa: null,
      ...bag,
      problem: error.code,
    };
  }
}
