import { randomBytes } from "node:crypto";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { initWorkspace } from "../../dist/settings/init-workspace.js";
import { makeTestKey } from "../../dist/signing/test-key.js";

export const PROJECT = resolve(import.meta.dirname, "../..");
export const SOHOA = join(PROJECT, "bin/sohoa.js");
export const CORES = availableParallelism();
/** Any code of good form: the register of a fresh workspace is empty. */
const DOSSIER = "H57.132-260804-0583";

/** A fresh workspace that signs with a test key and delivers to its own folder. */
export async function makeWorkspace(folder) {
  const workspace = await initWorkspace(folder);
  const passphrase = randomBytes(24).toString("base64url");
  const keys = join(workspace, "keys");
  const { key, root } = await makeTestKey({ folder: keys, passphrase, now: new Date(), kind: "rsa" });
  await writeFile(join(keys, "unit.pass"), `${passphrase}\n`, { mode: 0o600 });
  const signing = { key, passphraseFile: join(keys, "unit.pass"), trust: [root] };
  // JSON is YAML.
  const settings = { unit: "H57.132", officer: "nv-0001", allowTestSignature: true, signing };
  await writeFile(join(workspace, "sohoa.yaml"), `${JSON.stringify(settings, null, 2)}\n`);
  return workspace;
}

/** A scanner's folder named by a dossier code with one file in it. */
export async function makeInput(folder, file, name) {
  const dossier = join(folder, DOSSIER);
  await mkdir(dossier, { recursive: true });
  await cp(file, join(dossier, name));
  return folder;
}

/** The PDFs in a workspace's warehouse; none when nothing was delivered. */
export async function deliveredPdfs(workspace) {
  const names = await readdir(join(workspace, "kho"), { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith(".pdf")).map((name) => join(workspace, "kho", name));
}
