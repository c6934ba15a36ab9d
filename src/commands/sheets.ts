import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { drawCode128, drawQr } from "../barcodes/draw-code.ts";
import { parseDossierCode } from "../domain/codes.ts";
import { type CoverSheet, formatSheet, isSheetType } from "../domain/cover-sheet.ts";
import type { Role } from "../domain/document.ts";
import { isOperational, OperationalError } from "../domain/errors.ts";
import type { DossierCode } from "../domain/ids.ts";
import type { Ledger } from "../domain/ledger-port.ts";
import { mapColumns } from "../intake/columns.ts";
import { MANIFEST_COLUMNS, MANIFEST_WORDS } from "../intake/manifest-columns.ts";
import { parseManifestRow } from "../intake/manifest-row.ts";
import { readTable } from "../intake/table.ts";
import { openLedger } from "../ledger/open-ledger.ts";
import { sha256 } from "../objects/durable.ts";
import type { SheetFace } from "../pdf/sheets/sheet-face.ts";
import { writeSheets } from "../pdf/sheets/write-sheets.ts";
import { createTextFont, FONT_OBJECTS } from "../signing/appearance/text-font.ts";
import type { Io, Lang } from "../ui/io.ts";
import { PRODUCER } from "../ui/producer.ts";
import { count, reasonSentence } from "../ui/words.ts";
import { commandLang, commandSettings, currentRules, type Flags, today, word } from "./workspace.ts";

/** What one cover sheet is to say, before it has a number. */
interface Wanted {
  readonly dossier: DossierCode;
  readonly role?: Role;
  readonly type?: string;
  readonly title?: string;
  /** Line of the manifest; absent for codes of the command line. */
  readonly line?: number;
}

interface RowFault {
  readonly line: number;
  readonly reason: string;
  readonly detail: string;
}

const TITLE = "Tờ phân cách hồ sơ";
const DEFAULT_OUT = "sheets.pdf";
/** A set's size has to fit into the code; a thicker stack of sheets is a mistake. */
const MOST_SHEETS = 10_000;

/**
 * `sohoa sheets DOSSIER...|--from FILE`: a PDF of cover sheets to lay between papers. A wrong code on the command line
 * stops everything; wrong rows of a file are listed, the others printed, exit 4.
 */
export async function sheets(io: Io, flags: Flags, codes: readonly string[]): Promise<number> {
  const out = word(flags, "out") ?? DEFAULT_OUT;
  if (out === "-") throw new OperationalError("usage", "--out: một tệp PDF / a PDF file, not -");
  const separators = typeof flags["patchT"] === "number" ? flags["patchT"] : 0;
  const { wanted, faults } = await wantedSheets(io, flags, codes);
  if (wanted.length + separators + faults.length === 0)
    throw new OperationalError("usage", "sheets DOSSIER... | --from FILE | --patch-t N");
  if (wanted.length + separators > MOST_SHEETS)
    throw new OperationalError("usage", `nhiều nhất ${MOST_SHEETS} tờ / at most ${MOST_SHEETS} sheets`);
  const now = new Date();
  const set = sha256(JSON.stringify([now.toISOString(), wanted])).slice(0, 8);
  const covers = wanted.map((one, index) => ({ ...one, number: index + 1, of: wanted.length, set }));
  const faces = [
    ...(await coverFaces(covers, flags["duplex"] === true)),
    ...(await separatorFaces(separators, flags["duplex"] === true)),
  ];
  if (faces.length > 0) await write(resolve(io.cwd, out), faces, now);
  report(
    io,
    { out, covers, separators, faces, faults, set },
    flags["json"] === true,
    await commandLang(io, flags),
  );
  return faults.length > 0 ? 4 : 0;
}

interface Gathered {
  readonly wanted: readonly Wanted[];
  readonly faults: readonly RowFault[];
}

async function wantedSheets(io: Io, flags: Flags, codes: readonly string[]): Promise<Gathered> {
  const given = codes.map((text) => named(text, flags));
  const from = word(flags, "from");
  const table = from === undefined ? { wanted: [], faults: [] } : await rowsOf(resolve(io.cwd, from), flags);
  return withRegister(io, flags, async (unknown) => {
    for (const { dossier } of given)
      if (await unknown(dossier)) throw new OperationalError("unknown_dossier", dossier);
    const [wanted, faults] = [[...given], [...table.faults]];
    for (const one of table.wanted) {
      if (await unknown(one.dossier))
        faults.push({ line: one.line ?? 0, reason: "unknown_dossier", detail: one.dossier });
      else wanted.push(one);
    }
    return { wanted, faults: faults.toSorted((a, b) => a.line - b.line) };
  });
}

/** A dossier of the command line, with the role and type of the flags. */
function named(text: string, flags: Flags): Wanted {
  const dossier = parseDossierCode(text, currentRules().codes, today());
  if (dossier === undefined)
    throw new OperationalError("usage", `không phải mã hồ sơ / no dossier code: ${text}`);
  const type = word(flags, "type");
  if (type !== undefined && !isSheetType(type)) throw new OperationalError("usage", `--type ${type}`);
  return { dossier, ...roleFlag(flags), ...(type !== undefined && { type }) };
}

function roleFlag(flags: Flags): { readonly role?: Role } {
  const role = flags["role"];
  return role === "component" || role === "result" ? { role } : {};
}

/** The file need not name any files, as a manifest must. */
const ROW_COLUMNS = {
  dossier: { ...MANIFEST_COLUMNS.dossier, required: true },
  role: MANIFEST_COLUMNS.role,
  type: MANIFEST_COLUMNS.type,
  title: MANIFEST_COLUMNS.title,
};

