import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OperationalError, isOperational } from "../../domain/errors.ts";
import type { ByteSource } from "../../pdf-syntax/byte-source.ts";
import { openFile } from "../../pdf-syntax/byte-source.ts";
import { PdfDamage, PdfEncrypted } from "../../pdf-syntax/damage.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import { readPages } from "../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { openPdf } from "../../pdf-syntax/pdf-file.ts";
import { isOwnerPassword } from "./owner-password.ts";
import type { Repairer } from "./repair.ts";
import { MAX_REPAIR } from "./repair.ts";

const NOT_A_PDF = "not a PDF";

/** What opening a damaged or encrypted file takes. */
export interface Workshop {
  /** Folder for plain copies. */
  readonly workFolder: string;
  readonly repairer: Repairer;
  /** Tried in this order after the empty one. */
  readonly passwords: readonly string[];
}

export interface OpenDocument {
  readonly path: string;
  readonly file: PdfFile;
  readonly pages: readonly PdfPageNode[];
  /** The bytes as they came; differs from `file.source` when a repaired copy is read. */
  readonly original: ByteSource;
  readonly repairs: readonly string[];
  /** /P flags of an encrypted file; undefined when everything is allowed. */
  readonly permissions: number | undefined;
  close(): void;
}

/** Opens as is. Throws `PdfDamage`, `PdfEncrypted`, `too_large`. */
export function openAsIs(path: string): OpenDocument {
  const source = openFile(path);
  try {
    const file = openPdf(source);
    return {
      path,
      file,
      pages: readPages(file),
      original: source,
      repairs: [],
      permissions: undefined,
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Opens a plain copy made by a repair in `workFolder`. Throws operational errors only. */
export async function openRepaired(
  path: string,
  { workFolder, repairer, passwords }: Workshop,
  reason: PdfDamage | PdfEncrypted,
): Promise<OpenDocument> {
  const original = openFile(path);
  try {
    if (!original.read(0, 1024).includes("%PDF-")) throw new OperationalError("unreadable", NOT_A_PDF);
    if (original.size > MAX_REPAIR) throw new OperationalError("too_large", "damaged or encrypted");
    const { bytes, withPassword } = await repairer.repair(original.read(0, original.size));
    const copy = openCopy(bytes, workFolder);
    try {
      const file = openPdf(copy);
      return {
        path,
        file,
        pages: readPages(file),
        original,
        repairs: [repairNote(reason, withPassword)],
        permissions: permissionsOf(reason, original, passwords),
        close: () => {
          copy.close();
          original.close();
        },
      };
    } catch (error) {
      copy.close();
      throw error;
    }
  } catch (error) {
    original.close();
    throw refusalOf(path, error);
  }
}

function repairNote(reason: PdfDamage | PdfEncrypted, withPassword: boolean): string {
  if (withPassword) return "decrypted with a password of the list";
  return reason instanceof PdfEncrypted ? "decrypted with an empty password" : `repaired: ${reason.message}`;
}

/** Who knows the owner's password may do everything, whichever password opened the file. */
function permissionsOf(
  reason: PdfDamage | PdfEncrypted,
  original: ByteSource,
  passwords: readonly string[],
): number | undefined {
  if (reason instanceof PdfDamage) {
    // Damaged and locked: what is allowed cannot be read, so nothing is.
    const text = original.read(0, original.size).toString("latin1");
    return /\/Encrypt\s+\d+\s+\d+\s+R/u.test(text) ? 0 : undefined;
  }
  const { encryption } = reason;
  if (encryption === undefined) return 0;
  const owner = ["", ...passwords].some((password) => isOwnerPassword(encryption, password));
  return owner ? undefined : encryption.permissions;
}

/** The copy has no name any more once it is open, so that a killed run leaves nothing readable behind. */
function openCopy(bytes: Buffer, workFolder: string): ByteSource {
  mkdirSync(workFolder, { recursive: true });
  const path = join(workFolder, `repaired-${randomUUID()}.tmp`);
  writeFileSync(path, bytes, { mode: 0o600, flag: "wx" });
  try {
    return openFile(path);
  } finally {
    rmSync(path, { force: true });
  }
}

/** A file that still breaks after the repair: cut off when it has no end mark. */
export function refusalOf(path: string, error: unknown): unknown {
  if (isOperational(error)) {
    const final = error.code !== "unreadable" || error.detail === NOT_A_PDF;
    return final || !isCut(path) ? error : new OperationalError("truncated", error.detail, { cause: error });
  }
  if (!(error instanceof PdfDamage || error instanceof PdfEncrypted)) return error;
  return new OperationalError(isCut(path) ? "truncated" : "unreadable", error.message, { cause: error });
}

function isCut(path: string): boolean {
  const source = openFile(path);
  try {
    const length = Math.min(2048, source.size);
    return source.size > 1024 && !source.read(source.size - length, length).includes("%%EOF");
  } finally {
    source.close();
  }
}
