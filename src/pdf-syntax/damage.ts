import type { Encryption } from "./encryption.ts";

/** The file breaks the format where we read it; a repaired copy may still open. It must not leave the folders that read PDFs: each turns it into a refusal of its own. */
export class PdfDamage extends Error {
  override readonly name = "PdfDamage";
}

/** The trailer names an encryption dictionary; only a decrypted copy can be read. */
export class PdfEncrypted extends Error {
  override readonly name = "PdfEncrypted";
  /** Undefined when it could not be read. */
  readonly encryption: Encryption | undefined;

  constructor(encryption: Encryption | undefined) {
    super("encrypted");
    this.encryption = encryption;
  }
}
