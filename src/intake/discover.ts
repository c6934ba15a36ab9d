import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseUnitCode } from "../domain/codes.ts";
import { documentId } from "../domain/document-id.ts";
import type { FileRef } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import { parseSha256 } from "../domain/ids.ts";
import type { OfficerId, Sha256, UnitCode } from "../domain/ids.ts";
import type { Settings } from "../domain/settings.ts";
import { refusedByDisk } from "./disk-error.ts";
import type { Draft } from "./draft.ts";
import type { Found, Refused } from "./found.ts";
import { openDuplex } from "./duplex.ts";
import { openSources, sourceDrafts } from "./sources.ts";
import type { Listing, Source } from "./sources.ts";

export interface Discovery extends Omit<Listing, "exclude"> {
  /** Folders, files and manifests as the command line names them. */
  readonly inputs: readonly string[];
  /** `--duplex`: `odd=PATH,even=PATH[,backs=reverse|forward]` each. */
  readonly duplex?: readonly string[];
  /** `--expect-dossiers`, for what says nothing itself. */
  readonly expectedDossiers?: number;
  readonly settings: Settings;
  /** Reads and hashes one file, or knows its hash from before. */
  readonly hash: (path: string) => Promise<FileRef>;
}

/**
 * Lists what is to be digitized, in natural order, one document at a time; what cannot become a document is refused
 * by name. Errors of usage come before the first item.
 * @throws `usage` (no such input), `table_header`, `table_encoding`, `settings` (no unit or officer)
 */
export async function* discover(discovery: Discovery): AsyncGenerator<Found> {
  const { inputs, duplex = [] } = discovery;
  if (inputs.length + duplex.length === 0)
    throw new OperationalError("usage", "không có đầu vào / no input is named");
  const { sources: sides, taken } = await openDuplex(duplex);
  const listing = { ...discovery, exclude: new Set([...(await excluded(discovery)), ...taken]) };
  const sources = [...(await openSources(inputs, taken)), ...sides];
  await refuseUnowned(sources, discovery, listing);
  for (const source of sources) {
    for await (const found of sourceDrafts(source, listing)) {
      yield found.kind === "refused" ? found : await settled(found, discovery);
    }
  }
}

/** Manifest rows may name unit and officer themselves; for all else it must be known before work begins. */
async function refuseUnowned(
  sources: readonly Source[],
  discovery: Discovery,
  listing: Listing,
): Promise<void> {
  const loose = sources.filter(({ kind }) => kind !== "manifest" && kind !== "refused");
  if (loose.length === 0) return;
  if (officerOf({}, discovery) === null) {
    throw new OperationalError(
      "settings",
      "đặt officer trong sohoa.yaml hoặc --officer / set officer in sohoa.yaml, or give --officer",
    );
  }
  if (discovery.settings.unit !== null) return;
  for (const source of loose) {
    for await (const found of sourceDrafts(source, { ...listing, frames: async () => 1 })) {
      if (found.kind === "draft" && unitOf(found, discovery) === undefined) throw noUnit();
    }
  }
}

function noUnit(): OperationalError {
  return new OperationalError(
    "settings",
    "đặt unit trong sohoa.yaml hoặc --unit / set unit in sohoa.yaml, or give --unit",
  );
}

async function settled(draft: Draft, discovery: Discovery): Promise<Found> {
  const unit = unitOf(draft, discovery);
  const officer = officerOf(draft, discovery);
  if (unit === undefined) return incomplete(draft, "no unit; set unit in sohoa.yaml, or give --unit");
  if (officer === null) return incomplete(draft, "no officer; set officer in sohoa.yaml, or give --officer");
  const files: FileRef[] = [];
  for (const file of draft.files) {
    try {
      files.push(await discovery.hash(file.path));
    } catch (error) {
      return { ...refusedByDisk(error, file.name), ...lineOf(draft) };
    }
  }
  const { kind: _draft, line: _line, ...known } = draft;
  const document = { ...known, ...expectation(draft, discovery), files, unit, officer };
  return { kind: "candidate", candidate: { ...document, id: documentId(document, hashText) } };
}

/** What the row says goes before the flag. */
function expectation({ expected }: Draft, { expectedDossiers }: Discovery): Pick<Draft, "expected"> {
  if (expectedDossiers === undefined) return {};
  return { expected: { dossiers: expectedDossiers, ...expected } };
}

function incomplete(draft: Draft, why: string): Refused {
  const detail = draft.line === undefined ? why : `line ${draft.line}: ${why}`;
  return { kind: "refused", name: draft.name, reason: "manifest_row", detail, ...lineOf(draft) };
}

function lineOf({ line }: Draft): { readonly line?: number } {
  return line === undefined ? {} : { line };
}

/** Row, then flag or settings, then the organisation inside the dossier code (QĐ 20/2020: the code begins with it). */
function unitOf(draft: Draft, { settings, rules }: Discovery): UnitCode | undefined {
  const [org = ""] = draft.hints[0]?.code.split("-") ?? [];
  return draft.unit ?? settings.unit ?? parseUnitCode(org, rules.codes);
}

function officerOf(draft: Pick<Draft, "officer">, { settings }: Discovery): OfficerId | null {
  return draft.officer ?? settings.officer;
}

/** Our own files inside the input are no papers: warehouse, ledger, work files, keys. */
async function excluded({ settings }: Discovery): Promise<ReadonlySet<string>> {
  const { workspace, signing, passwordFile, targets, ledger, objects } = settings;
  const own = [join(workspace, ".sohoa"), join(workspace, "sohoa.yaml"), ledger, objects, ...signing.trust];
  const keys = [signing.key, signing.passphraseFile, passwordFile].filter((path) => path !== null);
  const folders = targets.filter((target) => target.startsWith("folder:")).map((target) => target.slice(7));
  const paths = [...own, ...keys, ...folders].map((path) => resolve(path));
  return new Set(await Promise.all(paths.map((path) => realpath(path).catch(() => path))));
}

function hashText(text: string): Sha256 {
  const hash = parseSha256(createHash("sha256").update(text).digest("hex"));
  if (hash === undefined) throw new Error("a SHA-256 has 64 hexadecimal digits");
  return hash;
}
