import { OperationalError } from "../../domain/errors.ts";
import type { PdfDict } from "../../pdf-syntax/objects.ts";
import { isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import type { FormFields } from "./form-fields.ts";

/**
 * What the signatures already in the file allow (ISO 32000-2, 12.8.2 and 12.7.5.5). P=2 and P=3 allow signing, and Acrobat
 * takes that for a new field with a box as well. A lock on all fields holds for a new field too; time stamps and validation
 * data are always allowed and need not ask. Throws `signing_forbidden`.
 */
export function checkRights(file: PdfFile, { signed }: FormFields): void {
  const catalog = file.dict(file.trailer.entries.get("Root"));
  const certified = file.dict(file.dict(catalog.entries.get("Perms")).entries.get("DocMDP"));
  for (const signature of [certified, ...signed.map((field) => field.signature)]) {
    for (const reference of file.array(signature.entries.get("Reference"))) {
      checkTransform(file, file.dict(reference));
    }
  }
  for (const { lock } of signed) {
    if (file.get(lock, "P") === 1) throw forbidden("Lock P=1");
    if (locksNewFields(file, lock)) throw forbidden("Lock");
  }
}

function checkTransform(file: PdfFile, reference: PdfDict): void {
  const method = nameOf(file.get(reference, "TransformMethod"));
  const params = file.dict(reference.entries.get("TransformParams"));
  if (method === "DocMDP" && file.get(params, "P") === 1) throw forbidden("DocMDP P=1");
  if (method === "FieldMDP" && locksNewFields(file, params)) throw forbidden("FieldMDP");
}

function locksNewFields(file: PdfFile, params: PdfDict): boolean {
  const action = nameOf(file.get(params, "Action"));
  return action === "All" || action === "Exclude";
}

function forbidden(what: string): OperationalError {
  return new OperationalError("signing_forbidden", what);
}

/** Names that some signature locks one by one: a new field must have another. */
export function lockedNames(file: PdfFile, { signed }: FormFields): readonly string[] {
  return signed.flatMap(({ signature, lock }) => {
    const transforms = file
      .array(signature.entries.get("Reference"))
      .map((one) => file.dict(file.dict(one).entries.get("TransformParams")));
    return [lock, ...transforms].flatMap((dict) =>
      file.array(dict.entries.get("Fields")).flatMap((name) => {
        const value = file.resolve(name);
        return isKind(value, "string") ? [value.bytes.toString("latin1")] : [];
      }),
    );
  });
}
