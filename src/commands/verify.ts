import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { SignatureInfo } from "../domain/document.ts";
import { ERRORS, isOperational } from "../domain/errors.ts";
import { worstExit } from "../domain/exit-code.ts";
import type { VerifyReport } from "../domain/ports.ts";
import { pdfaClaim } from "../pdf/pdfa-claim.ts";
import { createVerifier } from "../signing/verify/verify.ts";
import { type BagFault, checkBag } from "../targets/check-bag.ts";
import { visible } from "../ui/visible.ts";
import { reasonSentence } from "../ui/words.ts";
import type { Io, Lang } from "../ui/io.ts";
import { createPaint } from "../ui/paint.ts";
import { commandLang, commandSettings, type Flags } from "./workspace.ts";

interface FileVerdict {
  readonly type: "file";
  readonly file: string;
  readonly verdict: VerifyReport["verdict"];
  readonly signatures: readonly SignatureInfo[];
  readonly pdfa: string | null;
  /** Absent for files that were not given as a bag. */
  readonly bag?: readonly BagFault[];
  /** Why a file could not be judged. */
  readonly problem?: string;
}

const WORDS = {
  valid: { vi: "HỢP LỆ", en: "VALID", exit: 0 },
  invalid: { vi: "KHÔNG HỢP LỆ", en: "INVALID", exit: 4 },
  undetermined: { vi: "CHƯA XÁC ĐỊNH", en: "UNDETERMINED", exit: 6 },
  unsigned: { vi: "KHÔNG CÓ CHỮ KÝ", en: "UNSIGNED", exit: 6 },
} as const;

const FAULT_WORDS = {
  not_a_bag: { vi: "không phải gói BagIt, thiếu", en: "not a bag, lacks" },
  missing: { vi: "thiếu tệp", en: "missing file" },
  changed: { vi: "tệp đã bị thay đổi", en: "file was changed" },
  unlisted: { vi: "tệp thừa", en: "file not listed" },
} as const;

/** `sohoa verify FILE...`: PDFs, or BagIt folders with their document. Exit 0 valid, 4 invalid, 6 a person must judge. */
export async function verify(io: Io, flags: Flags, files: readonly string[]): Promise<number> {
  const trust = await trusted(io, flags);
  const lang = await commandLang(io, flags);
  const verifier = createVerifier({ trust, now: () => new Date() });
  const exits: number[] = [];
  for (const file of files) {
    const verdict = await judge(file, resolve(io.cwd, file), (path) => verifier.verify(path));
    exits.push(WORDS[verdict.verdict].exit);
    if (flags["json"] === true) io.out(`${JSON.stringify(verdict)}\n`);
    else print(verdict, lang, io);
  }
  return worstExit(exits);
}

/** Roots of the workspace when there is one; anybody can verify without. */
async function trusted(io: Io, flags: Flags): Promise<readonly string[]> {
  const given = flags["trust"];
  if (Array.isArray(given)) return given.map((path) => resolve(io.cwd, String(path)));
  try {
    return (await commandSettings(io, flags)).signing.trust;
  } catch (error) {
    if (isOperational(error) && error.code === "workspace" && flags["workspace"] === undefined) return [];
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
      verdict: "invalid",
      signatures: [],
      pdfa: null,
      ...bag,
      problem: error.code,
    };
  }
}

function print({ file, verdict, signatures, pdfa, bag, problem }: FileVerdict, lang: Lang, io: Io): void {
  const paint = createPaint(io.colour);
  const colour = { 0: paint.good, 4: paint.bad, 6: paint.warn }[WORDS[verdict].exit];
  io.out(`${colour(WORDS[verdict][lang])}  ${visible(file)}${pdfa === null ? "" : `  (${pdfa})`}\n`);
  if (problem !== undefined) io.out(`  ${reasonSentence(problem, lang)}\n`);
  for (const { kind, file } of bag ?? []) io.out(`  ${FAULT_WORDS[kind][lang]}: ${visible(file)}\n`);
  for (const [index, signature] of signatures.entries()) {
    const { signer, signedAt, subFilter, level, digest, coversWholeFile, test } = signature;
    const scope = coversWholeFile
      ? { vi: "phủ toàn tệp", en: "covers the whole file" }
      : { vi: "phủ bản trước đó của tệp", en: "covers an earlier revision" };
    const facts = [
      visible(signer),
      signedAt ?? "—",
      level,
      subFilter,
      digest,
      scope[lang],
      ...(test ? ["KÝ THỬ"] : []),
    ];
    io.out(`  ${index + 1}. ${WORDS[signature.verdict][lang]} · ${facts.join(" · ")}\n`);
    for (const reason of signature.reasons) io.out(`     - ${reason}\n`);
  }
}
