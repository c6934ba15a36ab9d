import { chmod, readFile, rename, rm, stat } from "node:fs/promises";
import { basename } from "node:path";
import { isOperational, OperationalError } from "../domain/errors.ts";
import type { WaitingDocument } from "../domain/ledger-port.ts";
import type { ContactItem } from "../domain/pdf-port.ts";
import { vietnamTime } from "../domain/period.ts";
import type { Context } from "../domain/ports.ts";
import { shownName } from "../domain/shown-name.ts";
import { diskFailure } from "../objects/durable.ts";
import { unpackWaiting } from "../pipeline/waiting-record.ts";
import { roleWord } from "../ui/words.ts";

/** Two columns of print stay readable, and a sheet of twelve stays small. */
const PREVIEW_DPI = 60;

const TITLE = "Văn bản chờ ký số";

/** Writes a contact sheet of first pages; the file comes into place whole and is its owner's alone. */
export async function writePreview(
  path: string,
  list: AsyncIterable<WaitingDocument>,
  context: Context,
): Promise<void> {
  const { clock, pdf, settings } = context;
  if (!(await mayWrite(path))) throw new OperationalError("output_exists", basename(path));
  const temporary = `${path}.${process.pid}.part`;
  try {
    const created = clock.now();
    const unit = settings.unit ?? "";
    await pdf.contactSheet(temporary, {
      title: TITLE,
      unit,
      created,
      items: items(list, context),
    });
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskFailure(error);
  }
}

/** A contact sheet of yesterday gives way to today's; a paper whose name was typed by mistake does not. */
async function mayWrite(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return true;
  const mark = Buffer.from(TITLE, "utf16le").swap16().toString("hex");
  return found.isFile() && (await readFile(path, "latin1")).toLowerCase().includes(mark);
}

async function* items(list: AsyncIterable<WaitingDocument>, context: Context): AsyncGenerator<ContactItem> {
  for await (const waiting of list) {
    const thumbnail = await firstPage(waiting, context);
    const { dossier, officer, pages, role, since, title } = waiting;
    yield {
      ...(thumbnail !== undefined && { thumbnail }),
      lines: [
        dossier ?? "—",
        ...(title === null ? [] : [title]),
        shownName(waiting),
        `${roleWord(role, "vi")}, ${pages} trang`,
        `${officer}, ${vietnamTime(since)}`,
        ...(thumbnail === undefined ? ["(không vẽ được: hãy chạy lại sohoa run)"] : []),
      ],
    };
  }
}

/** What is going to be signed, as it lies there; undefined when it is gone, or was left by another version. */
async function firstPage(
  { id }: WaitingDocument,
  { ledger, objects, pdf }: Context,
): Promise<ContactItem["thumbnail"]> {
  const record = await ledger.waitingRecord(id);
  const document = record === undefined ? undefined : unpackWaiting(record, objects);
  if (document === undefined || !(await objects.has(document.pdf.sha256))) return undefined;
  return pdf.draw(document.pdf.path, 0, PREVIEW_DPI).catch((error: unknown) => {
    if (isOperational(error)) return undefined;
    throw error;
  });
}
