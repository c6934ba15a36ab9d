import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Receipt } from "../domain/document.ts";
import { type ErrorCode, isOperational, OperationalError } from "../domain/errors.ts";
import type { Sha256 } from "../domain/ids.ts";
import type { Parcel, Target } from "../domain/ports.ts";
import { bagInfo, bagName, BAG_DECLARATION, manifestText, readBagInfo } from "./bagit.ts";

interface FolderOptions {
  /** Root of the warehouse, absolute. */
  readonly root: string;
  /** Tells this workspace's unfinished bags from those of others that share the warehouse. */
  readonly owner: string;
  readonly now: () => Date;
}

/**
 * A warehouse that is a folder: `<root>/<year>/<mã hồ sơ>/<nn>-<type>-<id8>/` holds one BagIt bag (RFC 8493) a document.
 * A bag is made aside, synced and renamed into place: it is there whole or not at all. A bag that is already there is
 * checked and gives the receipt it gave the first time.
 */
export function openFolderTarget({ root, owner, now }: FolderOptions): Target {
  const incoming = join(root, ".incoming");
  // Not at opening: `plan` opens targets too, while another run may be filling a bag.
  let swept: Promise<void> | undefined;
  const deliver = async (parcel: Parcel): Promise<Receipt> => {
    await (swept ??= sweep(incoming, owner));
    const bag = join(root, bagName(parcel));
    const present = await bagOf(root, bag, parcel.document.scan.id);
    if (present !== undefined) return confirm(present, parcel);
    const staging = join(incoming, `${owner}-${randomUUID()}.tmp`);
    try {
      await fill(staging, parcel, now());
      const ours = await place(staging, bag, root);
      const receipt = await receiptOf(root, bag);
      if (receipt === undefined) throw new OperationalError("target_refused", "bag vanished");
      // What was just filled was read back there; another process's bag was not.
      return ours ? receipt : await confirm(receipt, parcel);
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      throw error;
    }
  };
  return {
    name: `folder:${root}`,
    async deliver(parcel, signal) {
      signal.throwIfAborted();
      return deliver(parcel).catch((error: unknown) => {
        throw asOperational(error);
      });
    },
    has: (key) => receiptOf(root, join(root, key)),
    close: async () => undefined,
  };
}

/**
 * The bag a document already has, whatever its ordinal and type said then: they are of the register and the manifest and
 * may have changed since; the id is of the paper.
 */
async function bagOf(root: string, bag: string, id: string): Promise<Receipt | undefined> {
  const dossier = join(bag, "..");
  const names = await readdir(dossier).catch(() => []);
  for (const name of names.filter((name) => name.endsWith(`-${id.slice(0, 8)}`))) {
    const text = await readFile(join(dossier, name, "bag-info.txt"), "utf8").catch(() => undefined);
    if (text !== undefined && readBagInfo(text).document === id) return receiptOf(root, join(dossier, name));
  }
  return receiptOf(root, bag);
}

async function sweep(incoming: string, owner: string): Promise<void> {
  await mkdir(incoming, { recursive: true });
  const left = (await readdir(incoming)).filter((name) => name.startsWith(`${owner}-`));
  for (const name of left) await rm(join(incoming, name), { recursive: true, force: true });
}

/**
 * A bag that is there already must be this document's and whole. It may hold an earlier signature of the same paper
 * (a run was cut between bag and receipt and the key changed since): what the warehouse holds is what counts.
 */
async function confirm(receipt: Receipt, { document }: Parcel): Promise<Receipt> {
  const info = readBagInfo(await readFile(join(receipt.location, "bag-info.txt"), "utf8"));
  if (info.document !== document.scan.id)
    throw new OperationalError("target_refused", `${receipt.key}: name taken`);
  const { sha256 } = await measure(join(receipt.location, "data", "document.pdf"));
  if (sha256 !== receipt.sha256) throw new OperationalError("target_refused", `${receipt.key}: bag damaged`);
  return receipt;
}

async function fill(staging: string, parcel: Parcel, now: Date): Promise<void> {
  const data = join(staging, "data");
  await mkdir(data, { recursive: true });
  const pdf = join(data, "document.pdf");
  await copyFile(parcel.document.signed.path, pdf);
  await writeFile(join(data, "text.txt"), parcel.text);
  await writeFile(join(data, "metadata.json"), `${JSON.stringify(parcel.metadata, null, 2)}\n`);
  for (const form of parcel.exports) await writeFile(join(data, form.fileName), form.write());
  const exported = parcel.exports.map(({ fileName }) => `data/${fileName}`);
  const payload = [...exported, "data/document.pdf", "data/metadata.json", "data/text.txt"].toSorted();
  const files = await Promise.all(
    payload.map(async (name) => ({ name, ...(await measure(join(staging, name))) })),
  );
  const copied = files.find(({ name }) => name === "data/document.pdf");
  // TT 01/2023 art. 8: integrity in transfer. The copy is read back, not trusted.
  if (copied?.sha256 !== parcel.document.signed.sha256) throw new OperationalError("source_changed");
  await writeFile(join(staging, "manifest-sha256.txt"), manifestText(files));
  await writeFile(join(staging, "bag-info.txt"), bagInfo(parcel, files, now));
  await writeFile(join(staging, "bagit.txt"), BAG_DECLARATION);
  for (const name of [...payload, "manifest-sha256.txt", "bag-info.txt", "bagit.txt"])
    await sync(join(staging, name), "r+");
  await sync(data, "r");
  await sync(staging, "r");
}

/** True when the bag is ours, false when another process was faster with the same document. */
async function place(staging: string, bag: string, root: string): Promise<boolean> {
  const dossier = join(bag, "..");
  await mkdir(dossier, { recursive: true });
  let ours = true;
  try {
    await rename(staging, bag);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(codeOf(error))) throw error;
    await rm(staging, { recursive: true, force: true });
    ours = false;
  }
  for (const folder of [dossier, join(dossier, ".."), root]) await sync(folder, "r");
  return ours;
}

/** The receipt is read from the bag itself, so the same bag always gives the same one. */
async function receiptOf(root: string, bag: string): Promise<Receipt | undefined> {
  const text = await readFile(join(bag, "bag-info.txt"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { at, bytes, sha256 } = readBagInfo(text);
  const key = relative(root, bag).replaceAll("\\", "/");
  return { target: `folder:${root}`, key, location: bag, sha256, bytes, at };
}

async function measure(path: string): Promise<{ sha256: Sha256; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest("hex") as Sha256, bytes };
}

/** Windows cannot sync a folder and does not need to. */
async function sync(path: string, flags: "r" | "r+"): Promise<void> {
  if (flags === "r" && process.platform === "win32") return;
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

const FAILURES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "disk_full",
  EDQUOT: "disk_full",
  EACCES: "permission",
  EPERM: "permission",
  EROFS: "permission",
};

/** A disk or share that fails is no bug: full and forbidden stop the run, all else may pass (a share that went away). */
function asOperational(error: unknown): unknown {
  const code = codeOf(error);
  if (isOperational(error) || !/^E[A-Z0-9]+$/u.test(code)) return error;
  return new OperationalError(FAILURES[code] ?? "target_unreachable", code, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
