import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Answers kept from one run to the next, found by what was asked. Whoever reads one judges it again: files can be put there. */
export interface AnswerFiles {
  get(kind: "crl" | "issuer" | "ocsp", question: string): Promise<Buffer | undefined>;
  put(kind: "crl" | "issuer" | "ocsp", question: string, answer: Buffer): Promise<void>;
}

/** In `folder`, made at the first answer. A cache that cannot be written, or read, costs a question and nothing else. */
export function createAnswerFiles(folder: string): AnswerFiles {
  const nameOf = (kind: string, question: string) =>
    join(folder, `${createHash("sha256").update(question).digest("hex").slice(0, 40)}.${kind}`);
  return {
    async get(kind, question) {
      return readFile(nameOf(kind, question)).catch(() => undefined);
    },
    async put(kind, question, answer) {
      const name = nameOf(kind, question);
      const temporary = `${name}.${randomUUID()}.part`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(temporary, answer);
        await rename(temporary, name);
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
  };
}
