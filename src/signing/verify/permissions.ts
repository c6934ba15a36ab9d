import type { LaterChange } from "../../domain/document.ts";
import { isKind, nameOf, type PdfDict } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import type { Change } from "./changes/comparison.ts";
import { textOf } from "./form-fields.ts";

/** What a signature lets later revisions do (ISO 32000-2, 12.8.2). */
export interface Permissions {
  /** P of DocMDP, or of the signed field's lock; undefined when the document was not certified. */
  readonly level: 1 | 2 | 3 | undefined;
  /** Fields that must stay as they were. */
  readonly locks: readonly FieldLock[];
}

interface FieldLock {
  readonly action: string;
  readonly fields: readonly string[];
}

/** Reads DocMDP and FieldMDP of a signature's /Reference, and the /Lock of its field. */
export function readPermissions(file: PdfFile, signature: PdfDict, field: PdfDict): Permissions {
  const levels: number[] = [];
  const locks: FieldLock[] = [];
  for (const item of file.array(signature.entries.get("Reference"))) {
    const reference = file.dict(item);
    const parameters = file.dict(reference.entries.get("TransformParams"));
    const method = nameOf(file.get(reference, "TransformMethod"));
    if (method === "DocMDP") levels.push(levelOf(file, parameters) ?? 2);
    if (method === "FieldMDP") locks.push(lockOf(file, parameters));
  }
  const lock = file.dict(field.entries.get("Lock"));
  if (lock.entries.size > 0) {
    locks.push(lockOf(file, lock));
    const level = levelOf(file, lock);
    if (level !== undefined) levels.push(level);
  }
  const strictest = Math.min(...levels);
  return { level: levels.length === 0 ? undefined : strictest <= 1 ? 1 : strictest === 2 ? 2 : 3, locks };
}

function levelOf(file: PdfFile, dict: PdfDict): number | undefined {
  const level = file.get(dict, "P");
  return level === 1 || level === 2 || level === 3 ? level : undefined;
}

function lockOf(file: PdfFile, dict: PdfDict): FieldLock {
  const names = file.array(dict.entries.get("Fields")).map((item) => file.resolve(item));
  return {
    action: nameOf(file.get(dict, "Action")) ?? "",
    fields: names.filter((name) => isKind(name, "string")).map(textOf),
  };
}

/** Whether a signature permits a change that came after it. */
function permits({ level, locks }: Permissions, change: Change): boolean {
  // P=1 lets nothing be changed but what proves the signature (ISO 32000-2, table 257).
  if (level === 1 && change.kind === "metadata") return false;
  if (change.need === 0) return true;
  if (change.need === 9) return false;
  if (change.kind === "form_filled" && locks.some((lock) => isLocked(lock, change.field ?? ""))) return false;
  return level === undefined || (level > 1 && change.need <= level);
}

/** A name stands for the fields below it too. */
function isLocked({ action, fields }: FieldLock, name: string): boolean {
  const named = fields.some((field) => name === field || name.startsWith(`${field}.`));
  if (action === "Include") return named;
  return action === "Exclude" ? !named : action === "All";
}

/** The changes of one revision, one for each kind, as they are told to people. */
export function laterChanges(permissions: Permissions, changes: readonly Change[]): readonly LaterChange[] {
  const kinds = new Map<LaterChange["kind"], Change[]>();
  for (const change of changes) kinds.set(change.kind, [...(kinds.get(change.kind) ?? []), change]);
  return [...kinds].map(([kind, all]) => ({
    kind,
    allowed: all.every((change) => permits(permissions, change)),
    detail: summary(all.map(({ detail }) => detail)),
  }));
}

const MAX_TOLD = 5;

function summary(details: readonly string[]): string {
  const each = [...new Set(details)];
  const more = each.length > MAX_TOLD ? ` … +${each.length - MAX_TOLD}` : "";
  return each.slice(0, MAX_TOLD).join("; ") + more;
}
