import { readFile, stat } from "node:fs/promises";
import { parseDocument } from "yaml";
import { OperationalError } from "../domain/errors.ts";
import type { Layer } from "./layers.ts";

const WORLD_WRITABLE = 0o002;

/**
 * Reads `sohoa.yaml`.
 * @throws `settings` for wrong YAML (with line, never with content) and for a file that everybody may change:
 * it names the key file and the warehouse, so whoever writes it decides where papers go.
 */
export async function readSettingsFile(path: string): Promise<Layer> {
  const { mode } = await stat(path);
  if (process.platform !== "win32" && (mode & WORLD_WRITABLE) !== 0) {
    throw new OperationalError(
      "settings",
      `ai cũng sửa được tệp này, hãy chạy chmod o-w / everybody may change ${path}; run: chmod o-w ${path}`,
    );
  }
  const document = parseDocument(await readFile(path, "utf8"));
  const problem = document.errors[0];
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line ?? "?";
    throw new OperationalError(
      "settings",
      `dòng ${line} sai cú pháp YAML / ${path} line ${line}: wrong YAML (${problem.code})`,
    );
  }
  const value: unknown = document.toJS({ maxAliasCount: 10 });
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new OperationalError(
      "settings",
      `tệp không phải danh sách tên: giá trị / ${path} holds no list of names and values`,
    );
  }
  return value as Layer;
}
