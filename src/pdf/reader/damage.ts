/** The file breaks the format where we read it; a repaired copy may still open. Never leaves this folder. */
export class PdfDamage extends Error {
  override readonly name = "PdfDamage";
}

/** The trailer names an encryption dictionary; only a decrypted copy can be read. */
export class PdfEncrypted extends Error {
  override readonly name = "PdfEncrypted";
  /** The /P flags (ISO 32000-1 table 22); undefined when they could not be read. */
  readonly permissions: number | undefined;

  constructor(permissions: number | undefined) {
    super("encrypted");
    this.permissions = permissions;
  }
}
