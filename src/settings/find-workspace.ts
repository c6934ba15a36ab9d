import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { OperationalError } from "../domain/errors.ts";

export const SETTINGS_FILE = "sohoa.yaml";

/**
 * The folder with `sohoa.yaml`: the one named (flag or variable), else upward from `cwd`.
 * @throws `workspace` when there is none.
 */
export async function findWorkspace(cwd: string, explicit?: string): Promise<string> {
  if (explicit !== undefined) {
    const named = resolve(cwd, explicit);
    if (await holdsSettings(named)) return named;
    throw new OperationalError("workspace", `không có ${SETTINGS_FILE} / no ${SETTINGS_FILE} in ${named}`);
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (await holdsSettings(folder)) return folder;
    if (dirname(folder) === folder)
      throw new OperationalError("workspace", `đã tìm ngược lên từ / looked upward from ${resolve(cwd)}`);
  }
}

async function holdsSettings(folder: string): Promise<boolean> {
  return access(join(folder, SETTINGS_FILE)).then(
    () => true,
    () => false,
  );
}