async function rowsOf(path: string, flags: Flags): Promise<Gathered> {
  const table = await readTable(path, { words: MANIFEST_WORDS });
  const { columns } = mapColumns(table.columns, ROW_COLUMNS);
  const [wanted, faults]: [Wanted[], RowFault[]] = [[], []];
  for await (const { line, cells, fault } of table.rows) {
    try {
      if (fault !== undefined) throw new OperationalError("manifest_row", fault);
      wanted.push({ ...rowSheet(cells, columns, flags), line });
    } catch (error) {
      if (!isOperational(error)) throw error;
      faults.push({ line, reason: error.code, detail: error.detail });
    }
  }
  return { wanted, faults };
}

type RowColumns = Readonly<Partial<Record<keyof typeof ROW_COLUMNS, string>>>;

/** The row is read as one of a manifest whose file is of no interest here. */
function rowSheet(cells: Readonly<Record<string, string>>, columns: RowColumns, flags: Flags): Wanted {
  const file = "\0file";
  const map = { columns: { ...columns, file }, extra: [] };
  const { hint, role, fields } = parseManifestRow({ ...cells, [file]: "-" }, map, currentRules(), today());
  const type = fields.type ?? word(flags, "type");
  if (hint === undefined) throw new OperationalError("manifest_row", `cột / column ${columns.dossier ?? ""}`);
  if (type !== undefined && !isSheetType(type))
    throw new OperationalError("manifest_row", `cột / column ${columns.type ?? "--type"}`);
  return {
    dossier: hint.code,
    ...roleFlag(flags),
    ...(role && { role }),
    ...(type !== undefined && { type }),
    ...(fields.title !== undefined && { title: fields.title }),
  };
}

/** Without a workspace, and with an empty register, the grammar alone decides, as in a run. */
async function withRegister<T>(
  io: Io,
  flags: Flags,
  work: (unknown: (code: DossierCode) => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const settings = await commandSettings(io, flags).catch((error: unknown) => {
    if (isOperational(error) && error.code === "workspace" && flags["workspace"] === undefined)
      return undefined;
    throw error;
  });
  if (settings === undefined) return work(() => Promise.resolve(false));
  const ledger: Ledger & { close(): Promise<void> } = await openLedger({ path: settings.ledger });
  try {
    return await work(async (code) => {
      const held = await ledger.hasDossier(code);
      return held === false || (held === undefined && settings.requireRegister);
    });
  } finally {
    await ledger.close();
  }
}

async function coverFaces(
  covers: readonly (CoverSheet & { readonly title?: string })[],
  duplex: boolean,
): Promise<SheetFace[]> {
  const faces: SheetFace[] = [];
  for (const cover of covers) {
    const [qr, bars] = [await drawQr(formatSheet(cover)), await drawCode128(cover.dossier)];
    const face = { kind: "cover", ...cover, qr, bars } as const;
    faces.push({ ...face, back: false });
    if (duplex) faces.push({ ...face, back: true });
  }
  return faces;
}

async function separatorFaces(number: number, duplex: boolean): Promise<SheetFace[]> {
  if (number === 0) return [];
  const face = { kind: "separator", qr: await drawQr("PATCHT") } as const;
  const sides: SheetFace[] = [{ ...face, back: false }, ...(duplex ? [{ ...face, back: true }] : [])];
  return Array.from({ length: number }, () => sides).flat();
}

/** A reader of the file never sees a half of it. */
async function write(path: string, faces: readonly SheetFace[], created: Date): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const font = (texts: readonly string[]) => createTextFont(texts);
  try {
    await writeSheets(temporary, faces, {
      title: TITLE,
      producer: PRODUCER,
      created,
      font,
      fontObjects: FONT_OBJECTS,
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EACCES" || code === "EPERM" || code === "EISDIR")
      throw new OperationalError("permission", path, { cause: error });
    if (code === "ENOENT") throw new OperationalError("usage", `--out ${path}`, { cause: error });
    if (code === "ENOSPC") throw new OperationalError("disk_full", path, { cause: error });
    throw error;
  }
}

interface Printed {
  readonly out: string;
  readonly covers: readonly (Wanted & CoverSheet)[];
  readonly separators: number;
  readonly faces: readonly SheetFace[];
  readonly faults: readonly RowFault[];
  readonly set: string;
}

function report(
  io: Io,
  { out, covers, separators, faces, faults, set }: Printed,
  json: boolean,
  lang: Lang,
): void {
  if (json) {
    const sheets = covers.map(({ number, dossier, role, type, title, line }) => ({
      number,
      dossier,
      role: role ?? null,
      type: type ?? null,
      title: title ?? null,
      line: line ?? null,
    }));
    const facts = { file: faces.length > 0 ? out : null, set, pages: faces.length, separators };
    io.out(`${JSON.stringify({ type: "sheets", ...facts, sheets, errors: faults })}\n`);
    return;
  }
  for (const { line, reason, detail } of faults) {
    const words = `${reason}: ${reasonSentence(reason, lang)}${detail === "" ? "" : ` (${detail})`}`;
    io.err(`${lang === "vi" ? "dòng" : "line"} ${line}: ${words}\n`);
  }
  if (faces.length === 0) return;
  const [sheets, generic, pages] = [covers.length, separators, faces.length].map((n) => count(n, lang));
  io.out(
    lang === "vi"
      ? `${out}: ${sheets} tờ hồ sơ, ${generic} tờ Patch-T, ${pages} trang (bộ ${set}). In khổ A4, đúng tỷ lệ 100%.\n`
      : `${out}: ${sheets} cover sheets, ${generic} Patch-T sheets, ${pages} pages (set ${set}). Print on A4 at 100 %.\n`,
  );
}
